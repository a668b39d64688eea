#include "kata/grammar.h"

#include "base/str.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

TestSuite(grammar);

static int parse(const char *text, struct grammar *grammar, struct err *err)
{
    json_error_t where;
    json_t *json = json_loads(text, 0, &where);
    int status;

    cr_assert(json, "%s: %s", text, where.text);
    status = grammar_parse(json, grammar, err);
    json_decref(json);
    return status;
}

static struct grammar parse_good(const char *text)
{
    struct grammar grammar;
    struct err err = ERR_INIT;

    cr_assert_eq(parse(text, &grammar, &err), 0, "%s", err.text);
    return grammar;
}

static void expect_error(const char *text, const char *message)
{
    struct grammar grammar;
    struct err err = ERR_INIT;

    cr_assert_eq(parse(text, &grammar, &err), -1, "%s was accepted", text);
    cr_assert_str_eq(err.text, message);
    cr_assert_eq(grammar.value_count + grammar.call_count + grammar.kind_count,
                 0);
    cr_assert_null(grammar.calls);
}

#define LENGTH ", \"length\": [1, 8]}"
#define CALLS(lines) "{\"calls\": [" lines "]"

Test(grammar, reads_literal_words)
{
    struct grammar grammar = parse_good(CALLS("{\"line\": \"push 1 -a:b\"}") //
                                        LENGTH);

    cr_assert_eq(grammar.call_count, 1);
    cr_assert_eq(grammar.calls[0].count, 3);
    cr_assert_str_eq(grammar.calls[0].words[0].literal, "push");
    cr_assert_str_eq(grammar.calls[0].words[2].literal, "-a:b");
    cr_assert_null(grammar.calls[0].words[2].value);
    cr_assert_eq(grammar.calls[0].makes, -1);
    cr_assert_eq(grammar.calls[0].drops, -1);
    cr_assert_eq(grammar.calls[0].weight, 1);
    cr_assert_eq(grammar.length_low, 1);
    cr_assert_eq(grammar.length_high, 8);
    cr_assert_eq(grammar.traces, 300);
    grammar_release(&grammar);
    cr_assert_eq(grammar.call_count, 0);
}

/* The value that the one argument of the one call stands for. */
static const struct value_spec *only(const struct grammar *grammar)
{
    cr_assert_eq(grammar->calls[0].count, 2);
    cr_assert_null(grammar->calls[0].words[1].literal);
    return grammar->calls[0].words[1].value;
}

#define VALUE(json)                                                            \
    CALLS("{\"line\": \"a {x}\"}, {\"line\": \"make\", \"makes\": \"node\"}")  \
    ", \"values\": {\"x\": " json "}" LENGTH

Test(grammar, reads_numbers)
{
    struct grammar grammar = parse_good(
        VALUE("{\"int\": [-9223372036854775808, 9223372036854775807]}"));

    cr_assert_eq(only(&grammar)->type, VALUE_RANGE);
    cr_assert_eq(only(&grammar)->low, INT64_MIN);
    cr_assert_eq(only(&grammar)->high, INT64_MAX);
    cr_assert_str_eq(only(&grammar)->name, "x");
    grammar_release(&grammar);
    grammar = parse_good(VALUE("{\"ints\": [3, -1, 3]}"));
    cr_assert_eq(only(&grammar)->type, VALUE_INTS);
    cr_assert_eq(only(&grammar)->int_count, 3);
    cr_assert_eq(only(&grammar)->ints[1], -1);
    grammar_release(&grammar);
}

Test(grammar, reads_strings)
{
    struct grammar grammar = parse_good(VALUE(
        "{\"string\": {\"alphabet\": \"a b\\\"\\\\\", \"length\": [0, 5]}}"));

    cr_assert_eq(only(&grammar)->type, VALUE_STRING);
    cr_assert_str_eq(only(&grammar)->alphabet, "a b\"\\");
    cr_assert_eq(only(&grammar)->high, 5);
    grammar_release(&grammar);
    grammar = parse_good(VALUE("{\"choice\": [\"\", \"red\", \"red\"]}"));
    cr_assert_eq(only(&grammar)->type, VALUE_CHOICE);
    cr_assert_eq(only(&grammar)->choice_count, 3);
    cr_assert_str_eq(only(&grammar)->choices[0], "");
    cr_assert_str_eq(only(&grammar)->choices[2], "red");
    grammar_release(&grammar);
}

