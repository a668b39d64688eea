/*
 * The descriptors of a program that a submission is linked with.
 *
 * Commands come in on standard input, answers go out on what was standard
 * output. The submission may print: its output must not mix with the answers,
 * so descriptor 1 becomes a copy of 2, 0 reads nothing, and the answers go to
 * a high descriptor that a stray write is unlikely to name. Whatever else was
 * inherited is closed: Valgrind, for one, leaves the descriptor of its report
 * open for the program it runs.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <fcntl.h>
#include <unistd.h>

enum { CHANNEL_IN = 200, CHANNEL_OUT = 201 };

/* Returns 0 with both descriptors, or -1 with errno. */
static inline int channel_open(int *in, int *out)
{
    int null;

    for (int fd = 3; fd < CHANNEL_IN; fd++)
        close(fd);
    *in = fcntl(0, F_DUPFD_CLOEXEC, CHANNEL_IN);
    *out = fcntl(1, F_DUPFD_CLOEXEC, CHANNEL_OUT);
    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (*in < 0 || *out < 0 || null < 0)
        return -1;
    if (dup2(null, 0) < 0 || dup2(2, 1) < 0)
        return -1;
    close(null);
    return 0;
}

#endif
