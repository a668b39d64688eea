/* kata batch: many submissions, each graded once. */
#include "cmd/batch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/term.h"
#include "batch/conditions.h"
#include "batch/engine.h"
#include "batch/intake.h"
#include "cmd/awarding.h"
#include "cmd/class.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_KATA = 256,
    OPT_ENGINE,
    OPT_RESUME,
    OPT_RETRY,
    OPT_SEED,
    OPT_TESTS,
    OPT_FORMAT,
    OPT_TIMEOUT,
    OPT_WORKER,
    OPT_LEASE,
    OPT_GRADING,
    OPT_SUBMITTED,
    JOBS_MAX = 1024,
    SECONDS = 600,
    LEASE_SECONDS = 60,
    NOTES_SHOWN = 20
};

struct batch_arguments {
    struct strv katas;
    const char *output, *tests, *worker, *grading, *submitted;
    const struct engine *engine;
    const struct report *formats[16];
    size_t format_count;
    struct strv engine_options;
    int jobs; /* 0 where it was not said */
    double seconds, lease;
    bool resume, retry, has_seed;
    uint64_t seed;
};

/* A batch under way. */
struct batch {
    const struct batch_arguments *arguments;
    struct sandbox sandbox;
    struct cache cache;
    struct conditions conditions;
    struct out out;
    struct roster roster;
    struct kata **katas;
    size_t kata_count;
    struct awarding awarding;
    struct batch_count count;
    size_t done, before; /* submissions; those that were done at the start */
    double started;
    bool bar;
    atomic_bool failed; /* a result could not be written */
    bool damaged;       /* or not be read back */
    struct err *err;    /* of writing a result */
};

static int set_format(struct batch_arguments *arguments, const char *value,
                      struct err *err)
{
    const struct report *report = report_find(value, err);

    if (!report)
        return err_context(err, "--format");
    if (arguments->format_count ==
        sizeof arguments->formats / sizeof *arguments->formats)
        return err_set(err, "--format: too many");
    arguments->formats[arguments->format_count++] = report;
    return 0;
}

static int set_number(int id, const char *value,
                      struct batch_arguments *arguments, struct err *err)
{
    long long number;

    if (id == 'j') {
        if (opt_number(value, 1, JOBS_MAX, &number, "--jobs", err) < 0)
            return -1;
        arguments->jobs = (int)number;
    } else if (id == OPT_SEED) {
        if (opt_number(value, 0, INT64_MAX, &number, "--seed", err) < 0)
            return -1;
        arguments->has_seed = true;
        arguments->seed = (uint64_t)number;
    } else {
        bool lease = id == OPT_LEASE;

        if (opt_number(value, 1, 86400, &number,
                       lease ? "--lease" : "--timeout", err) < 0)
            return -1;
        *(lease ? &arguments->lease : &arguments->seconds) = (double)number;
    }
    return 0;
}

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct batch_arguments *arguments = data;

    switch (id) {
    case OPT_KATA:
        if (!strv_has(&arguments->katas, value))
            strv_add(&arguments->katas, value);
        return 0;
    case OPT_ENGINE:
        arguments->engine = engine_find(value, err);
        return arguments->engine ? 0 : -1;
    case OPT_RETRY:
        arguments->retry = true;
        return 0;
    case OPT_RESUME:
        arguments->resume = true;
        return 0;
    case OPT_TESTS:
        arguments->tests = value;
        return 0;
    case OPT_FORMAT:
        return set_format(arguments, value, err);
    case OPT_GRADING:
        arguments->grading = value;
        return 0;
    case OPT_SUBMITTED:
        arguments->submitted = value;
        return 0;
    case OPT_WORKER:
        arguments->worker = value;
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
    default:
        return set_number(id, value, arguments, err);
    }
}

/* Preparing */

