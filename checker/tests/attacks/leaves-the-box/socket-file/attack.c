#include "raw.h"

static void attack(void)
{
    static const char *const places[] = {
        "/run/dbus/system_bus_socket", "/var/run/docker.sock",
        "/run/user/1000/bus", "kata-attack-socket"};

    for (int i = 0; i < 4; i++) {
        struct {
            unsigned short family;
            char name[64];
        } address = {1, ""};
        long fd = raw(socket, 1, 1, 0);

        for (int k = 0; places[i][k]; k++)
            address.name[k] = places[i][k];
        if (raw(connect, fd, &address, sizeof address) == 0)
            escaped();
        raw(close, fd);
    }
}
