/* agent: traces on standard input, answers on what was standard output. */
#include "agent.h"
#include "channel.h"

#include <stdio.h>

int main(void)
{
    int in, out;

    if (channel_open(&in, &out) < 0) {
        perror("agent");
        return 3;
    }
    return agent_serve(in, out) < 0 ? 3 : 0;
}
