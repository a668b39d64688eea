/* The catalogue on the full screen, with ncurses. */
#ifndef CMD_BROWSE_H
#define CMD_BROWSE_H

#include "cmd/cmd.h"
#include "cmd/listing.h"

/*
 * Lets the person look around in the catalogue, which is loaded, until a kata
 * is chosen or the end is asked for. The terminal has been taken (tty_enter),
 * and `signals` is tty_block_signals' descriptor. `filter` is where it starts;
 * the cursor starts at `slug`, where that is not NULL.
 *
 * Returns the exit status to end with, or -1: *chosen is then the slug of the
 * kata to go on with (owned), or NULL with *err where the screen cannot be had.
 */
int browse(const struct cmd_context *context, int signals,
           const struct listing_filter *filter, const char *slug, char **chosen,
           struct err *err);

#endif
