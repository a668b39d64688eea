/* The report of an interview as one object, kata-interview/1. */
#include "base/alloc.h"
#include "base/path.h"
#include "base/temp.h"
#include "exec/proc.h"
#include "report/interview.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOW_MARK = 2, MANY_HINTS = 2 };

static void set_text(json_t *object, const char *key, const char *value)
{
    struct str visible = STR_INIT;

    if (!value)
        return;
    str_add_visible(&visible, value, strlen(value), strlen(value), true);
    json_object_set_new(object, key, json_string(visible.text));
    str_release(&visible);
}

static void set_int(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static void set_seconds(json_t *object, const char *key, int64_t ms)
{
    json_object_set_new(object, key, json_real((double)ms / 1000));
}

static void set_time(json_t *object, const char *key, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[32];

    if (ms && gmtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
        json_object_set_new(object, key, json_string(text));
}

/* Differences between snapshots, by diff. */

static int run_diff(const char *dir, const char *before, const char *after,
                    struct proc_result *result)
{
    char *old = path_join(dir, "before"), *new = path_join(dir, "after");
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 10};
    int status = path_write(old, before, strlen(before), 0600, NULL);

    strv_add_all(&argv, "diff", "-U2", "--label", "before", "--label", "after",
                 old, new, (char *)NULL);
    spec.argv = argv.items;
    if (status == 0)
        status = path_write(new, after, strlen(after), 0600, NULL);
    if (status == 0)
        status = proc_run(&spec, result, NULL);
    if (status == 0 && (result->end != PROC_EXITED || result->code > 1))
        status = -1;
    strv_release(&argv);
    free(old);
    free(new);
    return status;
}

static void count_changes(json_t *json, const char *diff)
{
    struct strv lines = STRV_INIT;
    int added = 0, removed = 0;

    strv_add_lines(&lines, diff);
    for (size_t i = 2; i < lines.count; i++) {
        added += lines.items[i][0] == '+';
        removed += lines.items[i][0] == '-';
    }
    set_int(json, "added", added);
    set_int(json, "removed", removed);
    strv_release(&lines);
}

/* Where diff is not installed the snapshots are still there to compare. */
static void set_difference(json_t *json, const char *before, const char *after)
{
    int lock;
    char *dir = temp_make("kata-diff", false, &lock, NULL);
    struct proc_result result = {.end = PROC_EXITED};
    const char *body;

    if (dir && run_diff(dir, before, after, &result) == 0) {
        body = result.out.text;
        count_changes(json, body);
        for (int i = 0; i < 2 && *body; i++)
            body = strchr(body, '\n') + 1;
        set_text(json, "diff", body);
    }
    if (dir)
        proc_result_release(&result);
    temp_remove(dir, lock);
}

/* Runs */

/* Stages without their findings. */
static json_t *stages_of(const json_t *result)
{
    json_t *list = json_array();
    const json_t *stage;
    size_t i;

    json_array_foreach(json_object_get(result, "stages"), i, stage)
    {
        static const char *const keys[] = {"name",  "status",    "category",
                                           "score", "max_score", "seconds"};
        json_t *json = json_object();

        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            if (json_object_get(stage, keys[k]))
                json_object_set(json, keys[k], json_object_get(stage, keys[k]));
        json_array_append_new(list, json);
    }
    return list;
}

static size_t trace_length(const json_t *finding)
{
    return json_array_size(json_object_get(finding, "trace"));
}

/* The finding with the shortest trace; without any, the first error. */
static json_t *smallest_counterexample(const json_t *result)
{
    const json_t *stage, *finding, *best = NULL, *first = NULL;
    const char *name = NULL, *first_name = NULL;
    size_t i, k;
    json_t *json;

    json_array_foreach(json_object_get(result, "stages"), i, stage)
        json_array_foreach(json_object_get(stage, "findings"), k, finding)
    {
        const char *severity =
            json_string_value(json_object_get(finding, "severity"));

        if (severity && strcmp(severity, "warning") == 0)
            continue;
        if (!first) {
            first = finding;
            first_name = json_string_value(json_object_get(stage, "name"));
        }
        if (trace_length(finding) &&
            (!best || trace_length(finding) < trace_length(best))) {
            best = finding;
            name = json_string_value(json_object_get(stage, "name"));
        }
    }
    if (!first)
        return NULL;
    json = json_deep_copy(best ? best : first);
    json_object_set_new(json, "stage", json_string(best ? name : first_name));
    return json;
}

static json_t *run_to_json(const struct session_run *run, const char *before)
{
    json_t *json = json_object(), *example;
    json_t *result = run->result ? json_loads(run->result, 0, NULL) : NULL;

    set_int(json, "number", run->number);
    set_seconds(json, "seconds", run->used);
    set_text(json, "kata", run->kata);
    set_text(json, "command", run->submitted ? "submit" : "test");
    json_object_set_new(json, "late", json_boolean(run->late));
    set_text(json, "verdict", run->verdict ? run->verdict : "interrupted");
    set_text(json, "source", run->source);
    if (before)
        set_difference(json, before, run->source);
    if (result) {
        static const char *const keys[] = {"category", "score", "max_score"};

        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (json_object_get(result, keys[i]))
                json_object_set(json, keys[i],
                                json_object_get(result, keys[i]));
        json_object_set_new(json, "stages", stages_of(result));
        example = smallest_counterexample(result);
        if (example)
            json_object_set_new(json, "counterexample", example);
    }
    json_decref(result);
    return json;
}

/* The growth that the last run of this kata measured: claims with points. */
static json_t *growth_of(const struct session_run *run)
{
    json_t *result =
        run && run->result ? json_loads(run->result, 0, NULL) : NULL;
    json_t *claims = NULL;
    const json_t *stage;
    size_t i;

    json_array_foreach(json_object_get(result, "stages"), i, stage)
    {
        json_t *details = json_object_get(stage, "details");

        if (json_is_string(json_object_get(stage, "name")) &&
            strcmp(json_string_value(json_object_get(stage, "name")),
                   "growth") == 0 &&
            json_is_array(json_object_get(details, "claims")))
            claims = json_deep_copy(json_object_get(details, "claims"));
    }
    json_decref(result);
    return claims;
}

/* Rounds */

struct round_facts {
    double best; /* points of 100, of the round's first kata */
    bool passed; /* the kata, or the bug */
    size_t runs, hints, variants_passed;
    int64_t started, ended; /* used; started -1: never */
};

static bool is_submission_of(const struct session_run *run, size_t round,
                             const char *kata)
{
    return run->round == round && run->submitted && run->kata &&
           strcmp(run->kata, kata) == 0 && run->result;
}

static double score_of(const struct session_run *run)
{
    json_t *result = json_loads(run->result, 0, NULL);
    double score = json_number_value(json_object_get(result, "score"));
    double most = json_number_value(json_object_get(result, "max_score"));

    json_decref(result);
    return most > 0 ? 100 * score / most : 0;
}

static void gather_round(const struct material *material, size_t index,
                         struct round_facts *facts)
{
    const char *kata = material->session->plan.rounds[index].kata;

    *facts = (struct round_facts){.started = -1,
                                  .ended = material->session->timer.used};
    for (size_t i = 0; i < material->events.count; i++) {
        const struct event *event = &material->events.items[i];

        if (event->kind == EVENT_ROUND && event->round == index &&
            facts->started < 0)
            facts->started = event->used;
        if (event->kind == EVENT_ROUND && event->round == index + 1 &&
            facts->ended == material->session->timer.used)
            facts->ended = event->used;
        if (event->round != index)
            continue;
        facts->hints += event->kind == EVENT_HINT;
        if (event->kind == EVENT_PASS && kata) {
            if (strcmp(event->subject, kata) == 0)
                facts->passed = true;
            else
                facts->variants_passed++;
        }
    }
    for (size_t i = 0; i < material->runs.count && kata; i++) {
        const struct session_run *run = &material->runs.items[i];

        facts->runs += run->round == index;
        if (is_submission_of(run, index, kata) && score_of(run) > facts->best)
            facts->best = score_of(run);
    }
}

/* -1: not marked. */
static int point_met(const struct material *material, size_t round, size_t step,
                     size_t point)
{
    int met = -1;

    for (size_t i = 0; i < material->events.count; i++) {
        const struct event *event = &material->events.items[i];

        if (event->kind == EVENT_POINT && event->round == round &&
            event->step == step && (size_t)(event->value / 2) == point)
            met = (int)(event->value % 2);
    }
    return met;
}

static json_t *points_to_json(const struct material *material, size_t round,
                              size_t step, const struct card *card)
{
    json_t *list = json_array();

    for (size_t i = 0; i < card->points.count; i++) {
        int met = point_met(material, round, step, i);

        json_array_append_new(
            list, json_pack("{s:s, s:o}", "text", card->points.items[i], "met",
                            met < 0 ? json_null() : json_boolean(met)));
    }
    return list;
}

static json_t *question_to_json(const struct material *material, size_t round,
                                size_t step, size_t number)
{
    const char *id =
        material->session->plan.rounds[round].questions.items[step];
    const struct card *card = cards_find(&material->cards, id);
    const struct event *answer = events_last(&material->events, EVENT_ANSWER,
                                             (int64_t)round, (int64_t)step);
    char *name = xasprintf("question %zu", number);
    const struct event *mark = criteria_mark(&material->events, name);
    json_t *json = json_object();

    set_int(json, "number", (int64_t)number);
    set_text(json, "id", id);
    if (card) {
        set_text(json, "topic", card->topic);
        set_text(json, "question", card->question);
        json_object_set_new(json, "points",
                            points_to_json(material, round, step, card));
    }
    if (answer)
        set_text(json, "answer", answer->text);
    if (mark)
        set_int(json, "mark", mark->value);
    json_object_set_new(
        json, "asked",
        json_boolean(events_last(&material->events, EVENT_ROUND, (int64_t)round,
                                 (int64_t)step) != NULL));
    free(name);
    return json;
}

/* Points of 100 for the answers: the share of points met; in a pair, marks from
   1 to 4 as thirds. Questions that nobody judged do not count. -1: none. */
static double score_questions(const json_t *questions)
{
    const json_t *question, *point;
    double sum = 0;
    size_t count = 0, i, k;

    json_array_foreach(questions, i, question)
    {
        const json_t *mark = json_object_get(question, "mark");
        const json_t *points = json_object_get(question, "points");
        size_t met = 0, marked = 0;

        json_array_foreach(points, k, point)
        {
            marked += json_is_boolean(json_object_get(point, "met"));
            met += json_is_true(json_object_get(point, "met"));
        }
        if (mark)
            sum += 100.0 * (double)(json_integer_value(mark) - 1) /
                   (GUIDE_MARKS - 1);
        else if (marked)
            sum += 100.0 * (double)met / (double)json_array_size(points);
        count += mark || marked;
    }
    return count ? sum / (double)count : -1;
}

static json_t *runs_to_json(const struct material *material, size_t round)
{
    json_t *list = json_array();
    const char *before = NULL;

    for (size_t i = 0; i < material->runs.count; i++) {
        const struct session_run *run = &material->runs.items[i];

        if (run->round != round)
            continue;
        json_array_append_new(list, run_to_json(run, before));
        before = run->source;
    }
    return list;
}

static json_t *hints_to_json(const struct material *material, size_t round,
                             int *cost)
{
    json_t *list = json_array();

    *cost = 0;
    for (size_t i = 0; i < material->events.count; i++) {
        const struct event *event = &material->events.items[i];

        if (event->kind != EVENT_HINT || event->round != round)
            continue;
        *cost += guide_hint_cost((size_t)event->value);
        json_array_append_new(list,
                              json_pack("{s:I, s:i, s:f}", "number",
                                        (json_int_t)event->value, "cost",
                                        guide_hint_cost((size_t)event->value),
                                        "seconds", (double)event->used / 1000));
    }
    return list;
}

static json_t *names_of(const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static void add_mutant(const struct material *material, size_t index,
                       json_t *json)
{
    const struct mutant *mutant = material->rounds[index].mutant;
    const struct session_run *last = material_last_run(material, index);

    json_object_set_new(json, "mutant",
                        json_pack("{s:s, s:s, s:s}", "name", mutant->name,
                                  "mistake", mutant->mistake, "verdict",
                                  category_name(mutant->verdict)));
    if (last)
        set_text(json, "explanation", last->explanation);
}

static void add_code(const struct material *material, size_t index,
                     const struct round_facts *facts, json_t *json,
                     double *score)
{
    const struct plan_round *plan = &material->session->plan.rounds[index];
    const struct session_run *last = NULL;
    json_t *growth;
    int cost;

    set_text(json, "kata", plan->kata);
    set_text(json, "title", material->rounds[index].kata->title);
    json_object_set_new(json, "passed", json_boolean(facts->passed));
    if (plan->kind == ROUND_CODE) {
        json_object_set_new(json, "variants", names_of(&plan->variants));
        set_int(json, "variants_passed", (int64_t)facts->variants_passed);
    } else {
        add_mutant(material, index, json);
    }
    json_object_set_new(json, "hints", hints_to_json(material, index, &cost));
    set_int(json, "hint_cost", cost);
    json_object_set_new(json, "runs", runs_to_json(material, index));
    for (size_t i = 0; i < material->runs.count; i++)
        if (material->runs.items[i].round == index &&
            material->runs.items[i].submitted && material->runs.items[i].result)
            last = &material->runs.items[i];
    growth = growth_of(last);
    if (growth)
        json_object_set_new(json, "growth", growth);
    /* The broken code passes nearly everything: only the fix counts. */
    *score = plan->kind == ROUND_HUNT ? (facts->passed ? 100 : 0) : facts->best;
    *score = *score > cost ? *score - cost : 0;
}

static json_t *round_to_json(const struct material *material, size_t index,
                             size_t *question)
{
    const struct plan_round *plan = &material->session->plan.rounds[index];
    json_t *json = json_object(), *questions;
    struct round_facts facts;
    double score;

    gather_round(material, index, &facts);
    set_int(json, "number", (int64_t)index + 1);
    set_text(json, "kind", round_name(plan->kind));
    set_int(json, "minutes", plan->minutes);
    set_seconds(json, "used_seconds",
                facts.started < 0 ? 0 : facts.ended - facts.started);
    json_object_set_new(json, "reached", json_boolean(facts.started >= 0));
    if (plan->kind == ROUND_CONCEPT) {
        questions = json_array();
        for (size_t i = 0; i < plan->questions.count; i++)
            json_array_append_new(
                questions, question_to_json(material, index, i, ++*question));
        score = score_questions(questions);
        json_object_set_new(json, "questions", questions);
    } else {
        add_code(material, index, &facts, json, &score);
    }
    if (score >= 0)
        json_object_set_new(json, "score", json_real(score));
    return json;
}

/* What to practise */

static void advise(json_t *list, const char *command, const char *why)
{
    json_t *json = json_object();

    set_text(json, "command", command);
    set_text(json, "why", why);
    json_array_append_new(list, json);
}

static void advise_questions(json_t *list, const json_t *round)
{
    const json_t *question, *point;
    size_t i, k;

    json_array_foreach(json_object_get(round, "questions"), i, question)
    {
        const json_t *mark = json_object_get(question, "mark");
        const json_t *points = json_object_get(question, "points");
        size_t missed = 0;
        char *command, *why;

        json_array_foreach(points, k, point) missed +=
            json_is_false(json_object_get(point, "met"));
        if (missed == 0 && (!mark || json_integer_value(mark) > LOW_MARK))
            continue;
        command = xasprintf("kata ask %s",
                            json_string_value(json_object_get(question, "id")));
        why = missed ? xasprintf("%zu of %zu key points were missed", missed,
                                 json_array_size(points))
                     : xasprintf("the answer got mark %d",
                                 (int)json_integer_value(mark));
        advise(list, command, why);
        free(command);
        free(why);
    }
}

/* What stopped the last submission that did not pass, or, where the round did
   not end with a pass, the last run: the first tests of a stub always fail. */
static const char *last_category(const json_t *round)
{
    bool passed = json_is_true(json_object_get(round, "passed"));
    const char *category = NULL;
    const json_t *run;
    size_t i;

    json_array_foreach(json_object_get(round, "runs"), i, run)
    {
        const char *each = json_string_value(json_object_get(run, "category"));
        const char *command =
            json_string_value(json_object_get(run, "command"));

        if (each && (!passed || strcmp(command, "submit") == 0))
            category = each;
    }
    return category;
}

static void advise_code(json_t *list, const json_t *round)
{
    const char *kata = json_string_value(json_object_get(round, "kata"));
    const char *kind = json_string_value(json_object_get(round, "kind"));
    const char *category = last_category(round);
    bool passed = json_is_true(json_object_get(round, "passed"));
    bool hunt = strcmp(kind, "bughunt") == 0;
    json_int_t variants =
        json_integer_value(json_object_get(round, "variants_passed"));
    size_t hints = json_array_size(json_object_get(round, "hints"));
    size_t most = json_array_size(json_object_get(round, "variants"));
    char *command = xasprintf("kata start %s", kata), *other;

    if (!json_is_true(json_object_get(round, "reached")))
        advise(list, command, "this round was not reached");
    else if (!passed)
        advise(list, command,
               hunt ? "the bug was not found" : "the kata did not pass");
    else if (hints >= MANY_HINTS)
        advise(list, command, "it took several hints");
    free(command);
    if (!hunt && passed && (size_t)variants < most) {
        const json_t *variant = json_array_get(
            json_object_get(round, "variants"), (size_t)variants);

        other = xasprintf("kata brief %s", json_string_value(variant));
        advise(list, other, "the changed requirement was not met");
        free(other);
    }
    if (category) {
        other = xasprintf("kata explain %s", category);
        advise(list, other, "a run failed by it");
        free(other);
    }
}

static const char *advice_for(const char *criterion)
{
    static const char *const advice[][2] = {
        {"problem solving", "say two designs and their costs before coding"},
        {"C and memory", "for each allocation say who frees it and what "
                         "happens when it fails"},
        {"concurrency", "name for each shared variable what guards it"},
        {"correctness and testing", "list the edge cases before the first "
                                    "line, and trace one by hand"},
        {"communication", "explain a kata aloud to somebody"},
        {"bug hunt", "read somebody's code with its contract beside it"}};

    for (size_t i = 0; i < sizeof advice / sizeof *advice; i++)
        if (strcmp(advice[i][0], criterion) == 0)
            return advice[i][1];
    return NULL;
}

static void advise_rubric(json_t *list, const json_t *rubric)
{
    const json_t *each;
    size_t i;

    json_array_foreach(rubric, i, each)
    {
        const json_t *mark = json_object_get(each, "mark");
        const char *name =
            json_string_value(json_object_get(each, "criterion"));
        char *why;

        if (!mark || json_integer_value(mark) > LOW_MARK || !advice_for(name))
            continue;
        why = xasprintf("%s got mark %d", name, (int)json_integer_value(mark));
        advise(list, advice_for(name), why);
        free(why);
    }
}

static json_t *practise(const json_t *rounds, const json_t *rubric)
{
    json_t *list = json_array();
    const json_t *round;
    size_t i;

    json_array_foreach(rounds, i, round)
    {
        if (json_object_get(round, "questions"))
            advise_questions(list, round);
        else
            advise_code(list, round);
    }
    advise_rubric(list, rubric);
    return list;
}

/* The rest */

static json_t *rubric_to_json(const struct material *material)
{
    json_t *list = json_array();
    struct criteria criteria;

    criteria_list(material, &criteria);
    for (size_t i = 0; i < criteria.count; i++) {
        const struct criterion *criterion = &criteria.items[i];
        const struct event *mark =
            criteria_mark(&material->events, criterion->name);
        json_t *json = json_object();

        set_text(json, "criterion", criterion->name);
        set_int(json, "of", GUIDE_MARKS);
        if (mark) {
            set_int(json, "mark", mark->value);
            set_text(json, "anchor", criterion->anchors[mark->value - 1]);
            set_text(json, "why", mark->text);
        }
        json_array_append_new(list, json);
    }
    criteria_release(&criteria);
    return list;
}

static json_t *event_to_json(const struct event *event)
{
    json_t *json = json_object();

    set_seconds(json, "seconds", event->used);
    set_time(json, "at", event->at);
    set_text(json, "kind", event_name(event->kind));
    set_int(json, "round", (int64_t)event->round + 1);
    set_text(json, "subject", event->subject);
    set_text(json, "text", event->text);
    if (event->kind == EVENT_HINT || event->kind == EVENT_RATE)
        set_int(json, "value", event->value);
    if (event->kind == EVENT_CLOCK)
        set_seconds(json, "changed_seconds", event->value);
    return json;
}

static json_t *run_event(const struct session_run *run)
{
    json_t *json = json_object();

    set_seconds(json, "seconds", run->used);
    set_time(json, "at", run->at);
    set_text(json, "kind", run->submitted ? "submit" : "test");
    set_int(json, "round", (int64_t)run->round + 1);
    set_text(json, "subject", run->kata);
    set_text(json, "text", run->verdict ? run->verdict : "interrupted");
    set_int(json, "run", run->number);
    return json;
}

static bool is_shown(const struct event *event)
{
    return event->kind != EVENT_POINT && event->kind != EVENT_NOTE;
}

static double seconds_of(const json_t *json)
{
    return json_number_value(json_object_get(json, "seconds"));
}

/* Edits are noted after they were made; what has the same time keeps its
   order. */
static void insert_by_time(json_t *list, json_t *json)
{
    size_t at = json_array_size(list);

    while (at > 0 &&
           seconds_of(json_array_get(list, at - 1)) > seconds_of(json))
        at--;
    json_array_insert_new(list, at, json);
}

/* What a command noted before it ran the code has the same time as the run. */
static bool is_before(const struct session_run *run, const struct event *event)
{
    if (run->used != event->used)
        return run->used < event->used;
    return event->kind == EVENT_PASS || event->kind == EVENT_FINISH;
}

/* Events and runs by the interview's time; what is marked in a list of its own
   (points, notes) is left to it. */
static json_t *timeline_to_json(const struct material *material)
{
    json_t *list = json_array();
    size_t run = 0;

    for (size_t i = 0; i < material->events.count; i++) {
        const struct event *event = &material->events.items[i];

        for (; run < material->runs.count &&
               is_before(&material->runs.items[run], event);
             run++)
            insert_by_time(list, run_event(&material->runs.items[run]));
        if (is_shown(event))
            insert_by_time(list, event_to_json(event));
    }
    for (; run < material->runs.count; run++)
        insert_by_time(list, run_event(&material->runs.items[run]));
    return list;
}

static json_t *notes_to_json(const struct material *material)
{
    json_t *list = json_array();

    for (size_t i = 0; i < material->events.count; i++)
        if (material->events.items[i].kind == EVENT_NOTE)
            json_array_append_new(list,
                                  event_to_json(&material->events.items[i]));
    return list;
}

/* Rounds weigh as their minutes; those that were not judged do not count. */
static void set_score(json_t *json, const json_t *rounds)
{
    double sum = 0, minutes = 0;
    const json_t *round;
    size_t i;

    json_array_foreach(rounds, i, round)
    {
        const json_t *score = json_object_get(round, "score");
        double weight = json_number_value(json_object_get(round, "minutes"));

        if (!score)
            continue;
        sum += weight * json_number_value(score);
        minutes += weight;
    }
    if (minutes > 0)
        json_object_set_new(
            json, "score",
            json_real((double)(int)(sum / minutes * 10 + 0.5) / 10));
}

json_t *interview_to_json(const struct material *material)
{
    const struct session *session = material->session;
    json_t *json = json_object(), *rounds = json_array();
    json_t *rubric = rubric_to_json(material);
    size_t question = 0;

    for (size_t i = 0; i < session->plan.count; i++)
        json_array_append_new(rounds, round_to_json(material, i, &question));
    set_text(json, "schema", "kata-interview/1");
    set_int(json, "id", session->id);
    set_text(json, "candidate", session->candidate);
    set_text(json, "mode", session->alone ? "alone" : "pair");
    set_text(json, "level", kata_level_name(session->level));
    set_text(json, "state", session_state_name(session->state));
    set_int(json, "minutes", session->minutes);
    set_int(json, "seed", (int64_t)session->seed);
    set_time(json, "started", session->started);
    set_time(json, "finished", session->finished);
    set_seconds(json, "used_seconds", session->timer.used);
    json_object_set_new(json, "late", json_boolean(session_left(session) < 0));
    set_text(json, "clock", session->fake ? "KATA_CLOCK" : "system");
    set_score(json, rounds);
    json_object_set_new(json, "practise", practise(rounds, rubric));
    json_object_set_new(json, "rounds", rounds);
    json_object_set_new(json, "rubric", rubric);
    json_object_set_new(json, "notes", notes_to_json(material));
    json_object_set_new(json, "timeline", timeline_to_json(material));
    json_object_set_new(json, "remarks", names_of(&session->plan.remarks));
    return json;
}
