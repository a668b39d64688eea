/* How far the learner is with each kata of the catalogue, from the database of
   the work folder (store/progress.h). */
#ifndef CMD_STANDING_H
#define CMD_STANDING_H

#include "cmd/cmd.h"
#include "store/next.h"

#include <stddef.h>

enum { STANDING_NEXT = 2 };

struct standing {
    enum progress_state *states; /* of the catalogue's entries */
    size_t passed, count;
    struct next next[STANDING_NEXT]; /* what to take up, best first */
    size_t next_count;
};

/* Of the catalogue, which is loaded. Where the database cannot be read, prints
   why on stderr, and nothing has been started. */
void standing_load(const struct cmd_context *context,
                   struct standing *standing);
void standing_release(struct standing *standing);

/* The kata to take up after the one of this slug (NULL: none); NULL where all
   others have passed. */
const struct next *standing_next(const struct standing *standing,
                                 const char *slug);

/* What the current attempt took, "3 grades, 1 hint, 12 min from the first
   save"; owned, NULL where nothing is recorded of it. */
char *standing_achieved(const struct cmd_context *context);

#endif
