/*
 * Threads that share one piece of work: each takes the next part that nobody
 * has taken, until none is left.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

/*
 * Calls work(shared) in `count` threads, of which the caller's is one, and
 * returns when all have. Where the system has no more threads they are fewer.
 * What `work` returns is not looked at.
 */
void crew_run(size_t count, void *(*work)(void *), void *shared);

/* How many keep the processors busy with work that sometimes only waits: one
   more than there are processors, at most 65. */
size_t crew_size(void);

#endif
