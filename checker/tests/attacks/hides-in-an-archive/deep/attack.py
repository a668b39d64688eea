from pack import ada, entry, put, tar

put(tar(ada(), entry("bob/" + "d/" * 40 + "lru_cache.c")))
