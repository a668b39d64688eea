__asm__(".macro m\nm\n.endm\nm");
