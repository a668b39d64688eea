#include "cmd/mutate.h"

#include "base/alloc.h"
#include "base/crew.h"
#include "base/path.h"
#include "base/temp.h"
#include "judge/grade.h"
#include "judge/mutation.h"
#include "judge/stage.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum fate { FATE_NONE, FATE_KILLED, FATE_SAME, FATE_LISTED, FATE_SURVIVED };

struct work {
    const struct cmd_context *context;
    const struct kata *kata;
    const struct sandbox *sandbox;
    const struct cache *cache;
    uint64_t seed;
    struct mutations mutations;
    struct equivalents equivalents;
    struct strv codes; /* machine code of what was made so far */
    struct mutate_result *result;
    struct err *err;
    pthread_mutex_t lock;
    size_t next;
};

/* The stages in the order in which they find most for their time. */
static const enum stage_id order[][3] = {
    {STAGE_ORACLE, STAGE_FAULTS, STAGE_COUNT},
    {STAGE_TESTS, STAGE_COUNT},
    {STAGE_MEMORY, STAGE_COUNT},
    {STAGE_THREADS, STAGE_COUNT},
    {STAGE_GROWTH, STAGE_COUNT},
};

/* Is the mutant noticed? -1 where that could not be told. */
static int grade_stages(struct run *run, const enum stage_id *stages,
                        struct err *err)
{
    struct grade_options options = {.first_failure = true, .jobs = 1};
    struct grade grade;
    int status;

    for (size_t i = 0; stages[i] != STAGE_COUNT; i++)
        options.only[stages[i]] = true;
    if (grade_run(run, &options, &grade, err) < 0)
        return -1;
    status = grade.verdict == VERDICT_FAIL;
    if (grade.verdict == VERDICT_ERROR) {
        for (enum stage_id i = 0; i < STAGE_COUNT; i++)
            if (grade.stages[i].status == STATUS_ERROR)
                err_set(err, "%s: %s", stage_name(i), grade.stages[i].reason);
        status = err_set(err, "interrupted");
    }
    grade_release(&grade);
    return status;
}

static int is_noticed(struct work *work, const char *path, struct err *err)
{
    struct run run;
    int noticed = 0;

    if (run_open(&run, work->kata, work->context->root, work->sandbox,
                 work->cache, path, work->seed, err) < 0)
        return -1;
    run.verdict_only = true;
    if (run_open_reference(&run, err) < 0)
        noticed = -1;
    for (size_t i = 0; i < sizeof order / sizeof *order && noticed == 0; i++) {
        if (order[i][0] == STAGE_THREADS && !work->kata->threads)
            continue;
        noticed = grade_stages(&run, order[i], err);
    }
    run_close(&run);
    return noticed;
}

static int grade_source(struct work *work, const struct str *source,
                        struct err *err)
{
    int lock, noticed = -1;
    char *dir = temp_make("kata-mutant", false, &lock, err), *path;

    if (!dir)
        return -1;
    path = xasprintf("%s/%s.c", dir, work->kata->snake);
    if (path_write(path, source->text, source->length, 0644, err) == 0)
        noticed = is_noticed(work, path, err);
    temp_remove(dir, lock);
    free(path);
    return noticed;
}

/* Compiles a mutant. Same machine code as the reference: equivalent; as an
   earlier mutant: no mutant of its own; none: none either. */
static enum fate compile(struct work *work, const struct str *source)
{
    char code[HASH_TEXT_SIZE];
    enum fate fate = FATE_SURVIVED;

    if (!mutation_machine_code(work->kata, source, code))
        return FATE_NONE;
    pthread_mutex_lock(&work->lock);
    if (strcmp(code, work->codes.items[0]) == 0)
        fate = FATE_SAME;
    else if (strv_has(&work->codes, code))
        fate = FATE_NONE;
    else
        strv_add(&work->codes, code);
    pthread_mutex_unlock(&work->lock);
    return fate;
}

static void print_lines(char mark, const char *text)
{
    struct strv lines = STRV_INIT;

    strv_add_lines(&lines, text);
    for (size_t i = 0; i < lines.count; i++)
        printf("    %c %s\n", mark, lines.items[i]);
    strv_release(&lines);
}