static int load_katas(struct batch *batch, const struct cmd_context *context)
{
    const struct strv *named = &batch->arguments->katas;
    size_t count = named->count ? named->count : context->catalog.count;

    batch->katas = xcalloc(count + 1, sizeof(struct kata *));
    for (size_t i = 0; i < count; i++) {
        const char *slug =
            named->count ? named->items[i] : context->catalog.entries[i].slug;
        struct kata **kata = &batch->katas[batch->kata_count];

        if (catalog_load(&context->catalog, slug, kata, batch->err) < 0)
            return -1;
        batch->kata_count++;
        if (batch->arguments->tests &&
            kata_overlay(*kata, batch->arguments->tests, batch->err) < 0)
            return -1;
    }
    batch->roster.katas = batch->katas;
    batch->roster.kata_count = batch->kata_count;
    return 0;
}

static int choose_seed(struct batch *batch)
{
    const struct batch_arguments *arguments = batch->arguments;
    char *path = path_join(batch->out.inner, "roster.json");
    uint64_t old;
    size_t count;
    int status = 0;

    if (out_roster(batch->out.dir, &old, &count)) {
        if (arguments->has_seed && arguments->seed != old)
            status = err_set(batch->err,
                             "%s was graded with seed %" PRIu64
                             "; take another -o for another seed",
                             batch->out.dir, old);
        batch->roster.seed = old;
    } else if (!arguments->has_seed && access(path, F_OK) == 0) {
        status = err_set(batch->err,
                         "%s is damaged; --seed N (results/*.json tell N) goes "
                         "on with the same seed",
                         path);
    } else {
        batch->roster.seed =
            arguments->has_seed ? arguments->seed : grading_seed();
    }
    free(path);
    return status;
}

/* Progress */

static void show_bar(const struct batch *batch)
{
    double seconds = clock_now() - batch->started;
    size_t here = batch->done - batch->before, total = batch->roster.count;
    size_t filled = total ? 20 * batch->done / total : 20;
    double rate = seconds > 0 ? (double)here / seconds : 0;
    char *text = batch_describe(&batch->count);

    fprintf(stderr, "\r\033[K[%.*s%.*s] %zu/%zu", (int)filled,
            "####################", (int)(20 - filled), "....................",
            batch->done, total);
    if (here) {
        long left = (long)((double)(total - batch->done) / rate + 0.5);

        fprintf(stderr, "  %.2f/s  %ld:%02ld left", rate, left / 60, left % 60);
    }
    fprintf(stderr, "  %s", text);
    fflush(stderr);
    free(text);
}

static void show_line(const struct batch *batch, const struct item *item,
                      const json_t *result)
{
    const char *category =
        json_string_value(json_object_get(result, "category"));
    struct str student = STR_INIT;

    str_add_visible(&student, item->student, strlen(item->student), 200, false);
    fprintf(stderr, "[%zu/%zu] %s %s: %s%s%s %.6g\n", batch->done,
            batch->roster.count, student.text, batch->katas[item->kata]->slug,
            json_string_value(json_object_get(result, "verdict")),
            category ? " " : "", category ? category : "",
            json_number_value(json_object_get(result, "score")));
    str_release(&student);
}

/* Results */

static int say_what_to_do(struct batch *batch)
{
    return err_context(batch->err,
                       "results cannot be written (what was graded is kept, "
                       "and --resume goes on when there is room)");
}

/* There is no use in grading on. */
static void give_up(struct batch *batch)
{
    if (!batch->failed)
        say_what_to_do(batch);
    batch->failed = true;
}

static void take_result(struct batch *batch, const struct item *item,
                        json_t *result, bool show)
{
    if (out_write_result(&batch->out, &batch->roster, item, result,
                         batch->err) < 0) {
        give_up(batch);
        return;
    }
    batch_count_result(&batch->count, result);
    batch->done++;
    if (show && batch->bar)
        show_bar(batch);
    else if (show)
        show_line(batch, item, result);
}

/* The result of all submissions that are the same; false where it is not there
   or not whole, `err` has why, or, with --retry, is an error. */
