/* The report of an interview as a page, from the JSON object. */
#include "base/alloc.h"
#include "report/html.h"
#include "report/interview.h"

#include <cmark.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static const json_t *list_of(const json_t *object, const char *key)
{
    return json_object_get(object, key);
}

static const char *verdict_class(const char *verdict)
{
    return strcmp(verdict, "pass") == 0   ? "pass"
           : strcmp(verdict, "fail") == 0 ? "fail"
                                          : "error";
}

static void put_time(struct markup *markup, const char *element, double seconds)
{
    char *time = interview_clock(seconds);

    markup_element(markup, element, "number", time);
    free(time);
}

/* Markdown of a card, on one line: cmark leaves raw HTML out, and the paragraph
   around it is taken off. */
static void put_inline(struct markup *markup, const char *text)
{
    char *html = cmark_markdown_to_html(text, strlen(text), CMARK_OPT_DEFAULT);
    struct str part = STR_INIT;

    if (str_starts(html, "<p>") && str_ends(html, "</p>\n") &&
        !strstr(html + 1, "<p>")) {
        str_addn(&part, html + 3, strlen(html) - 8);
        markup_add_part(markup, &part);
    } else {
        markup_text(markup, text);
    }
    str_release(&part);
    free(html);
}

/* Head */

static void put_tile(struct markup *markup, const char *value, const char *what)
{
    markup_open(markup, "div");
    markup_element(markup, "b", NULL, value);
    markup_text(markup, what);
    markup_close(markup, "div");
}

static void put_tiles(struct markup *markup, const json_t *report)
{
    const json_t *score = json_object_get(report, "score");
    char *points = score ? xasprintf("%.0f", json_number_value(score))
                         : xstrdup("\xe2\x80\x93");
    char *used = interview_clock(number_of(report, "used_seconds"));
    char *of = xasprintf("of %.0f minutes%s", number_of(report, "minutes"),
                         is_true(report, "late") ? ", over the end" : "");
    const json_t *mark;
    double sum = 0;
    size_t i, count = 0;

    json_array_foreach(list_of(report, "rubric"), i,
                       mark) if (json_object_get(mark, "mark"))
    {
        sum += number_of(mark, "mark");
        count++;
    }
    markup_open(markup, "div");
    markup_attr(markup, "class", "tiles");
    put_tile(markup, points, "points of 100");
    put_tile(markup, used, of);
    if (count) {
        char *mean = xasprintf("%.1f", sum / (double)count);

        put_tile(markup, mean, "mean mark, of 4");
        free(mean);
    }
    put_tile(markup, text_of(report, "level"), "level");
    put_tile(markup, text_of(report, "state"),
             strcmp(text_of(report, "mode"), "pair") == 0 ? "held in a pair"
                                                          : "held alone");
    markup_close(markup, "div");
    free(points);
    free(used);
    free(of);
}

static void put_remarks(struct markup *markup, const json_t *report)
{
    const json_t *remark;
    size_t i;

    markup_open(markup, "p");
    markup_attr(markup, "class", "note");
    markup_textf(markup, "Started %s, seed %.0f.", text_of(report, "started"),
                 number_of(report, "seed"));
    if (strcmp(text_of(report, "clock"), "system") != 0)
        markup_text(markup, " The clock was a test's ($KATA_CLOCK): its times "
                            "prove nothing.");
    json_array_foreach(list_of(report, "remarks"), i, remark)
        markup_textf(markup, " Note: %s.", json_string_value(remark));
    markup_close(markup, "p");
}

/* Timeline */

static const struct lane {
    const char *kind, *name;
} lanes[] = {{"hint", "hints"},  {"edit", "edits"},
             {"test", "tests"},  {"submit", "submissions"},
             {"pass", "passes"}, {"round", "starts"}};
enum { LANES = sizeof lanes / sizeof *lanes, MARKS_MAX = 2000 };

static size_t fill_lane(const json_t *report, size_t lane, double *x, double *y)
{
    const json_t *event;
    size_t i, count = 0;

    json_array_foreach(
        list_of(report, "timeline"), i,
        event) if (count < MARKS_MAX &&
                   strcmp(text_of(event, "kind"), lanes[lane].kind) == 0)
    {
        x[count] = number_of(event, "seconds") / 60;
        y[count++] = (double)lane;
    }
    return count;
}

