from pack import ada, entry, put, tar

put(tar(ada(), entry("../kata-attack-x")))
