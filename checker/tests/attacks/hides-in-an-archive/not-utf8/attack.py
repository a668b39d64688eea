import tarfile

from pack import ada, entry, put, tar

put(tar(ada(), entry("b\udcf6b/lru_cache.c"),
        format=tarfile.USTAR_FORMAT))
