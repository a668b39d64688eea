/*
 * Theory of operation. replay/ runs each test in a process of its own. The
 * first time, whole: what it allocates and leaves behind is noted. Then again
 * for each allocation, which fails.
 *
 * A test with very many allocations has only some of them fail: the first, and
 * others evenly spread. How many is decided by what it allocates and not by
 * the clock, so that the same submission gets the same failures anywhere.
 *
 * Tests that make threads are left out: which thread makes the k-th allocation
 * is no two times the same, and a test whose one thread gave up may well wait
 * for it for ever.
 */
#include "judge/fault_tests.h"

#include "base/alloc.h"
#include "base/str.h"
#include "judge/closing.h"
#include "judge/locate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EACH_MAX = 48,           /* so many allocations fail one by one, */
    SPREAD = 16,             /* and so many of the later ones */
    COST_OF_RUN = 200000,    /* in nanoseconds, roughly, as all three */
    COST_OF_ALLOCATION = 50, /* besides 1 a byte */
    COST_MAX = 200000000,    /* of one test's failures */
    TEST_MS_PER_SECOND = 200,
    WALL_PER_SECOND = 20,
    ANSWERS_MAX = 16 << 20
};

/* A run of a test, its k-th allocation failing; 0 for none. */
struct drill {
    const char *test;
    unsigned long long k;
};

struct record {
    unsigned long failed, threads;
    unsigned long long live, allocs, bytes;
};

struct drills {
    struct run *run;
    struct stage_result *result;
    struct err *err;
    struct record *whole; /* of each test, without failure */
    struct drill *items;
    size_t count, capacity;
};

static void add(struct drills *drills, const char *test, unsigned long long k)
{
    drills->items = grow(drills->items, &drills->capacity, drills->count,
                         sizeof *drills->items);
    drills->items[drills->count++] = (struct drill){test, k};
}

/* Running */

static void write_input(const struct drills *drills, size_t from,
                        const char *word, struct str *input)
{
    str_addf(input, "@nonce %s\n@cpu %d\n@isolate\n", word,
             TEST_MS_PER_SECOND * drills->run->kata->seconds);
    for (size_t i = from; i < drills->count; i++) {
        if (drills->items[i].k)
            str_addf(input, "@fail %llu\n", drills->items[i].k);
        str_addf(input, "%s\n", drills->items[i].test);
    }
}

/* Runs the drills from `from` on; `lines` is what replay said and *closed
   whether it came to its end. */
static int run_drills(struct drills *drills, size_t from, struct strv *lines,
                      bool *closed)
{
    const struct kata *kata = drills->run->kata;
    struct jail_mount mount = run_mount(drills->run);
    char perturb[] = "MALLOC_PERTURB_=165", *env[] = {perturb, NULL};
    char word[CLOSING_SIZE], *closing;
    struct strv argv = STRV_INIT;
    struct str input = STR_INIT;
    struct proc_result ended;
    struct jail_spec spec = {
        .profile = JAIL_TESTS,
        .mounts = &mount,
        .mount_count = 1,
        .env = env,
        .limits = {.wall_seconds = WALL_PER_SECOND * kata->seconds,
                   .cpu_seconds = kata->seconds,
                   .memory_mb = kata->memory_mb,
                   .processes = kata->threads ? 64 : 4,
                   .output_max = ANSWERS_MAX}};
    int status;

    closing_make(word);
    closing = xasprintf("closing %s tests=", word);
    write_input(drills, from, word, &input);
    strv_add(&argv, run_program_path(PROGRAM_REPLAY));
    spec.argv = argv.items;
    spec.input = input.text;
    spec.input_length = input.length;
    status = sandbox_run(drills->run->sandbox, &spec, &ended, drills->err);
    if (status == 0 && ended.end == PROC_CANCELLED)
        status = err_set(drills->err, "interrupted");
    if (status == 0)
        strv_add_lines(lines, ended.out.text);
    *closed =
        lines->count && str_starts(lines->items[lines->count - 1], closing);
    proc_result_release(&ended);
    strv_release(&argv);
    str_release(&input);
    free(closing);
    return status;
}

