__asm__(".rept 1000000000\n.quad 0\n.endr");
