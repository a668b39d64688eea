/*
 * The interviewer's sheet. One CommonMark text serves terminal and page; only
 * the rubric is a table on the page, since terminals have no room for it.
 */
#include "base/alloc.h"
#include "base/path.h"
#include "report/html.h"
#include "report/interview.h"

#include <cmark.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BRIEF_MAX = 1 << 20, FINDINGS_MAX = 5 };

/* Adds code in a fence that it cannot close. */
static void add_code(struct str *text, const char *language, const char *code)
{
    struct str visible = STR_INIT;
    size_t ticks = 3, run = 0;

    for (const char *at = code; *at; at++) {
        run = *at == '`' ? run + 1 : 0;
        ticks = run >= ticks ? run + 1 : ticks;
    }
    str_add_visible(&visible, code, strlen(code), BRIEF_MAX, true);
    for (size_t i = 0; i < ticks; i++)
        str_addc(text, '`');
    str_addf(text, "%s\n%s%s", language, visible.text,
             str_ends(visible.text, "\n") ? "" : "\n");
    for (size_t i = 0; i < ticks; i++)
        str_addc(text, '`');
    str_add(text, "\n\n");
    str_release(&visible);
}

/* Adds foreign text as one line of plain words. */
static void add_plain(struct str *text, const char *words)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, words, strlen(words), BRIEF_MAX, false);
    for (const char *at = visible.text; *at; at++) {
        if (strchr("\\`*_[]<>#&|~!", *at))
            str_addc(text, '\\');
        str_addc(text, *at);
    }
    str_release(&visible);
}

static void add_quoted(struct str *text, const char *words)
{
    struct strv lines = STRV_INIT;

    strv_add_lines(&lines, words);
    for (size_t i = 0; i < lines.count; i++)
        str_addf(text, "> %s\n", lines.items[i]);
    str_addc(text, '\n');
    strv_release(&lines);
}

/* The first paragraph is said aloud; what follows is for the interviewer. */
static void add_first_quoted(struct str *text, const char *words)
{
    const char *end = strstr(words, "\n\n");
    char *first = end ? xstrndup(words, (size_t)(end - words)) : xstrdup(words);

    add_quoted(text, first);
    if (end)
        str_addf(text, "%s\n\n", end + 2);
    free(first);
}

/* How it goes */

static void add_opening(const struct material *material, struct str *text)
{
    const struct session *session = material->session;

    str_add(text, "## Opening words\n\n");
    str_addf(text,
             "> We have %d minutes in %zu round%s. I am interested in how you "
             "think more than in the last line of code, so please think aloud. "
             "Ask when something is unclear, and tell me what you leave out. "
             "You may run your code as often as you like. A hint is no shame, "
             "but it counts. Shall we begin?\n\n",
             session->minutes, session->plan.count,
             session->plan.count == 1 ? "" : "s");
    for (size_t i = 0; i < session->plan.count; i++)
        str_addf(text, "%zu. %s, %d minutes%s%s\n", i + 1,
                 round_name(session->plan.rounds[i].kind),
                 session->plan.rounds[i].minutes,
                 session->plan.rounds[i].kata ? ": " : "",
                 session->plan.rounds[i].kata ? session->plan.rounds[i].kata
                                              : "");
    str_addc(text, '\n');
    for (size_t i = 0; i < session->plan.remarks.count; i++)
        str_addf(text, "- Note: %s.\n", session->plan.remarks.items[i]);
    if (session->plan.remarks.count)
        str_addc(text, '\n');
}

static void add_commands(const struct material *material, struct str *text)
{
    int64_t id = material->session->id;

    str_add(text, "## While it runs\n\n");
    str_addf(
        text,
        "- `kata interview note %" PRId64 " \"...\"` keeps what you see, "
        "with the time\n"
        "- `kata interview rate %" PRId64 " CRITERION MARK \"why\"` gives "
        "a mark from 1 to 4; the last one counts\n"
        "- `kata interview hint %" PRId64 "` when you give a hint, so that "
        "the report has it\n"
        "- `kata interview sheet %" PRId64 "` again, for what the last run "
        "showed\n\n",
        id, id, id, id);
}