Test(grammar, reads_handles)
{
    struct grammar grammar = parse_good(VALUE("{\"handle\": \"node\"}"));

    cr_assert_eq(only(&grammar)->type, VALUE_HANDLE);
    cr_assert_eq(grammar.kind_count, 1);
    cr_assert_str_eq(grammar.kinds[only(&grammar)->kind], "node");
    cr_assert_eq(grammar.calls[1].makes, 0);
    cr_assert_eq(only(&grammar)->old, 1);
    cr_assert_eq(only(&grammar)->fresh, 0);
    cr_assert_eq(only(&grammar)->missing, 0);
    grammar_release(&grammar);
    grammar = parse_good(VALUE(
        "{\"handle\": \"node\", \"old\": 0, \"fresh\": 2, \"missing\": 3}"));
    cr_assert_eq(only(&grammar)->old, 0);
    cr_assert_eq(only(&grammar)->fresh, 2);
    cr_assert_eq(only(&grammar)->missing, 3);
    grammar_release(&grammar);
}

Test(grammar, reads_lists_and_mixes)
{
    struct grammar grammar = parse_good(
        CALLS("{\"line\": \"a {xs}\"}") ", \"values\": {"
                                        "\"xs\": {\"list\": {\"of\": \"x\", "
                                        "\"length\": [0, 4]}},"
                                        "\"x\": {\"mix\": [{\"weight\": 9, "
                                        "\"int\": [0, 1]},"
                                        "{\"weight\": 1, \"choice\": "
                                        "[\"z\"]}]}}" LENGTH);
    const struct value_spec *list = only(&grammar);

    cr_assert_eq(list->type, VALUE_LIST);
    cr_assert_eq(list->high, 4);
    cr_assert_str_eq(list->of->name, "x");
    cr_assert_eq(list->of->type, VALUE_MIX);
    cr_assert_eq(list->of->mix_count, 2);
    cr_assert_eq(list->of->mix_weights[0], 9);
    cr_assert_eq(list->of->mix[1].type, VALUE_CHOICE);
    cr_assert_null(list->of->mix[1].name);
    grammar_release(&grammar);
}

Test(grammar, refuses_values_that_make_no_sense)
{
    expect_error(VALUE("{\"int\": [2, 1]}"),
                 "oracle.values.x.int: expected [low, high], got [2,1]");
    expect_error(VALUE("{\"int\": [1]}"),
                 "oracle.values.x.int: expected [low, high], got [1]");
    expect_error(VALUE("{\"ints\": []}"),
                 "oracle.values.x.ints: expected a list of whole numbers, at "
                 "least 1, got []");
    expect_error(VALUE("{\"int\": [0, 1], \"choice\": [\"a\"]}"),
                 "oracle.values.x: expected exactly one of int, ints, string, "
                 "choice, handle, list, mix, got "
                 "{\"int\":[0,1],\"choice\":[\"a\"]}");
    expect_error(VALUE("{}"),
                 "oracle.values.x: expected exactly one of int, ints, string, "
                 "choice, handle, list, mix, got {}");
    expect_error(
        VALUE("{\"int\": [0, 1], \"old\": 1}"),
        "oracle.values.x.old: expected this only beside \"handle\", got 1");
    expect_error(VALUE("{\"choice\": []}"),
                 "oracle.values.x.choice: expected a list of strings, at "
                 "least 1, got []");
}

Test(grammar, refuses_strings_that_no_agent_reads)
{
    expect_error(VALUE("{\"string\": {\"alphabet\": \"\","
                       " \"length\": [0, 1]}}"),
                 "oracle.values.x.string.alphabet: expected a string of "
                 "printable ASCII characters, got \"\"");
    expect_error(VALUE("{\"string\": {\"alphabet\": \"a\\n\","
                       " \"length\": [0, 1]}}"),
                 "oracle.values.x.string.alphabet: expected a string of "
                 "printable ASCII characters, got \"a\\n\"");
    expect_error(VALUE("{\"string\": {\"alphabet\": \"a\","
                       " \"length\": [-1, 1]}}"),
                 "oracle.values.x.string.length: expected [low, high] in 0 "
                 "... 1000, got [-1,1]");
}

