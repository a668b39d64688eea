/*
 * kata verify: the author's check of a kata, one line a check. What it asks is
 * in docs/kata-format.md and CONTRIBUTING.md.
 */
#include "base/alloc.h"
#include "base/crew.h"
#include "base/path.h"
#include "base/temp.h"
#include "cmd/awarding.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "cmd/mutate.h"
#include "cmd/questions.h"
#include "exec/policy.h"
#include "judge/cpython.h"
#include "judge/mutant.h"
#include "judge/prose.h"
#include "judge/stage.h"
#include "report/report.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_TRACES = 256,
    OPT_SEED,
    OPT_MUTATE,
    OPT_QUESTIONS,
    OPT_GRADING,
    MUTANTS_MIN = 8,
    VARIANT_MUTANTS_MIN = 4,
    FIXED_SEED = 1
};

struct verify {
    const struct cmd_context *context;
    struct sandbox sandbox;
    struct cache cache;
    uint64_t seed;
    size_t traces;
    bool mutate;         /* machine-made mutants instead of all else */
    bool questions;      /* the question cards instead of katas */
    const char *grading; /* an instructor's file instead of katas */
    int passed, failed;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct verify *verify = data;
    long long number;

    if (id == OPT_GRADING) {
        verify->grading = value;
        return 0;
    }
    if (id == OPT_MUTATE || id == OPT_QUESTIONS) {
        *(id == OPT_MUTATE ? &verify->mutate : &verify->questions) = true;
        return 0;
    }
    if (opt_number(value, 0, INT64_MAX, &number,
                   id == OPT_SEED ? "--seed" : "--traces", err) < 0)
        return -1;
    if (id == OPT_SEED)
        verify->seed = (uint64_t)number;
    else
        verify->traces = (size_t)number;
    return 0;
}

static void say(struct verify *verify, bool ok, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct verify *verify, bool ok, const char *format, ...)
{
    va_list args;

    verify->passed += ok;
    verify->failed += !ok;
    printf("  %-5s ", ok ? "ok" : "FAIL");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

/* NULL on error. */
static struct grade *grade_file(struct verify *verify, const struct kata *kata,
                                const char *path,
                                const struct grade_options *options,
                                struct err *err)
{
    struct grade *grade = xcalloc(1, sizeof *grade);
    char *reference = kata_reference(kata);
    bool is_twin = strcmp(path, reference) == 0;
    struct run run;

    free(reference);
    if (run_open(&run, kata, verify->context->root, &verify->sandbox,
                 &verify->cache, path, verify->seed, err) < 0) {
        free(grade);
        return NULL;
    }
    run.is_twin = is_twin;
    run.verdict_only = options->first_failure;
    if (run_open_reference(&run, err) < 0 ||
        grade_run(&run, options, grade, err) < 0) {
        grade_release(grade);
        free(grade);
        grade = NULL;
    }
    run_close(&run);
    return grade;
}

static void free_grade(struct grade *grade)
{
    if (grade)
        grade_release(grade);
    free(grade);
}

static void show_findings(const struct grade *grade)
{
    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        if (grade->stages[i].status == STATUS_ERROR)
            printf("        %s: %s\n", stage_name(i), grade->stages[i].reason);
        for (size_t k = 0; k < grade->stages[i].count && k < 3; k++) {
            printf("        %s: ", stage_name(i));
            term_finding(&grade->stages[i].findings[k], stdout);
        }
    }
}

/* Of a test that leaves early the memory stage sees the beginning only. */
static void check_tests_in_memory(struct verify *verify,
                                  const struct grade *grade)
{
    const json_t *name, *details = grade->stages[STAGE_MEMORY].details;
    size_t i;

    json_array_foreach(json_object_get(details, "failed"), i, name)
        say(verify, false, "test %s: fails under Valgrind",
            json_string_value(name));
}

