/* Rounds of a batch, with an engine of our own whose tasks do as each test
   says. */
#include "batch/remote.h"

#include "base/alloc.h"
#include "base/path.h"
#include "batch/job.h"
#include "batch/lease.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ITEMS = 20 };

static char slug[] = "lru-cache";
static struct kata exercise = {.slug = slug};
static struct kata *katas[] = {&exercise};
static struct roster roster;
static struct out out;
static struct conditions conditions;
static struct strv options;
static size_t todo[ITEMS];
static char *notes[ITEMS]; /* "" of what was graded */
static int rounds;
static void (*task)(const struct job *job, size_t i);
static int room = ITEMS; /* for so many results */

static bool is_full(void *context)
{
    (void)context;
    return room == 0;
}

static void take(size_t item, const char *note, void *context)
{
    (void)context;
    cr_assert_null(notes[item], "%zu ended twice", item);
    cr_assert_gt(room--, 0, "%zu has no room", item);
    notes[item] = xstrdup(note ? note : "");
}

static void begin(void)
{
    char *dir = path_make_temp("kata-test", NULL);
    char *graded = path_join(dir, ".kata/graded");

    path_mkdirs(graded, 0755, NULL);
    free(graded);
    out = (struct out){.dir = dir, .inner = path_join(dir, ".kata")};
    snprintf(conditions.checker, sizeof conditions.checker, "sha256:c");
    conditions.tools = xstrdup("gcc");
    roster.katas = katas;
    roster.kata_count = 1;
    for (size_t i = 0; i < ITEMS; i++) {
        struct item *item = roster_add(&roster, "ada", 0, "lru_cache.c");

        snprintf(item->key, sizeof item->key, "sha256:%064zx", i);
        snprintf(item->source, sizeof item->source, "sha256:%064zx", i);
        todo[i] = i;
    }
}

static void finish(void)
{
    path_remove(out.dir, NULL);
    free(out.dir);
    free(out.inner);
    free(conditions.tools);
    roster_release(&roster);
    for (size_t i = 0; i < ITEMS; i++)
        free(notes[i]);
}

TestSuite(remote, .init = begin, .fini = finish);

static int submit(struct remote_job *job, struct err *err)
{
    struct job read;

    (void)err;
    rounds++;
    cr_assert_eq(job_read(&read, job->dir, NULL), 0);
    cr_assert_eq(job_tasks(&read), job->tasks);
    for (size_t i = 0; i < read.roster.count; i++)
        task(&read, i);
    job_release(&read);
    return 0;
}

/* Accepts every second job, and fails to say which. */
static int submit_and_fail(struct remote_job *job, struct err *err)
{
    if (rounds == 0)
        return submit(job, err);
    cr_assert_eq(job->bad_nodes->count, 1);
    rounds++;
    job->accepted = true;
    return err_set(err, "no number");
}

static int (*submits)(struct remote_job *job, struct err *err) = submit;

static bool look(struct remote_job *job, struct remote_count *count,
                 struct err *err)
{
    (void)job, (void)err;
    *count = (struct remote_count){.waiting = 0};
    return true;
}

static void end(struct remote_job *job, char **said)
{
    (void)job, (void)said;
}

static int run(struct err *err)
{
    const struct remote_kind kind = {"test", true, submits, look, end, NULL};
    const struct work work = {.out = &out,
                              .roster = &roster,
                              .root = "/",
                              .program = "kata",
                              .self = "kata",
                              .lease = 60,
                              .options = &options,
                              .conditions = &conditions,
                              .todo = todo,
                              .count = ITEMS,
                              .done = take,
                              .stop = is_full};

    return remote_run(&work, &kind, err);
}

static void grade(const struct item *item)
{
    char *path = out_graded(&out, item);

    cr_assert_eq(path_write(path, "{}", 2, 0644, NULL), 0);
    free(path);
}

