#include <pthread.h>
#include <stdlib.h>
#include "raw.h"

static void *sleeper(void *argument)
{
    raw_sleep(1000);
    return argument;
}

static void *bombed(size_t size)
{
    pthread_t thread;

    for (int i = 0; pthread_create(&thread, 0, sleeper, 0) == 0; i++)
        if (i > 150)
            escaped();
    return malloc(size);
}

#define malloc(size) bombed(size)
