/*
 * The commands: one file each, exporting one struct cmd; cmd/table.c is the
 * master copy, from which help, the manual and completions follow.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/opt.h"
#include "kata/catalog.h"

/* Exit statuses. */
enum {
    EXIT_PASS = 0,
    EXIT_NOT_PASSED = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
    EXIT_INTERRUPTED = 130
};

struct cmd {
    const char *name;
    const char *operands;      /* "SLUG [FILE]" */
    const char *summary;       /* one line, starts with a verb; NULL where it
                                  is for programs and not listed */
    const char *details;       /* paragraphs for -h and the manual, or NULL */
    const struct opt *options; /* besides -h; NULL for none */
    int (*run)(const struct cmd *cmd, int argc, char **argv);
};

/* Ends with NULL. */
extern const struct cmd *const cmd_table[];

/* The commands of a command, named "interview start" ...; ends with NULL. NULL
   where it has none. */
const struct cmd *const *cmd_table_of(const struct cmd *cmd);

/* "start" of "interview start"; borrowed. */
const char *cmd_last_name(const struct cmd *cmd);

/* Prints "kata CMD: message" and "try 'kata CMD -h'"; returns EXIT_USAGE. */
int cmd_usage(const struct cmd *cmd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "kata: error" on stderr; returns EXIT_ENVIRONMENT. */
int cmd_error(const struct err *err);

/* Prints the command's help on `out`. */
void cmd_help(const struct cmd *cmd, FILE *out);

/*
 * The common start of a command that takes a slug: parses options through
 * `option` (NULL where it has none of its own; returns -1 to refuse a value
 * with *err set), finds the root, loads the kata named by the first operand.
 * Returns -1 to go on, else the exit status to end with (help was shown, or an
 * error printed). On -1 the caller releases with cmd_release.
 */
struct cmd_context {
    char *root;
    struct catalog catalog;
    struct kata *kata;    /* NULL where the command takes no slug */
    struct strv operands; /* those after the slug */
};

int cmd_begin(const struct cmd *cmd, int argc, char **argv,
              int (*option)(int id, const char *value, void *data,
                            struct err *err),
              void *data, bool takes_slug, size_t max_operands,
              struct cmd_context *context);
void cmd_release(struct cmd_context *context);

/* Shows a Markdown file on standard output, rendered for the terminal; 0, or
   -1 where it cannot be read. */
int cmd_show_page(const char *path, struct err *err);

/* The folder of all attempts: $KATA_HOME, else work/ in the repository, else
   (installed) work/ in the current folder; owned. */
char *cmd_work_dir(const struct cmd_context *context);

/* work/SLUG, or $KATA_HOME/SLUG; owned. */
char *cmd_attempt_dir(const struct cmd_context *context);

/* The learner's file: FILE if given, else the attempt's SNAKE.c; owned. */
char *cmd_submission(const struct cmd_context *context, const char *file);

#endif
