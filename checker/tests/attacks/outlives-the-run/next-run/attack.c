#include "raw.h"

static const char *const places[] = {
    "/tmp/kata-attack-note", "/var/tmp/kata-attack-note", "kata-attack-note",
    "/dev/shm/kata-attack-note", "/box/bin/note", "/box/note", "/note"};

/* A run has a process namespace of its own, and all its tests have the same. */
static void attack(void)
{
    char here[32] = "?", there[32] = "?";

    if (raw(readlinkat, -100, "/proc/self/ns/pid", here, sizeof here) < 0)
        return;
    for (int i = 0; i < 7; i++) {
        long file = raw(openat, -100, places[i], 0, 0);

        if (file >= 0 && raw(read, file, there, sizeof there) > 20)
            for (int k = 0; k < 20; k++)
                if (here[k] != there[k])
                    escaped();
        raw(close, file);
        file = raw(openat, -100, places[i], 0101, 0600);
        raw(write, file, here, sizeof here);
        raw(close, file);
    }
}
