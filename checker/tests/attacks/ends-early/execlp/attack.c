#include <unistd.h>

static void attack(void)
{
    execlp("true", "true", NULL);
}