/* With the lock held: is the survivor listed? */
static enum fate look_up(struct work *work, const struct mutation *mutation)
{
    struct equivalent *entry;
    char *before, *after;

    mutation_lines(&work->mutations, mutation, &before, &after);
    entry = equivalents_find(&work->equivalents, before, after);
    if (entry) {
        entry->used = true;
    } else {
        printf("  survivor at line %d: %s\n", mutation->line, mutation->what);
        print_lines('-', before);
        print_lines('+', after);
        fflush(stdout);
    }
    free(before);
    free(after);
    return entry ? FATE_LISTED : FATE_SURVIVED;
}

static void count(struct mutate_result *result, enum fate fate)
{
    result->made += fate != FATE_NONE;
    result->killed += fate == FATE_KILLED;
    result->equivalent += fate == FATE_SAME || fate == FATE_LISTED;
    result->survived += fate == FATE_SURVIVED;
}

static void judge(struct work *work, const struct mutation *mutation)
{
    struct str source = STR_INIT;
    struct err err = ERR_INIT;
    enum fate fate;
    int noticed = 0;

    mutation_apply(&work->mutations, mutation, &source);
    fate = compile(work, &source);
    if (fate == FATE_SURVIVED)
        noticed = grade_source(work, &source, &err);
    pthread_mutex_lock(&work->lock);
    if (noticed < 0)
        err_set(work->err, "mutant at line %d (%s): %s", mutation->line,
                mutation->what, err.text);
    else if (noticed)
        fate = FATE_KILLED;
    else if (fate == FATE_SURVIVED)
        fate = look_up(work, mutation);
    if (noticed >= 0)
        count(work->result, fate);
    pthread_mutex_unlock(&work->lock);
    str_release(&source);
}

static void *work_mutations(void *argument)
{
    struct work *work = argument;

    pthread_mutex_lock(&work->lock);
    while (work->next < work->mutations.count && !work->err->set &&
           !proc_cancelled) {
        const struct mutation *mutation = &work->mutations.items[work->next++];

        pthread_mutex_unlock(&work->lock);
        judge(work, mutation);
        pthread_mutex_lock(&work->lock);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

/* kata-mutate stands beside the program, or in libexec of an installation. */
static char *find_program(const struct cmd_context *context, struct err *err)
{
    static const char *const places[] = {"build/bin/kata-mutate",
                                         "libexec/kata-mutate"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = path_join(context->root, places[i]);

        if (path_is_file(path))
            return path;
        free(path);
    }
    err_set(err, "kata-mutate is not built; `make` builds it");
    return NULL;
}

static void report_unused(const struct work *work)
{
    for (size_t i = 0; i < work->equivalents.count; i++) {
        const struct equivalent *entry = &work->equivalents.items[i];

        if (entry->used || entry->by_chance)
            continue;
        printf("  listed as equivalent, but no survivor:\n");
        print_lines('-', entry->before);
        print_lines('+', entry->after);
        work->result->survived++;
    }
}

int mutate_kata(const struct cmd_context *context, const struct kata *kata,
                const struct sandbox *sandbox, const struct cache *cache,
                uint64_t seed, struct mutate_result *result, struct err *err)
{
    struct work work = {.context = context,
                        .kata = kata,
                        .sandbox = sandbox,
                        .cache = cache,
                        .seed = seed,
                        .result = result,
                        .err = err,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    char *program = find_program(context, err), code[HASH_TEXT_SIZE];
    int status = -1;

    *result = (struct mutate_result){.made = 0};
    if (program && mutations_find(kata, program, &work.mutations, err) == 0 &&
        equivalents_load(kata, &work.equivalents, err) == 0) {
        if (mutation_machine_code(kata, &work.mutations.source, code)) {
            strv_add(&work.codes, code);
            crew_run(crew_size(), work_mutations, &work);
            if (!err->set && !proc_cancelled)
                report_unused(&work);
            status = err->set || proc_cancelled ? -1 : 0;
        } else {
            err_set(err, "the reference does not compile");
        }
    }
    strv_release(&work.codes);
    mutations_release(&work.mutations);
    equivalents_release(&work.equivalents);
    free(program);
    return status;
}
