__asm__(".data\n .incbin \"/etc/passwd\"\n .text");