static void put_timeline_plot(struct markup *markup, const json_t *report)
{
    struct plot_series series[LANES];
    const char *names[LANES];
    double *numbers = xcalloc((size_t)2 * LANES * MARKS_MAX, sizeof *numbers);
    struct plot plot = {.title = "What happened when",
                        .x_label = "minutes",
                        .y_ticks = names,
                        .y_tick_count = LANES,
                        .x_end =
                            fmax(number_of(report, "minutes"),
                                 ceil(number_of(report, "used_seconds") / 60)),
                        .series = series,
                        .series_count = LANES,
                        .width = 720,
                        .height = 240};

    for (size_t i = 0; i < LANES; i++) {
        double *x = numbers + 2 * i * MARKS_MAX, *y = x + MARKS_MAX;

        names[i] = lanes[i].name;
        series[i] = (struct plot_series){.kind = PLOT_POINTS, .x = x, .y = y};
        series[i].count = fill_lane(report, i, x, y);
    }
    html_plot(markup, &plot);
    free(numbers);
}

static void put_event(struct markup *markup, const json_t *event)
{
    const char *kind = text_of(event, "kind");

    markup_open(markup, "tr");
    put_time(markup, "td", number_of(event, "seconds"));
    markup_element(markup, "td", NULL, kind);
    markup_element(markup, "td", NULL, text_of(event, "subject"));
    markup_open(markup, "td");
    if (json_object_get(event, "run"))
        markup_element(markup, "span", verdict_class(text_of(event, "text")),
                       text_of(event, "text"));
    else if (json_object_get(event, "changed_seconds"))
        markup_textf(markup, "the computer's clock was set by %+.0f s",
                     number_of(event, "changed_seconds"));
    else if (strcmp(kind, "rate") == 0)
        markup_textf(markup, "%.0f %s", number_of(event, "value"),
                     text_of(event, "text"));
    else if (strcmp(kind, "hint") == 0)
        markup_textf(markup, "number %.0f", number_of(event, "value"));
    else
        markup_text(markup, text_of(event, "text"));
    markup_close(markup, "td");
    markup_close(markup, "tr");
}

static void put_timeline(struct markup *markup, const json_t *report)
{
    const json_t *event;
    size_t i;

    markup_element(markup, "h2", NULL, "Timeline");
    put_timeline_plot(markup, report);
    markup_open(markup, "div");
    markup_attr(markup, "class", "stack");
    html_table_start(markup, NULL, "#time", "what", "of", "", NULL);
    json_array_foreach(list_of(report, "timeline"), i, event)
        put_event(markup, event);
    html_table_end(markup);
    markup_close(markup, "div");
}

/* Rounds */

static void put_question(struct markup *markup, const json_t *question)
{
    const json_t *point, *mark = json_object_get(question, "mark");
    size_t i;

    markup_open(markup, "section");
    markup_attr(markup, "class", "card");
    markup_open(markup, "h3");
    markup_textf(markup, "%.0f. ", number_of(question, "number"));
    put_inline(markup, text_of(question, "question"));
    markup_close(markup, "h3");
    if (!is_true(question, "asked"))
        markup_element(markup, "p", "note", "Not asked.");
    if (*text_of(question, "answer")) {
        markup_open(markup, "p");
        markup_element(markup, "b", NULL, "Answer: ");
        markup_text(markup, text_of(question, "answer"));
        markup_close(markup, "p");
    }
    if (mark)
        markup_elementf(markup, "p", NULL, "Mark %.0f of 4",
                        json_number_value(mark));
    markup_open(markup, "ul");
    json_array_foreach(list_of(question, "points"), i, point)
    {
        const json_t *met = json_object_get(point, "met");

        markup_open(markup, "li");
        if (json_is_boolean(met))
            markup_element(markup, "span", json_is_true(met) ? "pass" : "fail",
                           json_is_true(met) ? "met: " : "missed: ");
        put_inline(markup, text_of(point, "text"));
        markup_close(markup, "li");
    }
    markup_close(markup, "ul");
    markup_elementf(markup, "p", "note", "Card %s, topic %s.",
                    text_of(question, "id"), text_of(question, "topic"));
    markup_close(markup, "section");
}

/* One sign, so that nine stages have room on paper. */
static void put_status(struct markup *markup, const json_t *run,
                       const char *name)
{
    static const char *const signs[][2] = {{"pass", "\xe2\x9c\x93"},
                                           {"fail", "\xe2\x9c\x97"},
                                           {"error", "!"},
                                           {"skip", "\xc2\xb7"}};
    const char *status = "";
    const json_t *stage;
    size_t i;

    json_array_foreach(list_of(run, "stages"), i,
                       stage) if (strcmp(text_of(stage, "name"), name) == 0)
        status = text_of(stage, "status");
    markup_open(markup, "td");
    markup_attr(markup, "class", *status ? status : NULL);
    markup_attr(markup, "title", *status ? status : NULL);
    for (i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i][0], status) == 0)
            markup_text(markup, signs[i][1]);
    markup_close(markup, "td");
}

