/* The oracle on a small kata with one mistake at a time. */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct sandbox sandbox;
static struct cache cache;
static struct kata kata;
static struct run run, reference;
static struct stage_result result;
static char slug[] = "counter", *dir;

/* Opens a run whose agent is counter.c with a bug. */
static void open_run(struct run *opened, const char *name, const char *bug)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 120};
    struct proc_result built;
    struct err err = ERR_INIT;

    *opened = (struct run){
        .kata = &kata, .sandbox = &sandbox, .cache = &cache, .seed = 5};
    opened->dir = path_join(dir, name);
    opened->bin = path_join(opened->dir, "bin");
    opened->program[PROGRAM_AGENT] = path_join(opened->bin, "agent");
    opened->built[PROGRAM_AGENT] = 1;
    pthread_mutex_init(&opened->lock[PROGRAM_AGENT], NULL);
    cr_assert_eq(path_mkdirs(opened->bin, 0700, &err), 0, "%s", err.text);
    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-g", "-no-pie",
                 "-pthread", "-Ichecker/agent", "-o",
                 opened->program[PROGRAM_AGENT], (char *)NULL);
    strv_addf(&argv, "-DBUG=%s", bug);
    strv_add_all(&argv, "checker/agent/agent.c", "checker/agent/heap.c",
                 "checker/agent/main.c", "checker/tests/unit/agent/counter.c",
                 (char *)NULL);
    spec.argv = argv.items;
    cr_assert_eq(proc_run(&spec, &built, &err), 0, "%s", err.text);
    cr_assert(built.end == PROC_EXITED && built.code == 0, "%s",
              built.err.text);
    proc_result_release(&built);
    strv_release(&argv);
}

static void close_run(struct run *closed)
{
    free(closed->program[PROGRAM_AGENT]);
    free(closed->bin);
    free(closed->dir);
}

static void load_grammar(void)
{
    static const char text[] =
        "{\"open\": [\"calm\"],"
        " \"calls\": [{\"line\": \"new\", \"makes\": \"counter\"},"
        "  {\"line\": \"touchy\"},"
        "  {\"line\": \"add {counter} {n}\", \"weight\": 6},"
        "  {\"line\": \"free {counter}\", \"drops\": \"counter\"}],"
        " \"values\": {\"n\": {\"int\": [0, 9]},"
        "  \"counter\": {\"handle\": \"counter\"}},"
        " \"length\": [1, 30], \"traces\": 60}";
    json_t *json = json_loads(text, 0, NULL);
    struct err err = ERR_INIT;

    cr_assert_eq(grammar_parse(json, &kata.grammar, &err), 0, "%s", err.text);
    json_decref(json);
}

static void set_up(void)
{
    struct err err = ERR_INIT;

    cr_assert_eq(sandbox_open(&sandbox, &err), 0, "%s", err.text);
    dir = path_make_temp("test-oracle", &err);
    cr_assert_not_null(dir, "%s", err.text);
    kata = (struct kata){.slug = slug,
                         .snake = slug,
                         .solution_dir = path_join(dir, "solution"),
                         .memory_mb = 128,
                         .seconds = 3};
    load_grammar();
}

static void tear_down(void)
{
    stage_result_release(&result);
    close_run(&run);
    close_run(&reference);
    grammar_release(&kata.grammar);
    free(kata.solution_dir);
    path_remove(dir, NULL);
    free(dir);
    sandbox_close(&sandbox);
}

TestSuite(oracle, .init = set_up, .fini = tear_down, .timeout = 120);

static void grade(const char *bug)
{
    struct err err = ERR_INIT;

    open_run(&reference, "reference", "NONE");
    open_run(&run, "run", bug);
    run.reference = &reference;
    cr_assert_eq(sandbox_share(&sandbox, dir, false, &err), 0, "%s", err.text);
    result = (struct stage_result){
        .id = STAGE_ORACLE, .status = STATUS_PASS, .max_score = 30};
    stage_oracle(&run, NULL, &result);
}

