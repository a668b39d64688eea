from pack import entry, put, tar

names = ("=1+1 kata-attack", "<img src=x onerror=alert('kata-attack')>",
         "::error::kata-attack")
put(tar(*(entry(f"{name}/lru_cache.c") for name in names)))
