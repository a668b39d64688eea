/*
 * agent: traces on standard input, answers on what was standard output.
 *
 * The submission may print: its output must not mix with the answers, so
 * descriptor 1 becomes a copy of 2 and the answers go to a high descriptor
 * that a stray write is unlikely to name.
 */
#include "agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int in = fcntl(0, F_DUPFD_CLOEXEC, 200);
    int out = fcntl(1, F_DUPFD_CLOEXEC, 201);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (in < 0 || out < 0 || null < 0 || dup2(null, 0) < 0 || dup2(2, 1) < 0) {
        perror("agent");
        return 3;
    }
    return agent_serve(in, out) < 0 ? 3 : 0;
}
