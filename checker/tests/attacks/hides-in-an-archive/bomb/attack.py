from pack import ada, entry, put, tar

put(tar(ada(), entry("bob/zeros", bytes(40 << 20))))