Test(grammar, refuses_handles_that_nothing_makes)
{
    expect_error(VALUE("{\"handle\": \"nod\"}"),
                 "oracle.values.x: expected a kind of handle that some line "
                 "\"makes\", got \"nod\"");
    expect_error(VALUE("{\"handle\": \"node\", \"old\": 0}"),
                 "oracle.values.x: expected one of old, fresh and missing "
                 "above 0, got {\"handle\":\"node\",\"old\":0}");
    expect_error(VALUE("{\"mix\": [{\"weight\": 1, \"handle\": \"nod\"}]}"),
                 "oracle.values.x.mix[0]: expected a kind of handle that some "
                 "line \"makes\", got \"nod\"");
}

Test(grammar, refuses_nesting)
{
    expect_error(VALUE("{\"mix\": [{\"weight\": 1, \"mix\": []}]}"),
                 "oracle.values.x.mix[0].mix: unknown key");
    expect_error(VALUE("{\"mix\": [{\"int\": [0, 1]}]}"),
                 "oracle.values.x.mix[0].weight: expected a whole number in 1 "
                 "... 1000000, got nothing");
    expect_error(VALUE("{\"list\": {\"of\": \"x\", \"length\": [0, 1]}}"),
                 "oracle.values.x.list.of: expected a value that is no list, "
                 "got \"x\"");
    expect_error(VALUE("{\"list\": {\"of\": \"y\", \"length\": [0, 1]}}"),
                 "oracle.values.x.list.of: expected a name that oracle.values "
                 "defines instead of \"y\", got \"y\"");
    expect_error(
        CALLS("{\"line\": \"a {xs} 1\"}") ", \"values\": {"
                                          "\"x\": {\"int\": [0, 1]},"
                                          "\"xs\": {\"list\": {\"of\": \"x\", "
                                          "\"length\": [0, 4]}}}" LENGTH,
        "oracle.calls[0].line: expected a list only as the last "
        "word, got \"a {xs} 1\"");
}

Test(grammar, wants_names_defined_and_used)
{
    expect_error(CALLS("{\"line\": \"a {kye}\"}") ", \"values\": {\"key\": "
                                                  "{\"int\": [0, 1]}}" LENGTH,
                 "oracle.calls[0].line: expected a name that oracle.values "
                 "defines instead of \"kye\" (did you mean \"key\"?), got "
                 "\"a {kye}\"");
    expect_error(CALLS("{\"line\": \"a\"}") ", \"values\": {\"key\": "
                                            "{\"int\": [0, 1]}}" LENGTH,
                 "oracle.values.key: expected {key} in some line, got none");
    expect_error(CALLS("{\"line\": \"a\"}") ", \"values\": {\"Key\": "
                                            "{\"int\": [0, 1]}}" LENGTH,
                 "oracle.values.Key: expected a name of small letters, "
                 "digits, - and _ that begins with a letter before this, got "
                 "{\"int\":[0,1]}");
}

static void expect_line_error(const char *line, const char *expected)
{
    struct str text = STR_INIT, message = STR_INIT;

    str_addf(&text, CALLS("{\"line\": \"%s\"}") LENGTH, line);
    str_addf(&message, "oracle.calls[0].line: expected %s, got \"%s\"",
             expected, line);
    expect_error(text.text, message.text);
    str_release(&text);
    str_release(&message);
}

Test(grammar, refuses_lines_that_are_no_calls)
{
    expect_line_error("", "a line of 1 ... 1000 printable ASCII characters");
    expect_line_error("a\\n",
                      "a line of 1 ... 1000 printable ASCII characters");
    expect_line_error(" a", "words with one space between them");
    expect_line_error("a ", "words with one space between them");
    expect_line_error("a  b", "words with one space between them");
    expect_line_error("@fail 1", "a call (\"#\", \"@\" and \"--\" begin "
                                 "something else)");
    expect_line_error("# a", "a call (\"#\", \"@\" and \"--\" begin "
                             "something else)");
    expect_line_error("--", "a call (\"#\", \"@\" and \"--\" begin "
                            "something else)");
    expect_line_error("a -{b}", "plain words and {names} that each stand "
                                "alone, not \"-{b}\"");
    expect_line_error("a {}", "plain words and {names} that each stand "
                              "alone, not \"{}\"");
}

