/* kata next: which kata to take up, and why. */
#include "store/next.h"

#include "base/markdown.h"
#include "base/term.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"

#include <jansson.h>
#include <string.h>

enum { SHOWN = 3, COLUMNS_MAX = 80 };

static int set_json(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

static void print_json(const struct next *next, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:i, s:b, s:s}", "slug",
                            next[i].kata->slug, "topic", next[i].kata->topic,
                            "level", kata_level_name(next[i].kata->level),
                            "minutes", next[i].kata->minutes, "begun",
                            next[i].begun, "why", next[i].why));
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

static void print_first(const struct next *next)
{
    bool colour = term_colour(stdout);
    int width = term_width(stdout);
    struct str text = STR_INIT;

    printf("%s%s%s  %s (%s, %d min)\n\n", term_style(colour, TERM_BOLD),
           next->kata->slug, term_style(colour, TERM_PLAIN), next->kata->title,
           kata_level_name(next->kata->level), next->kata->minutes);
    markdown_render(&text, next->why, strlen(next->why),
                    width < COLUMNS_MAX ? width : COLUMNS_MAX, colour);
    printf("%s\n  kata %s %s\n", text.text, next->begun ? "watch" : "start",
           next->kata->slug);
    str_release(&text);
}

static void print_text(const struct next *next, size_t count)
{
    if (count == 0) {
        puts("every kata has passed; `kata review` says what is due again");
        return;
    }
    print_first(next);
    for (size_t i = 1; i < count; i++)
        printf("%s  %-22s %s\n", i == 1 ? "\nor\n" : "", next[i].kata->slug,
               next[i].why);
}

static int cmd_next_run(const struct cmd *cmd, int argc, char **argv)
{
    struct progress_list list = PROGRESS_LIST_INIT;
    struct cmd_context context;
    struct err err = ERR_INIT;
    struct next next[SHOWN];
    struct db *db;
    bool json = false;
    int status =
        cmd_begin(cmd, argc, argv, set_json, &json, false, 0, &context);

    if (status >= 0)
        return status;
    catalog_load_all(&context.catalog);
    db = attempt_db(&context, DB_READ);
    if (progress_all(db, &list, &err) < 0) {
        status = cmd_error(&err);
    } else {
        size_t count = next_rank(&context.catalog, &list, next, SHOWN);

        (json ? print_json : print_text)(next, count);
        next_release(next, count);
        status = EXIT_PASS;
    }
    progress_list_release(&list);
    db_close(db);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'j', "json", NULL, "a list of objects, best first, for programs"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_next = {
    "next",
    "",
    "Say which kata to take up next, and why.",
    "What you have begun comes first, then a kata of which all that it needs\n"
    "has passed: the lowest level, then the topic that you know least of.",
    options,
    cmd_next_run};