static bool has_stage(const json_t *round, const char *name)
{
    const json_t *run, *stage;
    size_t i, k;

    json_array_foreach(list_of(round, "runs"), i, run) json_array_foreach(
        list_of(run, "stages"), k,
        stage) if (strcmp(text_of(stage, "name"), name) == 0) return true;
    return false;
}

static void put_run(struct markup *markup, const json_t *round,
                    const json_t *run)
{
    const char *kata = text_of(run, "kata");
    const char *plus = strchr(kata, '+');

    markup_open(markup, "tr");
    markup_elementf(markup, "td", "number", "%.0f", number_of(run, "number"));
    put_time(markup, "td", number_of(run, "seconds"));
    markup_elementf(markup, "td", NULL, "%s%s%s", text_of(run, "command"),
                    plus ? plus : "", is_true(run, "late") ? ", late" : "");
    markup_element(markup, "td", verdict_class(text_of(run, "verdict")),
                   text_of(run, "verdict"));
    markup_elementf(markup, "td", "number", "%.0f/%.0f",
                    number_of(run, "score"), number_of(run, "max_score"));
    if (json_object_get(run, "added"))
        markup_elementf(markup, "td", "number", "+%.0f \xe2\x88\x92%.0f",
                        number_of(run, "added"), number_of(run, "removed"));
    else
        markup_element(markup, "td", "number", "");
    for (size_t i = 0; i < STAGE_COUNT; i++)
        if (has_stage(round, stage_name((enum stage_id)i)))
            put_status(markup, run, stage_name((enum stage_id)i));
    markup_close(markup, "tr");
}

/* Stages across, runs down. */
static void put_runs_table(struct markup *markup, const json_t *round)
{
    const char *heads[STAGE_COUNT + 1] = {NULL};
    const json_t *run;
    size_t i, count = 0;

    for (i = 0; i < STAGE_COUNT; i++)
        if (has_stage(round, stage_name((enum stage_id)i)))
            heads[count++] = stage_name((enum stage_id)i);
    markup_open(markup, "div");
    markup_attr(markup, "class", "narrow");
    html_table_start(markup,
                     "Runs, by stage (\xe2\x9c\x93 pass, \xe2\x9c\x97 fail, "
                     "\xc2\xb7 not run, ! could not run)",
                     "#run", "#time", "", "verdict", "#points", "#lines",
                     heads[0], heads[1], heads[2], heads[3], heads[4], heads[5],
                     heads[6], heads[7], heads[8], NULL);
    json_array_foreach(list_of(round, "runs"), i, run)
        put_run(markup, round, run);
    html_table_end(markup);
    markup_close(markup, "div");
}

/* What was seen, and whether it is what the reference answers. */
static void put_trace(struct markup *markup, const json_t *example)
{
    const json_t *line, *want = list_of(example, "want");
    const json_t *got = list_of(example, "got");
    bool marked = false;
    size_t i;

    html_table_start(markup, NULL, "call", "expected", "got", NULL);
    json_array_foreach(list_of(example, "trace"), i, line)
    {
        const char *expected = json_string_value(json_array_get(want, i));
        const char *actual = json_string_value(json_array_get(got, i));
        bool bad = json_array_size(want) && !marked &&
                   (!expected || !actual || strcmp(expected, actual) != 0);

        marked = marked || bad;
        markup_open(markup, "tr");
        markup_attr(markup, "class", bad ? "bad" : NULL);
        markup_element(markup, "td", "code", json_string_value(line));
        markup_element(markup, "td", "code", expected ? expected : "");
        markup_element(markup, "td", "code", actual ? actual : "");
        markup_close(markup, "tr");
    }
    html_table_end(markup);
}

static void put_example(struct markup *markup, const json_t *run)
{
    const json_t *example = json_object_get(run, "counterexample");

    markup_open(markup, "p");
    markup_textf(markup, "Run %.0f, %s: ", number_of(run, "number"),
                 text_of(example, "stage"));
    if (*text_of(example, "test")) {
        markup_element(markup, "code", NULL, text_of(example, "test"));
        markup_text(markup, ": ");
    }
    markup_text(markup, text_of(example, "message"));
    markup_close(markup, "p");
    if (json_array_size(list_of(example, "trace")))
        put_trace(markup, example);
}

