/*
 * Theory of operation.
 *
 * One callgrind process serves all claims, a point at a time: its script is
 * sent, and the answer to the point's last "@dump" says that all its dump files
 * are written. A process that dies takes only the claim it was at; the next
 * claim gets a new one.
 *
 * Preparing 16384 elements under full instrumentation would take most of the
 * time, so it is switched off for that. Switching costs as much as some 2000
 * lines do, therefore not for less.
 */
#include "judge/measure.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/random.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SWITCHING_PAYS = 2000,     /* lines to prepare */
    PRINTED_MAX = 1 << 30,     /* bytes a submission may print: they are thrown
                                  away, and cost it processor time */
    LEFT_MAX = 4 << 20,        /* of that, what is there when it has ended */
    ANSWERS_MAX = 1 << 20,     /* bytes the agent answers, at most */
    DUMP_MAX = 4 << 20,        /* bytes of a dump file */
    POINT_MS_PER_SECOND = 400, /* of the kata's seconds, for one point */
    CPU_PER_SECOND = 20,       /* the whole process */
    WALL_PER_CPU = 20,
    TOTAL_PER_MB = 4,   /* as the jail's limit of one process */
    SLEEP_SECONDS = 5,  /* without an answer: nobody will wake it */
    SLOW_CLAIMS_MAX = 1 /* claims that may run out of time; others are left */
};

/* The script */

static size_t batches_of(const struct growth_claim *claim)
{
    return claim->times < MEASURE_BATCHES ? (size_t)claim->times
                                          : MEASURE_BATCHES;
}

struct numbers {
    long long n, i;
    struct random_state random;
};

/* Adds what the placeholder at `at` stands for; returns its length, 0 where
   there is none. */
static size_t add_number(const char *at, struct numbers *numbers,
                         struct str *script)
{
    if (str_starts(at, "{n}"))
        str_addf(script, "%lld", numbers->n);
    else if (str_starts(at, "{i}"))
        str_addf(script, "%lld", numbers->i);
    else if (str_starts(at, "{any}"))
        str_addf(
            script, "%lld",
            (long long)random_between(&numbers->random, 0, numbers->n - 1));
    else
        return 0;
    return strcspn(at, "}") + 1;
}

static void add_lines(const struct strv *lines, struct numbers *numbers,
                      struct str *script)
{
    for (size_t k = 0; k < lines->count; k++) {
        const char *at = lines->items[k];

        while (*at) {
            size_t n = add_number(at, numbers, script);

            if (n == 0)
                str_addc(script, *at);
            at += n ? n : 1;
        }
        str_addc(script, '\n');
    }
}

static void add_prepare(const struct growth_claim *claim,
                        struct numbers *numbers, bool *instrumented,
                        struct str *script)
{
    if (*instrumented &&
        numbers->n * (long long)claim->prepare.count >= SWITCHING_PAYS) {
        str_add(script, "@measure off\n");
        *instrumented = false;
    }
    add_lines(&claim->open, numbers, script);
    for (numbers->i = 0; numbers->i < numbers->n; numbers->i++)
        add_lines(&claim->prepare, numbers, script);
}

void measure_script(const struct kata *kata, size_t number, size_t point,
                    bool *instrumented, struct str *script)
{
    const struct growth_claim *claim = &kata->growth[number];
    struct numbers numbers = {.n = claim->n[point]};
    long long batches = (long long)batches_of(claim);

    random_seed(&numbers.random, number, point);
    str_addf(script, "@quiet on\n@cpu %d\n",
             POINT_MS_PER_SECOND * kata->seconds);
    add_prepare(claim, &numbers, instrumented, script);
    /* Starts the counting of bytes. */
    str_add(script, "@dump -\n@measure on\n");
    *instrumented = true;
    numbers.i = 0;
    for (long long batch = 0; batch < batches; batch++) {
        for (; numbers.i < claim->times * (batch + 1) / batches; numbers.i++)
            add_lines(&claim->measure, &numbers, script);
        str_addf(script, "@dump %zu.%zu.%lld\n", number, point, batch);
    }
    str_add(script, "@measure hold\n--\n");
}

