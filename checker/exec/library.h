/*
 * Shared libraries of this system, as the linker and programs find them.
 */
#ifndef EXEC_LIBRARY_H
#define EXEC_LIBRARY_H

#include "base/err.h"
#include "base/strv.h"

#include <stdbool.h>

/* What Criterion's programs are linked with. */
#define LIBRARY_CRITERION "libcriterion.so.3"

/* The path of a library by its file name ("libm.so.6"), owned; NULL where it
   is not there. */
char *library_path(const char *file);

/*
 * Adds the names that the library defines for programs, with `calls` also
 * those that it calls, and to `needed` (NULL: nowhere) the file names of the
 * libraries that it needs. Returns -1 where it is not there or is damaged.
 */
int library_names(const char *file, bool calls, struct strv *names,
                  struct strv *needed, struct err *err);

/*
 * The file with the debugging information of an ELF file, where the system
 * keeps it apart from the file, by its build id; owned, NULL where there is
 * none. Source: gdb's manual, "Separate Debug Files".
 */
char *library_debug_file(const char *path);

/* Below which such files are. */
#define LIBRARY_DEBUG_DIR "/usr/lib/debug"

/* What loads programs. */
#if defined(__x86_64__)
#define LIBRARY_LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define LIBRARY_LOADER "/lib/ld-linux-aarch64.so.1"
#endif

#endif
