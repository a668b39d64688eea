/* The agent's runtime, and its twin in Python, on lines good and bad. Run from
   the repository's root, as `make unit` does. */
#include "base/alloc.h"
#include "base/path.h"
#include "base/random.h"
#include "base/str.h"
#include "exec/proc.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *dir, *program;

static void run(struct strv *argv, char *const *env, const struct str *input,
                struct str *output)
{
    struct proc_spec spec = {.argv = argv->items,
                             .envp = env,
                             .input = input->text,
                             .input_length = input->length,
                             .output_max = 64 << 20,
                             .seconds = 100};
    struct proc_result result;
    struct err err = ERR_INIT;

    cr_assert_eq(proc_run(&spec, &result, &err), 0, "%s", err.text);
    cr_assert(result.end == PROC_EXITED && result.code == 0, "%s: %d: %s",
              argv->items[0], result.code, result.err.text);
    str_addn(output, result.out.text, result.out.length);
    proc_result_release(&result);
    strv_release(argv);
}

static void build(void)
{
    struct strv argv = STRV_INIT;
    struct str none = STR_INIT, output = STR_INIT;
    struct err err = ERR_INIT;

    dir = path_make_temp("test-agent", &err);
    cr_assert_not_null(dir, "%s", err.text);
    program = path_join(dir, "agent");
    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-g",
                 "-fsanitize=address,undefined", "-pthread", "-Ichecker/agent",
                 "-o", program, "checker/agent/agent.c", "checker/agent/heap.c",
                 "checker/agent/main.c", "checker/tests/unit/agent/echo.c",
                 (char *)NULL);
    run(&argv, NULL, &none, &output);
    str_release(&output);
}

static void clean(void)
{
    path_remove(dir, NULL);
    free(dir);
    free(program);
}

TestSuite(agent, .init = build, .fini = clean, .timeout = 120);

static void ask_agent(const struct str *input, struct strv *answers)
{
    struct strv argv = STRV_INIT;
    struct str output = STR_INIT;

    strv_add(&argv, program);
    run(&argv, NULL, input, &output);
    strv_add_lines(answers, output.text);
    str_release(&output);
}

static void ask_python(const struct str *input, struct strv *answers)
{
    char path[] = "PATH=/usr/bin:/bin",
         modules[] = "PYTHONPATH=checker/cpython",
         bytecode[] = "PYTHONDONTWRITEBYTECODE=1";
    char *env[] = {path, modules, bytecode, NULL};
    struct strv argv = STRV_INIT;
    struct str output = STR_INIT;

    strv_add_all(&argv, "python3", "checker/tests/unit/agent/echo.py",
                 (char *)NULL);
    run(&argv, env, input, &output);
    strv_add_lines(answers, output.text);
    str_release(&output);
}

/* Everything after "--" is of the process alone. */
static void forget_counts(struct strv *answers)
{
    for (size_t i = 0; i < answers->count; i++)
        if (str_starts(answers->items[i], "-- "))
            answers->items[i][2] = '\0';
}

/* Asks both for one line after another and compares with `expected`. */
struct exchange {
    const char *line, *expected;
};

static void expect_all(const struct exchange *exchanges, size_t count)
{
    struct strv agent = STRV_INIT, python = STRV_INIT;
    struct str input = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_addf(&input, "%s\n", exchanges[i].line);
    ask_agent(&input, &agent);
    ask_python(&input, &python);
    forget_counts(&agent);
    cr_assert_eq(agent.count, count);
    cr_assert_eq(python.count, count);
    for (size_t i = 0; i < count; i++) {
        cr_expect_str_eq(agent.items[i], exchanges[i].expected, "%s: %s",
                         exchanges[i].line, agent.items[i]);
        cr_expect_str_eq(python.items[i], exchanges[i].expected,
                         "%s: Python says %s", exchanges[i].line,
                         python.items[i]);
    }
    strv_release(&agent);
    strv_release(&python);
    str_release(&input);
}

#define EXPECT_ALL(exchanges)                                                  \
    expect_all(exchanges, sizeof(exchanges) / sizeof *(exchanges))

