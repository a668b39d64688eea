/*
 * Perturbs the order in which threads run. objcopy renames the submission's
 * calls of pthread functions to those below, which now and then give the
 * processor away before and after, by a seed: another seed, another order.
 * The seed does not fix the order, it only makes rare ones likely.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

/* 0 stops perturbing. */
void schedule_seed(unsigned long seed);

/* How many threads were made through kata_run_pthread_create. */
unsigned long schedule_threads(void);

int kata_run_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                            void *(*start)(void *), void *argument);
int kata_run_pthread_mutex_lock(pthread_mutex_t *mutex);
int kata_run_pthread_mutex_trylock(pthread_mutex_t *mutex);
int kata_run_pthread_mutex_unlock(pthread_mutex_t *mutex);
int kata_run_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int kata_run_pthread_cond_timedwait(pthread_cond_t *cond,
                                    pthread_mutex_t *mutex,
                                    const struct timespec *until);
int kata_run_pthread_cond_signal(pthread_cond_t *cond);
int kata_run_pthread_cond_broadcast(pthread_cond_t *cond);
int kata_run_pthread_once(pthread_once_t *once, void (*run)(void));
int kata_run_sem_wait(sem_t *sem);
int kata_run_sem_post(sem_t *sem);

#endif