/* The last run */

static void add_findings(const json_t *stage, struct str *text)
{
    const json_t *finding, *line;
    size_t i, k;

    json_array_foreach(json_object_get(stage, "findings"), i, finding)
    {
        const char *message =
            json_string_value(json_object_get(finding, "message"));
        const json_t *trace = json_object_get(finding, "trace");

        if (i >= FINDINGS_MAX)
            break;
        str_add(text, "  - ");
        add_plain(text, message ? message : "");
        str_addc(text, '\n');
        json_array_foreach(trace, k, line)
        {
            str_add(text, k ? "; " : "    Calls: ");
            add_plain(text, json_string_value(line));
        }
        if (json_array_size(trace))
            str_addc(text, '\n');
    }
}

static void add_result(const char *result, struct str *text)
{
    json_t *json = json_loads(result, 0, NULL);
    const json_t *stage;
    size_t i;

    json_array_foreach(json_object_get(json, "stages"), i, stage)
    {
        const char *name = json_string_value(json_object_get(stage, "name"));
        const char *status =
            json_string_value(json_object_get(stage, "status"));

        if (!name || !status || strcmp(status, "skip") == 0)
            continue;
        str_addf(text, "- %s: %s\n", name, status);
        if (strcmp(status, "pass") != 0)
            add_findings(stage, text);
    }
    str_addc(text, '\n');
    json_decref(json);
}

static void add_last_run(const struct material *material, size_t round,
                         struct str *text)
{
    const struct session_run *run = material_last_run(material, round);
    char *time;

    str_add(text, "### The candidate's last run\n\n");
    if (!run) {
        str_add(text, "Nothing was run yet.\n\n");
        return;
    }
    time = interview_clock((double)run->used / 1000);
    str_addf(text, "Run %" PRId64 " at %s, %s of %s: **%s**%s.\n\n",
             run->number, time, run->submitted ? "submission" : "test",
             run->kata, run->verdict ? run->verdict : "did not end",
             run->late ? ", late" : "");
    free(time);
    if (run->result)
        add_result(run->result, text);
    if (run->explanation) {
        str_add(text, "What they explain:\n\n");
        add_code(text, "", run->explanation);
    }
}

/* Rounds */

static void add_card(const struct material *material, size_t round, size_t step,
                     size_t number, struct str *text)
{
    const struct plan_round *plan = &material->session->plan.rounds[round];
    const struct card *card =
        cards_find(&material->cards, plan->questions.items[step]);
    const struct event *answer = events_last(&material->events, EVENT_ANSWER,
                                             (int64_t)round, (int64_t)step);

    str_addf(text, "### Question %zu\n\n", number);
    if (!card) {
        str_addf(text, "The card %s is gone.\n\n", plan->questions.items[step]);
        return;
    }
    str_addf(text, "> %s\n\n", card->question);
    if (*card->detail)
        str_addf(text, "%s\n\n", card->detail);
    str_add(text, "- **Strong:** all of these unasked, with an example:\n");
    for (size_t i = 0; i < card->points.count; i++)
        str_addf(text, "  %zu. %s\n", i + 1, card->points.items[i]);
    str_add(text, "- **Adequate:** two thirds of them, the rest when asked.\n"
                  "- **Weak:** fewer, or one of these:\n");
    for (size_t i = 0; i < card->wrong_count; i++)
        str_addf(text, "  - \"%s\" %s\n", card->wrong[i].lead,
                 card->wrong[i].text);
    str_add(text, "\nThen ask:\n\n");
    for (size_t i = 0; i < card->followup_count; i++)
        str_addf(text, "- **%s** %s\n", card->followups[i].lead,
                 card->followups[i].text);
    str_addc(text, '\n');
    if (answer && answer->text) {
        str_add(text, "Noted as the answer: ");
        add_plain(text, answer->text);
        str_add(text, "\n\n");
    }
}

static void add_hints(const struct guide *guide, struct str *text)
{
    str_add(text, "### Hints, in order\n\n");
    for (size_t i = 0; i < guide->hint_count; i++)
        str_addf(text, "**%s** (costs %d points)\n\n%s\n\n",
                 guide->hints[i].title, guide_hint_cost(i + 1),
                 guide->hints[i].text);
}

