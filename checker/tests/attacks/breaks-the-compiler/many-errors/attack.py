print("@\n" * 10000)
