int main(void)
{
    return 0;
}

static void attack(void)
{
    ;
}
