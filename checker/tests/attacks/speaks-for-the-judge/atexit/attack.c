#include <stdio.h>
#include <stdlib.h>

static void late(void)
{
    FILE *report = fopen("report", "w");

    if (report)
        fputs("all passed", report);
}

static void attack(void)
{
    atexit(late);
}