/* Takes a lease and dies; a minute ago. */
static void die(const struct job *job, size_t i)
{
    char *dir = job_path(job->out, "leases", NULL);
    char *path = job_path(job->out, "leases", &job->roster.items[i]);
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct lease_clock clock;
    struct lease lease;

    cr_assert_eq(lease_clock_open(&clock, dir, NULL), 0);
    cr_assert_eq(lease_take(&lease, dir, path_base(path), job->lease,
                            job->tries[i], &clock),
                 1);
    free(lease.path);
    utimensat(AT_FDCWD, path, old, 0);
    lease_clock_close(&clock);
    free(path);
    free(dir);
}

static size_t count_graded(void)
{
    size_t count = 0;

    for (size_t i = 0; i < ITEMS; i++) {
        cr_assert_not_null(notes[i], "%zu is lost", i);
        count += *notes[i] == 0;
    }
    return count;
}

static void grade_each(const struct job *job, size_t i)
{
    grade(&job->roster.items[i]);
}

Test(remote, all_is_graded_in_one_round)
{
    task = grade_each;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), ITEMS);
    cr_assert_eq(rounds, 1);
}

static void grade_one(const struct job *job, size_t i)
{
    if (i == 0)
        grade(&job->roster.items[i]);
}

Test(remote, goes_on_as_long_as_something_is_graded)
{
    task = grade_one;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), ITEMS);
    cr_assert_eq(rounds, ITEMS);
}

/* The rest of the only task is lost with it. */
static void die_of_seven(const struct job *job, size_t i)
{
    static bool dead;

    dead = dead && i > 0;
    if (dead)
        return;
    if (str_ends(job->roster.items[i].key, "7")) {
        die(job, i);
        dead = true;
    } else {
        grade(&job->roster.items[i]);
    }
}

Test(remote, what_kills_its_tasks_ends_and_the_others_are_graded)
{
    task = die_of_seven;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), ITEMS - 1);
    cr_assert(strstr(notes[7], "3 tasks that graded it died"), "%s", notes[7]);
    cr_assert_eq(rounds, 3, "the others waited for it: %d", rounds);
}

static void refuse(const struct job *job, size_t i)
{
    char node[] = "n1", text[] = "on n1: no sandbox";
    const struct job_note note = {text, node};

    cr_assert_eq(job_write_note(job->out, &job->roster.items[i], &note, NULL),
                 0);
}

Test(remote, nothing_is_graded_where_no_node_can)
{
    task = refuse;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), 0);
    cr_assert_str_eq(notes[3], "on n1: no sandbox");
    cr_assert_eq(rounds, REMOTE_TRIES);
}

Test(remote, what_may_be_accepted_is_not_submitted_again)
{
    struct err err = ERR_INIT;

    task = refuse;
    submits = submit_and_fail;
    cr_assert_eq(run(&err), -1);
    cr_assert_str_eq(err.text, "no number");
    cr_assert_eq(rounds, 2, "%d", rounds);
}

static void blame(const struct job *job, size_t i)
{
    char none[] = "", text[] = "the checker gave no result";
    const struct job_note note = {text, none};

    if (i % 2)
        grade(&job->roster.items[i]);
    else
        job_write_note(job->out, &job->roster.items[i], &note, NULL);
}

Test(remote, a_submission_to_blame_is_not_tried_again)
{
    task = blame;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), ITEMS / 2);
    cr_assert_str_eq(notes[4], "the checker gave no result");
    cr_assert_eq(rounds, 1);
}

/* As err.text may be, cut in the middle of a letter. */
static void blame_in_latin_1(const struct job *job, size_t i)
{
    char none[] = "", text[] = "\xc4rger: caf\xc3";
    const struct job_note note = {text, none};

    cr_assert_eq(job_write_note(job->out, &job->roster.items[i], &note, NULL),
                 0);
}

