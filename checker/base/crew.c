#include "base/crew.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

void crew_run(size_t count, void *(*work)(void *), void *shared)
{
    pthread_t *threads = xcalloc(count, sizeof *threads);
    size_t started = 0;

    for (; started + 1 < count; started++)
        if (pthread_create(&threads[started], NULL, work, shared) != 0)
            break;
    work(shared);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free(threads);
}

size_t crew_size(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return (processors > 64 ? 64 : (size_t)processors) + 1;
}
