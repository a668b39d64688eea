/*
 * threads: the kata's tests under ThreadSanitizer, over several perturbed
 * schedules, in one process each (replay/).
 *
 * ThreadSanitizer finds a race by what is ordered with what, not by what went
 * wrong, so one schedule mostly shows it; the others are for orders that are
 * rare. It reports lock-order inversions too, which is why helgrind, to which
 * correct C11 atomics are races, is not used at all. A process that hangs ends
 * itself with the stacks of its threads (replay/watch.h): all of them waiting
 * for locks is a deadlock, one waiting for a condition a lost wake-up. Time
 * plays no part in the verdict but for a generous last resort.
 *
 * What ThreadSanitizer says comes on standard error, between what the
 * submission prints. A submission that prints such reports only accuses
 * itself, and one that ends the process early lacks the closing record.
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "judge/closing.h"
#include "judge/locate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCHEDULES = 6, /* a multiple of SIDE_BY_SIDE */
    SIDE_BY_SIDE = 3,
    HANG_MS = 1500,
    SLEEP_SECONDS = 5, /* then the runner's own watcher is gone */
    TOTAL_PER_MB = 8,  /* for shadow memory */
    RACES_SHOWN = 4,
    FRAMES_MAX = 12
};

static const char warning_mark[] = "WARNING: ThreadSanitizer: ";

struct schedule {
    struct run *run;
    struct stage_result *result;
    const json_t *tests; /* names of those that passed by themselves */
    unsigned number;
    struct strv records; /* what the runner wrote */
    struct strv races;   /* one line each, so that none is told twice */
};

/* "write of size 4 in `put` (queue.c:31)" of the access whose description
   begins at line `i` of a report; NULL where no frame is the submission's. */
static char *describe_access(const struct strv *lines, size_t i,
                             const char *source, int *line)
{
    const char *what = lines->items[i] + strspn(lines->items[i], " ");
    size_t n = strcspn(what, " ");

    if (str_starts(what, "Previous "))
        n = 9 + strcspn(what + 9, " ");
    for (size_t k = i + 1; k < lines->count && k <= i + FRAMES_MAX; k++) {
        const char *frame = lines->items[k] + strspn(lines->items[k], " ");
        const char *at = strstr(frame, source), *name;

        if (*frame != '#')
            break;
        if (!at || at[strlen(source)] != ':')
            continue;
        name = frame + strcspn(frame, " ");
        name += strspn(name, " ");
        if (*line == 0)
            *line = (int)strtol(at + strlen(source) + 1, NULL, 10);
        return xasprintf("%.*s in `%.*s` (%s:%ld)", (int)n, what,
                         (int)strcspn(name, " "), name, source,
                         strtol(at + strlen(source) + 1, NULL, 10));
    }
    return NULL;
}

static bool begins_access(const char *line)
{
    static const char *const words[] = {"Write of", "Read of", "Atomic write",
                                        "Atomic read", "Previous "};

    line += strspn(line, " ");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(line, words[i]))
            return true;
    return false;
}

static enum category category_of(const char *kind)
{
    if (str_starts(kind, "lock-order-inversion"))
        return CATEGORY_DEADLOCK;
    if (strstr(kind, "use-after-free"))
        return CATEGORY_MEMORY_ERROR;
    if (str_starts(kind, "thread leak"))
        return CATEGORY_LEAK;
    return CATEGORY_DATA_RACE;
}

/* Turns the report that begins at line `i` into a finding; returns the line
   after it. */
static size_t read_race(struct schedule *schedule, const struct strv *lines,
                        size_t i)
{
    char *source = xasprintf("%s.c", schedule->run->kata->snake);
    const char *kind = strstr(lines->items[i], warning_mark);
    struct str text = STR_INIT;
    int line = 0;
    size_t end = i + 1;

    kind += strlen(warning_mark);
    str_addn(&text, kind, strcspn(kind, "("));
    while (text.length && text.text[text.length - 1] == ' ')
        str_chop(&text, 1);
    for (; end < lines->count && !str_starts(lines->items[end], "====");
         end++) {
        char *access = NULL;

        if (begins_access(lines->items[end]) ||
            strstr(lines->items[end], "acquired here"))
            access = describe_access(lines, end, source, &line);
        if (access)
            str_addf(&text, "; %s", access);
        free(access);
    }
    if (!strv_has(&schedule->races, text.text) &&
        schedule->races.count < RACES_SHOWN) {
        struct finding *finding =
            stage_fail(schedule->result, category_of(kind), "%s", text.text);

        strv_add(&schedule->races, text.text);
        finding->file = xstrdup(source);
        finding->line = line;
    }
    str_release(&text);
    free(source);
    return end;
}

static void read_races(struct schedule *schedule, const char *text)
{
    struct strv lines = STRV_INIT;

    strv_add_lines(&lines, text);
    for (size_t i = 0; i < lines.count;)
        if (strstr(lines.items[i], warning_mark))
            i = read_race(schedule, &lines, i);
        else
            i++;
    strv_release(&lines);
}

