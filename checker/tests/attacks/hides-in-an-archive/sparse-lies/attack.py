from pack import ada, put, sparse, tar

put(tar(ada(), sparse("bob/lru_cache.c", 7, (1 << 40) - 7)))
