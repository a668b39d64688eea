#include "base/opt.h"

#include "base/alloc.h"
#include "base/suggest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct opt help_option = {'h', "help", NULL, "show this help"};
static const struct opt no_options[] = {{0, NULL, NULL, NULL}};

void opt_start(struct opt_parser *parser, const struct opt *table, int argc,
               char **argv)
{
    *parser = (struct opt_parser){.table = table ? table : no_options,
                                  .argv = argv,
                                  .argc = argc,
                                  .index = 1};
}

void opt_release(struct opt_parser *parser)
{
    strv_release(&parser->operands);
}

static bool has_short_name(const struct opt *opt)
{
    return opt->id > ' ' && opt->id <= '~';
}

static const struct opt *find_short(const struct opt *table, char c)
{
    for (; table->name; table++)
        if (has_short_name(table) && table->id == c)
            return table;
    return c == help_option.id ? &help_option : NULL;
}

static const struct opt *find_long(const struct opt *table, const char *name,
                                   size_t n)
{
    for (; table->name; table++)
        if (strlen(table->name) == n && memcmp(table->name, name, n) == 0)
            return table;
    if (strlen(help_option.name) == n && memcmp(help_option.name, name, n) == 0)
        return &help_option;
    return NULL;
}

static int unknown_long(const struct opt *table, const char *word, size_t n,
                        struct err *err)
{
    char *name = xstrndup(word, n);
    struct suggest suggest = SUGGEST_INIT(name);

    for (; table->name; table++)
        suggest_offer(&suggest, table->name);
    suggest_offer(&suggest, help_option.name);
    if (suggest.best)
        err_set(err, "unknown option --%s; did you mean --%s?", name,
                suggest.best);
    else
        err_set(err, "unknown option --%s", name);
    free(name);
    return -1;
}

/* The value of an option is `attached`, or else the next word. */
static int take_value(struct opt_parser *parser, const struct opt *opt,
                      const char *attached, const char *dashes,
                      const char *name, struct err *err)
{
    if (!attached && parser->index < parser->argc)
        attached = parser->argv[parser->index++];
    if (!attached)
        return err_set(err, "option %s%s needs a value: %s", dashes, name,
                       opt->argument);
    parser->value = attached;
    return opt->id;
}

static int next_long(struct opt_parser *parser, const char *word,
                     struct err *err)
{
    size_t n = strcspn(word, "=");
    const char *attached = word[n] ? word + n + 1 : NULL;
    const struct opt *opt = find_long(parser->table, word, n);

    if (!opt)
        return unknown_long(parser->table, word, n, err);
    if (opt->argument)
        return take_value(parser, opt, attached, "--", opt->name, err);
    if (attached)
        return err_set(err, "option --%s takes no value", opt->name);
    return opt->id;
}

static int next_short(struct opt_parser *parser, struct err *err)
{
    const char name[2] = {*parser->cluster++, '\0'};
    const struct opt *opt = find_short(parser->table, name[0]);
    const char *rest = *parser->cluster ? parser->cluster : NULL;

    if (!rest || !opt || opt->argument)
        parser->cluster = NULL;
    if (!opt)
        return err_set(err, "unknown option -%s", name);
    if (opt->argument)
        return take_value(parser, opt, rest, "-", name, err);
    return opt->id;
}

int opt_next(struct opt_parser *parser, struct err *err)
{
    parser->value = NULL;
    if (parser->cluster)
        return next_short(parser, err);
    while (parser->index < parser->argc) {
        const char *word = parser->argv[parser->index++];

        if (strcmp(word, "--") == 0) {
            while (parser->index < parser->argc)
                strv_add(&parser->operands, parser->argv[parser->index++]);
        } else if (word[0] != '-' || word[1] == '\0') {
            strv_add(&parser->operands, word);
        } else if (word[1] == '-') {
            return next_long(parser, word + 2, err);
        } else {
            parser->cluster = word + 1;
            return next_short(parser, err);
        }
    }
    return 0;
}

static int left_width(const struct opt *opt)
{
    size_t n = strlen("  -x, --") + strlen(opt->name);

    return (int)(opt->argument ? n + 1 + strlen(opt->argument) : n);
}

static void print_option(const struct opt *opt, int width, FILE *out)
{
    char letters[] = "    ";

    if (has_short_name(opt)) {
        letters[0] = '-';
        letters[1] = (char)opt->id;
        letters[2] = ',';
    }
    fprintf(out, "  %s--%s%s%s%*s  %s\n", letters, opt->name,
            opt->argument ? " " : "", opt->argument ? opt->argument : "",
            width - left_width(opt), "", opt->help);
}

void opt_help(const struct opt *table, FILE *out)
{
    int width = left_width(&help_option);

    if (!table)
        table = no_options;
    for (const struct opt *opt = table; opt->name; opt++)
        if (left_width(opt) > width)
            width = left_width(opt);
    for (const struct opt *opt = table; opt->name; opt++)
        print_option(opt, width, out);
    if (find_long(table, "help", 4) == &help_option)
        print_option(&help_option, width, out);
}

int opt_number(const char *text, long long low, long long high,
               long long *number, const char *what, struct err *err)
{
    const char *digits = text + (*text == '-');
    long long value;

    errno = 0;
    value = strtoll(text, NULL, 10);
    if (!*digits || digits[strspn(digits, "0123456789")] || errno ||
        value < low || value > high)
        return err_set(err, "%s must be a number from %lld to %lld, not '%s'",
                       what, low, high, text);
    *number = value;
    return 0;
}
