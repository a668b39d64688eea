from pack import SOURCE, flagged, put, zip

archive = zip(("ada/lru_cache.c", SOURCE), ("b_b/lru_cache.c", SOURCE))
# 2048: the name is UTF-8, which it is not.
put(flagged(archive.replace(b"b_b", b"b\xf6b"), b"b\xf6b/lru_cache.c", 2048))
