from pack import ada, put, sparse, tar

put(tar(ada(), sparse("bob/lru_cache.c", 1 << 40, (1 << 40) - 7)))
