from pack import ada, entry, put, tar

put(tar(ada(), entry("bob/lru_cache.c"),
        entry("bob/lru_cache.c", b"int y;\n")))
