from pack import ada, entry, put, tar

put(tar(ada(), entry("/tmp/kata-attack-x")))
