import tarfile

from pack import ada, entry, put, tar

put(tar(ada(), entry("bob/lru_cache.c"),
        entry("bob/out", kind=tarfile.SYMTYPE, link="/tmp"),
        entry("bob/out/kata-attack-x")))
