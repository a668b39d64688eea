/* How bubblewrap is called: the argv for a jail. A part of exec/sandbox.c. */
#ifndef EXEC_BWRAP_H
#define EXEC_BWRAP_H

#include "base/err.h"
#include "exec/sandbox.h"

/* Descriptors that bwrap finds open. */
struct bwrap_fds {
    int status; /* it reports there as JSON */
    int block;  /* it waits until something can be read there */
    int filter; /* a seccomp program */
};

/* Adds the argv; an error is one of the file system. */
int bwrap_argv(const struct jail_spec *spec, const struct bwrap_fds *fds,
               struct strv *argv, struct err *err);

/* Adds the jail's environment, "NAME=value". */
void bwrap_env(const struct jail_spec *spec, struct strv *env);

#endif
