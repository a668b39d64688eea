from pack import SOURCE, ada, entry, put, tar, zip

inner = zip(("lru_cache.c", SOURCE))
for _ in range(2):
    inner = zip(("in.zip", inner))
put(tar(ada(), entry("bob/in.zip", inner)))
