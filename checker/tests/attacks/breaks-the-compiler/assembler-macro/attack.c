__asm__(".macro bomb\n bomb\n bomb\n .endm\n bomb");
