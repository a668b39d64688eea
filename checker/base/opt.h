/*
 * Options of a command, from one table: the parser, `-h`, and whatever else is
 * generated (manual, completions) read it.
 *
 *     enum { OPT_SOLUTION = 256 };
 *     static const struct opt options[] = {
 *         {'s', "seed", "N", "use this seed"},
 *         {OPT_SOLUTION, "solution", NULL, "grade the reference"},
 *         {0, NULL, NULL, NULL}};
 *     struct opt_parser parser;
 *     opt_start(&parser, options, argc, argv);
 *     while ((opt = opt_next(&parser, &err)) > 0)
 *         switch (opt) { case 's': ... parser.value ... }
 *
 * Options may stand before, between and after operands; "--" ends them.
 * --name=value, --name value, -nvalue and -n value are understood, short ones
 * without a value may be joined (-ab), and a lone "-" is an operand. Every
 * table understands -h and --help, with the id 'h', without having them.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"
#include "base/strv.h"

#include <stdio.h>

struct opt {
    int id; /* what opt_next returns, positive; a printable character is also
               the short name */
    const char *name;     /* long name; NULL ends the table */
    const char *argument; /* name of its value, NULL where it takes none */
    const char *help;     /* one line */
};

struct opt_parser {
    const struct opt *table;
    char **argv; /* borrowed */
    int argc, index;
    const char *value;   /* of the option just returned; borrowed */
    const char *cluster; /* rest of a group of short options */
    struct strv operands;
};

/* `argv[0]` is the command's name and is passed over. `table` may be NULL. */
void opt_start(struct opt_parser *parser, const struct opt *table, int argc,
               char **argv);

/* The next option's id, 0 at the end, -1 on error (unknown, or value missing;
   an unknown one gets "did you mean"). */
int opt_next(struct opt_parser *parser, struct err *err);

void opt_release(struct opt_parser *parser);

/* Prints the table, two columns, --help last. `table` may be NULL. */
void opt_help(const struct opt *table, FILE *out);

/* Reads a decimal number in low ... high; -1 and an error otherwise. */
int opt_number(const char *text, long long low, long long high,
               long long *number, const char *what, struct err *err);

#endif
