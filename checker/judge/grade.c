/*
 * The stages as a graph: a stage starts when what it needs has passed and what
 * it comes after has ended; as many run at once as there are jobs, each in a
 * thread of its own. The threads share the run, whose parts guard themselves,
 * and the grade, whose finished stages are only read.
 */
#include "judge/grade.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/crew.h"
#include "base/path.h"
#include "judge/award.h"
#include "judge/stage.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum state { WAITING, RUNNING, ENDED };

struct graph {
    struct run *run;
    struct grade *grade;
    const struct grade_options *options;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum state state[STAGE_COUNT];
    bool stop; /* first_failure was met: what waits is skipped */
};

static void skip(struct stage_result *result, const char *reason)
{
    result->status = STATUS_SKIP;
    result->reason = xstrdup(reason);
}

/* Why a stage cannot run although all it waits for has ended; NULL if it
   can. */
static const char *obstacle(const struct graph *graph,
                            const struct stage *stage)
{
    if (graph->stop)
        return "an earlier stage failed";
    if (proc_cancelled)
        return "interrupted";
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        if (stage->needs & STAGE_BIT(i) &&
            graph->grade->stages[i].status != STATUS_PASS)
            return "an earlier stage failed";
    return NULL;
}

/* Has all that the stage needs or comes after ended? With first_failure also
   all stages before it, so that none is started in vain. */
static bool is_ready(const struct graph *graph, enum stage_id id)
{
    unsigned wait = stage_table[id].needs | stage_table[id].after;

    if (graph->options->tests_first && id > STAGE_ORACLE &&
        graph->state[STAGE_TESTS] != ENDED)
        return false;
    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        bool before = graph->options->first_failure && i < id;

        if ((wait & STAGE_BIT(i) || before) && graph->state[i] != ENDED)
            return false;
    }
    return true;
}

static void end_stage(struct graph *graph, enum stage_id id)
{
    const struct stage_result *result = &graph->grade->stages[id];

    graph->state[id] = ENDED;
    if (graph->options->first_failure && stage_table[id].required &&
        (result->status == STATUS_FAIL || result->status == STATUS_ERROR))
        graph->stop = true;
    if (graph->options->progress && graph->grade->selected[id])
        graph->options->progress(result, graph->options->context);
    pthread_cond_broadcast(&graph->changed);
}

/* Of what can start the longest goes first, so that none is left to run alone
   at the end; before it what others wait for. */
static const enum stage_id turns[STAGE_COUNT] = {
    STAGE_BUILD,  STAGE_POLICY, STAGE_TESTS,  STAGE_THREADS, STAGE_GROWTH,
    STAGE_MEMORY, STAGE_FAULTS, STAGE_ORACLE, STAGE_STYLE};

/* Runs one stage without the lock. */
static void run_stage(struct graph *graph, enum stage_id id)
{
    struct stage_result *result = &graph->grade->stages[id];
    double start = clock_now();

    result->status = STATUS_PASS;
    result->score = -1;
    if (graph->options->started && graph->grade->selected[id])
        graph->options->started(id, graph->options->context);
    pthread_mutex_unlock(&graph->lock);
    stage_table[id].run(graph->run, graph->grade, result);
    if (proc_cancelled && result->status == STATUS_PASS)
        stage_error(result, "interrupted");
    if (result->score < 0)
        result->score = result->status == STATUS_PASS ? result->max_score : 0;
    result->seconds = clock_now() - start;
    pthread_mutex_lock(&graph->lock);
}

/* Starts what can start until everything has ended. */
static void *work(void *argument)
{
    struct graph *graph = argument;

    pthread_mutex_lock(&graph->lock);
    for (;;) {
        enum stage_id next = STAGE_COUNT;
        bool all_ended = true;
        const char *reason;

        for (size_t i = STAGE_COUNT; i-- > 0;) {
            all_ended = all_ended && graph->state[turns[i]] == ENDED;
            if (graph->state[turns[i]] == WAITING && is_ready(graph, turns[i]))
                next = turns[i];
        }
        if (all_ended)
            break;
        if (next == STAGE_COUNT) {
            pthread_cond_wait(&graph->changed, &graph->lock);
            continue;
        }
        reason = obstacle(graph, &stage_table[next]);
        if (reason) {
            skip(&graph->grade->stages[next], reason);
        } else {
            graph->state[next] = RUNNING;
            run_stage(graph, next);
        }
        end_stage(graph, next);
    }
    pthread_mutex_unlock(&graph->lock);
    return NULL;
}

static void run_graph(struct graph *graph)
{
    /* Where threads wait for each other, one more keeps the cores busy. */
    long fit = sysconf(_SC_NPROCESSORS_ONLN) + graph->run->kata->threads;
    int jobs = graph->options->jobs ? graph->options->jobs : (int)fit;

    crew_run((size_t)(jobs > STAGE_COUNT ? STAGE_COUNT : jobs), work, graph);
}

/* Marks a stage and all it needs. */
static void select_stage(struct grade *grade, enum stage_id id)
{
    if (grade->selected[id])
        return;
    grade->selected[id] = true;
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        if ((stage_table[id].needs | stage_table[id].after) & STAGE_BIT(i))
            select_stage(grade, i);
}

static bool applies(const struct stage *stage, const struct kata *kata)
{
    return stage->run && (!stage->applies || stage->applies(kata));
}