void measure_calls(const struct kata *kata, size_t number, size_t point,
                   struct strv *calls)
{
    struct str script = STR_INIT;
    bool instrumented = false;
    char *line, *rest;

    measure_script(kata, number, point, &instrumented, &script);
    rest = script.text;
    while ((line = strsep(&rest, "\n")))
        if (*line && *line != '@' && strcmp(line, "--") != 0)
            strv_add(calls, line);
    str_release(&script);
}

/* What callgrind and the agent say */

bool measure_read_dump(const char *text, struct measure_dump *dump)
{
    static const char label[] = "\ndesc: Trigger: Client Request: ";
    const char *trigger = strstr(text, label);
    const char *totals = strstr(text, "\ntotals: ");

    /* The summary line would do, too, were it not wrong after instrumentation
       was switched off and on (3.19). */
    return trigger && totals &&
           sscanf(trigger + strlen(label), "%zu.%zu.%zu", &dump->claim,
                  &dump->point, &dump->batch) == 3 &&
           sscanf(totals, " totals: %llu", &dump->instructions) == 1;
}

/* The counts of one point's batches as they come in. */
struct batch {
    bool has_instructions, has_bytes;
    double instructions, bytes;
};

struct talk {
    struct run *run;
    char *dir; /* where callgrind writes */
    struct jail jail;
    bool running, instrumented;
    struct str said;
    size_t printed;
    struct batch batches[MEASURE_BATCHES];
    double prepared;  /* bytes asked for before they began */
    uint64_t answers; /* the digest of what was answered until now */
};

static struct batch *batch_of(struct talk *talk, size_t claim, size_t point,
                              const struct measure_dump *dump)
{
    if (dump->claim != claim || dump->point != point ||
        dump->batch >= MEASURE_BATCHES)
        return NULL;
    return &talk->batches[dump->batch];
}

/* Reads and removes the dump files that are there. */
static int read_dumps(struct talk *talk, size_t claim, size_t point,
                      struct err *err)
{
    struct strv names = STRV_INIT;
    int status = path_list(talk->dir, &names, err);

    for (size_t i = 0; i < names.count && status == 0; i++) {
        char *path = path_join(talk->dir, names.items[i]);
        struct str text = STR_INIT;
        struct measure_dump dump;
        struct batch *batch;

        status = path_read(path, DUMP_MAX, &text, err);
        if (status == 0 && measure_read_dump(text.text, &dump) &&
            (batch = batch_of(talk, claim, point, &dump))) {
            batch->instructions = (double)dump.instructions;
            batch->has_instructions = true;
        }
        str_release(&text);
        path_remove(path, NULL);
        free(path);
    }
    strv_release(&names);
    return status;
}

/* Takes one line of the agent's. */
static void read_answer(struct talk *talk, const char *line, size_t claim,
                        size_t point)
{
    struct measure_dump dump;
    struct batch *batch;
    unsigned long long bytes, answers;

    if (sscanf(line, "@dump - allocs=%*u bytes=%llu", &bytes) == 1)
        talk->prepared = (double)bytes;
    else if (sscanf(line,
                    "@dump %zu.%zu.%zu allocs=%*u bytes=%llu answers=%llx",
                    &dump.claim, &dump.point, &dump.batch, &bytes,
                    &answers) == 5 &&
             (batch = batch_of(talk, claim, point, &dump))) {
        batch->bytes = (double)bytes;
        batch->has_bytes = true;
        talk->answers = answers;
    }
}

static void read_answers(struct talk *talk, size_t claim, size_t point)
{
    char *line = talk->said.text, *end;

    while ((end = strchr(line, '\n'))) {
        *end = '\0';
        read_answer(talk, line, claim, point);
        line = end + 1;
    }
    line = xstrdup(line);
    str_reset(&talk->said);
    str_add(&talk->said, line);
    free(line);
}

/* The conversation */