Test(agent, numbers_are_read_strictly)
{
    static const struct exchange exchanges[] = {
        {"int 2147483647", "= 2147483647"},
        {"int -2147483648", "= -2147483648"},
        {"int 2147483648", "? 2147483648: not int"},
        {"int 007", "= 7"},
        {"int -0", "= 0"},
        {"int --1", "? --1: not int"},
        {"int 1-", "? 1-: not int"},
        {"int +1", "? +1: not int"},
        {"int 1_0", "? 1_0: not int"},
        {"int 0x1", "? 0x1: not int"},
        {"int -", "? -: not int"},
        {"int \"\"", "? : not int"},
        {"int \" 1\"", "?  1: not int"},
        {"int \"1\"", "= 1"},
        {"long 9223372036854775807", "= 9223372036854775807"},
        {"long 9223372036854775808", "? 9223372036854775808: not long"},
        {"long -9223372036854775808", "= -9223372036854775808"},
        {"long -9223372036854775809", "? -9223372036854775809: not long"},
        {"long 92233720368547758070", "? 92233720368547758070: not long"},
        {"size 9223372036854775807", "= 9223372036854775807"},
        {"size 0", "= 0"},
        {"size -1", "? -1: not size"},
        {"int 1\r", "? 1\\x0d: not int"},
    };

    EXPECT_ALL(exchanges);
}

Test(agent, arguments_are_counted)
{
    static const struct exchange exchanges[] = {
        {"int", "? usage: int int"},
        {"int 1 2", "? usage: int int"},
        {"make 1", "? usage: make"},
        {"sum", "= 0"},
        {"sum 1 2 3", "= 6"},
        {"sum 1 x", "? x: not int"},
        {"join", "? usage: join str @node..."},
        {"join a", "="},
        {"bogus", "? no command bogus"},
        {"\"int\" 5", "= 5"},
        {"\"@cpu\" 5", "? no command @cpu"},
        {" @cpu 5", "? no command @cpu"},
        {"@bogus", "? no such directive"},
        {"-- ", "? no command --"},
    };

    EXPECT_ALL(exchanges);
}

Test(agent, strings_are_unquoted_and_quoted)
{
    static const struct exchange exchanges[] = {
        {"str abc", "= abc"},
        {"str \"a b\"", "= \"a b\""},
        {"str \"\"", "= \"\""},
        {"str -", "= \"-\""},
        {"str \"\\n\\t\\\"\\\\\\x01\\x7F\"", "= \"\\n\\t\\\"\\\\\\x01\\x7f\""},
        {"str \xc3\xa9", "= \"\\xc3\\xa9\""},
        {"str \xff", "= \"\\xff\""},
        {"str a\"b", "= \"a\\\"b\""},
        {"str \"a", "? malformed line"},
        {"str \"a\"b", "? malformed line"},
        {"str \"\\q\"", "? malformed line"},
        {"str \"\\x4\"", "? malformed line"},
        {"str \"\\x00\"", "? malformed line"},
        {"", "? malformed line"},
        {"   ", "? malformed line"},
        {"words", "= true false - \"-\" \"\" - hit"},
    };

    EXPECT_ALL(exchanges);
}

Test(agent, handles_live_from_make_to_drop)
{
    static const struct exchange exchanges[] = {
        {"drop 0", "? no node 0"},
        {"make", "="},
        {"fail", "! ENOMEM"},
        {"make", "="},
        {"join a 0 2", "= a 0 a 2"},
        {"join a 0 1", "? no node 1"},
        {"drop 0", "= 0"},
        {"drop 0", "? no node 0"},
        {"drop 3", "? no node 3"},
        {"drop 99999999999999999999", "? 99999999999999999999: not a handle"},
        {"drop -1", "? -1: not a handle"},
        {"drop x", "? x: not a handle"},
        {"drop 02", "= 2"},
        {"--", "--"},
        {"drop 2", "? no node 2"},
    };

    EXPECT_ALL(exchanges);
}

Test(agent, an_answer_is_one_line)
{
    static const struct exchange exchanges[] = {
        {"refuse \"a\\nb\\x1b[2J\"", "? because a\\nb\\x1b[2J"},
        {"refuse \"say \\\"\\\\\\\"\"", "? because say \"\\\""},
        {"int \"a\\nb\"", "? a\\nb: not int"},
        {"\"a\\nb\"", "? no command a\\nb"},
    };

    EXPECT_ALL(exchanges);
}

