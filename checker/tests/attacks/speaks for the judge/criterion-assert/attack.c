void criterion_send_assert(void *stats);
void criterion_send_assert(void *stats)
{
    (void)stats;
}

static void attack(void)
{
    ;
}
