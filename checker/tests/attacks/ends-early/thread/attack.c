#include <pthread.h>
#include <stdlib.h>

static void *end(void *argument)
{
    exit(0);
    return argument;
}

static void attack(void)
{
    pthread_t thread;

    pthread_create(&thread, 0, end, 0);
    pthread_join(thread, 0);
}
