/* Time: for measuring, and of the calendar. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Time that only goes forward: seconds since some moment. */
double clock_now(void);

/* The calendar's: milliseconds since 1970 in UTC. */
int64_t clock_calendar(void);

#endif
