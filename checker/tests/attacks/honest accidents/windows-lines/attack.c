static void attack(void)
{
}