static void put_examples(struct markup *markup, const json_t *round)
{
    const json_t *run;
    bool any = false;
    size_t i;

    json_array_foreach(list_of(round, "runs"), i, run)
    {
        if (!json_object_get(run, "counterexample"))
            continue;
        if (!any)
            markup_element(markup, "h3", NULL, "Smallest counterexamples");
        any = true;
        put_example(markup, run);
    }
}

static void put_snapshots(struct markup *markup, const json_t *round)
{
    const json_t *run;
    size_t i, last = json_array_size(list_of(round, "runs"));

    if (last == 0)
        return;
    markup_element(markup, "h3", NULL, "The code at each run");
    json_array_foreach(list_of(round, "runs"), i, run)
    {
        const char *diff = text_of(run, "diff");

        markup_open(markup, "details");
        markup_attr(markup, "open", i + 1 == last || *diff ? "" : NULL);
        markup_elementf(markup, "summary", NULL, "Run %.0f%s",
                        number_of(run, "number"),
                        i == 0  ? ": as it began"
                        : *diff ? ": what changed since the run before"
                                : ": no change");
        if (i == 0)
            markup_element(markup, "pre", NULL, text_of(run, "source"));
        else if (*diff)
            markup_element(markup, "pre", NULL, diff);
        markup_close(markup, "details");
    }
    if (last > 1) {
        markup_open(markup, "details");
        markup_element(markup, "summary", NULL, "The whole of the last run");
        markup_element(markup, "pre", NULL,
                       text_of(json_array_get(list_of(round, "runs"), last - 1),
                               "source"));
        markup_close(markup, "details");
    }
}

enum { POINTS_MAX = 64 };

static void put_claim(struct markup *markup, const json_t *claim)
{
    double n[POINTS_MAX], yours[POINTS_MAX], reference[POINTS_MAX];
    struct plot_series series[] = {
        {.title = "this code", .x = n, .y = yours},
        {.title = "reference", .x = n, .y = reference}};
    char *title =
        xasprintf("%s: %s", text_of(claim, "claim"),
                  is_true(claim, "holds") ? "holds" : "does not hold");
    struct plot plot = {.title = title,
                        .x_label = "n",
                        .y_label = "instructions a call",
                        .log_x = true,
                        .from_zero = true,
                        .series = series,
                        .series_count = 2};
    const json_t *point;
    size_t i, count = 0;

    json_array_foreach(list_of(claim, "points"), i, point)
    {
        if (count == POINTS_MAX)
            break;
        n[count] = number_of(point, "n");
        yours[count] = number_of(point, "instructions");
        reference[count++] = number_of(point, "reference");
    }
    series[0].count = series[1].count = count;
    html_plot(markup, &plot);
    free(title);
}

static void put_growth(struct markup *markup, const json_t *round)
{
    const json_t *claim;
    size_t i;

    if (json_array_size(list_of(round, "growth")) == 0)
        return;
    markup_element(markup, "h3", NULL, "Growth, at the last submission");
    markup_open(markup, "div");
    markup_attr(markup, "class", "sides");
    json_array_foreach(list_of(round, "growth"), i, claim)
        put_claim(markup, claim);
    markup_close(markup, "div");
}

static void put_outcome(struct markup *markup, const json_t *round)
{
    bool hunt = strcmp(text_of(round, "kind"), "bughunt") == 0;
    const json_t *mutant = json_object_get(round, "mutant");
    size_t variants = json_array_size(list_of(round, "variants"));

    markup_open(markup, "p");
    if (is_true(round, "passed"))
        markup_element(markup, "span", "pass",
                       hunt ? "The bug was fixed." : "The kata passed.");
    else
        markup_element(markup, "span", "fail",
                       hunt ? "The bug was not fixed."
                            : "The kata did not pass.");
    if (variants)
        markup_textf(markup, " Changed requirements met: %.0f of %zu.",
                     number_of(round, "variants_passed"), variants);
    markup_textf(markup, " Hints: %zu, which cost %.0f points.",
                 json_array_size(list_of(round, "hints")),
                 number_of(round, "hint_cost"));
    markup_close(markup, "p");
    if (mutant)
        markup_elementf(markup, "p", NULL, "Planted: %s (%s).",
                        text_of(mutant, "mistake"), text_of(mutant, "verdict"));
    if (*text_of(round, "explanation")) {
        markup_element(markup, "h3", NULL, "The explanation");
        markup_element(markup, "pre", NULL, text_of(round, "explanation"));
    }
}

