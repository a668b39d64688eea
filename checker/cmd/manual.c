/* kata manual: kata(1) as mdoc, from the same tables as `kata -h`. `make`
   writes it to build/kata.1. */
#include "cmd/commands.h"
#include "judge/stage.h"
#include "report/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 78 };

/* Adds text in which nothing means anything to roff; `code` is between
   backquotes, where a hyphen is a minus. */
static void add_escaped(struct str *out, const char *text, size_t n, bool code)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\\')
            str_add(out, "\\e");
        else if (text[i] == '-' && code)
            str_add(out, "\\-");
        else if (text[i] == '\'' && code)
            str_add(out, "\\(aq");
        else
            str_addc(out, text[i]);
}

/* One word of prose, in which `...` becomes bold; *code is whether that began
   in an earlier word and goes on. */
static void add_word(struct str *out, const char *word, size_t n, bool *code)
{
    if (n && strchr(".'", *word))
        str_add(out, "\\&");
    for (size_t i = 0; i < n; i++)
        if (word[i] == '`') {
            *code = !*code;
            str_add(out, *code ? "\\fB" : "\\fR");
        } else {
            add_escaped(out, word + i, 1, *code);
        }
}

/* Does a sentence end with the word, that is at `next` of the text? */
static bool ends_sentence(const char *word, size_t n, const char *next)
{
    return n && strchr(".!?", word[n - 1]) && !islower((unsigned char)*next);
}

/* A paragraph: each sentence begins a line, as roff wants it, and a line is no
   longer than LINE_MAX. */
static void put_prose(const char *text, FILE *out)
{
    struct str word = STR_INIT;
    size_t column = 0;
    bool code = false;

    for (text += strspn(text, " \n"); *text;) {
        size_t n = strcspn(text, " \n");
        const char *next = text + n + strspn(text + n, " \n");

        str_reset(&word);
        add_word(&word, text, n, &code);
        if (column && column + 1 + word.length > LINE_MAX) {
            fputc('\n', out);
            column = 0;
        }
        fprintf(out, "%s%s", column ? " " : "", word.text);
        column += (column > 0) + word.length;
        if (!code && ends_sentence(text, n, next) && *next) {
            fputc('\n', out);
            column = 0;
        }
        text = next;
    }
    fprintf(out, "%s\n", code ? "\\fR" : "");
    str_release(&word);
}

static void put_literal(const char *text, FILE *out)
{
    struct str line = STR_INIT;

    text += strspn(text, " ");
    if (*text && strchr(".'", *text))
        str_add(&line, "\\&");
    add_escaped(&line, text, strlen(text), true);
    fprintf(out, "%s\n", line.text);
    str_release(&line);
}

/* The lines from `i` on that are indented, or that are not, joined; returns
   the number of the first after them. */
static size_t take_block(const struct strv *lines, size_t i, bool indented,
                         struct str *block)
{
    str_reset(block);
    for (; i < lines->count && *lines->items[i] &&
           (*lines->items[i] == ' ') == indented;
         i++)
        str_addf(block, "%s\n", lines->items[i]);
    return i;
}

static void put_literals(const char *block, FILE *out)
{
    struct strv lines = STRV_INIT;

    strv_add_lines(&lines, block);
    fputs(".Bd -literal -offset indent\n", out);
    for (size_t i = 0; i < lines.count; i++)
        put_literal(lines.items[i], out);
    fputs(".Ed\n", out);
    strv_release(&lines);
}

/* Paragraphs as cmd->details has them, an empty line between them; an indented
   line stands as it is. */
static void put_paragraphs(const char *text, FILE *out)
{
    struct strv lines = STRV_INIT;
    struct str block = STR_INIT;
    bool broken = false;

    strv_add_lines(&lines, text);
    for (size_t i = 0; i < lines.count;) {
        bool indented = *lines.items[i] == ' ';

        if (!*lines.items[i]) {
            broken = true;
            i++;
            continue;
        }
        i = take_block(&lines, i, indented, &block);
        if (broken && !indented)
            fputs(".Pp\n", out);
        (indented ? put_literals : put_prose)(block.text, out);
        broken = false;
    }
    str_release(&block);
    strv_release(&lines);
}

static void put_option(const struct opt *opt, FILE *out)
{
    struct str line = STR_INIT;

    str_add(&line, ".It ");
    if (opt->id > ' ' && opt->id <= '~')
        str_addf(&line, "Fl %c , ", opt->id);
    str_add(&line, "Fl \\-");
    add_escaped(&line, opt->name, strlen(opt->name), true);
    if (opt->argument) {
        str_add(&line, " Ar ");
        add_escaped(&line, opt->argument, strlen(opt->argument), true);
    }
    fprintf(out, "%s\n", line.text);
    put_prose(opt->help, out);
    str_release(&line);
}

static void put_command(const struct cmd *cmd, FILE *out)
{
    fprintf(out, ".Ss kata %s%s%s%s\n", cmd->name, *cmd->operands ? " " : "",
            cmd->operands, *cmd->operands ? "\\&" : "");
    put_prose(cmd->summary, out);
    if (cmd->details) {
        fputs(".Pp\n", out);
        put_paragraphs(cmd->details, out);
    }
    if (cmd->options && cmd->options->name) {
        fputs(".Bl -tag -width Ds\n", out);
        for (const struct opt *opt = cmd->options; opt->name; opt++)
            put_option(opt, out);
        fputs(".El\n", out);
    }
}

