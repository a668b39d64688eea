from pack import ada, entry, put, tar

put(tar(ada(), entry("bob\u202ec.exe/lru_cache.c")))
