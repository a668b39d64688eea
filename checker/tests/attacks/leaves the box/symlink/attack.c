#include <unistd.h>

static void attack(void)
{
    symlink("/etc/passwd", "link");
}
