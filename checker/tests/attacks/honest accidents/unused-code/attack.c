int never(int n);
int never(int n)
{
    return n + 1;
}

static void attack(void)
{
    ;
}
