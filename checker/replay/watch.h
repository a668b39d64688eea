/*
 * Notices that the process hangs: every thread but the watcher sleeps and none
 * has used the processor for a while. That is no time limit: a thread that
 * waits for a processor on a loaded machine does not sleep.
 */
#ifndef WATCH_H
#define WATCH_H

/*
 * Starts the watcher, once. When the process has hung for `ms` milliseconds it
 * writes to `out`
 *
 *   hang
 *   stack WHERE WHERE ...     one a thread, innermost call first
 *
 * and ends the process with status 4. WHERE is a code address of the program
 * (0x...), or NAME of a function in a shared library, or ? there. Returns -1
 * where the thread cannot be had.
 */
int watch_start(int out, long ms);

#endif
