char zeroes[1UL << 40];
