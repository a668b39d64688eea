#include "base/opt.h"

#include "base/str.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_SOLUTION = 256 };

static const struct opt table[] = {
    {'s', "seed", "N", "use this seed"},
    {'v', "verbose", NULL, "say more"},
    {'q', "quiet", NULL, "say less"},
    {OPT_SOLUTION, "solution", NULL, "grade the reference"},
    {0, NULL, NULL, NULL},
};

/* Parses the words of `line`, split at spaces, and writes what came of them:
   "ID" or "ID=VALUE" for each option, then "| OPERAND ...", or the error. */
static const char *parse(const struct opt *options, const char *line)
{
    static char said[1024];
    struct opt_parser parser;
    struct strv argv = STRV_INIT;
    struct str out = STR_INIT;
    struct err err = ERR_INIT;
    int id;

    strv_add(&argv, "command");
    for (const char *word = line; *word;) {
        size_t n = strcspn(word, " ");

        strv_addf(&argv, "%.*s", (int)n, word);
        word += n + (word[n] == ' ');
    }
    opt_start(&parser, options, (int)argv.count, argv.items);
    while ((id = opt_next(&parser, &err)) > 0) {
        if (id == OPT_SOLUTION)
            str_add(&out, "solution");
        else
            str_addc(&out, (char)id);
        str_addf(&out, parser.value ? "=%s " : " ", parser.value);
    }
    str_add(&out, "|");
    for (size_t i = 0; i < parser.operands.count; i++)
        str_addf(&out, " %s", parser.operands.items[i]);
    snprintf(said, sizeof said, "%s", id < 0 ? err.text : out.text);
    opt_release(&parser);
    strv_release(&argv);
    str_release(&out);
    return said;
}

static void check(const char *line, const char *want)
{
    const char *got = parse(table, line);

    cr_assert_str_eq(got, want, "%s: got %s", line, got);
}

Test(opt, nothing)
{
    check("", "|");
}

Test(opt, values_in_every_spelling)
{
    check("--seed=7", "s=7 |");
    check("--seed 7", "s=7 |");
    check("-s7", "s=7 |");
    check("-s 7", "s=7 |");
    check("--seed=", "s= |");
    check("--seed=a=b", "s=a=b |");
    check("--seed -v", "s=-v |");
    check("-s --", "s=-- |");
}

Test(opt, flags_join)
{
    check("-vq", "v q |");
    check("-vs7 x", "v s=7 | x");
    check("-qvs 7 x", "q v s=7 | x");
    check("--solution -v", "solution v |");
}

Test(opt, stand_before_between_and_after_operands)
{
    check("-v a --seed 3 b -q", "v s=3 q | a b");
    check("-", "| -");
    check("a - -v", "v | a -");
}

Test(opt, two_dashes_end_them)
{
    check("-v -- -q --seed", "v | -q --seed");
    check("a -- --", "| a --");
}

Test(opt, unknown_ones_are_errors)
{
    check("-x", "unknown option -x");
    check("-vx", "unknown option -x");
    check("--frobnicate", "unknown option --frobnicate");
    check("--=3", "unknown option --");
    check("---", "unknown option ---");
}

Test(opt, unknown_ones_are_guessed)
{
    check("--sede", "unknown option --sede; did you mean --seed?");
    check("--sede=3", "unknown option --sede; did you mean --seed?");
    check("--sol", "unknown option --sol; did you mean --solution?");
    check("--hepl", "unknown option --hepl; did you mean --help?");
}

Test(opt, an_id_that_is_no_character_has_no_short_name)
{
    char short_name[] = {'-', (char)OPT_SOLUTION, '\0'};
    char *argv[] = {short_name, short_name, NULL};
    struct opt_parser parser;
    struct err err = ERR_INIT;

    opt_start(&parser, table, 2, argv);
    cr_assert_eq(opt_next(&parser, &err), 0, "\"-\" alone is an operand");
    opt_release(&parser);
}

Test(opt, missing_and_unwanted_values_are_errors)
{
    check("--seed", "option --seed needs a value: N");
    check("-vs", "option -s needs a value: N");
    check("--verbose=1", "option --verbose takes no value");
    check("--verbose=", "option --verbose takes no value");
}

Test(opt, help_needs_no_entry)
{
    cr_assert_str_eq(parse(table, "-h"), "h |");
    cr_assert_str_eq(parse(table, "--help x"), "h | x");
    cr_assert_str_eq(parse(NULL, "-h"), "h |");
    cr_assert_str_eq(parse(NULL, "--help=1"), "option --help takes no value");
    cr_assert_str_eq(parse(NULL, "-v"), "unknown option -v");
}

Test(opt, a_table_may_have_its_own_h)
{
    static const struct opt own[] = {{'h', "height", "N", "how high"},
                                     {0, NULL, NULL, NULL}};

    cr_assert_str_eq(parse(own, "-h 3"), "h=3 |");
}

static char *help_of(const struct opt *options)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    opt_help(options, out);
    fclose(out);
    return text;
}

Test(opt, help_has_two_columns)
{
    char *text = help_of(table);

    cr_assert_str_eq(text, "  -s, --seed N    use this seed\n"
                           "  -v, --verbose   say more\n"
                           "  -q, --quiet     say less\n"
                           "      --solution  grade the reference\n"
                           "  -h, --help      show this help\n");
    free(text);
    text = help_of(NULL);
    cr_assert_str_eq(text, "  -h, --help  show this help\n");
    free(text);
}

static void check_number(const char *text, long long low, long long high,
                         int result, long long want)
{
    struct err err = ERR_INIT;
    long long got = 12345;

    cr_assert_eq(opt_number(text, low, high, &got, "--seed", &err), result,
                 "'%s'", text);
    cr_assert_eq(got, result ? 12345 : want, "'%s' gave %lld", text, got);
    cr_assert_eq(err.set, result != 0, "'%s'", text);
}

Test(opt, numbers)
{
    check_number("0", 0, 10, 0, 0);
    check_number("10", 0, 10, 0, 10);
    check_number("-5", -5, 5, 0, -5);
    check_number("007", 0, 10, 0, 7);
    check_number("9223372036854775807", LLONG_MIN, LLONG_MAX, 0, LLONG_MAX);
    check_number("-9223372036854775808", LLONG_MIN, LLONG_MAX, 0, LLONG_MIN);
}

Test(opt, what_is_no_number)
{
    static const char *const texts[] = {
        "",
        "-",
        "x",
        "1x",
        " 1",
        "1 ",
        "+1",
        "--1",
        "0x10",
        "1e3",
        "9223372036854775808",
        "-9223372036854775809",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_number(texts[i], LLONG_MIN, LLONG_MAX, -1, 0);
    check_number("11", 0, 10, -1, 0);
    check_number("-1", 0, 10, -1, 0);
}

Test(opt, number_errors_say_what_was_wanted)
{
    struct err err = ERR_INIT;
    long long number;

    opt_number("x", 1, 9, &number, "--jobs", &err);
    cr_assert_str_eq(err.text, "--jobs must be a number from 1 to 9, not 'x'");
}
