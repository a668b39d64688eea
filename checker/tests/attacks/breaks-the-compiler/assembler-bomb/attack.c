__asm__(".rept 1000000000\n nop\n .endr");
