/* The report of an interview for the terminal, from the JSON object. What is
   long (snapshots, plots) is on the page. */
#include "base/alloc.h"
#include "base/term.h"
#include "report/interview.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 400 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void add_line(struct str *text, const char *words)
{
    str_add_visible(text, words, strlen(words), LINE_MAX_BYTES, false);
}

static void add_head(const json_t *report, struct str *text)
{
    char *used = interview_clock(number_of(report, "used_seconds"));
    const json_t *score = json_object_get(report, "score");

    str_addf(text, "Interview %.0f: ", number_of(report, "id"));
    add_line(text, text_of(report, "candidate"));
    str_addf(text, ", %s, %s, %s of %.0f minutes%s", text_of(report, "level"),
             text_of(report, "state"), used, number_of(report, "minutes"),
             json_is_true(json_object_get(report, "late")) ? " (over the end)"
                                                           : "");
    if (score)
        str_addf(text, ", %.0f points of 100", json_number_value(score));
    str_addc(text, '\n');
    if (strcmp(text_of(report, "clock"), "system") != 0)
        str_add(text, "The clock was a test's ($KATA_CLOCK): its times prove "
                      "nothing.\n");
    free(used);
}

static void add_question(const json_t *question, struct str *text)
{
    const json_t *point, *mark = json_object_get(question, "mark");
    size_t met = 0, marked = 0, i;

    json_array_foreach(json_object_get(question, "points"), i, point)
    {
        met += json_is_true(json_object_get(point, "met"));
        marked += json_is_boolean(json_object_get(point, "met"));
    }
    str_addf(text, "  %.0f. ", number_of(question, "number"));
    add_line(text, text_of(question, "question"));
    if (marked)
        str_addf(text, "\n     %zu of %zu key points met", met, i);
    if (mark)
        str_addf(text, "\n     mark %.0f of 4", json_number_value(mark));
    str_addc(text, '\n');
}

static void add_run(const json_t *run, struct str *text)
{
    char *time = interview_clock(number_of(run, "seconds"));
    const json_t *example = json_object_get(run, "counterexample"), *line;
    size_t i;

    str_addf(text, "  %6s  %-6s %-9s %3.0f/%-3.0f", time,
             text_of(run, "command"), text_of(run, "verdict"),
             number_of(run, "score"), number_of(run, "max_score"));
    if (json_object_get(run, "added"))
        str_addf(text, "  +%.0f -%.0f", number_of(run, "added"),
                 number_of(run, "removed"));
    str_addf(text, "%s\n",
             json_is_true(json_object_get(run, "late")) ? "  late" : "");
    if (example) {
        str_addf(text, "          %s: ", text_of(example, "stage"));
        add_line(text, text_of(example, "message"));
        str_addc(text, '\n');
        json_array_foreach(json_object_get(example, "trace"), i, line)
        {
            str_add(text, i ? "; " : "          ");
            add_line(text, json_string_value(line));
        }
        if (i)
            str_addc(text, '\n');
    }
    free(time);
}

static void add_code(const json_t *round, struct str *text)
{
    size_t variants = json_array_size(json_object_get(round, "variants"));
    size_t hints = json_array_size(json_object_get(round, "hints")), i;
    const json_t *run, *mutant = json_object_get(round, "mutant");

    str_addf(text, "  %s",
             json_is_true(json_object_get(round, "passed")) ? "passed"
                                                            : "did not pass");
    if (variants)
        str_addf(text, ", %.0f of %zu changed requirements met",
                 number_of(round, "variants_passed"), variants);
    if (hints)
        str_addf(text, ", %zu hint%s for %.0f points", hints,
                 hints == 1 ? "" : "s", number_of(round, "hint_cost"));
    str_addc(text, '\n');
    if (mutant) {
        str_add(text, "  planted: ");
        add_line(text, text_of(mutant, "mistake"));
        str_addc(text, '\n');
    }
    json_array_foreach(json_object_get(round, "runs"), i, run)
        add_run(run, text);
}

static void add_round(const json_t *round, struct str *text)
{
    const json_t *score = json_object_get(round, "score"), *question;
    char *used = interview_clock(number_of(round, "used_seconds"));
    bool reached = json_is_true(json_object_get(round, "reached"));
    size_t i;

    str_addf(text, "\nRound %.0f, %s", number_of(round, "number"),
             text_of(round, "kind"));
    if (json_object_get(round, "kata"))
        str_addf(text, ", %s", text_of(round, "kata"));
    if (reached)
        str_addf(text, ": %s of %.0f minutes", used,
                 number_of(round, "minutes"));
    else
        str_add(text, ": not reached");
    if (score)
        str_addf(text, ", %.0f points", json_number_value(score));
    str_addc(text, '\n');
    json_array_foreach(json_object_get(round, "questions"), i, question)
        add_question(question, text);
    if (reached && json_object_get(round, "kata"))
        add_code(round, text);
    free(used);
}

static void add_rubric(const json_t *report, struct str *text)
{
    const json_t *each;
    size_t i;

    str_add(text, "\nRubric\n");
    json_array_foreach(json_object_get(report, "rubric"), i, each)
    {
        const json_t *mark = json_object_get(each, "mark");

        str_addf(text, "  %-24s ", text_of(each, "criterion"));
        if (mark)
            str_addf(text, "%.0f  ", json_number_value(mark));
        else
            str_add(text, "not rated");
        add_line(text, text_of(each, "why"));
        str_addc(text, '\n');
    }
}

static void add_notes(const json_t *report, struct str *text)
{
    const json_t *note;
    size_t i;

    json_array_foreach(json_object_get(report, "notes"), i, note)
    {
        char *time = interview_clock(number_of(note, "seconds"));

        str_addf(text, "%s  %6s  ", i ? "" : "\nNotes\n", time);
        add_line(text, text_of(note, "text"));
        str_addc(text, '\n');
        free(time);
    }
}

static void add_practise(const json_t *report, struct str *text)
{
    const json_t *each;
    size_t i;

    json_array_foreach(json_object_get(report, "practise"), i, each)
    {
        str_addf(text, "%s  %s: ", i ? "" : "\nWhat to practise next\n",
                 text_of(each, "command"));
        add_line(text, text_of(each, "why"));
        str_addc(text, '\n');
    }
}

void interview_text(const json_t *report, struct str *text)
{
    const json_t *round;
    size_t i;

    add_head(report, text);
    json_array_foreach(json_object_get(report, "rounds"), i, round)
        add_round(round, text);
    add_rubric(report, text);
    add_notes(report, text);
    add_practise(report, text);
}
