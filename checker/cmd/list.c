#include "base/str.h"
#include "base/suggest.h"
#include "cmd/commands.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int set_json(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
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

static bool is_wanted(const struct catalog_entry *entry, const char *topic)
{
    return !topic || strcmp(entry->topic, topic) == 0;
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

static json_t *describe(const struct catalog_entry *entry)
{
    const struct kata *kata = entry->kata;

    if (!kata)
        return describe_broken(entry);
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "slug", kata->slug,
                     "topic", kata->topic, "title", kata->title, "level",
                     kata_level_name(kata->level), "minutes", kata->minutes,
                     "needs", names(&kata->needs), "tags", names(&kata->tags));
}

static void print_json(const struct catalog *catalog, const char *topic)
{
    json_t *array = json_array();

    for (size_t i = 0; i < catalog->count; i++)
        if (is_wanted(&catalog->entries[i], topic))
            json_array_append_new(array, describe(&catalog->entries[i]));
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

static void print_entry(const struct catalog_entry *entry, int width)
{
    const struct kata *kata = entry->kata;

    if (kata)
        printf("  %-*s  %-6s  %3d min  %s\n", width, kata->slug,
               kata_level_name(kata->level), kata->minutes, kata->title);
    else
        print_broken(entry, width);
}

static void print_topic(const char *topic, bool first)
{
    char *name = visible(topic);

    printf("%s%s\n", first ? "" : "\n", name);
    free(name);
}

static void print_table(const struct catalog *catalog, const char *topic)
{
    const char *last = NULL;
    int width = 0;

    for (size_t i = 0; i < catalog->count; i++)
        if ((int)strlen(catalog->entries[i].slug) > width)
            width = (int)strlen(catalog->entries[i].slug);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];

        if (!is_wanted(entry, topic))
            continue;
        if (!last || strcmp(last, entry->topic) != 0)
            print_topic(entry->topic, !last);
        last = entry->topic;
        print_entry(entry, width);
    }
}

static bool has_broken(const struct catalog *catalog, const char *topic)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->entries[i].error && is_wanted(&catalog->entries[i], topic))
            return true;
    return false;
}

static int cmd_list_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    const char *topic = NULL;
    bool json = false;
    int status =
        cmd_begin(cmd, argc, argv, set_json, &json, false, 1, &context);

    if (status >= 0)
        return status;
    if (context.operands.count > 0) {
        topic = context.operands.items[0];
        status = check_topic(cmd, topic);
    }
    if (status < 0) {
        catalog_load_all(&context.catalog);
        if (json)
            print_json(&context.catalog, topic);
        else
            print_table(&context.catalog, topic);
        status =
            has_broken(&context.catalog, topic) ? EXIT_ENVIRONMENT : EXIT_PASS;
    }
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'j', "json", NULL, "a list of objects, for programs"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_list = {
    "list",
    "[TOPIC]",
    "List the katas: slug, level, minutes and title.",
    "A kata that cannot be read is listed with what is wrong with it, and the "
    "exit\nstatus is 3.",
    options,
    cmd_list_run};
