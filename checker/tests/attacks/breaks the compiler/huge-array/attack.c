char a[1UL << 40] = {1};
