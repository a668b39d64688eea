/* Why a machine has no jail, and how to get it. A part of exec/sandbox.c. */
#ifndef EXEC_ADVICE_H
#define EXEC_ADVICE_H

/*
 * `complaint` is what bubblewrap said, and `root` goes before the paths that
 * are looked at ("" but in tests). Returns what to do, one sentence or two on
 * one line; never NULL.
 */
const char *advice(const char *root, const char *complaint);

#endif
