import tarfile

from pack import ada, entry, put, tar

put(tar(ada(), entry("bob/lru_cache.c", kind=tarfile.FIFOTYPE)))
