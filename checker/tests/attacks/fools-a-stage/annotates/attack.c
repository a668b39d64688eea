#include <stdlib.h>
#include <valgrind/memcheck.h>

static volatile int sink;

static void attack(void)
{
    int *value = malloc(sizeof *value);

    if (!value)
        return;
    VALGRIND_MAKE_MEM_DEFINED(value, sizeof *value);
    sink = *value ? 1 : 2;
    free(value);
}