Test(grammar, limits_the_length_of_a_line)
{
    struct str text = STR_INIT;
    struct grammar grammar;
    struct err err = ERR_INIT;

    for (int i = 0; i < 1000; i++)
        str_addc(&text, 'a');
    for (int i = 0; i < 2; i++) {
        struct str json = STR_INIT;

        str_addf(&json, CALLS("{\"line\": \"%s\"}") LENGTH, text.text);
        cr_assert_eq(parse(json.text, &grammar, &err), i ? -1 : 0);
        if (i == 0)
            grammar_release(&grammar);
        str_addc(&text, 'a');
        str_release(&json);
    }
    cr_assert(strstr(err.text, "a line of 1 ... 1000"), "%s", err.text);
    str_release(&text);
}

Test(grammar, wants_a_command_first)
{
    expect_error(CALLS("{\"line\": \"{a}\"}") ", \"values\": {\"a\": "
                                              "{\"choice\": [\"x\"]}}" LENGTH,
                 "oracle.calls[0].line: expected a command, not a value, as "
                 "the first word, got \"{a}\"");
    expect_error("{\"calls\": []" LENGTH,
                 "oracle.calls: expected a list of objects, at least 1, got "
                 "[]");
    expect_error(CALLS("{\"line\": \"a\", \"weight\": 0}") LENGTH,
                 "oracle.calls[0].weight: expected a whole number in 1 ... "
                 "1000000, got 0");
}

Test(grammar, limits_lengths_and_traces)
{
    expect_error(CALLS("{\"line\": \"a\"}") ", \"length\": [1, 10001]}",
                 "oracle.length: expected [low, high] in 0 ... 10000, got "
                 "[1,10001]");
    expect_error(CALLS("{\"line\": \"a\"}") ", \"length\": [3, 2]}",
                 "oracle.length: expected [low, high] in 0 ... 10000, got "
                 "[3,2]");
    expect_error(CALLS("{\"line\": \"a\"}") ", \"traces\": 100001" LENGTH,
                 "oracle.traces: expected a whole number in 1 ... 100000, got "
                 "100001");
    expect_error(CALLS("{\"line\": \"a\"}") "}",
                 "oracle.length: expected [low, high] in 0 ... 10000, got "
                 "nothing");
}

#define NODES                                                                  \
    ", \"values\": {\"node\": {\"handle\": \"node\"}, \"n\": {\"int\": [0, "   \
    "9]}}" LENGTH

Test(grammar, knows_what_lines_make_and_drop)
{
    struct grammar grammar = parse_good(
        CALLS("{\"line\": \"new {n}\", \"makes\": \"node\"},"
              "{\"line\": \"free {n} {node}\", \"drops\": \"node\"}") NODES);

    cr_assert_eq(grammar.calls[0].makes, 0);
    cr_assert_eq(grammar.calls[1].makes, -1);
    cr_assert_eq(grammar.calls[1].drops, 2);
    grammar_release(&grammar);
}

Test(grammar, refuses_to_drop_what_is_not_one_handle)
{
    expect_error(CALLS("{\"line\": \"new {n}\", \"makes\": \"node\"},"
                       "{\"line\": \"free {node}\", \"drops\": \"n\"}") NODES,
                 "oracle.calls[1].drops: expected the name of a handle that "
                 "stands once in the line, got \"n\"");
    expect_error(
        CALLS("{\"line\": \"new {n}\", \"makes\": \"node\"},"
              "{\"line\": \"join {node} {node}\", \"drops\": \"node\"}") NODES,
        "oracle.calls[1].drops: expected the name of a handle that stands "
        "once in the line, got \"node\"");
    expect_error(
        CALLS("{\"line\": \"new {n} {node}\", \"makes\": \"node\"},"
              "{\"line\": \"free {n}\", \"drops\": \"n\"}") NODES,
        "oracle.calls[1].drops: expected the name of a handle that stands "
        "once in the line, got \"n\"");
}

