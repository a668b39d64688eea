print("static const char *const line = \"" + "x" * 900000 + "\";")
