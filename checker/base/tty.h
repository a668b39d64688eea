/*
 * The whole terminal for a while: keys as they are typed, and a screen to draw
 * on, both given back whatever happens.
 *
 *     tty_block_signals(&err) -> fd    before any thread is made
 *     tty_enter(&err)
 *     ... poll(2) on standard input and that fd; tty_read_keys; tty_draw ...
 *     tty_leave()
 *
 * The terminal is also given back by exit(3) and by the signals of a crash.
 * Meanwhile what is printed on standard error is kept (tty_take_printed), and
 * printed there when the terminal is given back.
 * Keys that send signals go on doing so: who blocked them reads them as a
 * struct signalfd_siginfo from the descriptor.
 */
#ifndef BASE_TTY_H
#define BASE_TTY_H

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <stddef.h>

/* Keys that are no character; a character is itself. */
enum tty_key {
    TTY_ENTER = '\r',
    TTY_ESCAPE = 27,
    TTY_BACKSPACE = 127,
    TTY_UP = 256,
    TTY_DOWN,
    TTY_PAGE_UP,
    TTY_PAGE_DOWN,
    TTY_HOME,
    TTY_END,
    TTY_UNKNOWN
};

/*
 * Blocks SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT and SIGWINCH for
 * the caller and the threads that it makes later, ignores SIGPIPE, and returns
 * a signalfd, which the caller closes, or -1.
 */
int tty_block_signals(struct err *err);

/* Takes the terminal of standard input and output. An error where one of them
   is none, or the terminal cannot place the cursor (TERM unset or "dumb").
   Entered already, it sets the terminal anew: what a shell, or a program that
   had it meanwhile, changed. */
int tty_enter(struct err *err);

/* Gives it back; without effect where it was not taken. */
void tty_leave(void);

/* Gives it back, stops as Ctrl-Z stops a program, and takes it again when
   continued. SIGTSTP may be blocked. */
void tty_stop(void);

struct tty_size {
    int rows, columns;
};

struct tty_size tty_size(void);

/*
 * Draws the lines from the top left, each cut at the right margin; the rest of
 * the screen is blank. What is on the screen already is not drawn again.
 */
void tty_draw(const struct strv *lines);

/* Adds what was printed on standard error since the last time, as a person may
   read it. */
void tty_take_printed(struct str *text);

/* Next time all of it is: after a resize. */
void tty_redraw(void);

/* Adds what was typed, enum tty_key each; waits where nothing was. Returns the
   number of keys written to `keys`, 0 where there was no whole one, and -1
   where the terminal is gone. */
int tty_read_keys(int *keys, int max);

/* Takes the first key of `n` bytes typed. Returns how many of them it was, 0
   where it may go on. */
size_t tty_parse_key(const char *bytes, size_t n, int *key);

/*
 * Adds the lines of `text` to be shown `width` columns wide: long ones are
 * broken, at a space where one is near. Styles (term_style) take no room and go
 * on in the next line.
 */
void tty_wrap(struct strv *lines, const char *text, int width);

#endif
