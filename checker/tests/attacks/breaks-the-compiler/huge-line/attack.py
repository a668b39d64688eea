print("static const char *const line = \"" + "x" * 100000 + "\";")
