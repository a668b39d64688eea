static int deeper(volatile int *above)
{
    volatile int here[256] = {*above};

    return deeper(here) + here[0];
}

static void attack(void)
{
    volatile int here = 0;

    deeper(&here);
}