static void check_reference(struct verify *verify, const struct kata *kata)
{
    const struct grade_options every_stage = {.first_failure = false};
    char *path = kata_reference(kata);
    struct err err = ERR_INIT;
    struct grade *grade = grade_file(verify, kata, path, &every_stage, &err);

    if (!grade) {
        say(verify, false, "reference: %s", err.text);
    } else {
        bool ok = grade->verdict == VERDICT_PASS && grade->score >= 99.99;

        say(verify, ok, "reference: %s, %.4g points, %.2f s",
            verdict_name(grade->verdict), grade->score, grade->seconds);
        if (!ok)
            show_findings(grade);
        check_tests_in_memory(verify, grade);
    }
    free_grade(grade);
    free(path);
}

static void check_stub(struct verify *verify, const struct kata *kata)
{
    /* What build and tests say is looked at, and they need the policy. */
    const struct grade_options tests = {.only = {[STAGE_TESTS] = true}};
    char *path = kata_stub(kata);
    struct err err = ERR_INIT;
    struct grade *grade = grade_file(verify, kata, path, &tests, &err);
    const struct stage_result *result;
    bool ok;

    free(path);
    if (!grade) {
        say(verify, false, "stub: %s", err.text);
        return;
    }
    result = &grade->stages[STAGE_TESTS];
    ok = grade->verdict == VERDICT_FAIL &&
         grade->stages[STAGE_BUILD].count == 0 &&
         result->category == CATEGORY_WRONG_ANSWER &&
         result->score * 2 < result->max_score;
    say(verify, ok,
        "stub: builds without a word and fails by wrong behaviour (%s, %s)",
        verdict_name(grade->verdict), category_name(grade->category));
    if (!ok)
        show_findings(grade);
    free_grade(grade);
}

/* Mutants are graded several at a time, a thread each. */
struct mutant_work {
    struct verify *verify;
    const struct kata *kata;
    const struct mutants *mutants;
    pthread_mutex_t lock;
    size_t next;
};

/* The first required stage that did not pass. */
static enum stage_id failing_stage(const struct grade *grade)
{
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        if (stage_table[i].required &&
            (grade->stages[i].status == STATUS_FAIL ||
             grade->stages[i].status == STATUS_ERROR))
            return i;
    return STAGE_COUNT;
}

static struct grade *grade_mutant(struct mutant_work *work,
                                  const struct mutant *mutant, struct err *err)
{
    const struct grade_options options = {.first_failure = true, .jobs = 1};
    int lock;
    char *dir = temp_make("kata-mutant", false, &lock, err), *path;
    struct grade *grade = NULL;

    if (!dir)
        return NULL;
    path = mutant_apply(mutant, work->kata, dir, err);
    if (path)
        grade = grade_file(work->verify, work->kata, path, &options, err);
    temp_remove(dir, lock);
    free(path);
    return grade;
}

static void judge_mutant(struct mutant_work *work, const struct mutant *mutant,
                         const struct grade *grade, const struct err *err)
{
    enum stage_id stage;
    bool ok;

    if (!grade) {
        say(work->verify, false, "mutant %s: %s", mutant->name, err->text);
        return;
    }
    stage = failing_stage(grade);
    ok = grade->verdict == VERDICT_FAIL && grade->category == mutant->verdict &&
         (mutant->stage == STAGE_COUNT || mutant->stage == stage);
    if (ok && stage == STAGE_ORACLE &&
        grade->stages[stage].findings[0].trace.count == 0)
        ok = false;
    say(work->verify, ok, "mutant %s: %s%s%s", mutant->name,
        grade->verdict == VERDICT_PASS ? "passes"
                                       : category_name(grade->category),
        stage < STAGE_COUNT ? " in " : "",
        stage < STAGE_COUNT ? stage_name(stage) : "");
    if (!ok) {
        printf("        declared %s%s%s: %s\n", category_name(mutant->verdict),
               mutant->stage < STAGE_COUNT ? " in " : "",
               mutant->stage < STAGE_COUNT ? stage_name(mutant->stage) : "",
               mutant->mistake);
        show_findings(grade);
    }
}

