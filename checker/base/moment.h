/*
 * A moment as people write it: ISO 8601 with its offset from UTC, so that it
 * says the same everywhere and whatever clocks are set to there.
 *
 *     2026-03-01T23:59:59+01:00    2026-03-01T22:59:59Z
 *
 * A space may stand for the T and before the offset, seconds may have a
 * fraction (it is dropped), and the colon of the offset may be left out, as
 * platforms write them. Neither seconds nor offset may be missing: 23:59 would
 * be a minute less than who writes it means.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdint.h>

/* "2026-03-01T22:59:59Z", with room for any numbers. */
enum { MOMENT_SIZE = 80 };

/* What an error says was expected. */
extern const char moment_expected[];

/* Seconds since 1970 in UTC; 0, or -1 where the text is no moment from 1970 to
   9999. */
int moment_read(const char *text, int64_t *seconds);

/* Writes it in UTC; `seconds` as moment_read gives them. */
void moment_write(int64_t seconds, char text[MOMENT_SIZE]);

#endif
