/*
 * Which functions of the C library a kata may use, by groups: the master copy,
 * from which the check and its documentation follow. A part of exec/policy.h.
 */
#ifndef EXEC_GROUPS_H
#define EXEC_GROUPS_H

#include <stdbool.h>

struct group {
    const char *name;  /* as in kata.json's "allow" */
    const char *why;   /* "it is about sorting", said when it is not allowed */
    const char *words; /* names between spaces; "pthread_*" is all that begin
                          so */
};

/* Always allowed; what no kata may use, by kind; ends with a NULL name. */
extern const struct group groups_always;
extern const struct group groups_never[];

/* What kata.json can name; ends with a NULL name. */
extern const struct group groups_table[];

const struct group *group_find(const char *name); /* in groups_table, or NULL */

/* Is the symbol in the group? What the compiler makes of a name counts as the
   name: __printf_chk is printf, __isoc99_sscanf is sscanf, sinf is sin. */
bool group_has(const struct group *group, const char *symbol);

#endif