/* The one finding: its category, its trace with '|' between lines. */
static void expect(enum category category, const char *trace,
                   const char *message)
{
    const struct finding *finding = result.findings;
    struct str joined = STR_INIT;

    cr_assert_eq(result.status, STATUS_FAIL, "%s",
                 result.reason ? result.reason : "");
    cr_assert_eq(result.category, category, "%s",
                 category_name(result.category));
    cr_assert_eq(result.count, 1);
    for (size_t i = 0; i < finding->trace.count; i++)
        str_addf(&joined, "%s%s", i ? "|" : "", finding->trace.items[i]);
    if (trace)
        cr_expect_str_eq(joined.text, trace, "%s", joined.text);
    cr_expect_not_null(strstr(finding->message, message), "%s",
                       finding->message);
    cr_expect(finding->got.count <= finding->want.count);
    str_release(&joined);
}

Test(oracle, a_right_submission_passes)
{
    grade("NONE");
    cr_assert_eq(result.status, STATUS_PASS, "%s",
                 result.reason ? result.reason : "");
    cr_assert_eq(result.count, 0);
    cr_assert_eq(json_integer_value(json_object_get(result.details, "traces")),
                 60);
}

Test(oracle, a_wrong_answer_is_made_small)
{
    grade("WRONG");
    expect(CATEGORY_WRONG_ANSWER, "new|add 0 7",
           "`add 0 7` answered `0`, expected `7`");
    cr_assert_str_eq(result.findings[0].expected, "= 7");
    cr_assert_str_eq(result.findings[0].actual, "= 0");
}

Test(oracle, a_crash_is_made_small)
{
    grade("CRASH");
    expect(CATEGORY_CRASH, "new|add 0 7|add 0 7", "Aborted (SIGABRT)");
    cr_assert_gt(result.findings[0].line, 0);
    cr_assert_str_eq(result.findings[0].file, "counter.c");
}

Test(oracle, a_crash_at_the_end_is_told)
{
    grade("AT_END");
    expect(CATEGORY_CRASH, NULL, "crashed: Aborted");
    cr_assert_leq(result.findings[0].trace.count, 3);
}

/* How small depends on how busy the machine is: every hang costs time. */
Test(oracle, a_hang_is_told)
{
    grade("HANG");
    expect(CATEGORY_TIMEOUT, NULL, "used up its processor time");
}

Test(oracle, a_sleep_is_told)
{
    grade("SLEEP");
    expect(CATEGORY_TIMEOUT, NULL, "asleep");
}

Test(oracle, a_flood_is_told)
{
    grade("FLOOD");
    expect(CATEGORY_OUTPUT_LIMIT, NULL, "printed");
}

Test(oracle, an_appetite_is_told)
{
    grade("EAT");
    expect(CATEGORY_MEMORY_LIMIT, NULL, "memory limit");
}

Test(oracle, a_forged_answer_is_tampering)
{
    grade("FORGE");
    expect(CATEGORY_TAMPERING, NULL, "the agent's answers");
}

Test(oracle, shared_state_is_seen_in_two_structures)
{
    grade("SHARED");
    expect(CATEGORY_WRONG_ANSWER, NULL, "they share state");
    cr_assert(strv_has(&result.findings[0].trace, "--"));
}

/* Whether it fails again when it is tried again is a matter of luck; to fail is
   not. */
Test(oracle, what_fails_now_and_then_fails)
{
    grade("UNSTEADY");
    for (int i = 0; i < 4; i++) {
        expect(CATEGORY_WRONG_ANSWER, NULL, "");
        stage_result_release(&result);
        result =
            (struct stage_result){.id = STAGE_ORACLE, .status = STATUS_PASS};
        stage_oracle(&run, NULL, &result);
    }
    expect(CATEGORY_WRONG_ANSWER, NULL, "");
}

/* The first trace that fails is told, so the same seed tells the same. */
Test(oracle, the_same_seed_finds_the_same)
{
    char *first;

    grade("CRASH");
    first = xstrdup(result.findings[0].message);
    stage_result_release(&result);
    result = (struct stage_result){.id = STAGE_ORACLE, .status = STATUS_PASS};
    stage_oracle(&run, NULL, &result);
    cr_assert_str_eq(result.findings[0].message, first);
    cr_assert_leq(result.findings[0].trace.count, 3);
    free(first);
}
