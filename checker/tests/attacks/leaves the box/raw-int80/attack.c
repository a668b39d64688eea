static void attack(void)
{
    __asm__ volatile("int $0x80" : : "a"(1L), "b"(0L));
}
