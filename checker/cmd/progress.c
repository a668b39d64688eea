/* kata progress: what was done, on the terminal, for programs, as a page; and
   the whole record out and in again. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/term.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "report/activity.h"
#include "store/transfer.h"

#include <stdlib.h>
#include <string.h>

enum { OPT_HTML = 256, OPT_EXPORT, OPT_IMPORT, IMPORT_MAX = 1 << 28, BAR = 20 };

struct progress_arguments {
    bool json;
    const char *html, *export, *import;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct progress_arguments *arguments = data;

    (void)err;
    if (id == 'j')
        arguments->json = true;
    else if (id == OPT_HTML)
        arguments->html = value;
    else if (id == OPT_EXPORT)
        arguments->export = value;
    else
        arguments->import = value;
    return 0;
}

/* On the terminal */

static void print_topics(const struct summary *summary)
{
    bool colour = term_colour(stdout);

    for (size_t i = 0; i < summary->topic_count; i++) {
        const struct summary_topic *topic = &summary->topics[i];
        int full = BAR * topic->passed / topic->katas;
        int begun = BAR * (topic->passed + topic->started) / topic->katas;

        printf("  %-12s %s", topic->name, term_style(colour, TERM_GREEN));
        for (int k = 0; k < BAR; k++)
            fputs(k < full ? "#" : k < begun ? "+" : ".", stdout);
        printf("%s  %d of %d\n", term_style(colour, TERM_PLAIN), topic->passed,
               topic->katas);
    }
}

static void print_kata(const struct summary_kata *entry)
{
    const struct progress *progress = &entry->progress;
    char time[ACTIVITY_TIME_SIZE], date[SUMMARY_DATE_SIZE];
    int64_t last =
        progress->last.when ? progress->last.when : progress->started;

    activity_time(progress->seconds, time);
    summary_date(summary_day_of(last), date);
    printf("  %-22s %-8s %8d %7d %6d %11s %5.0f  %s%s\n", entry->kata->slug,
           progress_state_name(progress->state), progress->attempts,
           progress->grades, progress->hints, time, progress->best, date,
           entry->due ? "  due" : "");
}

static void print_katas(const struct summary *summary)
{
    bool any = false;

    for (size_t i = 0; i < summary->kata_count; i++) {
        if (summary->katas[i].progress.state == PROGRESS_NEW)
            continue;
        if (!any)
            printf("\n  %-22s %-8s %8s %7s %6s %11s %5s  %s\n", "kata", "state",
                   "attempts", "grades", "hints", "time", "best", "last");
        any = true;
        print_kata(&summary->katas[i]);
    }
}

static void print_text(const struct summary *summary)
{
    printf("%d of %zu katas passed, %d begun\n"
           "%d grade%s, %d quick test%s, %d hint%s, on %zu day%s\n\n",
           summary->passed, summary->kata_count, summary->started,
           summary->grades, summary->grades == 1 ? "" : "s", summary->tests,
           summary->tests == 1 ? "" : "s", summary->hints,
           summary->hints == 1 ? "" : "s", summary->day_count,
           summary->day_count == 1 ? "" : "s");
    print_topics(summary);
    print_katas(summary);
    if (summary->due)
        printf("\n%d due again: `kata review`\n", summary->due);
    else if (summary->passed < (int)summary->kata_count)
        puts("\nwhat to take up: `kata next`");
}

/* For programs */

static json_t *describe_kata(const struct summary_kata *entry)
{
    const struct progress *progress = &entry->progress;

    return json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:i, s:i, s:i, s:f, s:f, "
        "s:b}",
        "slug", entry->kata->slug, "topic", entry->kata->topic, "level",
        kata_level_name(entry->kata->level), "state",
        progress_state_name(progress->state), "attempts", progress->attempts,
        "started", (json_int_t)progress->started, "saved",
        (json_int_t)progress->saved, "passed", (json_int_t)progress->passed,
        "hints", progress->hints, "grades", progress->grades, "failed",
        progress->failed, "seconds", progress->seconds, "best", progress->best,
        "due", entry->due);
}

static json_t *describe_days(const struct summary *summary)
{
    json_t *list = json_array();

    for (size_t i = 0; i < summary->day_count; i++) {
        char date[SUMMARY_DATE_SIZE];

        summary_date(summary->days[i].day, date);
        json_array_append_new(list,
                              json_pack("{s:s, s:i, s:i}", "date", date,
                                        "passed", summary->days[i].passed,
                                        "failed", summary->days[i].failed));
    }
    return list;
}