Test(grammar, gives_open_and_close_what_calls_do)
{
    struct grammar grammar =
        parse_good(CALLS("{\"line\": \"new {n}\", \"makes\": "
                         "\"node\"},"
                         "{\"line\": \"free {node}\", \"drops\": "
                         "\"node\"}") ", \"open\": [\"new {n}\", "
                                      "\"new 3\", \"new 10\", "
                                      "\"new\","
                                      " {\"line\": \"root\", "
                                      "\"makes\": \"node\"}, "
                                      "{\"line\": \"new 1\"}]"
                                      ", \"close\": \"free "
                                      "0\"" NODES);

    cr_assert_eq(grammar.open_count, 6);
    cr_assert_eq(grammar.open[0].makes, 0);
    cr_assert_eq(grammar.open[1].makes, 0);
    cr_assert_eq(grammar.open[2].makes, -1, "10 is no {n}");
    cr_assert_eq(grammar.open[3].makes, -1);
    cr_assert_eq(grammar.open[4].makes, 0);
    cr_assert_eq(grammar.open[5].makes, -1, "an object says for itself");
    cr_assert_eq(grammar.close_count, 1);
    cr_assert_eq(grammar.close[0].drops, 1);
    grammar_release(&grammar);
}

Test(grammar, refuses_a_text_with_two_meanings)
{
    expect_error(
        CALLS("{\"line\": \"new {n}\", \"makes\": \"node\"},"
              "{\"line\": \"get {node}\"}, {\"line\": \"new 7\"}") NODES,
        "oracle.calls[2]: expected the same \"makes\" and \"drops\" as in "
        "oracle.calls[0], which the same text fits, got \"new 7\"");
}

Test(grammar, allows_lines_that_differ_in_some_word)
{
    struct grammar grammar = parse_good(
        CALLS("{\"line\": \"new {n}\", \"makes\": \"node\"},"
              "{\"line\": \"get {node}\"}, {\"line\": \"new 10\"},"
              "{\"line\": \"new {n} {n}\"}, {\"line\": \"new x\"}") NODES);

    cr_assert_eq(grammar.call_count, 5);
    grammar_release(&grammar);
}

Test(grammar, tells_lists_from_fixed_words)
{
    static const char values[] =
        ", \"values\": {\"n\": {\"int\": [0, 9]}, \"w\": {\"choice\": "
        "[\"p\", \"q\"]}, \"ns\": {\"list\": {\"of\": \"n\", \"length\": "
        "[0, 3]}}}" LENGTH;
    struct str text = STR_INIT;
    struct grammar grammar;

    str_addf(&text, "%s%s",
             CALLS("{\"line\": \"a {w} {ns}\", \"makes\": \"k\"},"
                   "{\"line\": \"a {n}\"}, {\"line\": \"a\"},"
                   "{\"line\": \"b {w}\"}"),
             values);
    grammar = parse_good(text.text);
    grammar_release(&grammar);
    str_reset(&text);
    str_addf(&text, "%s%s",
             CALLS("{\"line\": \"a {w} {ns}\", \"makes\": \"k\"},"
                   "{\"line\": \"a p 1 2 3\"}"),
             values);
    expect_error(text.text,
                 "oracle.calls[1]: expected the same \"makes\" and \"drops\" "
                 "as in oracle.calls[0], which the same text fits, got \"a p "
                 "1 2 3\"");
    str_release(&text);
}

Test(grammar, limits_the_kinds_of_handles)
{
    struct str text = STR_INIT;

    str_add(&text, "{\"calls\": [");
    for (int i = 0; i < 17; i++)
        str_addf(&text, "%s{\"line\": \"make%d\", \"makes\": \"k%d\"}",
                 i ? "," : "", i, i);
    str_add(&text, "]" LENGTH);
    expect_error(text.text,
                 "oracle: expected at most 16 kinds of handles, got 17");
    str_release(&text);
}
