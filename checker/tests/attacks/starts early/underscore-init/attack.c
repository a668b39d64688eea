void _init(void);
void _init(void)
{
}

static void attack(void)
{
    ;
}
