static void attack(void)
{
    for (volatile int i = 0; i < 20000; i++)
        ;
}
