/* ‮ evil ⁦ */
static void attack(void)
{
    ;
}
