char array[1UL << 39] = {1};