static void add_questions(const struct guide *guide, struct str *text)
{
    str_add(text, "### Follow-ups\n\n");
    for (size_t i = 0; i < guide->question_count; i++) {
        const struct guide_question *question = &guide->questions[i];

        str_addf(text,
                 "> %s\n\n- **Strong:** %s\n- **Adequate:** %s\n- **Weak:** "
                 "%s\n\n",
                 question->question, question->strong, question->adequate,
                 question->weak);
    }
}

/* The section "What changes" of a variant's brief. */
static void add_change(const struct kata *variant, struct str *text)
{
    char *path = path_join(variant->dir, "README.md");
    struct str brief = STR_INIT;
    const char *start, *end;

    str_addf(text, "**%s** (`%s`)\n\n", variant->title, variant->slug);
    if (path_read(path, BRIEF_MAX, &brief, NULL) == 0) {
        start = strstr(brief.text, "\n## What changes\n");
        start = start ? strchr(start + 1, '\n') + 1 : NULL;
        end = start ? strstr(start, "\n## ") : NULL;
        if (end)
            str_addn(text, start + strspn(start, "\n"),
                     (size_t)(end - start) - strspn(start, "\n"));
        str_addc(text, '\n');
    }
    str_addc(text, '\n');
    str_release(&brief);
    free(path);
}

static void add_variants(const struct material_round *round, struct str *text)
{
    if (round->variant_count == 0)
        return;
    str_add(text, "### Then the requirement changes\n\n"
                  "Once the kata has passed, `kata interview next` gives the "
                  "candidate the new header beside their code; it is graded "
                  "as the kata was.\n\n");
    for (size_t i = 0; i < round->variant_count; i++)
        add_change(round->variants[i], text);
}

static void add_code_round(const struct material *material, size_t index,
                           struct str *text)
{
    const struct material_round *round = &material->rounds[index];

    str_add(text, "### The question\n\n");
    add_first_quoted(text, round->guide.opening);
    add_questions(&round->guide, text);
    add_hints(&round->guide, text);
    add_variants(round, text);
    add_last_run(material, index, text);
}

static void add_hunt_round(const struct material *material, size_t index,
                           struct str *text)
{
    const struct mutant *mutant = material->rounds[index].mutant;
    struct str patch = STR_INIT;

    str_addf(
        text,
        "> This code was right until somebody changed one thing in it. "
        "Find the bug, tell me which calls show it, and fix it.\n\n"
        "The mistake is: **%s**. The %s stage finds it (%s).\n\n",
        mutant->mistake,
        stage_name(mutant->stage < STAGE_COUNT ? mutant->stage : STAGE_TESTS),
        category_name(mutant->verdict));
    if (path_read(mutant->path, BRIEF_MAX, &patch, NULL) == 0) {
        const char *diff = strstr(patch.text, "\n--- ");

        add_code(text, "diff", diff ? diff + 1 : patch.text);
    }
    str_release(&patch);
    str_addf(text,
             "- **Strong:** reads with the contract beside it, suspects the "
             "place, shows it with a handful of calls, changes one line, and "
             "says which test was missing.\n"
             "- **Adequate:** lets a failing test lead to it, then explains "
             "it.\n"
             "- **Weak:** changes lines until something passes, or rewrites "
             "the function.\n\n"
             "Hint (costs %d points): which stage finds it.\n\n",
             guide_hint_cost(1));
    add_last_run(material, index, text);
}

static void add_round(const struct material *material, size_t index,
                      size_t *question, struct str *text)
{
    const struct plan_round *plan = &material->session->plan.rounds[index];
    const struct kata *kata = material->rounds[index].kata;

    str_addf(text, "## Round %zu: %s%s%s, %d minutes\n\n", index + 1,
             round_name(plan->kind), kata ? ", " : "", kata ? kata->title : "",
             plan->minutes);
    if (plan->kind == ROUND_CODE)
        add_code_round(material, index, text);
    else if (plan->kind == ROUND_HUNT)
        add_hunt_round(material, index, text);
    else
        for (size_t i = 0; i < plan->questions.count; i++)
            add_card(material, index, i, ++*question, text);
}

