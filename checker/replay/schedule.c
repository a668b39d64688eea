#include "schedule.h"

#include <sched.h>
#include <stdatomic.h>

/* Relaxed: an order between threads that the perturbation made would hide the
   very races that it is to show. */
static _Atomic unsigned long schedule, threads, created;
static _Thread_local unsigned long state;

void schedule_seed(unsigned long seed)
{
    atomic_store_explicit(&schedule, seed, memory_order_relaxed);
    state = 0;
}

/* xorshift64 (Marsaglia, "Xorshift RNGs", 2003). */
static unsigned long next(void)
{
    unsigned long seed = atomic_load_explicit(&schedule, memory_order_relaxed);

    if (!seed)
        return 0;
    if (!state)
        state = seed * 0x9E3779B97F4A7C15UL +
                atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) +
                1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void perturb(void)
{
    unsigned long choice = next() >> 32;
    struct timespec pause = {0, (long)(choice >> 8) % 60000};

    if (choice % 16 < 4)
        sched_yield();
    else if (choice % 16 == 4)
        nanosleep(&pause, NULL);
}

unsigned long schedule_threads(void)
{
    return atomic_load_explicit(&created, memory_order_relaxed);
}

#define PERTURBED(call)                                                        \
    do {                                                                       \
        int result;                                                            \
        perturb();                                                             \
        result = (call);                                                       \
        perturb();                                                             \
        return result;                                                         \
    } while (0)

int kata_run_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                            void *(*start)(void *), void *argument)
{
    atomic_fetch_add_explicit(&created, 1, memory_order_relaxed);
    PERTURBED(pthread_create(thread, attr, start, argument));
}

int kata_run_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    PERTURBED(pthread_mutex_lock(mutex));
}

int kata_run_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    PERTURBED(pthread_mutex_trylock(mutex));
}

int kata_run_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    PERTURBED(pthread_mutex_unlock(mutex));
}

int kata_run_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    PERTURBED(pthread_cond_wait(cond, mutex));
}

int kata_run_pthread_cond_timedwait(pthread_cond_t *cond,
                                    pthread_mutex_t *mutex,
                                    const struct timespec *until)
{
    PERTURBED(pthread_cond_timedwait(cond, mutex, until));
}

int kata_run_pthread_cond_signal(pthread_cond_t *cond)
{
    PERTURBED(pthread_cond_signal(cond));
}

int kata_run_pthread_cond_broadcast(pthread_cond_t *cond)
{
    PERTURBED(pthread_cond_broadcast(cond));
}

int kata_run_pthread_once(pthread_once_t *once, void (*run)(void))
{
    PERTURBED(pthread_once(once, run));
}

int kata_run_sem_wait(sem_t *sem)
{
    PERTURBED(sem_wait(sem));
}

int kata_run_sem_post(sem_t *sem)
{
    PERTURBED(sem_post(sem));
}
