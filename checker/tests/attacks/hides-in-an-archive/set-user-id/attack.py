from pack import ada, entry, put, tar

put(tar(ada(), entry("ada/run", mode=0o6755)))