static void *work_mutants(void *argument)
{
    struct mutant_work *work = argument;

    pthread_mutex_lock(&work->lock);
    while (work->next < work->mutants->count && !proc_cancelled) {
        const struct mutant *mutant = &work->mutants->items[work->next++];
        struct err err = ERR_INIT;
        struct grade *grade;

        pthread_mutex_unlock(&work->lock);
        grade = grade_mutant(work, mutant, &err);
        pthread_mutex_lock(&work->lock);
        judge_mutant(work, mutant, grade, &err);
        free_grade(grade);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

static void check_mutants(struct verify *verify, const struct kata *kata)
{
    size_t least = kata->variant_of ? VARIANT_MUTANTS_MIN : MUTANTS_MIN;
    struct mutants mutants;
    struct err err = ERR_INIT;
    struct mutant_work work = {.verify = verify,
                               .kata = kata,
                               .mutants = &mutants,
                               .lock = PTHREAD_MUTEX_INITIALIZER};

    if (mutants_load(kata, &mutants, &err) < 0) {
        say(verify, false, "mutants: %s", err.text);
        return;
    }
    if (mutants.count < least)
        say(verify, false, "mutants: there are %zu, there must be %zu",
            mutants.count, least);
    crew_run(crew_size(), work_mutants, &work);
    mutants_release(&mutants);
}

static void check_machine_mutants(struct verify *verify,
                                  const struct kata *kata)
{
    struct mutate_result result;
    struct err err = ERR_INIT;

    if (mutate_kata(verify->context, kata, &verify->sandbox, &verify->cache,
                    verify->seed, &result, &err) < 0) {
        say(verify, false, "machine-made mutants: %s",
            err.set ? err.text : "interrupted");
        return;
    }
    say(verify, result.survived == 0 && result.killed > 0,
        "machine-made mutants: %zu, killed %.1f %%, equivalent %zu, "
        "survivors %zu (seed %" PRIu64 ")",
        result.made,
        result.made ? 100.0 * (double)result.killed /
                          (double)(result.made - result.equivalent)
                    : 0.0,
        result.equivalent, result.survived, verify->seed);
}

static size_t tenth(size_t traces)
{
    return traces > 10 ? traces / 10 : traces;
}

static void check_cpython(struct verify *verify, const struct kata *kata,
                          uint64_t seed, size_t traces)
{
    char *path = kata_reference(kata);
    struct cpython_result result = {.equal = false};
    struct err err = ERR_INIT;
    struct run run;
    int status;

    status = run_open(&run, kata, verify->context->root, &verify->sandbox,
                      &verify->cache, path, seed, &err);
    free(path);
    if (status == 0) {
        run.is_reference = true;
        status = cpython_compare(&run, seed, traces, &result, &err);
        run_close(&run);
    }
    if (status < 0) {
        say(verify, false, "cpython: %s", err.text);
        return;
    }
    say(verify, result.equal,
        "cpython: %zu traces, %zu calls answered alike (seed %" PRIu64 ")",
        result.traces, result.lines, seed);
    if (!result.equal)
        term_finding(&result.difference, stdout);
    finding_release(&result.difference);
}

static void say_problems(struct verify *verify, const char *what,
                         const struct strv *problems)
{
    say(verify, problems->count == 0, "%s", what);
    for (size_t i = 0; i < problems->count; i++)
        printf("        %s\n", problems->items[i]);
}

static void check_files(struct verify *verify, const struct kata *kata)
{
    struct strv problems = STRV_INIT;
    struct err err = ERR_INIT;

    if (kata_check_files(kata, &err) < 0)
        strv_add(&problems, err.text);
    prose_check(kata, &problems);
    for (size_t i = 0; i < kata->allow.count; i++)
        if (!policy_has_group(kata->allow.items[i]))
            strv_addf(&problems, "kata.json: allow: there is no group '%s'",
                      kata->allow.items[i]);
    say_problems(verify, "files and texts", &problems);
    strv_release(&problems);
}

static void verify_kata(struct verify *verify, const char *slug)
{
    struct kata *kata;
    struct err err = ERR_INIT;

    printf("%s\n", slug);
    if (catalog_load(&verify->context->catalog, slug, &kata, &err) < 0) {
        say(verify, false, "kata.json: %s", err.text);
        return;
    }
    if (verify->mutate) {
        check_machine_mutants(verify, kata);
        kata_free(kata);
        return;
    }
    check_files(verify, kata);
    check_stub(verify, kata);
    check_reference(verify, kata);
    check_mutants(verify, kata);
    if (cpython_exists(kata) && verify->traces) {
        size_t traces =
            kata->variant_of ? tenth(verify->traces) : verify->traces;

        check_cpython(verify, kata, FIXED_SEED, tenth(traces));
        check_cpython(verify, kata, verify->seed, traces);
    }
    kata_free(kata);
}

static void verify_with_variants(struct verify *verify, const char *slug)
{
    struct strv variants = STRV_INIT;
    struct err err = ERR_INIT;

    verify_kata(verify, slug);
    if (!catalog_has(&verify->context->catalog, slug))
        return;
    if (catalog_variants(&verify->context->catalog, slug, &variants, &err) < 0)
        say(verify, false, "variants: %s", err.text);
    for (size_t i = 0; i < variants.count && !proc_cancelled; i++)
        verify_kata(verify, variants.items[i]);
    strv_release(&variants);
}

static void check_explain(struct verify *verify)
{
    struct strv problems = STRV_INIT;

    puts("kata explain");
    prose_check_explain(verify->context->root, &problems);
    say_problems(verify, "a page for each category", &problems);
    strv_release(&problems);
}

static int verify_all(struct verify *verify)
{
    const struct cmd_context *context = verify->context;
    size_t named = context->operands.count;

    for (size_t i = 0; i < named && !proc_cancelled; i++)
        verify_with_variants(verify, context->operands.items[i]);
    for (size_t i = 0; !named && i < context->catalog.count && !proc_cancelled;
         i++)
        verify_with_variants(verify, context->catalog.entries[i].slug);
    if (!named && !verify->mutate)
        check_explain(verify);
    if (proc_cancelled)
        return EXIT_INTERRUPTED;
    printf("%d passed, %d failed\n", verify->passed, verify->failed);
    return verify->failed ? EXIT_NOT_PASSED : EXIT_PASS;
}

static int cmd_verify_run(const struct cmd *cmd, int argc, char **argv)
{
    struct verify verify = {.seed = grading_seed(), .traces = 1000};
    struct cmd_context context;
    struct err err = ERR_INIT;
    int status = cmd_begin(cmd, argc, argv, set_option, &verify, false,
                           SIZE_MAX - 1, &context);

    if (status >= 0)
        return status;
    if (verify.grading) {
        if (context.operands.count)
            status = cmd_usage(cmd, "--grading takes no SLUG");
        else
            status = awarding_verify(&context.catalog, verify.grading, &err) < 0
                         ? cmd_error(&err)
                         : EXIT_PASS;
        cmd_release(&context);
        return status;
    }
    if (verify.questions) {
        status = context.operands.count
                     ? cmd_usage(cmd, "--questions takes no SLUG")
                     : questions_verify(&context);
        cmd_release(&context);
        return status;
    }
    verify.context = &context;
    proc_handle_signals();
    if (sandbox_open(&verify.sandbox, &err) < 0) {
        status = cmd_error(&err);
    } else {
        cache_open(&verify.cache);
        status = verify_all(&verify);
        cache_release(&verify.cache);
    }
    sandbox_close(&verify.sandbox);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {OPT_SEED, "seed", "N", "seed of all random traces (default: a new one)"},
    {OPT_TRACES, "traces", "N",
     "random traces to compare with CPython, of a variant and of seed 1 a "
     "tenth (default 1000; 0: none)"},
    {OPT_MUTATE, "mutate", NULL,
     "instead, grade machine-made mutants of the reference"},
    {OPT_QUESTIONS, "questions", NULL,
     "instead, check the question cards of docs/questions"},
    {OPT_GRADING, "grading", "FILE",
     "instead, check an instructor's grading.json and say what it does"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_verify = {
    "verify", "[SLUG]...", "Check a kata as its author must; all without SLUG.",
    NULL,     options,     cmd_verify_run};