static unsigned long long field(const char *line, const char *name)
{
    const char *at = strstr(line, name);

    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static struct record read_record(const char *line)
{
    return (struct record){field(line, " failed="), field(line, " threads="),
                           field(line, " live="), field(line, " allocs="),
                           field(line, " bytes=")};
}

/* Judging */

static void fail_drill(struct drills *drills, const struct drill *drill,
                       const char *struck, const char *what)
{
    unsigned long long address = strtoull(struck, NULL, 16);
    struct finding *finding = stage_fail(
        drills->result, CATEGORY_ALLOC_FAILURE,
        "when allocation %llu of the test fails, %s", drill->k, what);

    finding->test = xstrdup(drill->test);
    finding->file = xasprintf("%s.c", drills->run->kata->snake);
    if (address)
        finding->line = locate_line(drills->run, PROGRAM_REPLAY, &address, 1);
}

static void fail_crash(struct drills *drills, const struct drill *drill,
                       const char *struck, const char *reason)
{
    char *what = strcmp(reason, "Profiling timer expired") == 0
                     ? xstrdup("it does not come to an end")
                     : xasprintf("it crashes: %.100s", reason);

    fail_drill(drills, drill, struck, what);
    free(what);
}

/* A test that fails leaves at once, with what it had. */
static void judge_record(struct drills *drills, const struct drill *drill,
                         const struct record *whole, const char *struck,
                         const char *line)
{
    struct record record = read_record(line);
    char *what;

    if (!*struck || record.failed || record.live <= whole->live)
        return;
    what = xasprintf("%llu block%s never freed", record.live - whole->live,
                     record.live - whole->live == 1 ? " is" : "s are");
    fail_drill(drills, drill, struck, what);
    free(what);
}

static size_t index_of(const struct strv *tests, const char *test)
{
    size_t i = 0;

    while (tests->items[i] != test)
        i++;
    return i;
}

/* Holds what replay said against the drills from `from` on, up to the first
   finding. */
static void judge(struct drills *drills, const struct strv *tests, size_t from,
                  const struct strv *lines, bool closed)
{
    const char *struck = "";
    size_t next = from;

    for (size_t i = 0; i < lines->count && next < drills->count; i++) {
        const struct drill *drill = &drills->items[next];
        const char *line = lines->items[i];
        size_t prefix = strlen("crash ") + strlen(drill->test) + 1;

        if (str_starts(line, "struck ")) {
            struck = line + strlen("struck ");
            continue;
        }
        if (str_starts(line, "crash ") && strlen(line) > prefix)
            fail_crash(drills, drill, struck, line + prefix);
        else if (str_starts(line, "test "))
            judge_record(drills, drill,
                         &drills->whole[index_of(tests, drill->test)], struck,
                         line);
        if (drills->result->status == STATUS_FAIL)
            return;
        struck = "";
        next++;
    }
    if (!closed && next < drills->count)
        fail_drill(drills, &drills->items[next], struck,
                   "it does not come to an end");
}

/* Choosing */

/* Takes the records of the whole runs; false where not every test gave its
   own. */
static bool take_whole(struct drills *drills, const struct strv *tests,
                       const struct strv *lines, bool closed)
{
    size_t next = 0;

    for (size_t i = 0; i < lines->count && next < tests->count; i++)
        if (str_starts(lines->items[i], "test "))
            drills->whole[next++] = read_record(lines->items[i]);
        else if (!str_starts(lines->items[i], "skip "))
            return false;
        else
            drills->whole[next++].failed = 1;
    return closed && next == tests->count;
}

static void choose(struct drills *drills, const char *test,
                   const struct record *whole)
{
    unsigned long long cost =
        COST_OF_RUN + COST_OF_ALLOCATION * whole->allocs + whole->bytes;
    unsigned long long most = 1 + COST_MAX / cost, each = EACH_MAX;

    if (each > most)
        each = most;
    for (unsigned long long k = 1; k <= whole->allocs && k <= each; k++)
        add(drills, test, k);
    most -= each;
    if (most > SPREAD)
        most = SPREAD;
    if (whole->allocs <= each)
        return;
    if (most > whole->allocs - each)
        most = whole->allocs - each;
    for (unsigned long long i = 1; i <= most; i++)
        add(drills, test, each + (whole->allocs - each) * i / most);
}

static int run_all(struct drills *drills, const struct strv *tests)
{
    struct strv lines = STRV_INIT;
    bool closed;
    int status;

    for (size_t i = 0; i < tests->count; i++)
        add(drills, tests->items[i], 0);
    status = run_drills(drills, 0, &lines, &closed);
    /* A test that passed and does not here: the tests' or the memory stage's
       business. */
    if (status == 0 && take_whole(drills, tests, &lines, closed)) {
        for (size_t i = 0; i < tests->count; i++)
            if (!drills->whole[i].failed && !drills->whole[i].threads)
                choose(drills, tests->items[i], &drills->whole[i]);
        strv_release(&lines);
        if (drills->count > tests->count)
            status = run_drills(drills, tests->count, &lines, &closed);
        if (status == 0)
            judge(drills, tests, tests->count, &lines, closed);
    }
    strv_release(&lines);
    return status;
}

int fault_tests(struct run *run, const struct strv *tests,
                struct stage_result *result, size_t *injected, struct err *err)
{
    struct drills drills = {.run = run, .result = result, .err = err};
    int status = 0;

    if (tests->count) {
        drills.whole = xcalloc(tests->count, sizeof *drills.whole);
        status =
            run_build(run, PROGRAM_REPLAY, err) ? run_all(&drills, tests) : -1;
        *injected +=
            drills.count > tests->count ? drills.count - tests->count : 0;
    }
    free(drills.whole);
    free(drills.items);
    return status;
}
