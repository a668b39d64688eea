/* kata list: the catalogue, full screen on a terminal, plain otherwise. */
#include "base/str.h"
#include "base/suggest.h"
#include "base/tty.h"
#include "cmd/browse.h"
#include "cmd/commands.h"
#include "cmd/listing.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_PLAIN = 256, OPT_STATE, OPT_LEVEL };

struct list_arguments {
    bool json, plain;
    struct listing_filter filter;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct list_arguments *arguments = data;

    switch (id) {
    case OPT_STATE:
        arguments->filter.state = listing_state(value);
        return arguments->filter.state < 0
                   ? err_set(err, "--state: expected new, started or passed")
                   : 0;
    case OPT_LEVEL:
        arguments->filter.level = listing_level(value);
        return arguments->filter.level < 0
                   ? err_set(err, "--level: expected junior, mid or senior")
                   : 0;
    case OPT_PLAIN:
        arguments->plain = true;
        return 0;
    default:
        arguments->json = true;
        return 0;
    }
}

static int check_topic(const struct cmd *cmd, const char *topic)
{
    struct suggest suggest = SUGGEST_INIT(topic);

    for (size_t i = 0; catalog_topics[i]; i++) {
        if (strcmp(catalog_topics[i], topic) == 0)
            return -1;
        suggest_offer(&suggest, catalog_topics[i]);
    }
    if (suggest.best)
        return cmd_usage(cmd, "there is no topic '%s'; did you mean '%s'?",
                         topic, suggest.best);
    return cmd_usage(cmd, "there is no topic '%s'", topic);
}

static json_t *names(const struct strv *strings)
{
    json_t *array = json_array();

    for (size_t i = 0; i < strings->count; i++)
        json_array_append_new(array, json_string(strings->items[i]));
    return array;
}

/* Of a folder or an error, in which a name may be of any bytes. */
static char *visible(const char *text)
{
    struct str out = STR_INIT;

    str_add_visible(&out, text, strlen(text), SIZE_MAX, false);
    return str_detach(&out);
}

static json_t *describe_broken(const struct catalog_entry *entry)
{
    char *slug = visible(entry->slug), *topic = visible(entry->topic);
    char *error = visible(entry->error);
    json_t *object = json_pack("{s:s, s:s, s:s}", "slug", slug, "topic", topic,
                               "error", error);

    free(slug);
    free(topic);
    free(error);
    return object;
}

static json_t *describe(const struct catalog_entry *entry,
                        enum progress_state state)
{
    const struct kata *kata = entry->kata;

    if (!kata)
        return describe_broken(entry);
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:o, s:o}", "slug",
                     kata->slug, "topic", kata->topic, "title", kata->title,
                     "level", kata_level_name(kata->level), "minutes",
                     kata->minutes, "state", progress_state_name(state),
                     "needs", names(&kata->needs), "tags", names(&kata->tags));
}

static void print_json(const struct catalog *catalog,
                       const struct standing *standing,
                       const struct listing_filter *filter)
{
    json_t *array = json_array();

    for (size_t i = 0; i < catalog->count; i++)
        if (listing_shows(filter, &catalog->entries[i], standing->states[i]))
            json_array_append_new(
                array, describe(&catalog->entries[i], standing->states[i]));
    json_dumpf(array, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(array);
}

static void print_broken(const struct catalog_entry *entry, int width)
{
    char *slug = visible(entry->slug), *error = visible(entry->error);

    printf("  %-*s  broken: %s\n", width, slug, error);
    free(slug);
    free(error);
}

static void print_entry(const struct catalog_entry *entry,
                        enum progress_state state, int width)
{
    const struct kata *kata = entry->kata;

    if (kata)
        printf("  %-*s  %-6s  %3d min  %-7s  %s\n", width, kata->slug,
               kata_level_name(kata->level), kata->minutes,
               progress_state_name(state), kata->title);
    else
        print_broken(entry, width);
}

static void print_topic(const char *topic, bool first)
{
    char *name = visible(topic);

    printf("%s%s\n", first ? "" : "\n", name);
    free(name);
}

static void print_table(const struct catalog *catalog,
                        const struct standing *standing,
                        const struct listing_filter *filter)
{
    const char *last = NULL;
    int width = 0;

    for (size_t i = 0; i < catalog->count; i++)
        if ((int)strlen(catalog->entries[i].slug) > width)
            width = (int)strlen(catalog->entries[i].slug);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];

        if (!listing_shows(filter, entry, standing->states[i]))
            continue;
        if (!last || strcmp(last, entry->topic) != 0)
            print_topic(entry->topic, !last);
        last = entry->topic;
        print_entry(entry, standing->states[i], width);
    }
}

static bool has_broken(const struct catalog *catalog,
                       const struct listing_filter *filter)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->entries[i].error &&
            listing_shows(filter, &catalog->entries[i], PROGRESS_NEW))
            return true;
    return false;
}

static int print(const struct cmd_context *context,
                 const struct list_arguments *arguments)
{
    struct standing standing;

    standing_load(context, &standing);
    if (arguments->json)
        print_json(&context->catalog, &standing, &arguments->filter);
    else
        print_table(&context->catalog, &standing, &arguments->filter);
    standing_release(&standing);
    return has_broken(&context->catalog, &arguments->filter) ? EXIT_ENVIRONMENT
                                                             : EXIT_PASS;
}

/* The kata that is chosen on the full screen is watched. */
static int watch(char *slug)
{
    char name[] = "watch", *argv[] = {name, slug, NULL};

    return cmd_watch.run(&cmd_watch, 2, argv);
}

static int look_around(const struct cmd_context *context,
                       const struct listing_filter *filter)
{
    struct err err = ERR_INIT;
    int signals = tty_block_signals(&err), status = -1;
    char *slug = NULL;

    if (signals >= 0 && tty_enter(&err) == 0)
        status = browse(context, signals, filter, NULL, &slug, &err);
    tty_leave();
    if (signals >= 0)
        close(signals);
    if (err.set)
        status = cmd_error(&err);
    else if (status < 0)
        status = slug ? watch(slug) : EXIT_PASS;
    free(slug);
    return status;
}

/* Where nobody could use the full screen, the list is for reading. */
static bool is_interactive(void)
{
    const char *term = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
           strcmp(term, "dumb") != 0;
}

static int cmd_list_run(const struct cmd *cmd, int argc, char **argv)
{
    struct list_arguments arguments = {.filter = {.level = -1, .state = -1}};
    struct cmd_context context;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, false, 1, &context);

    if (status >= 0)
        return status;
    if (context.operands.count > 0) {
        arguments.filter.topic = context.operands.items[0];
        status = check_topic(cmd, arguments.filter.topic);
    }
    if (status < 0) {
        catalog_load_all(&context.catalog);
        if (!arguments.json && !arguments.plain && is_interactive())
            status = look_around(&context, &arguments.filter);
        else
            status = print(&context, &arguments);
    }
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'j', "json", NULL, "a list of objects, for programs"},
    {OPT_PLAIN, "plain", NULL, "lines, on a terminal too"},
    {OPT_STATE, "state", "new|started|passed", "only those in this state"},
    {OPT_LEVEL, "level", "junior|mid|senior", "only those of this level"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_list = {
    "list",
    "[TOPIC]",
    "List the katas: slug, level, minutes, state and title.",
    "On a terminal the list is a full screen: enter starts a kata or goes on\n"
    "with it, in `kata watch`. Otherwise, or with --plain, a kata is a "
    "line.\n\n"
    "A kata that cannot be read is listed with what is wrong with it, and the\n"
    "exit status is 3.",
    options,
    cmd_list_run};