/* One thread's stack as "pthread_cond_wait <- queue_get (queue.c:40) <- ...":
   library functions by name, ours left out, the rest by place. */
static char *describe_stack(struct schedule *schedule, const char *record,
                            int *line)
{
    char *source = xasprintf("%s.c", schedule->run->kata->snake);
    char *tests = xasprintf("test_%s.c", schedule->run->kata->snake);
    struct strv addresses = STRV_INIT, places = STRV_INIT;
    struct str text = STR_INIT;
    size_t next = 0;

    for (const char *word = record; *word; word += strspn(word, " ")) {
        size_t n = strcspn(word, " ");

        if (str_starts(word, "0x"))
            strv_addf(&addresses, "%.*s", (int)n, word);
        else if (str_starts(word, "pthread_") || str_starts(word, "sem_"))
            str_addf(&text, "%s%.*s", text.length ? " <- " : "", (int)n, word);
        word += n;
    }
    locate(schedule->run, PROGRAM_THREADS, &addresses, &places);
    for (; next < places.count; next++) {
        const char *space = strchr(places.items[next], ' ');
        const char *colon = strrchr(places.items[next], ':');

        if (!space || !colon ||
            (strncmp(space + 1, source, strlen(source)) != 0 &&
             strncmp(space + 1, tests, strlen(tests)) != 0))
            continue;
        if (*line == 0 && strncmp(space + 1, source, strlen(source)) == 0)
            *line = (int)strtol(colon + 1, NULL, 10);
        str_addf(&text, "%s`%.*s` (%s)", text.length ? " <- " : "",
                 (int)(space - places.items[next]), places.items[next],
                 space + 1);
    }
    strv_release(&addresses);
    strv_release(&places);
    free(source);
    free(tests);
    return str_detach(&text);
}

/* The runner noticed that every thread sleeps. */
static void explain_hang(struct schedule *schedule, size_t hang)
{
    struct str text = STR_INIT;
    bool condition = false;
    int line = 0, threads = 0;
    struct finding *finding;

    for (size_t i = hang + 1; i < schedule->records.count; i++) {
        const char *record = schedule->records.items[i];
        char *stack;

        if (!str_starts(record, "stack "))
            continue;
        condition = condition || strstr(record, "pthread_cond_") ||
                    strstr(record, "sem_");
        stack = describe_stack(schedule, record + 6, &line);
        if (*stack)
            str_addf(&text, "\nthread %d: %s", ++threads, stack);
        free(stack);
    }
    finding = stage_fail(schedule->result, CATEGORY_DEADLOCK, "%s%s",
                         condition ? "lost wake-up: a thread waits for a "
                                     "condition that nobody signals any more"
                                   : "deadlock: every thread waits for a lock",
                         text.text);
    finding->file = xasprintf("%s.c", schedule->run->kata->snake);
    finding->line = line;
    str_release(&text);
}

static long find_record(const struct schedule *schedule, const char *prefix)
{
    for (size_t i = 0; i < schedule->records.count; i++)
        if (str_starts(schedule->records.items[i], prefix))
            return (long)i;
    return -1;
}

/* A test that passes by itself and fails under another order of threads. */
static void read_tests(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->records.count; i++) {
        const char *record = schedule->records.items[i];
        const char *failed = strstr(record, " failed=");

        if (str_starts(record, "test ") && failed &&
            strtol(failed + 8, NULL, 10) > 0)
            stage_fail(schedule->result, CATEGORY_DATA_RACE,
                       "fails when threads run in another order")
                ->test = xstrndup(record + 5, strcspn(record + 5, " "));
    }
}

static void judge_end(struct schedule *schedule,
                      const struct proc_result *ended, const char *closing)
{
    long hang = find_record(schedule, "hang");
    char *end;

    if (hang >= 0) {
        explain_hang(schedule, (size_t)hang);
    } else if (ended->end == PROC_TIMEOUT ||
               (ended->end == PROC_SIGNALED && ended->code == SIGXCPU)) {
        stage_fail(schedule->result, CATEGORY_TIMEOUT,
                   "the tests do not end when threads run in another order, "
                   "and it is no deadlock: some thread is busy");
    } else if (ended->end == PROC_MEMORY) {
        stage_fail(schedule->result, CATEGORY_MEMORY_LIMIT,
                   "takes memory without end when threads run in another "
                   "order");
    } else if (ended->end == PROC_OUTPUT) {
        stage_fail(schedule->result, CATEGORY_OUTPUT_LIMIT,
                   "prints without end");
    } else if (ended->end == PROC_CANCELLED) {
        stage_error(schedule->result, "interrupted");
    } else if (find_record(schedule, closing) < 0) {
        end = proc_describe(ended);
        stage_fail(schedule->result, CATEGORY_CRASH,
                   "the tests end early when threads run in another order: %s",
                   end);
        free(end);
    }
}