static bool take_graded(struct batch *batch, const struct item *graded,
                        bool retry, bool show, struct err *err)
{
    char *path = out_graded(&batch->out, graded);
    json_t *result = out_read(path, batch->katas[graded->kata], err);
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    bool usable = verdict && !(retry && strcmp(verdict, "error") == 0);

    if (!usable)
        path_remove(path, NULL);
    for (size_t i = 0; usable && i < batch->roster.count; i++) {
        const struct item *item = &batch->roster.items[i];

        if (!item->note && strcmp(item->key, graded->key) == 0)
            take_result(batch, item, result, show);
    }
    json_decref(result);
    free(path);
    return usable;
}

static void keep_failure(struct batch *batch, const struct item *item,
                         const char *note)
{
    json_t *failure =
        roster_failure(&batch->roster, item, &batch->conditions, note);
    char *path = out_graded(&batch->out, item);
    char *text = json_dumps(failure, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

    if (text && path_write(path, text, strlen(text), 0644, batch->err) < 0)
        give_up(batch);
    free(text);
    free(path);
    json_decref(failure);
}

static void note_done(size_t index, const char *note, void *context)
{
    struct batch *batch = context;
    const struct item *item = &batch->roster.items[index];
    struct err why = ERR_INIT;

    if (note)
        keep_failure(batch, item, note);
    if (!take_graded(batch, item, false, true, &why) && !batch->err->set) {
        err_context(&why, "the checker left no whole result");
        keep_failure(batch, item, why.text);
        take_graded(batch, item, false, true, NULL);
    }
}

static bool has_failed(void *context)
{
    const struct batch *batch = context;

    return batch->failed;
}

/* What could not even be read has its result at once. */
static void take_notes(struct batch *batch)
{
    for (size_t i = 0; i < batch->roster.count; i++) {
        const struct item *item = &batch->roster.items[i];
        json_t *failure;

        if (!item->note)
            continue;
        failure = roster_failure(&batch->roster, item, &batch->conditions,
                                 item->note);
        take_result(batch, item, failure, !batch->bar);
        json_decref(failure);
    }
}

/* What an earlier run graded. A result that is damaged is made again. */
static bool take_before(struct batch *batch, const struct item *item)
{
    char *path = out_graded(&batch->out, item);
    struct err why = ERR_INIT;
    bool there = path_is_file(path) || path_is_dir(path);
    bool taken = take_graded(batch, item, batch->arguments->retry, false, &why);

    if (there && why.set)
        fprintf(stderr, "kata: graded again: %s\n", why.text);
    free(path);
    return taken;
}

/* The items to grade, one for each key; owned. */
static size_t *find_todo(struct batch *batch, size_t *count)
{
    const struct roster *roster = &batch->roster;
    size_t *todo = xcalloc(roster->count + 1, sizeof *todo);

    *count = 0;
    for (size_t i = 0; i < roster->count; i++) {
        bool first = !roster->items[i].note;

        for (size_t k = 0; k < i && first; k++)
            first = roster->items[k].note ||
                    strcmp(roster->items[k].key, roster->items[i].key) != 0;
        if (first && !take_before(batch, &roster->items[i]))
            todo[(*count)++] = i;
    }
    return todo;
}

static bool is_needed(const struct work *work, size_t kata)
{
    for (size_t i = 0; i < work->count; i++)
        if (work->roster->items[work->todo[i]].kata == kata)
            return true;
    return false;
}

static int grade_reference(struct batch *batch, const struct work *work,
                           size_t kata)
{
    const char *slug = batch->katas[kata]->slug, *verdict;
    char *output = path_join(batch->out.temporary, "reference.json"), *note;
    json_t *result;

    unlink(output);
    note = engine_grade(work, NULL, kata, work->jobs, output);
    result = note ? NULL : json_load_file(output, 0, NULL);
    verdict = json_string_value(json_object_get(result, "verdict"));
    if (!verdict || strcmp(verdict, "pass") != 0)
        err_set(batch->err,
                "the reference of %s does not pass%s%s; `kata grade %s "
                "--solution%s%s` shows why",
                slug, note ? ": " : "", note ? note : "", slug,
                work->tests ? " --tests " : "", work->tests ? work->tests : "");
    json_decref(result);
    free(note);
    free(output);
    return batch->err->set ? -1 : 0;
}

/* Grades the reference of each kata that is needed: that fills the cache, and
   shows that it passes what the submissions are held against. */
static int warm(struct batch *batch, const struct work *work)
{
    int status = 0;

    for (size_t k = 0; k < batch->kata_count && status == 0; k++)
        if (is_needed(work, k) && !proc_cancelled) {
            if (!batch->bar)
                fprintf(stderr, "grading the reference of %s first\n",
                        batch->katas[k]->slug);
            status = grade_reference(batch, work, k);
        }
    return status;
}

static void say(const char *text, void *context)
{
    struct batch *batch = context;

    fprintf(stderr, "%s%s\n", batch->bar ? "\r\033[K" : "", text);
    if (batch->bar)
        show_bar(batch);
}

static int cores(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count > 0 ? (int)count : 1;
}

static int grade_all(struct batch *batch, const char *root)
{
    const struct batch_arguments *arguments = batch->arguments;
    size_t count;
    size_t *todo = find_todo(batch, &count);
    char *program = path_real("/proc/self/exe");
    struct work work = {.out = &batch->out,
                        .roster = &batch->roster,
                        .root = root,
                        .program =
                            arguments->worker ? arguments->worker : program,
                        .tests = arguments->tests,
                        .self = program,
                        .seconds = arguments->seconds,
                        .jobs = arguments->jobs ? arguments->jobs : cores(),
                        .tasks = arguments->jobs,
                        .lease = arguments->lease,
                        .options = &arguments->engine_options,
                        .conditions = &batch->conditions,
                        .todo = todo,
                        .count = count,
                        .done = note_done,
                        .say = say,
                        .stop = has_failed,
                        .context = batch};
    int status = warm(batch, &work);

    batch->before = batch->done;
    batch->started = clock_now();
    if (batch->before && !batch->bar)
        fprintf(stderr, "%zu of %zu are done already\n", batch->before,
                batch->roster.count);
    if (status == 0 && !proc_cancelled)
        status = arguments->engine->run(&work, batch->err);
    if (batch->bar)
        fputc('\n', stderr);
    free(program);
    free(todo);
    return batch->err->set ? -1 : status;
}

/* Summaries */

/* A file that is written piece by piece and there only when it is whole. */
struct draft {
    char *path, *temporary;
    FILE *file;
};

static int draft_open(struct draft *draft, const struct batch *batch,
                      const char *name)
{
    draft->path = path_join(batch->out.dir, name);
    draft->temporary = xasprintf("%s/%s.new", batch->out.inner, name);
    draft->file = fopen(draft->temporary, "we");
    return draft->file ? 0 : err_errno(batch->err, "%s", draft->temporary);
}

static int draft_close(struct draft *draft, const struct batch *batch)
{
    int status = 0;

    if (draft->file && (fflush(draft->file) != 0 || ferror(draft->file) ||
                        fsync(fileno(draft->file)) < 0))
        status = err_errno(batch->err, "%s", draft->temporary);
    if (draft->file && fclose(draft->file) != 0 && status == 0)
        status = err_errno(batch->err, "%s", draft->temporary);
    if (draft->file && status == 0 && !batch->err->set &&
        rename(draft->temporary, draft->path) < 0)
        status = err_errno(batch->err, "%s", draft->path);
    free(draft->path);
    free(draft->temporary);
    return status;
}

static const char *note_of(const json_t *result)
{
    const json_t *stages = json_object_get(result, "stages");
    const json_t *stage;
    size_t i;

    json_array_foreach(stages, i, stage)
    {
        const char *status =
            json_string_value(json_object_get(stage, "status"));

        if (status && strcmp(status, "error") == 0)
            return json_string_value(json_object_get(stage, "reason"));
    }
    return NULL;
}

struct summary {
    struct batch_count *katas;
    size_t errors;
};

static void summarise(struct batch *batch, const struct item *item,
                      json_t *result, FILE *lines, FILE *table,
                      struct summary *summary)
{
    const char *category =
        json_string_value(json_object_get(result, "category"));
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    const char *student = json_string_value(json_object_get(result, "student"));
    const char *slug = batch->katas[item->kata]->slug;
    struct str note = STR_INIT;

    json_dumpf(result, lines, JSON_COMPACT | JSON_REAL_PRECISION(9));
    fputc('\n', lines);
    batch_count_result(&summary->katas[item->kata], result);
    if (verdict && strcmp(verdict, "error") == 0) {
        const char *why = note_of(result);

        if (why)
            str_add_visible(&note, why, strlen(why), 300, false);
        if (summary->errors++ < NOTES_SHOWN)
            printf("  not graded: %s %s: %s\n", student, slug, note.text);
    }
    fprintf(table, "%-40s %-24s %-6s %7.2f  %s%s%s\n", student, slug,
            verdict ? verdict : "?",
            json_number_value(json_object_get(result, "score")),
            category ? category : "", note.length ? ": " : "", note.text);
    str_release(&note);
}

static void print_table(const struct batch *batch,
                        const struct summary *summary, FILE *out)
{
    fprintf(out, "\n  %-28s %6s %6s %6s %6s  %s\n", "kata", "graded", "pass",
            "fail", "error", "mean");
    for (size_t k = 0; k < batch->kata_count; k++) {
        const struct batch_count *count = &summary->katas[k];
        size_t all = 0;

        for (int i = 0; i <= VERDICT_ERROR; i++)
            all += count->verdicts[i];
        if (all)
            fprintf(
                out, "  %-28s %6zu %6zu %6zu %6zu  %.1f\n",
                batch->katas[k]->slug, all - count->verdicts[VERDICT_ERROR],
                count->verdicts[VERDICT_PASS], count->verdicts[VERDICT_FAIL],
                count->verdicts[VERDICT_ERROR], count->points / (double)all);
    }
    fprintf(out, "\n  seed %" PRIu64 "\n", batch->roster.seed);
}

/* The result as it was written. One that cannot be read back is an error of its
   submission alone. Owned. */
static json_t *read_back(struct batch *batch, const struct item *item)
{
    char *path = out_result(&batch->out, &batch->roster, item);
    struct err why = ERR_INIT;
    json_t *result = out_read(path, batch->katas[item->kata], &why);

    if (!result) {
        result =
            roster_failure(&batch->roster, item, &batch->conditions, why.text);
        out_set_owner(result, item);
        batch->damaged = true;
    }
    free(path);
    return result;
}

static void summarise_all(struct batch *batch, FILE *lines, FILE *table)
{
    struct summary summary = {
        .katas = xcalloc(batch->kata_count + 1, sizeof *summary.katas)};

    for (size_t i = 0; i < batch->roster.count && !batch->err->set; i++) {
        const struct item *item = &batch->roster.items[i];
        json_t *result = read_back(batch, item);

        summarise(batch, item, result, lines, table, &summary);
        json_decref(result);
    }
    if (summary.errors > NOTES_SHOWN)
        printf("  not graded: %zu more, see summary.txt\n",
               summary.errors - NOTES_SHOWN);
    print_table(batch, &summary, table);
    print_table(batch, &summary, stdout);
    free(summary.katas);
}

static int write_summaries(struct batch *batch)
{
    struct draft lines = {.path = NULL}, table = {.path = NULL};

    if (draft_open(&lines, batch, "results.jsonl") == 0 &&
        draft_open(&table, batch, "summary.txt") == 0)
        summarise_all(batch, lines.file, table.file);
    for (size_t i = 0; i < batch->roster.aside.count; i++) {
        const char *text = batch->roster.aside.items[i];
        struct str shown = STR_INIT;

        str_add_visible(&shown, text, strlen(text), 300, false);
        printf("  left aside: %s\n", shown.text);
        if (table.file)
            fprintf(table.file, "  left aside: %s\n", shown.text);
        str_release(&shown);
    }
    draft_close(&lines, batch);
    draft_close(&table, batch);
    return batch->err->set ? say_what_to_do(batch) : 0;
}

/* Other formats: OUT/FORMAT/NAME.SLUG for each, OUT/FORMAT/all for the class
   where the format has such a report. */

static int write_class(struct batch *batch, const struct report *report,
                       const struct report_entry *entries, const char *dir)
{
    char *path = path_join(dir, "all"), *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    int status =
        memory ? report->write_all(entries, batch->roster.count, memory) : -1;

    if (memory && fclose(memory) != 0)
        status = -1;
    if (status == 0)
        status = path_write(path, text, length, 0644, batch->err);
    else
        err_set(batch->err, "%s: cannot be written", path);
    free(text);
    free(path);
    return status;
}

static int write_format(struct batch *batch, const struct report *report,
                        const struct report_entry *entries)
{
    char *dir = path_join(batch->out.dir, report->name);
    int status = path_mkdirs(dir, 0755, batch->err);

    for (size_t i = 0; i < batch->roster.count && status == 0; i++) {
        char *name = roster_name(&batch->roster, &batch->roster.items[i]);
        char *path = path_join(dir, name);

        status = report_save(report, entries[i].grade, path, batch->err);
        free(path);
        free(name);
    }
    if (status == 0 && report->write_all)
        status = write_class(batch, report, entries, dir);
    free(dir);
    return status;
}

static int write_formats(struct batch *batch)
{
    const struct batch_arguments *arguments = batch->arguments;
    size_t count = arguments->format_count ? batch->roster.count : 0,
           loaded = 0;
    struct grade *grades = xcalloc(count + 1, sizeof *grades);
    struct report_entry *entries = xcalloc(count + 1, sizeof *entries);
    int status = 0;

    for (; loaded < count && status == 0; loaded += status == 0) {
        const struct item *item = &batch->roster.items[loaded];
        json_t *result = read_back(batch, item);

        status = grade_from_json(result, batch->katas[item->kata],
                                 &grades[loaded], batch->err);
        if (status == 0 && awarding_apply(&batch->awarding, item->student,
                                          &grades[loaded], batch->err) < 0) {
            grade_release(&grades[loaded]);
            status = -1;
        }
        entries[loaded] = (struct report_entry){item->student, &grades[loaded]};
        json_decref(result);
    }
    for (size_t i = 0; i < arguments->format_count && status == 0; i++)
        status = write_format(batch, arguments->formats[i], entries);
    while (loaded > 0)
        grade_release(&grades[--loaded]);
    free(grades);
    free(entries);
    return status;
}

/* Keeps when submissions were handed in for later reports: what an instructor
   gave, and what the export says. */
static int keep_times(struct batch *batch)
{
    const char *given = batch->arguments->submitted;
    char *path = path_join(batch->out.dir, "submitted.csv");
    char *inner = path_join(batch->out.inner, "submitted.csv");
    int status = 0;

    if (batch->roster.timed.count)
        status = submitted_write(inner, &batch->roster.timed,
                                 &batch->roster.times, batch->err);
    if (status == 0)
        status =
            awarding_read_times(&batch->awarding, batch->out.dir, batch->err);
    if (status == 0 && given)
        status = path_copy(given, path, batch->err);
    free(inner);
    free(path);
    return status;
}

/* What is awarded stands in the class report and in other formats, never in the
   results, which stay when points change. */
static int write_awarded(struct batch *batch, const struct cmd_context *context)
{
    size_t count, unread;
    int status = 0;

    if (batch->awarding.path)
        status = class_write(&context->catalog, batch->out.dir, batch->out.dir,
                             &batch->awarding, &count, &unread, batch->err);
    awarding_tell(&batch->awarding, true);
    return status;
}

static void tell_next(const struct batch *batch)
{
    struct str dir = STR_INIT;

    str_add_quoted(&dir, batch->out.dir);
    if (batch->awarding.path)
        fprintf(stderr,
                "points are in %s/class.html and class.csv; `kata report %s "
                "--grading FILE` writes them again\n",
                batch->out.dir, dir.text);
    else if (batch->done > 1)
        fprintf(stderr, "`kata report %s` writes the class report\n", dir.text);
    str_release(&dir);
}

/* Results of students who are gone come back where they do. */
static int sweep(struct batch *batch)
{
    size_t removed;

    if (out_sweep(&batch->out, &batch->roster, &removed, batch->err) < 0)
        return -1;
    if (removed)
        fprintf(stderr,
                "%zu results are taken out of %s/results: their submissions "
                "are no longer there\n",
                removed, batch->out.dir);
    return 0;
}

/* The folder of results must not be taken for a student's. */
static int check_apart(const char *submissions, const char *output,
                       struct err *err)
{
    char *in = path_real(submissions), *near = xstrdup(output), *real;
    size_t length = in ? strlen(in) : 0;
    int status = 0;

    while (!(real = path_real(near))) {
        char *above = path_dirname(near);

        free(near);
        near = above;
    }
    if (in && path_is_dir(in) && str_starts(real, in) &&
        (real[length] == '/' || real[length] == '\0'))
        status = err_set(err,
                         "%s lies in the submissions' folder %s; choose a "
                         "folder beside it for -o",
                         output, submissions);
    free(real);
    free(near);
    free(in);
    return status;
}

static int run_batch(struct batch *batch, const struct cmd_context *context)
{
    const struct batch_arguments *arguments = batch->arguments;
    int status = out_check_katas(&batch->out, &batch->roster, batch->err);

    if (status == 0)
        status = choose_seed(batch);

    if (status == 0)
        status = intake_read(context->operands.items[0],
                             arguments->katas.count == 0, &batch->sandbox,
                             &batch->out, &batch->roster, batch->err);
    if (status == 0)
        status = keep_times(batch);
    if (status == 0)
        status =
            roster_set_keys(&batch->roster, &batch->conditions, batch->err);
    if (status == 0)
        status = out_set_roster(&batch->out, &batch->roster, batch->err);
    if (status == 0)
        status = sweep(batch);
    if (status < 0)
        return -1;
    take_notes(batch);
    status = grade_all(batch, context->root);
    if (status < 0 || proc_cancelled)
        return status;
    status = write_summaries(batch);
    if (status == 0)
        status = write_formats(batch);
    if (status == 0)
        status = write_awarded(batch, context);
    if (status < 0)
        return -1;
    tell_next(batch);
    return batch->count.verdicts[VERDICT_ERROR] || batch->damaged ||
                   batch->roster.aside.count
               ? EXIT_ENVIRONMENT
               : EXIT_PASS;
}

static void release(struct batch *batch)
{
    for (size_t i = 0; i < batch->kata_count; i++)
        kata_free(batch->katas[i]);
    free(batch->katas);
    conditions_release(&batch->conditions);
    awarding_close(&batch->awarding);
    roster_release(&batch->roster);
    cache_release(&batch->cache);
    sandbox_close(&batch->sandbox);
}

static int start(const struct batch_arguments *arguments,
                 const struct cmd_context *context, struct err *err)
{
    struct batch batch = {
        .arguments = arguments, .bar = isatty(STDERR_FILENO) == 1, .err = err};
    int status;

    if (sandbox_open(&batch.sandbox, err) < 0)
        return err_context(err, "no sandbox, and others' code is not graded "
                                "without one (`kata doctor`)");
    cache_open(&batch.cache);
    status = awarding_open(&batch.awarding, &context->catalog, NULL,
                           arguments->grading, arguments->submitted, err);
    if (status == 0)
        status = load_katas(&batch, context);
    if (status == 0)
        status = conditions_find(&batch.conditions, context->root,
                                 arguments->seconds, &batch.cache,
                                 &batch.sandbox, err);
    if (status == 0)
        status =
            check_apart(context->operands.items[0], arguments->output, err);
    if (status == 0)
        status = out_open(&batch.out, arguments->output,
                          arguments->resume || arguments->retry,
                          batch.sandbox.uid != 0, err);
    if (status == 0) {
        status = run_batch(&batch, context);
        if (proc_cancelled)
            fprintf(stderr, "kata: interrupted; --resume goes on\n");
        out_close(&batch.out);
    }
    release(&batch);
    return status;
}

/* One that is called by name: status, diff, report. */
static const struct cmd *find_inner(const char *name)
{
    for (size_t i = 0; cmd_batch_table[i]; i++)
        if (strcmp(cmd_last_name(cmd_batch_table[i]), name) == 0)
            return cmd_batch_table[i];
    return NULL;
}

/* What comes after "--" is the engine's. Returns how many come before. */
static int take_engine_options(int argc, char **argv, struct strv *options)
{
    int count = 1;

    while (count < argc && strcmp(argv[count], "--") != 0)
        count++;
    for (int i = count + 1; i < argc; i++)
        strv_add(options, argv[i]);
    return count;
}

static int cmd_batch_run(const struct cmd *cmd, int argc, char **argv)
{
    struct batch_arguments arguments = {
        .engine = &engine_local, .seconds = SECONDS, .lease = LEASE_SECONDS};
    const struct cmd *inner = argc > 1 ? find_inner(argv[1]) : NULL;
    struct cmd_context context;
    struct err err = ERR_INIT;
    int status;

    if (inner)
        return inner->run(inner, argc - 1, argv + 1);
    argc = take_engine_options(argc, argv, &arguments.engine_options);
    status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, false, 1, &context);
    if (status >= 0) {
        strv_release(&arguments.katas);
        strv_release(&arguments.engine_options);
        return status;
    }
    if (context.operands.count == 0) {
        status = cmd_usage(cmd, "SUBMISSIONS is missing");
    } else if (!arguments.output) {
        status = cmd_usage(cmd, "-o OUT is missing: where results go");
    } else if (arguments.engine_options.count && !arguments.engine->options) {
        status = cmd_usage(cmd,
                           "what comes after -- is for the engine, and %s "
                           "takes nothing",
                           arguments.engine->name);
    } else {
        proc_handle_signals();
        status = start(&arguments, &context, &err);
        if (proc_cancelled)
            status = EXIT_INTERRUPTED;
        else if (status < 0)
            status = cmd_error(&err);
    }
    strv_release(&arguments.katas);
    strv_release(&arguments.engine_options);
    cmd_release(&context);
    return status;
}

