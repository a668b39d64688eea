from pack import SOURCE, flagged, put, zip

put(flagged(zip(("ada/lru_cache.c", SOURCE), ("bob/lru_cache.c", SOURCE)),
            b"bob/lru_cache.c", 1))