static void add_rounds(const struct material *material, struct str *text)
{
    size_t question = 0;

    for (size_t i = 0; i < material->session->plan.count; i++)
        add_round(material, i, &question, text);
}

/* The whole */

static char *title_of(const struct material *material)
{
    return xasprintf("Interview %" PRId64 ": %s", material->session->id,
                     material->session->candidate);
}

static void add_state(const struct material *material, struct str *text)
{
    const struct session *session = material->session;
    int64_t left = session_left(session);
    char *time = interview_clock((double)(left < 0 ? -left : left) / 1000);

    str_addf(text,
             "Level %s, %d minutes, seed %" PRIu64 ". Now: %s, round %zu of "
             "%zu, %s %s.\n\n",
             kata_level_name(session->level), session->minutes, session->seed,
             session_state_name(session->state), session->round + 1,
             session->plan.count, time, left < 0 ? "over the end" : "left");
    free(time);
}

static void add_rubric(const struct material *material, struct str *text)
{
    struct criteria criteria;

    criteria_list(material, &criteria);
    str_add(text, "## Rubric\n\n");
    for (size_t i = 0; i < criteria.count; i++) {
        const struct criterion *criterion = &criteria.items[i];
        const struct event *mark =
            criteria_mark(&material->events, criterion->name);

        str_addf(text, "**%s**", criterion->name);
        if (mark)
            str_addf(text, " (given: %" PRId64 ")", mark->value);
        str_add(text, "\n\n");
        for (size_t k = 0; criterion->anchors[0] && k < GUIDE_MARKS; k++)
            str_addf(text, "%zu. %s\n", k + 1, criterion->anchors[k]);
        str_addc(text, '\n');
    }
    criteria_release(&criteria);
}

void sheet_markdown(const struct material *material, struct str *text)
{
    char *title = title_of(material);

    str_add(text, "# ");
    add_plain(text, title);
    str_add(text, "\n\n");
    add_state(material, text);
    add_opening(material, text);
    add_commands(material, text);
    add_rounds(material, text);
    add_rubric(material, text);
    free(title);
}

/* cmark leaves raw HTML out of what it writes. */
static void put_markdown(struct markup *markup, const struct str *text)
{
    struct str html = STR_INIT;
    char *rendered =
        cmark_markdown_to_html(text->text, text->length, CMARK_OPT_DEFAULT);

    str_add(&html, rendered);
    markup_add_part(markup, &html);
    str_release(&html);
    free(rendered);
}

static void put_rubric(struct markup *markup, const struct material *material)
{
    struct criteria criteria;

    criteria_list(material, &criteria);
    markup_element(markup, "h2", NULL, "Rubric");
    html_table_start(markup, NULL, "", "1", "2", "3", "4", "given", NULL);
    for (size_t i = 0; i < criteria.count; i++) {
        const struct criterion *criterion = &criteria.items[i];
        const struct event *mark =
            criteria_mark(&material->events, criterion->name);

        markup_open(markup, "tr");
        markup_open(markup, "th");
        markup_attr(markup, "scope", "row");
        markup_text(markup, criterion->name);
        markup_close(markup, "th");
        for (size_t k = 0; k < GUIDE_MARKS; k++)
            markup_element(markup, "td", NULL,
                           criterion->anchors[k] ? criterion->anchors[k] : "");
        if (mark)
            markup_elementf(markup, "td", "number", "%" PRId64, mark->value);
        else
            markup_element(markup, "td", "number", "");
        markup_close(markup, "tr");
    }
    html_table_end(markup);
    criteria_release(&criteria);
}

void sheet_html(const struct material *material, struct str *page)
{
    char *title = title_of(material);
    struct str text = STR_INIT;
    struct markup markup;

    html_page_start(&markup, page, title);
    add_state(material, &text);
    add_opening(material, &text);
    add_commands(material, &text);
    add_rounds(material, &text);
    put_markdown(&markup, &text);
    put_rubric(&markup, material);
    html_page_end(&markup);
    str_release(&text);
    free(title);
}
