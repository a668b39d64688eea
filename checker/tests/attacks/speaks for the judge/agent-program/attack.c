const char agent_program[64] = {0};

static void attack(void)
{
    ;
}
