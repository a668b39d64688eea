from pack import ada, entry, put, tar

inner = tar(*(entry(f"f{i}", b"") for i in range(5001)))
put(tar(ada(), entry("bob/in.tgz", inner)))
