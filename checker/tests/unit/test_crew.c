#include "base/crew.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <unistd.h>

enum { ALL = 4 };

static pthread_barrier_t together;
static int calls;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_all(void *shared)
{
    pthread_barrier_wait(shared);
    pthread_mutex_lock(&lock);
    calls++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* They hang where they are fewer. */
Test(crew, all_work_at_the_same_time_and_have_ended, .timeout = 60)
{
    pthread_barrier_init(&together, NULL, ALL);
    crew_run(ALL, wait_for_all, &together);
    cr_assert_eq(calls, ALL);
    pthread_barrier_destroy(&together);
}

static void *name_thread(void *shared)
{
    *(pthread_t *)shared = pthread_self();
    calls++;
    return NULL;
}

Test(crew, alone_it_is_the_caller)
{
    pthread_t thread;

    crew_run(1, name_thread, &thread);
    cr_assert_eq(calls, 1);
    cr_assert(pthread_equal(thread, pthread_self()));
}

Test(crew, has_one_more_than_there_are_processors)
{
    size_t processors = (size_t)sysconf(_SC_NPROCESSORS_ONLN);

    cr_assert_eq(crew_size(), (processors < 64 ? processors : 64) + 1);
}