static void print_json(const struct summary *summary)
{
    json_t *katas = json_array(), *topics = json_array(), *whole;

    for (size_t i = 0; i < summary->kata_count; i++)
        json_array_append_new(katas, describe_kata(&summary->katas[i]));
    for (size_t i = 0; i < summary->topic_count; i++)
        json_array_append_new(topics,
                              json_pack("{s:s, s:i, s:i, s:i}", "topic",
                                        summary->topics[i].name, "katas",
                                        summary->topics[i].katas, "passed",
                                        summary->topics[i].passed, "started",
                                        summary->topics[i].started));
    whole = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o}", "passed",
                      summary->passed, "started", summary->started, "due",
                      summary->due, "grades", summary->grades, "tests",
                      summary->tests, "hints", summary->hints, "topics", topics,
                      "days", describe_days(summary), "katas", katas);
    json_dumpf(whole, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(whole);
}

static int write_page(const struct summary *summary, const char *path,
                      struct err *err)
{
    struct str page = STR_INIT;
    int status;

    activity_page(summary, &page);
    status = path_write(path, page.text, page.length, 0644, err);
    str_release(&page);
    if (status == 0)
        printf("written to %s\n", path);
    return status;
}

static int summarise(struct cmd_context *context, struct db *db,
                     const struct progress_arguments *arguments,
                     struct err *err)
{
    struct summary summary;
    int status = 0;

    catalog_load_all(&context->catalog);
    if (summary_make(db, &context->catalog, clock_calendar(), &summary, err) <
        0)
        return -1;
    if (arguments->html)
        status = write_page(&summary, arguments->html, err);
    else if (arguments->json)
        print_json(&summary);
    else
        print_text(&summary);
    summary_release(&summary);
    return status;
}

/* Out and in again */

static int export_to(struct db *db, const char *path, struct err *err)
{
    json_t *document = transfer_export(db, err);
    struct str text = STR_INIT;
    char *dump;
    int status;

    if (!document)
        return -1;
    dump = json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(document);
    str_addf(&text, "%s\n", dump ? dump : "");
    free(dump);
    status = path_write(path, text.text, text.length, 0644, err);
    str_release(&text);
    return status;
}

static int import_from(struct db *db, const char *path, struct err *err)
{
    struct str text = STR_INIT;
    struct transfer_result result = {.rows = 0};
    json_error_t error;
    json_t *document = NULL;
    int status = path_read(path, IMPORT_MAX, &text, err);

    if (status == 0) {
        document =
            json_loadb(text.text, text.length, JSON_REJECT_DUPLICATES, &error);
        if (!document)
            status = err_set(err, "%s:%d: %s", path, error.line, error.text);
    }
    if (document && (status = transfer_import(db, document, &result, err)) < 0)
        err_context(err, "%s: nothing was imported", path);
    if (status == 0)
        printf("%zu rows, %zu of them new\n", result.rows, result.changed);
    json_decref(document);
    str_release(&text);
    return status;
}

/* To import and to export, a database in memory will not do. */
static int transfer(struct cmd_context *context,
                    const struct progress_arguments *arguments, struct err *err)
{
    struct db *db;
    int status = attempt_open_db(
        context, arguments->import ? DB_WRITE : DB_READ, &db, err);

    if (status < 0)
        return -1;
    status = arguments->import ? import_from(db, arguments->import, err)
                               : export_to(db, arguments->export, err);
    db_close(db);
    return status;
}

static int cmd_progress_run(const struct cmd *cmd, int argc, char **argv)
{
    struct progress_arguments arguments = {.json = false};
    struct cmd_context context;
    struct err err = ERR_INIT;
    struct db *db;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, false, 0, &context);

    if (status >= 0)
        return status;
    if (arguments.json + (arguments.html != NULL) + (arguments.export != NULL) +
            (arguments.import != NULL) >
        1) {
        status = cmd_usage(
            cmd, "--json, --html, --export and --import exclude one another");
    } else if (arguments.export || arguments.import) {
        status = transfer(&context, &arguments, &err);
    } else {
        db = attempt_db(&context, DB_READ);
        status = summarise(&context, db, &arguments, &err);
        db_close(db);
    }
    if (status < 0)
        status = cmd_error(&err);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'j', "json", NULL, "an object, for programs"},
    {OPT_HTML, "html", "FILE", "write a page with plots"},
    {OPT_EXPORT, "export", "FILE", "write it all as JSON, to keep or move"},
    {OPT_IMPORT, "import", "FILE", "merge what --export wrote"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_progress = {
    "progress",
    "",
    "Show what you have done so far.",
    "Grades of your own attempts count, by `kata grade`, `kata test` and "
    "`kata\n"
    "watch`; those of other files, --solution and --stub do not. Only a grade\n"
    "with every stage makes a kata pass. Everything is in work/progress.db;\n"
    "importing a file twice changes nothing.",
    options,
    cmd_progress_run};