/* One schedule's process. */
struct attempt {
    const struct schedule *schedule;
    unsigned number;
    char closing[64];
    struct proc_result ended;
    int status; /* -1: it could not be run, *err says why */
    struct err err;
};

static void write_input(const struct attempt *attempt, const char *nonce,
                        struct str *input)
{
    json_t *test;
    size_t i;

    str_addf(input, "@nonce %s\n@watch %d\n@schedule %u\n", nonce, HANG_MS,
             attempt->number);
    json_array_foreach(attempt->schedule->tests, i, test)
        str_addf(input, "%s\n", json_string_value(test));
}

/* atexit_sleep_ms: a second at the end for threads that are still at work; here
   only the watcher is. */
static void *run_attempt(void *context)
{
    static char options[] = "TSAN_OPTIONS=halt_on_error=0:exitcode=0:"
                            "detect_deadlocks=1:second_deadlock_stack=1:"
                            "report_signal_unsafe=0:history_size=4:"
                            "atexit_sleep_ms=0";
    struct attempt *attempt = context;
    char *env[] = {options, NULL}, nonce[CLOSING_SIZE];
    struct run *run = attempt->schedule->run;
    struct jail_mount mount = run_mount(run);
    struct strv argv = STRV_INIT;
    struct str input = STR_INIT;
    struct jail_spec spec = {
        .profile = JAIL_THREADS,
        .mounts = &mount,
        .mount_count = 1,
        .env = env,
        .limits = {.wall_seconds = 12.0 * run->kata->seconds,
                   .sleep_seconds = SLEEP_SECONDS,
                   .total_mb = TOTAL_PER_MB * run->kata->memory_mb,
                   .cpu_seconds = 4 * run->kata->seconds,
                   .file_mb = 16,
                   .processes = 256,
                   .output_max = 4 << 20}};

    closing_make(nonce);
    snprintf(attempt->closing, sizeof attempt->closing, "closing %s ", nonce);
    write_input(attempt, nonce, &input);
    strv_add(&argv, run_program_path(PROGRAM_THREADS));
    spec.argv = argv.items;
    spec.input = input.text;
    spec.input_length = input.length;
    attempt->status =
        sandbox_run(run->sandbox, &spec, &attempt->ended, &attempt->err);
    strv_release(&argv);
    str_release(&input);
    return NULL;
}

static void judge_attempt(struct schedule *schedule,
                          const struct attempt *attempt)
{
    strv_release(&schedule->records);
    strv_add_lines(&schedule->records, attempt->ended.out.text);
    read_races(schedule, attempt->ended.err.text);
    if (schedule->result->status == STATUS_PASS)
        read_tests(schedule);
    if (schedule->result->status == STATUS_PASS)
        judge_end(schedule, &attempt->ended, attempt->closing);
}

/* The next schedules, side by side: they mostly wait. They are judged in their
   order, up to the first that fails. */
static int run_schedules(struct schedule *schedule, struct err *err)
{
    struct attempt attempts[SIDE_BY_SIDE];
    pthread_t threads[SIDE_BY_SIDE];
    bool started[SIDE_BY_SIDE];
    int status = 0;

    for (unsigned i = 0; i < SIDE_BY_SIDE; i++) {
        attempts[i] =
            (struct attempt){.schedule = schedule,
                             .number = schedule->number + i + 1,
                             .ended = {.out = STR_INIT, .err = STR_INIT},
                             .err = ERR_INIT};
        started[i] =
            pthread_create(&threads[i], NULL, run_attempt, &attempts[i]) == 0;
        if (!started[i])
            run_attempt(&attempts[i]);
    }
    for (unsigned i = 0; i < SIDE_BY_SIDE; i++)
        if (started[i])
            pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < SIDE_BY_SIDE; i++) {
        if (status == 0 && schedule->result->status == STATUS_PASS) {
            schedule->number = attempts[i].number;
            status = attempts[i].status;
            if (status < 0)
                *err = attempts[i].err;
            else
                judge_attempt(schedule, &attempts[i]);
        }
        proc_result_release(&attempts[i].ended);
    }
    return status;
}

void stage_threads(struct run *run, const struct grade *grade,
                   struct stage_result *result)
{
    struct schedule schedule = {
        .run = run,
        .result = result,
        .tests = json_object_get(grade->stages[STAGE_TESTS].details, "passed")};
    struct err err = ERR_INIT;
    int status = run_build(run, PROGRAM_THREADS, &err) ? 0 : -1;

    while (status == 0 && result->status == STATUS_PASS &&
           schedule.number < SCHEDULES && !proc_cancelled)
        status = run_schedules(&schedule, &err);
    if (status < 0)
        stage_error(result, "%s", err.text);
    result->details = json_pack("{s:i}", "schedules", (int)schedule.number);
    strv_release(&schedule.records);
    strv_release(&schedule.races);
}