Test(agent, an_answer_too_long_is_cut_and_keeps_its_end)
{
    struct strv agent = STRV_INIT;
    struct str input = STR_INIT;

    str_add(&input, "many 20000\nint 1\n");
    ask_agent(&input, &agent);
    cr_assert_eq(agent.count, 2);
    cr_assert_eq(strlen(agent.items[0]), 65535);
    cr_assert_str_eq(agent.items[1], "= 1");
    strv_release(&agent);
    str_release(&input);
}

/* However they are written, and however many fit what is kept of a trace. */
Test(agent, whole_traces_have_the_same_answers)
{
    struct str lines = STR_INIT, input = STR_INIT;
    struct strv want = STRV_INIT, got = STRV_INIT;

    str_add(&lines, "int 1\nmany 20000\n--\nmany 20000\nint 2\n--\nint 3\n");
    for (int i = 0; i < 20000; i++)
        str_addf(&lines, "int %d\n", i);
    ask_agent(&lines, &want);
    str_addf(&input, "@flush trace\n%s@flush line\nint 4\n", lines.text);
    ask_agent(&input, &got);
    cr_assert_eq(want.count, 20007);
    cr_assert_eq(got.count, want.count + 1);
    for (size_t i = 0; i < want.count; i++)
        cr_assert_str_eq(got.items[i], want.items[i]);
    cr_assert_str_eq(got.items[want.count], "= 4");
    strv_release(&want);
    strv_release(&got);
    str_release(&lines);
    str_release(&input);
}

/* Each is another trace. */
static const char *const quiet[] = {
    "int 1",       "int 2",       "int -1",    "int 1\nint 2", "int 2\nint 1",
    "str a",       "str ab",      "str b",     "fail",         "refuse x",
    "refuse y",    "nonsense",    "make",      "str \"\"",     "str \"a\\nb\"",
    "int 1\nfail", "fail\nint 1", "words a b",
};

Test(agent, the_digest_tells_traces_answered_quietly_apart)
{
    enum { TRACES = sizeof quiet / sizeof *quiet };
    struct str input = STR_INIT;
    struct strv answers = STRV_INIT;

    str_add(&input, "@quiet on\n");
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < TRACES; i++)
            str_addf(&input, "%s\n@dump -\n--\n", quiet[i]);
    ask_agent(&input, &answers);
    cr_assert_eq(answers.count, 4 * TRACES);
    for (size_t i = 0; i < TRACES; i++) {
        const char *digest = strstr(answers.items[2 * i], " answers=");

        cr_assert_not_null(digest);
        for (size_t k = i + 1; k < 2 * TRACES; k++)
            cr_expect_eq(str_ends(answers.items[2 * k], digest),
                         k == i + TRACES, "%s, %s", quiet[i],
                         quiet[k % TRACES]);
    }
    strv_release(&answers);
    str_release(&input);
}

Test(agent, a_line_with_a_nul_is_malformed)
{
    static const char text[] = "int 1\0\nint 2\n--\0\n@cpu\0 1\nint 3\n";
    struct str input = STR_INIT;
    struct strv agent = STRV_INIT, python = STRV_INIT;

    str_addn(&input, text, sizeof text - 1);
    ask_agent(&input, &agent);
    ask_python(&input, &python);
    cr_assert_eq(agent.count, 5);
    cr_assert_str_eq(agent.items[0], "? malformed line");
    cr_assert_str_eq(agent.items[1], "= 2");
    cr_assert_str_eq(agent.items[2], "? malformed line");
    cr_assert_str_eq(agent.items[3], "? malformed line");
    cr_assert_str_eq(agent.items[4], "= 3");
    cr_assert(strv_equal(&agent, &python));
    strv_release(&agent);
    strv_release(&python);
    str_release(&input);
}

