from pack import ada, entry, put, tar

put(tar(ada(), entry("bob\x9b2J/lru_cache.c")))
