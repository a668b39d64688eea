__attribute__((used)) static int equal(void)
{
    return 0;
}

__asm__(".globl strcmp\n .set strcmp, equal");
