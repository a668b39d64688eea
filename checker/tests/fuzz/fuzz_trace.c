/* Trace files, and taking their lines apart and some of them out. */
#include "judge/trace.h"

#include "base/alloc.h"
#include "base/str.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char text[] =
    "{\"open\": \"new {capacity}\","
    " \"calls\": [{\"line\": \"put {key} {value}\"}, {\"line\": \"say "
    "{word}\"}, {\"line\": \"pick {colour}\"}, {\"line\": \"sum {keys}\"},"
    "  {\"line\": \"node {key}\", \"makes\": \"node\"},"
    "  {\"line\": \"copy {node} {key}\", \"makes\": \"node\"},"
    "  {\"line\": \"del {node}\", \"drops\": \"node\"},"
    "  {\"line\": \"link {node} {node} {key}\"}],"
    " \"close\": \"stats\","
    " \"values\": {\"capacity\": {\"int\": [0, 8]},"
    "  \"key\": {\"int\": [0, 15]}, \"value\": {\"ints\": [-1, 7, 900]},"
    "  \"word\": {\"string\": {\"alphabet\": \"ab !\", \"length\": [1, 3]}},"
    "  \"colour\": {\"choice\": [\"red\", \"light blue\"]},"
    "  \"node\": {\"handle\": \"node\"},"
    "  \"keys\": {\"list\": {\"of\": \"key\", \"length\": [1, 3]}}},"
    " \"length\": [1, 20], \"traces\": 10}";

static void check_line(const struct grammar *grammar, const char *line)
{
    struct strv words = STRV_INIT, again = STRV_INIT;
    struct str joined = STR_INIT;
    struct trace_call call;

    if (trace_match(grammar, line, &call))
        trace_call_release(&call);
    if (trace_split(line, &words)) {
        for (size_t i = 0; i < words.count; i++) {
            str_add(&joined, i ? " " : "");
            str_add_word(&joined, words.items[i]);
        }
        fuzz_expect(trace_split(joined.text, &again) &&
                        again.count == words.count,
                    "words that were written are read back");
        for (size_t i = 0; i < words.count; i++)
            fuzz_expect(strcmp(words.items[i], again.items[i]) == 0,
                        "a word that was written is read back");
    }
    str_release(&joined);
    strv_release(&words);
    strv_release(&again);
}

static void take_out(const struct grammar *grammar, const struct strv *lines)
{
    struct strv rest = STRV_INIT;
    bool *keep = xcalloc(lines->count, sizeof *keep);

    for (size_t i = 0; i < lines->count; i++)
        keep[i] = i % 3 != 1;
    trace_select(grammar, lines, keep, &rest);
    strv_release(&rest);
    for (size_t i = 0; i < lines->count && i < 8; i++) {
        trace_without(grammar, lines, i, &rest);
        fuzz_expect(rest.count < lines->count, "the trace is shorter");
        strv_release(&rest);
    }
    free(keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct grammar grammar;
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;

    if (!grammar.call_count) {
        json_t *json = json_loads(text, 0, NULL);

        fuzz_expect(json && grammar_parse(json, &grammar, &err) == 0,
                    "the grammar is read");
        json_decref(json);
    }
    if (trace_read(fuzz_file(data, size), &lines, &err) == 0 && lines.count) {
        for (size_t i = 0; i < lines.count; i++)
            check_line(&grammar, lines.items[i]);
        take_out(&grammar, &lines);
    }
    strv_release(&lines);
    return 0;
}
