/* kata review: what is due again, by the schedule of store/schedule.h. */
#include "base/clock.h"
#include "base/str.h"
#include "base/term.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COMING = 5, DAYS_SIZE = 32 };

static const double day = 24 * 60 * 60 * 1000.0;

static int set_json(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

static bool is_due(const struct scheduled *item, int64_t now)
{
    return item->memory.due <= now;
}

/* Has an attempt begun since, which has not passed yet? */
static bool is_begun(struct db *db, const struct scheduled *item)
{
    struct progress progress;

    return strcmp(item->kind, PROGRESS_KIND) == 0 &&
           progress_of(db, item->item, &progress, NULL) == 0 &&
           progress.started > item->memory.reviewed && !progress.passed;
}

/* What to type. The caller frees it. */
static char *command_of(struct db *db, const struct scheduled *item)
{
    struct str command = STR_INIT, name = STR_INIT;

    str_add_visible(&name, item->item, strlen(item->item), SIZE_MAX, false);
    if (strcmp(item->kind, PROGRESS_KIND) != 0)
        str_addf(&command, "kata ask %s", name.text);
    else if (is_begun(db, item))
        str_addf(&command, "kata watch %s", name.text);
    else
        str_addf(&command, "kata start %s --again", name.text);
    str_release(&name);
    return str_detach(&command);
}

/* "today", "in 3 days", "12 days ago". */
static void say_when(int64_t when, int64_t now, char text[DAYS_SIZE])
{
    double days = (double)(when - now) / day;
    int number = (int)(days > 0 ? ceil(days) : floor(-days));

    if (number == 0)
        snprintf(text, DAYS_SIZE, "today");
    else
        snprintf(text, DAYS_SIZE, "%s%d day%s%s", days > 0 ? "in " : "", number,
                 number == 1 ? "" : "s", days > 0 ? "" : " ago");
}

static void print_item(struct db *db, const struct scheduled *item, int64_t now)
{
    char *command = command_of(db, item);
    char due[DAYS_SIZE], last[DAYS_SIZE];

    say_when(item->memory.due, now, due);
    say_when(item->memory.reviewed, now, last);
    printf("  %-13s %-38s %4.0f %%  %-5s %s\n", due, command,
           100 * schedule_recall(&item->memory, now), rating_name(item->last),
           last);
    free(command);
}

static void print_head(const char *text)
{
    bool colour = term_colour(stdout);

    printf("%s%-15s%s %-38s recall  last\n", term_style(colour, TERM_BOLD),
           text, term_style(colour, TERM_PLAIN), "");
}

static void print_text(struct db *db, const struct schedule *schedule,
                       int64_t now)
{
    size_t i = 0, shown = 0;

    if (schedule->count == 0) {
        puts("nothing to review yet: a kata comes back after its first pass");
        return;
    }
    if (is_due(&schedule->items[0], now))
        print_head("due");
    else
        puts("nothing is due\n");
    for (; i < schedule->count && is_due(&schedule->items[i], now); i++)
        print_item(db, &schedule->items[i], now);
    if (i < schedule->count) {
        if (i > 0)
            putchar('\n');
        print_head("coming");
    }
    for (; i < schedule->count && shown < COMING; i++, shown++)
        print_item(db, &schedule->items[i], now);
    if (i < schedule->count)
        printf("  and %zu later\n", schedule->count - i);
}

static void print_json(struct db *db, const struct schedule *schedule,
                       int64_t now)
{
    json_t *list = json_array();

    for (size_t i = 0; i < schedule->count; i++) {
        const struct scheduled *item = &schedule->items[i];
        char *command = command_of(db, item);

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:b, s:I, s:I, s:s, s:f, s:f, s:f, s:i, s:s}",
                      "kind", item->kind, "item", item->item, "due_now",
                      is_due(item, now), "due", (json_int_t)item->memory.due,
                      "reviewed", (json_int_t)item->memory.reviewed, "rating",
                      rating_name(item->last), "recall",
                      schedule_recall(&item->memory, now), "stability",
                      item->memory.stability, "difficulty",
                      item->memory.difficulty, "reviews", item->memory.reviews,
                      "command", command));
        free(command);
    }
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

static int cmd_review_run(const struct cmd *cmd, int argc, char **argv)
{
    struct schedule schedule = SCHEDULE_INIT;
    struct cmd_context context;
    struct err err = ERR_INIT;
    struct db *db;
    bool json = false;
    int status =
        cmd_begin(cmd, argc, argv, set_json, &json, false, 0, &context);

    if (status >= 0)
        return status;
    db = attempt_db(&context, DB_READ);
    status = EXIT_PASS;
    if (schedule_list(db, NULL, &schedule, &err) < 0)
        status = cmd_error(&err);
    else
        (json ? print_json : print_text)(db, &schedule, clock_calendar());
    schedule_release(&schedule);
    db_close(db);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'j', "json", NULL, "a list of objects, soonest due first, for programs"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_review = {
    "review",
    "",
    "Say what is due again, katas and question cards.",
    "A kata that passed comes back when, by the FSRS-6 algorithm, the\n"
    "probability that you remember it has fallen to 90 %. Each first pass of "
    "an\n"
    "attempt is rated by hints, failed grades and time: again, hard, good or\n"
    "easy. `kata start SLUG --again` makes a clean attempt and keeps the old "
    "one.",
    options,
    cmd_review_run};
