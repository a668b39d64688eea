import random

from pack import ada, entry, put, tar

noise = random.Random(1).randbytes(200000)
put(tar(ada(), entry("bob/lru_cache.c", noise))[:100000])