static int start(struct talk *talk, struct err *err)
{
    const struct kata *kata = talk->run->kata;
    struct jail_mount mounts[] = {run_mount(talk->run),
                                  {talk->dir, "/box/out", true}};
    struct jail_spec spec = {
        .profile = JAIL_VALGRIND,
        .mounts = mounts,
        .mount_count = 2,
        .limits = {.cpu_seconds = CPU_PER_SECOND * kata->seconds,
                   .memory_mb = kata->memory_mb,
                   .file_mb = 16,
                   .processes = kata->threads ? 64 : 1,
                   .output_max = LEFT_MAX}};
    struct strv argv = STRV_INIT;
    int status;

    strv_add_all(&argv, "valgrind", "--tool=callgrind", "-q", "--vgdb=no",
                 "--instr-atstart=no", "--collect-atstart=no", "--dump-line=no",
                 "--callgrind-out-file=/box/out/cg",
                 run_program_path(PROGRAM_AGENT), (char *)NULL);
    spec.argv = argv.items;
    status = sandbox_start(talk->run->sandbox, &spec, &talk->jail, err);
    strv_release(&argv);
    talk->running = status == 0;
    talk->instrumented = false;
    talk->printed = 0;
    str_reset(&talk->said);
    return status;
}

/* Reads what is there; false at the end. */
static bool read_some(int fd, struct str *text, size_t *count)
{
    char buffer[65536];
    ssize_t n = read(fd, buffer, sizeof buffer);

    if (n > 0 && text)
        str_addn(text, buffer, (size_t)n);
    if (n > 0 && count)
        *count += (size_t)n;
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Sends more of the script; false where nobody reads it any more. */
static bool send_some(int fd, const struct str *script, size_t *sent)
{
    ssize_t n = proc_write(fd, script->text + *sent, script->length - *sent);

    if (n > 0)
        *sent += (size_t)n;
    return n > 0 || (n < 0 && errno == EAGAIN);
}

static bool all_in(const struct talk *talk, size_t batches)
{
    for (size_t i = 0; i < batches; i++)
        if (!talk->batches[i].has_bytes)
            return false;
    return true;
}

static bool is_too_big(const struct talk *talk)
{
    return talk->jail.last.memory_kb / 1024 >=
           (long)TOTAL_PER_MB * talk->run->kata->memory_mb;
}

/* Sends the script and waits until every batch is answered; false where the
   process ends or takes too long before that. */
static bool exchange(struct talk *talk, const struct str *script, size_t claim,
                     size_t point)
{
    struct proc *proc = &talk->jail.proc;
    size_t batches = batches_of(&talk->run->kata->growth[claim]);
    double deadline = clock_now() + WALL_PER_CPU * talk->run->kata->seconds;
    size_t sent = 0;

    while (sent < script->length || !all_in(talk, batches)) {
        bool sending = sent < script->length;
        struct pollfd fds[] = {
            {.fd = proc->out, .events = POLLIN},
            {.fd = proc->err, .events = POLLIN},
            {.fd = sending ? proc->in : -1, .events = POLLOUT}};

        if (proc_cancelled || clock_now() > deadline ||
            talk->printed > PRINTED_MAX || talk->said.length > ANSWERS_MAX)
            return false;
        sandbox_look(&talk->jail);
        if (talk->jail.slept >= SLEEP_SECONDS || is_too_big(talk))
            return false;
        if (poll(fds, 3, 50) <= 0)
            continue;
        if (fds[1].revents)
            read_some(proc->err, NULL, &talk->printed);
        if (fds[2].revents && !send_some(proc->in, script, &sent))
            return false;
        if (fds[0].revents && !read_some(proc->out, &talk->said, NULL))
            return false;
        read_answers(talk, claim, point);
    }
    return true;
}

/* One point */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

static struct measured_point summarise(const struct talk *talk,
                                       const struct growth_claim *claim,
                                       size_t point)
{
    struct measured_point result = {.n = claim->n[point]};
    const struct batch *batch = talk->batches;
    double instructions[MEASURE_BATCHES], bytes[MEASURE_BATCHES];
    size_t count = batches_of(claim);

    for (size_t i = 0; i < count; i++) {
        long long from = claim->times * (long long)i / (long long)count;
        long long to = claim->times * (long long)(i + 1) / (long long)count;

        instructions[i] = batch[i].instructions / (double)(to - from);
        bytes[i] = batch[i].bytes / (double)(to - from);
        result.mean.instructions += batch[i].instructions;
        result.mean.bytes += batch[i].bytes;
    }
    result.mean.instructions /= (double)claim->times;
    result.mean.bytes /= (double)claim->times;
    result.typical.instructions = median(instructions, count);
    result.typical.bytes = median(bytes, count);
    result.prepared = talk->prepared / (double)result.n;
    result.answers = talk->answers;
    return result;
}

static enum measure_end end_of(const struct proc_result *result)
{
    if (result->end == PROC_SIGNALED &&
        (result->code == SIGPROF || result->code == SIGXCPU))
        return MEASURE_TIME;
    if (result->end == PROC_EXITED || result->end == PROC_SIGNALED)
        return MEASURE_CRASH;
    return result->end == PROC_OUTPUT ? MEASURE_OUTPUT : MEASURE_TIME;
}

/*
 * The process did not answer: says why in claim->end. It may have ended by
 * itself a moment ago, so it is given one to be found so before it is killed.
 * Returns -1 where it never was one.
 */
static int explain_silence(struct talk *talk, struct measured_claim *claim,
                           struct err *err)
{
    struct pollfd ended = {.fd = talk->jail.proc.pidfd, .events = POLLIN};
    struct proc_result result;
    int status;
    bool alive;

    alive = poll(&ended, 1, 1000) == 0;
    proc_kill(&talk->jail.proc);
    status = sandbox_finish(&talk->jail, &result, err);
    talk->running = false;
    claim->end = talk->printed > PRINTED_MAX ? MEASURE_OUTPUT
                 : alive                     ? MEASURE_TIME
                                             : end_of(&result);
    claim->signal = result.end == PROC_SIGNALED ? result.code : 0;
    proc_result_release(&result);
    return status;
}

static int check_counts(const struct talk *talk, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!talk->batches[i].has_instructions)
            return err_set(err, "callgrind wrote no counts");
    return 0;
}