static void put_with_commands(const struct cmd *cmd, FILE *out)
{
    const struct cmd *const *table = cmd_table_of(cmd);

    put_command(cmd, out);
    for (size_t i = 0; table && table[i]; i++)
        put_command(table[i], out);
}

static void put_item(const char *name, const char *help, FILE *out)
{
    fprintf(out, ".It Cm %s\n", name);
    put_prose(help, out);
}

static void put_words(FILE *out)
{
    fputs(".Sh STAGES\n.Bl -tag -width threads -compact\n", out);
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        put_item(stage_name(i), stage_table[i].title, out);
    fputs(".El\n.Sh FORMATS\n.Bl -tag -width json -compact\n", out);
    for (size_t i = 0; report_table[i]; i++)
        put_item(report_table[i]->name, report_table[i]->help, out);
    fputs(".El\n.Sh CATEGORIES\nWhat a finding is about; "
          "\\fBkata explain\\fR tells more of each.\n"
          ".Bl -item -compact -offset indent\n",
          out);
    for (enum category i = CATEGORY_NONE + 1; i < CATEGORY_COUNT; i++)
        fprintf(out, ".It\n%s\n", category_name(i));
    fputs(".El\n", out);
}

static const char head[] =
    ".Dd November 21, 2026\n"
    ".Dt KATA 1\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm kata\n"
    ".Nd solve, grade and discuss interview katas in C\n"
    ".Sh SYNOPSIS\n"
    ".Nm\n"
    ".Ar command\n"
    ".Op Ar argument ...\n"
    ".Nm\n"
    ".Op Ar command\n"
    ".Fl h\n"
    ".Sh DESCRIPTION\n"
    "Each kata rebuilds a piece of Python from the inside.\n"
    "You write it in\n"
    ".Pa work/SLUG/ ,\n"
    "against the header that stands beside it, and\n"
    ".Nm\n"
    "builds, tests and measures it in a jail, and says what is wrong with the\n"
    "smallest sequence of calls that shows it.\n"
    ".Pp\n"
    "A\n"
    ".Ar SLUG\n"
    "names a kata; \\fBkata list\\fR shows them.\n"
    "Options may stand before, between and after operands;\n"
    ".Ql \\-\\-\n"
    "ends them.\n"
    "Every command has\n"
    ".Fl h .\n"
    ".Sh COMMANDS\n";

static const char tail[] =
    ".Sh ENVIRONMENT\n"
    ".Bl -tag -width KATA_HOME\n"
    ".It Ev KATA_HOME\n"
    "The folder of all attempts.\n"
    "Where it is not set, attempts are in\n"
    ".Pa work/\n"
    "of the repository, or, of an installed\n"
    ".Nm ,\n"
    "of the folder in which it is started.\n"
    ".It Ev KATA_ROOT\n"
    "The folder that has\n"
    ".Pa katas/ ,\n"
    "where it is neither above the program nor in\n"
    ".Pa share/kata\n"
    "beside its\n"
    ".Pa bin/ .\n"
    ".It Ev EDITOR\n"
    "What opens an attempt.\n"
    ".It Ev NO_COLOR\n"
    "Where set, nothing is coloured; neither is it where standard output is "
    "no\n"
    "terminal.\n"
    ".It Ev TMPDIR\n"
    "Where submissions are built and run.\n"
    ".It Ev XDG_CACHE_HOME\n"
    "Where\n"
    ".Pa kata/\n"
    "keeps what was built and measured of the references, instead of\n"
    ".Pa ~/.cache .\n"
    ".El\n"
    ".Sh FILES\n"
    ".Bl -tag -width Ds\n"
    ".It Pa work/SLUG/\n"
    "The attempt: what you write, the header, "
    "\\fBcompile_flags.txt\\fR for clangd, and\n"
    ".Pa failed.trace ,\n"
    "the smallest failing calls of the last grade.\n"
    ".It Pa work/SLUG/old/\n"
    "Earlier attempts.\n"
    ".It Pa work/progress.db\n"
    "Every grade and hint, for\n"
    "\\fBkata progress\\fR, \\fBkata next\\fR and \\fBkata review\\fR.\n"
    ".El\n"
    ".Sh EXIT STATUS\n"
    ".Bl -tag -width 130 -compact\n"
    ".It 0\n"
    "The verdict is pass, or what was asked for is done.\n"
    ".It 1\n"
    "Not passed.\n"
    ".It 2\n"
    "Wrong usage.\n"
    ".It 3\n"
    "Something that is needed is not there, or could not be written.\n"
    ".It 130\n"
    "Interrupted.\n"
    ".El\n"
    ".Sh EXAMPLES\n"
    ".Bd -literal -offset indent\n"
    "kata start lru\\-cache\n"
    "kata brief lru\\-cache\n"
    "kata test lru\\-cache\n"
    "kata grade lru\\-cache\n"
    "kata replay lru\\-cache \\-\\-debug\n"
    ".Ed\n"
    ".Sh SEE ALSO\n"
    ".Xr bwrap 1 ,\n"
    ".Xr gcc 1 ,\n"
    ".Xr gdb 1 ,\n"
    ".Xr valgrind 1\n";

static int cmd_manual_run(const struct cmd *cmd, int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return cmd_usage(cmd, "takes no operands");
    fputs(head, stdout);
    for (size_t i = 0; cmd_table[i]; i++)
        if (cmd_table[i]->summary)
            put_with_commands(cmd_table[i], stdout);
    put_words(stdout);
    fputs(tail, stdout);
    return EXIT_PASS;
}

const struct cmd cmd_manual = {"manual", "", NULL, NULL, NULL, cmd_manual_run};
