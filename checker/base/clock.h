/* Time that only goes forward: seconds since some moment. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

double clock_now(void);

#endif
