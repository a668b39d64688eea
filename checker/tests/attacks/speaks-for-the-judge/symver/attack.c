void mine(void)
{
}

__asm__(".symver mine, write@GLIBC_2.2.5");
