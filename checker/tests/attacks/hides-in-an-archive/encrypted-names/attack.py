from pack import SOURCE, flagged, put, zip

# 1: encrypted, 64: strongly, 8192: and so is the list of names.
put(flagged(zip(("ada/lru_cache.c", SOURCE), ("bob/lru_cache.c", SOURCE)),
            b"bob/lru_cache.c", 1 | 64 | 8192))
