/*
 * TODO: what it is, and a use of it in a few lines. This one is a running
 * total, so that everything compiles and there is something to replace.
 *
 * The header is the whole contract: who reads only the brief and this can
 * pass. Say what each function returns, what it costs, who owns what, and what
 * happens at every edge.
 */
#ifndef UPPER_H
#define UPPER_H

struct SNAKE;

/* Returns a total of 0, or NULL when out of memory. The caller releases it with
   SNAKE_free. O(1). */
struct SNAKE *SNAKE_new(void);

/* Releases it. NULL is allowed and does nothing. */
void SNAKE_free(struct SNAKE *self);

/* Adds `value` and returns the new total. O(1). */
long long SNAKE_add(struct SNAKE *self, int value);

/* Returns the total. O(1). */
long long SNAKE_total(const struct SNAKE *self);

#endif