static void put_code(struct markup *markup, const json_t *round)
{
    put_outcome(markup, round);
    if (json_array_size(list_of(round, "runs")))
        put_runs_table(markup, round);
    else
        markup_element(markup, "p", "note", "Nothing was run.");
    put_examples(markup, round);
    put_growth(markup, round);
    put_snapshots(markup, round);
}

static void put_round(struct markup *markup, const json_t *round)
{
    const json_t *score = json_object_get(round, "score"), *question;
    char *used = interview_clock(number_of(round, "used_seconds"));
    size_t i;

    markup_open(markup, "h2");
    markup_textf(markup, "Round %.0f: %s%s%s", number_of(round, "number"),
                 text_of(round, "kind"), *text_of(round, "title") ? ", " : "",
                 text_of(round, "title"));
    markup_close(markup, "h2");
    markup_open(markup, "p");
    markup_attr(markup, "class", "note");
    if (is_true(round, "reached"))
        markup_textf(markup, "%s of %.0f minutes", used,
                     number_of(round, "minutes"));
    else
        markup_text(markup, "not reached");
    if (score)
        markup_textf(markup, "; %.0f points of 100", json_number_value(score));
    markup_close(markup, "p");
    if (json_object_get(round, "questions")) {
        json_array_foreach(list_of(round, "questions"), i, question)
            put_question(markup, question);
    } else if (is_true(round, "reached")) {
        put_code(markup, round);
    }
    free(used);
}

/* What people saw */

static void put_rubric(struct markup *markup, const json_t *report)
{
    const json_t *each;
    size_t i;

    markup_element(markup, "h2", NULL, "Rubric");
    markup_open(markup, "div");
    markup_attr(markup, "class", "stack");
    html_table_start(markup, NULL, "", "#mark", "which means", "seen", NULL);
    json_array_foreach(list_of(report, "rubric"), i, each)
    {
        markup_open(markup, "tr");
        markup_open(markup, "th");
        markup_attr(markup, "scope", "row");
        markup_text(markup, text_of(each, "criterion"));
        markup_close(markup, "th");
        if (json_object_get(each, "mark"))
            markup_elementf(markup, "td", "number", "%.0f of %.0f",
                            number_of(each, "mark"), number_of(each, "of"));
        else
            markup_element(markup, "td", "number skip", "not rated");
        markup_element(markup, "td", NULL, text_of(each, "anchor"));
        markup_element(markup, "td", NULL, text_of(each, "why"));
        markup_close(markup, "tr");
    }
    html_table_end(markup);
    markup_close(markup, "div");
}

static void put_notes(struct markup *markup, const json_t *report)
{
    const json_t *note;
    size_t i;

    if (json_array_size(list_of(report, "notes")) == 0)
        return;
    markup_element(markup, "h2", NULL, "Notes");
    html_table_start(markup, NULL, "#time", "#round", "", NULL);
    json_array_foreach(list_of(report, "notes"), i, note)
    {
        markup_open(markup, "tr");
        put_time(markup, "td", number_of(note, "seconds"));
        markup_elementf(markup, "td", "number", "%.0f",
                        number_of(note, "round"));
        markup_element(markup, "td", NULL, text_of(note, "text"));
        markup_close(markup, "tr");
    }
    html_table_end(markup);
}

static void put_practise(struct markup *markup, const json_t *report)
{
    const json_t *each;
    size_t i;

    markup_element(markup, "h2", NULL, "What to practise next");
    if (json_array_size(list_of(report, "practise")) == 0) {
        markup_element(markup, "p", NULL,
                       "Nothing stood out; `kata next` names the next kata.");
        return;
    }
    markup_open(markup, "ul");
    json_array_foreach(list_of(report, "practise"), i, each)
    {
        const char *command = text_of(each, "command");
        bool program = str_starts(command, "kata ");

        markup_open(markup, "li");
        markup_element(markup, program ? "code" : "span", NULL, command);
        markup_textf(markup, ": %s", text_of(each, "why"));
        markup_close(markup, "li");
    }
    markup_close(markup, "ul");
}

void interview_html(const json_t *report, struct str *page)
{
    char *title = xasprintf("Interview %.0f: %s", number_of(report, "id"),
                            text_of(report, "candidate"));
    struct markup markup;
    const json_t *round;
    size_t i;

    html_page_start(&markup, page, title);
    put_tiles(&markup, report);
    put_remarks(&markup, report);
    put_rubric(&markup, report);
    put_notes(&markup, report);
    put_practise(&markup, report);
    put_timeline(&markup, report);
    json_array_foreach(list_of(report, "rounds"), i, round)
        put_round(&markup, round);
    html_page_end(&markup);
    free(title);
}