static void select_stages(const struct grade_options *options,
                          struct grade *grade)
{
    bool any = false;

    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        any = any || options->only[i];
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        if ((!any || options->only[i]) && applies(&stage_table[i], grade->kata))
            select_stage(grade, i);
    grade->complete = true;
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        if (applies(&stage_table[i], grade->kata) && !grade->selected[i])
            grade->complete = false;
}

/*
 * Points of a kata are out of 100 over all stages that it has. Where only some
 * were asked for, the rest is left out of the maximum too.
 */
static void prepare(struct graph *graph)
{
    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        struct stage_result *result = &graph->grade->stages[i];

        result->id = i;
        if (graph->grade->selected[i]) {
            result->max_score = graph->grade->kata->weights[i];
        } else {
            skip(result, "not asked for");
            graph->state[i] = ENDED;
        }
    }
}

/*
 * How something is done counts as far as it is done: a stub is clean under
 * Valgrind, formatted and fast. Points of the stages after the oracle are
 * multiplied with the share of the tests that passed.
 */
static void scale(struct grade *grade)
{
    const struct stage_result *tests = &grade->stages[STAGE_TESTS];
    double share;

    if (!grade->selected[STAGE_TESTS] || tests->max_score == 0)
        return;
    share = tests->score / tests->max_score;
    for (int i = STAGE_ORACLE + 1; i < STAGE_COUNT; i++)
        grade->stages[i].score *= share;
}

/* Points are what is shown of them, in hundredths: so they add up. */
static void add_points(struct grade *grade)
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        struct stage_result *result = &grade->stages[i];

        if (!grade->selected[i])
            continue;
        result->score = award_round(result->score);
        grade->score += result->score;
        grade->max_score += result->max_score;
    }
    grade->score = award_round(grade->score);
}

static void judge(struct grade *grade)
{
    scale(grade);
    add_points(grade);
    grade->verdict = VERDICT_PASS;
    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        const struct stage_result *result = &grade->stages[i];

        if (!grade->selected[i] || !stage_table[i].required)
            continue;
        if (result->status == STATUS_FAIL || result->status == STATUS_ERROR) {
            if (grade->category == CATEGORY_NONE)
                grade->category = result->category;
            if (result->status == STATUS_ERROR)
                grade->verdict = VERDICT_ERROR;
            else if (grade->verdict == VERDICT_PASS)
                grade->verdict = VERDICT_FAIL;
        } else if (result->status == STATUS_SKIP &&
                   grade->verdict == VERDICT_PASS) {
            grade->verdict = VERDICT_FAIL;
        }
    }
    if (proc_cancelled) {
        grade->cancelled = true;
        grade->verdict = VERDICT_ERROR;
    }
}

static int hash_traces(const struct kata *kata, struct hash *hash,
                       struct err *err)
{
    char *dir = path_join(kata->solution_dir, "traces");
    struct strv names = STRV_INIT;
    int status = path_is_dir(dir) ? path_list(dir, &names, err) : 0;

    for (size_t i = 0; i < names.count && status == 0; i++)
        if (str_ends(names.items[i], ".trace")) {
            char *path = path_join(dir, names.items[i]);

            status = hash_add_file(hash, path, err);
            free(path);
        }
    strv_release(&names);
    free(dir);
    return status;
}

static int hash_files(const struct strv *paths, struct hash *hash,
                      struct err *err)
{
    int status = 0;

    for (size_t i = 0; i < paths->count && status == 0; i++)
        status = hash_add_file(hash, paths->items[i], err);
    return status;
}

int grade_hash_kata(const struct kata *kata, char text[HASH_TEXT_SIZE],
                    struct err *err)
{
    char *files[] = {kata_header(kata), kata_tests(kata), kata_agent(kata),
                     path_join(kata->dir, "kata.json"), kata_reference(kata)};
    struct hash hash;
    int status = 0;

    hash_init(&hash);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (status == 0)
            status = hash_add_file(&hash, files[i], err);
        free(files[i]);
    }
    if (status == 0)
        status = hash_traces(kata, &hash, err);
    if (status == 0)
        status = hash_files(&kata->more_tests, &hash, err);
    if (status == 0)
        status = hash_files(&kata->more_traces, &hash, err);
    hash_text(&hash, text);
    return status;
}

static int hash_submission(const struct run *run, char text[HASH_TEXT_SIZE],
                           struct err *err)
{
    struct hash hash;
    struct str source = STR_INIT;

    hash_init(&hash);
    if (path_read(run->source, 1 << 21, &source, err) < 0)
        return -1;
    hash_add(&hash, source.text, source.length);
    hash_text(&hash, text);
    str_release(&source);
    return 0;
}

int grade_run(struct run *run, const struct grade_options *options,
              struct grade *grade, struct err *err)
{
    struct graph graph = {.run = run,
                          .grade = grade,
                          .options = options,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .changed = PTHREAD_COND_INITIALIZER};
    double start = clock_now();

    *grade = (struct grade){.kata = run->kata, .seed = run->seed};
    if (grade_hash_kata(run->kata, grade->kata_hash, err) < 0 ||
        hash_submission(run, grade->submission_hash, err) < 0)
        return -1;
    grade->toolchain = xstrdup(run->toolchain);
    grade->sandbox = sandbox_name(run->sandbox);
    select_stages(options, grade);
    prepare(&graph);
    run_graph(&graph);
    judge(grade);
    grade->seconds = clock_now() - start;
    return 0;
}
