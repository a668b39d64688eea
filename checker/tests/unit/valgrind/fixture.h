/* A run whose programs are made of buggy.c, in a jail. */
#ifndef TESTS_VALGRIND_FIXTURE_H
#define TESTS_VALGRIND_FIXTURE_H

#include "base/alloc.h"
#include "base/path.h"
#include "judge/run.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct fixture {
    struct sandbox sandbox;
    struct kata kata;
    struct run run;
};

static void fixture_build(struct fixture *fixture, enum program program,
                          const char *const *sources)
{
    struct run *run = &fixture->run;
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 120};
    struct proc_result result;
    struct err err = ERR_INIT;

    run->program[program] =
        path_join(run->bin, path_base(run_program_path(program)));
    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-g", "-no-pie",
                 "-pthread", "-Ichecker", "-Ichecker/agent", "-o",
                 run->program[program], "checker/tests/unit/valgrind/buggy.c",
                 "checker/replay/replay.c", (char *)NULL);
    for (; *sources; sources++)
        strv_add(&argv, *sources);
    spec.argv = argv.items;
    cr_assert_eq(proc_run(&spec, &result, &err), 0, "%s", err.text);
    cr_assert(result.end == PROC_EXITED && result.code == 0, "%s",
              result.err.text);
    proc_result_release(&result);
    strv_release(&argv);
    pthread_mutex_init(&run->lock[program], NULL);
    run->built[program] = 1;
}

static void fixture_open(struct fixture *fixture)
{
    static const char *const agent[] = {"checker/agent/agent.c",
                                        "checker/agent/heap.c",
                                        "checker/agent/main.c", NULL};
    struct err err = ERR_INIT;

    *fixture = (struct fixture){
        .kata = {.memory_mb = 256, .seconds = 4, .snake = xstrdup("buggy")}};
    fixture->kata.solution_dir = xstrdup("/nonexistent");
    fixture->run = (struct run){
        .kata = &fixture->kata, .sandbox = &fixture->sandbox, .seed = 42};
    cr_assert_eq(sandbox_open(&fixture->sandbox, &err), 0, "%s", err.text);
    fixture->run.dir = path_make_temp("test", &err);
    cr_assert_not_null(fixture->run.dir, "%s", err.text);
    fixture->run.bin = path_join(fixture->run.dir, "bin");
    cr_assert_eq(path_mkdirs(fixture->run.bin, 0700, &err), 0, "%s", err.text);
    fixture_build(fixture, PROGRAM_AGENT, agent);
}

/* After the last program was built. */
static void fixture_share(struct fixture *fixture)
{
    struct err err = ERR_INIT;

    cr_assert_eq(
        sandbox_share(&fixture->sandbox, fixture->run.dir, false, &err), 0,
        "%s", err.text);
}

static void fixture_close(struct fixture *fixture)
{
    path_remove(fixture->run.dir, NULL);
    for (int i = 0; i < PROGRAM_COUNT; i++)
        free(fixture->run.program[i]);
    free(fixture->run.bin);
    free(fixture->run.dir);
    free(fixture->kata.snake);
    free(fixture->kata.solution_dir);
    sandbox_close(&fixture->sandbox);
}

#endif