/* A word of a random line: often nearly right. */
static void add_random_word(struct random_state *random, struct str *line)
{
    static const char *const odd[] = {"-0",
                                      "+1",
                                      "007",
                                      "1_0",
                                      "\"\"",
                                      "\"1\"",
                                      "\"\\n\"",
                                      "\"\\x00\"",
                                      "\"\\x4A\"",
                                      "\xc2\xb2",
                                      "-",
                                      "--",
                                      "1\r",
                                      "\"a\"b",
                                      "0x1",
                                      "\"",
                                      "2147483648",
                                      "9223372036854775807",
                                      "-9223372036854775809",
                                      "\"\xc3",
                                      "\\",
                                      "\"\\",
                                      "@fail",
                                      "\x01\x1b"};
    static const char bytes[] =
        "ab \\\"ntx0123456789aF\xff\xc3\xa9\t\r\x01-+@#";
    int64_t kind = random_between(random, 0, 9);

    if (kind < 4) {
        str_addf(line, "%d", (int)random_between(random, -1, 3));
    } else if (kind < 7) {
        str_add(line,
                odd[random_between(random, 0, sizeof odd / sizeof *odd - 1)]);
    } else {
        bool quoted = kind == 7;

        if (quoted)
            str_addc(line, '"');
        for (int64_t n = random_between(random, 0, kind == 9 ? 100 : 6); n > 0;
             n--)
            str_addc(line, bytes[random_between(random, 0, sizeof bytes - 2)]);
        if (quoted)
            str_addc(line, '"');
    }
}

static void add_random_line(struct random_state *random, struct str *input)
{
    static const char *const names[] = {"int",  "long", "size",   "str",
                                        "sum",  "make", "fail",   "drop",
                                        "join", "many", "refuse", "no"};

    if (random_between(random, 0, 19) == 0) {
        str_add(input, "--\n");
        return;
    }
    if (random_between(random, 0, 9) == 0)
        add_random_word(random, input);
    else
        str_add(
            input,
            names[random_between(random, 0, sizeof names / sizeof *names - 1)]);
    for (int64_t n = random_between(random, 0, 3); n > 0; n--) {
        str_addn(input, "  ", (size_t)random_between(random, 1, 2));
        add_random_word(random, input);
    }
    str_addc(input, '\n');
}

Test(agent, its_twin_in_python_answers_alike)
{
    struct random_state random;
    struct str input = STR_INIT;
    struct strv lines = STRV_INIT, agent = STRV_INIT, python = STRV_INIT;
    size_t refused = 0;

    random_seed(&random, 11, 0);
    for (int i = 0; i < 3000; i++)
        add_random_line(&random, &input);
    strv_add_lines(&lines, input.text);
    ask_agent(&input, &agent);
    ask_python(&input, &python);
    forget_counts(&agent);
    for (size_t i = 0; i < agent.count && i < python.count; i++) {
        cr_assert_str_eq(agent.items[i], python.items[i],
                         "answer %zu: %s, Python: %s", i, agent.items[i],
                         python.items[i]);
        refused += agent.items[i][0] == '?';
    }
    cr_assert_eq(agent.count, python.count);
    cr_assert_gt(refused, 1000);
    cr_assert_lt(refused, 2900);
    strv_release(&lines);
    strv_release(&agent);
    strv_release(&python);
    str_release(&input);
}

/* More words, and longer lines, than there is room for. */
Test(agent, huge_lines_are_survived)
{
    struct str input = STR_INIT;
    struct strv agent = STRV_INIT, python = STRV_INIT;

    for (int words = 4095; words <= 4098; words++) {
        str_add(&input, "sum");
        for (int i = 0; i < words; i++)
            str_add(&input, " 1");
        str_addc(&input, '\n');
    }
    str_add(&input, "str ");
    for (int i = 0; i < 60000; i++)
        str_addc(&input, 'x');
    str_add(&input, "\nint 1\n");
    ask_agent(&input, &agent);
    ask_python(&input, &python);
    cr_assert_eq(agent.count, 6);
    cr_assert_str_eq(agent.items[0], "= 4095");
    cr_assert_str_eq(agent.items[1], "= 4096");
    cr_assert_str_eq(agent.items[2], "? malformed line");
    cr_assert_str_eq(agent.items[5], "= 1");
    cr_assert(strv_equal(&agent, &python));
    strv_release(&agent);
    strv_release(&python);
    str_release(&input);
}
