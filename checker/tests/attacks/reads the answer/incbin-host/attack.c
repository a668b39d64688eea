__asm__(".pushsection .rodata\n.incbin \"/etc/hostname\"\n.popsection");

static void attack(void)
{
    ;
}
