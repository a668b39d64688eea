#include "raw.h"

static void attack(void)
{
    if (raw(symlinkat, "/etc/passwd", -100, "/box/bin/kata-attack") == 0 ||
        raw(symlinkat, "/etc/passwd", -100, "/box/obj/kata-attack") == 0 ||
        raw(symlinkat, "/etc/passwd", -100, "kata-attack-link") == 0) {
        char first;
        long file = raw(openat, -100, "kata-attack-link", 0, 0);

        if (raw(read, file, &first, 1) == 1)
            escaped();
        raw(close, file);
    }
}