/* Returns 1 with the point added, 0 where the claim ends here, -1 on error. */
static int measure_point(struct talk *talk, size_t number,
                         struct measured_claim *measured, struct err *err)
{
    const struct growth_claim *claim = &talk->run->kata->growth[number];
    struct str script = STR_INIT;
    size_t point = measured->count;
    bool answered;

    if (!talk->running && start(talk, err) < 0)
        return -1;
    memset(talk->batches, 0, sizeof talk->batches);
    measure_script(talk->run->kata, number, point, &talk->instrumented,
                   &script);
    answered = exchange(talk, &script, number, point);
    str_release(&script);
    if (proc_cancelled)
        return err_set(err, "interrupted");
    if (!answered)
        return explain_silence(talk, measured, err);
    if (read_dumps(talk, number, point, err) < 0 ||
        check_counts(talk, batches_of(claim), err) < 0)
        return -1;
    measured->points[measured->count++] = summarise(talk, claim, point);
    return 1;
}

/* Who is told what was measured, and says what else is to be. */
struct listener {
    measure_choose *choose;
    void *context;
    bool enough; /* of all claims */
};

/* Returns 1 where the claim goes on, 0 where it ends here, -1 on error. */
static int take_point(struct talk *talk, size_t number,
                      struct measured_claim *measured,
                      struct listener *listener, struct err *err)
{
    size_t points = talk->run->kata->growth[number].n_count;
    int status = measure_point(talk, number, measured, err);
    enum measure_next next = MEASURE_ON;

    if (status >= 0 && listener->choose)
        next = listener->choose(number, measured, listener->context);
    listener->enough = next == MEASURE_NO_MORE;
    if (status <= 0 || measured->count == points)
        return status < 0 ? -1 : 0;
    if (next != MEASURE_ON)
        measured->end = MEASURE_ENOUGH;
    return next == MEASURE_ON;
}

