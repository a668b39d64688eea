/* The person's editor: $VISUAL, else $EDITOR (each may have arguments), else
   what the system calls "editor", vi or nano. */
#ifndef CMD_EDITOR_H
#define CMD_EDITOR_H

#include "base/err.h"

/*
 * Opens a file and waits for the editor's end. The terminal is the editor's
 * meanwhile: who has taken it (base/tty.h) gives it back before. Returns 0, or
 * -1 where there is no editor or it did not end well.
 */
int editor_open(const char *path, struct err *err);

#endif