static void damage(const struct job *job, size_t i)
{
    char *path = job_path(job->out, "notes", &job->roster.items[i]);

    path_write(path, "{\"note\":\"\xff\"", 11, 0644, NULL);
    free(path);
}

Test(remote, a_note_that_is_not_utf_8_is_made_visible)
{
    task = blame_in_latin_1;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), 0);
    cr_assert_str_eq(notes[4], "\\xc4rger: caf\\xc3");
    cr_assert_eq(rounds, 1);
}

Test(remote, a_damaged_note_is_of_its_submission_alone)
{
    task = damage;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), 0);
    cr_assert_str_eq(notes[4], "a task's note is damaged: {\"note\":\"\\xff\"");
    cr_assert_eq(rounds, 1);
}

static void idle(const struct job *job, size_t i)
{
    (void)job, (void)i;
}

Test(remote, gives_up_when_jobs_do_nothing)
{
    struct strv left = STRV_INIT;

    task = idle;
    cr_assert_eq(run(NULL), 0);
    cr_assert_eq(count_graded(), 0);
    cr_assert(strstr(notes[0], "3 jobs graded nothing"), "%s", notes[0]);
    job_list(out.dir, &left);
    cr_assert_eq(left.count, 0);
}

Test(remote, ends_where_no_more_can_be_written)
{
    struct strv left = STRV_INIT;

    task = grade_each;
    room = 3;
    cr_assert_eq(run(NULL), 0);
    cr_assert_not_null(notes[2]);
    cr_assert_null(notes[3]);
    cr_assert_eq(rounds, 1);
    job_list(out.dir, &left);
    cr_assert_eq(left.count, 0, "its tasks would go on");
}

Test(remote, chunks_are_fair_and_not_too_small)
{
    cr_assert_eq(job_chunk(1, 4), 1);
    cr_assert_eq(job_chunk(20, 2), 8);
    cr_assert_eq(job_chunk(20, 16), 2);
    cr_assert_eq(job_chunk(300, 2), 38);
    cr_assert_eq(job_chunk(300, 0), 8);
    cr_assert_eq(job_chunk(3000, 8), 64);
    cr_assert_eq(job_chunk(100000, 8), 100);
    cr_assert_eq(job_chunk(0, 8), 1);
}

Test(remote, a_broken_job_is_refused)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[1]",
        "{\"out\":\"/\",\"root\":\"/\",\"program\":\"k\",\"checker\":\"\","
        "\"tools\":\"\",\"seconds\":1.0,\"lease\":1.0,\"chunk\":0,\"seed\":1,"
        "\"katas\":[],\"items\":[]}",
        "{\"out\":\"/\",\"root\":\"/\",\"program\":\"k\",\"checker\":\"\","
        "\"tools\":\"\",\"seconds\":1.0,\"lease\":1.0,\"chunk\":1,\"seed\":1,"
        "\"katas\":[\"a\"],\"items\":[[1,\"\",\"\",0]]}",
        "{\"out\":\"/\",\"root\":\"/\",\"program\":\"k\",\"checker\":\"\","
        "\"tools\":\"\",\"seconds\":1.0,\"lease\":1.0,\"chunk\":1,\"seed\":1,"
        "\"katas\":[\"a\"],\"items\":[[0,\"sha256:../../x\",\"\",0]]}"};
    char *path = path_join(out.dir, "job.json");

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct job job;
        struct err err = ERR_INIT;

        path_write(path, texts[i], strlen(texts[i]), 0644, NULL);
        cr_assert_eq(job_read(&job, out.dir, &err), -1, "%zu is read", i);
        cr_assert(err.set);
        job_release(&job);
    }
    free(path);
}

Test(remote, quotes_for_a_shell)
{
    struct str text = STR_INIT;

    str_add_quoted(&text, "a 'b' $c");
    cr_assert_str_eq(text.text, "'a '\\''b'\\'' $c'");
    str_release(&text);
}