static const struct opt batch_opts[] = {
    {OPT_KATA, "kata", "SLUG",
     "grade this kata; may be repeated (default: each whose SNAKE.c is found)"},
    {'o', "output", "DIR", "where the results go"},
    {'j', "jobs", "N",
     "gradings at the same time (default: one a core, or what a cluster has)"},
    {OPT_ENGINE, "engine", "ENGINE",
     "local (default), slurm (a cluster), parallel (machines with ssh)"},
    {OPT_RESUME, "resume", NULL, "go on with what is in the folder of -o"},
    {OPT_RETRY, "retry", NULL,
     "go on, and grade again what ended with an error"},
    {OPT_SEED, "seed", "N", "seed of the random traces (default: a new one)"},
    {OPT_TESTS, "tests", "DIR", "count the tests and traces in DIR/SLUG, too"},
    {OPT_TIMEOUT, "timeout", "SECONDS",
     "give up a grading after so long (default: 600)"},
    {OPT_LEASE, "lease", "SECONDS",
     "elsewhere: a task that is silent so long is dead (default: 60)"},
    {OPT_FORMAT, "format", "FORMAT",
     "write this format of each result, too; may be repeated"},
    {OPT_GRADING, "grading", "FILE",
     "award points by an instructor's grading.json: see docs/grading.md"},
    {OPT_SUBMITTED, "submitted", "CSV",
     "when they were handed in: lines student,time"},
    {OPT_WORKER, "worker", "PROGRAM",
     "run PROGRAM instead of kata for each grading"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_batch = {
    "batch",
    "status|diff|report|SUBMISSIONS",
    "Grade many submissions.",
    "SUBMISSIONS is a folder with a file or a folder for each student, as\n"
    "GitHub Classroom, Gradescope, Moodle and Canvas export them, or an\n"
    "archive of it (.zip, .tar, .tar.gz ...). docs/batch.md tells more.\n"
    "What comes after `--` is for sbatch or GNU parallel, where those grade.\n"
    "Exit status: 0 when all were graded, whatever the verdicts; 3 when some\n"
    "could not be; 130 when interrupted.",
    batch_opts,
    cmd_batch_run};
