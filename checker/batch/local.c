/*
 * The engine for one machine: as many threads as jobs, each with one grading
 * under way. A grading runs its stages one after another, so that N jobs use N
 * cores and no more.
 */
#include "batch/engine.h"
#include "batch/remote.h"

#include "base/crew.h"
#include "exec/proc.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
    const struct work *work;
    pthread_mutex_t lock;
    size_t next;
};

static bool goes_on(const struct work *work)
{
    return !proc_cancelled && !(work->stop && work->stop(work->context));
}

static void *grade_some(void *argument)
{
    struct pool *pool = argument;
    const struct work *work = pool->work;

    pthread_mutex_lock(&pool->lock);
    while (pool->next < work->count && goes_on(work)) {
        size_t index = work->todo[pool->next++];
        const struct item *item = &work->roster->items[index];
        char *output = out_graded(work->out, item), *note;

        pthread_mutex_unlock(&pool->lock);
        note = engine_grade(work, item, item->kata, 1, output);
        pthread_mutex_lock(&pool->lock);
        if (goes_on(work))
            work->done(index, note, work->context);
        free(output);
        free(note);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static int run_local(const struct work *work, struct err *err)
{
    struct pool pool = {.work = work, .lock = PTHREAD_MUTEX_INITIALIZER};

    (void)err;
    remote_drop(work->out->dir);
    crew_run((size_t)work->jobs, grade_some, &pool);
    return 0;
}

const struct engine engine_local = {"local", NULL, run_local};
