void _start(void);
void _start(void)
{
}

static void attack(void)
{
    ;
}