static int measure_all(struct talk *talk, struct measured_claim *claims,
                       struct listener *listener, struct err *err)
{
    const struct kata *kata = talk->run->kata;
    int slow = 0;

    for (size_t i = 0; i < kata->growth_count; i++) {
        int status = 1;

        claims[i].points =
            xcalloc(kata->growth[i].n_count, sizeof *claims[i].points);
        if (listener->enough || slow >= SLOW_CLAIMS_MAX) {
            claims[i].end = MEASURE_SKIPPED;
            continue;
        }
        while (status > 0)
            status = take_point(talk, i, &claims[i], listener, err);
        if (status < 0)
            return -1;
        slow += claims[i].end == MEASURE_TIME;
    }
    return 0;
}

static void end_talk(struct talk *talk)
{
    struct proc_result result;

    if (talk->running) {
        proc_kill(&talk->jail.proc);
        sandbox_finish(&talk->jail, &result, NULL);
        proc_result_release(&result);
    }
    str_release(&talk->said);
    path_remove(talk->dir, NULL);
    free(talk->dir);
}

struct measured_claim *measure_claims(struct run *run, measure_choose *choose,
                                      void *context, struct err *err)
{
    struct listener listener = {.choose = choose, .context = context};
    struct talk talk = {.run = run, .dir = path_join(run->dir, "growth")};
    size_t count = run->kata->growth_count;
    struct measured_claim *claims = xcalloc(count, sizeof *claims);

    str_init(&talk.said);
    if (!run_build(run, PROGRAM_AGENT, err) ||
        path_mkdirs(talk.dir, 0700, err) < 0 ||
        sandbox_share(run->sandbox, talk.dir, true, err) < 0 ||
        measure_all(&talk, claims, &listener, err) < 0) {
        measure_free(claims, count);
        claims = NULL;
    }
    end_talk(&talk);
    return claims;
}

void measure_free(struct measured_claim *claims, size_t count)
{
    for (size_t i = 0; claims && i < count; i++)
        free(claims[i].points);
    free(claims);
}

/* Keeping */

json_t *measure_to_json(const struct measured_claim *claims, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *points = json_array();

        for (size_t k = 0; k < claims[i].count; k++) {
            const struct measured_point *point = &claims[i].points[k];

            json_array_append_new(
                points,
                json_pack("[I, f, f, f, f, f, I]", (json_int_t)point->n,
                          point->mean.instructions, point->mean.bytes,
                          point->typical.instructions, point->typical.bytes,
                          point->prepared, (json_int_t)point->answers));
        }
        json_array_append_new(list, points);
    }
    return list;
}

static bool read_point(json_t *json, struct measured_point *point)
{
    json_int_t n, answers;

    if (json_unpack(json, "[I, F, F, F, F, F, I]", &n,
                    &point->mean.instructions, &point->mean.bytes,
                    &point->typical.instructions, &point->typical.bytes,
                    &point->prepared, &answers) < 0)
        return false;
    point->n = n;
    point->answers = (uint64_t)answers;
    return true;
}

static bool read_points(const json_t *json, const struct growth_claim *claim,
                        struct measured_claim *measured)
{
    measured->points = xcalloc(claim->n_count, sizeof *measured->points);
    if (json_array_size(json) != claim->n_count)
        return false;
    for (; measured->count < claim->n_count; measured->count++) {
        struct measured_point *point = &measured->points[measured->count];

        if (!read_point(json_array_get(json, measured->count), point) ||
            point->n != claim->n[measured->count])
            return false;
    }
    return true;
}

struct measured_claim *measure_from_json(const json_t *json,
                                         const struct kata *kata)
{
    struct measured_claim *claims = xcalloc(kata->growth_count, sizeof *claims);
    bool good = json_array_size(json) == kata->growth_count;

    for (size_t i = 0; i < kata->growth_count && good; i++)
        good =
            read_points(json_array_get(json, i), &kata->growth[i], &claims[i]);
    if (good)
        return claims;
    measure_free(claims, kata->growth_count);
    return NULL;
}
