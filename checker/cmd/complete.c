/*
 * kata complete -- WORD...: what may stand in the place of the last WORD, for
 * the completions of the shells (checker/shell/). The other words are what
 * stands between `kata` and the cursor. A line for each candidate, with its
 * help after a tab; the line ":file" or ":dir" asks the shell for names of
 * files or folders.
 *
 * All of it follows from cmd_table: an operand or the value of an option is
 * completed by its name there, "SLUG" by slugs, "a|b" by the words a and b.
 */
#include "base/alloc.h"
#include "batch/engine.h"
#include "cmd/commands.h"
#include "judge/prose.h"
#include "judge/stage.h"
#include "kata/card.h"
#include "report/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words are offered where they begin with `prefix`; `before` is put before
   each ("--stage=" of "--stage=or"). */
struct offer {
    const char *prefix, *before;
};

static void offer(const struct offer *to, const char *word, const char *help)
{
    struct str line = STR_INIT;

    if (!str_starts(word, to->prefix))
        return;
    str_addf(&line, "%s%s", to->before, word);
    if (help && *help) {
        str_addc(&line, '\t');
        str_add_visible(&line, help, strlen(help), 200, false);
    }
    puts(line.text);
    str_release(&line);
}

static void offer_slugs(const struct offer *to)
{
    struct catalog catalog = {.root = NULL};
    struct err err = ERR_INIT;
    char *root = catalog_root(&err);

    if (root && catalog_open(root, &catalog, &err) == 0) {
        catalog_load_all(&catalog);
        for (size_t i = 0; i < catalog.count; i++)
            if (catalog.entries[i].kata)
                offer(to, catalog.entries[i].slug,
                      catalog.entries[i].kata->title);
        catalog_release(&catalog);
    }
    free(root);
}

static void offer_topics(const struct offer *to)
{
    for (size_t i = 0; catalog_topics[i]; i++)
        offer(to, catalog_topics[i], NULL);
}

static void offer_places(const struct offer *to)
{
    for (size_t i = 0; catalog_topics[i]; i++) {
        char *place = xasprintf("%s/", catalog_topics[i]);

        offer(to, place, NULL);
        free(place);
    }
}

static void offer_stages(const struct offer *to)
{
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        offer(to, stage_name(i), stage_table[i].title);
}

static void offer_formats(const struct offer *to)
{
    for (size_t i = 0; report_table[i]; i++)
        offer(to, report_table[i]->name, report_table[i]->help);
}

static void offer_categories(const struct offer *to)
{
    struct err err = ERR_INIT;
    char *root = catalog_root(&err);

    for (enum category i = CATEGORY_NONE + 1; i < CATEGORY_COUNT; i++) {
        char *summary = root ? prose_explain_summary(root, i) : NULL;

        offer(to, category_name(i), summary);
        free(summary);
    }
    free(root);
}

static void offer_levels(const struct offer *to)
{
    for (enum kata_level i = LEVEL_JUNIOR; i <= LEVEL_SENIOR; i++)
        offer(to, kata_level_name(i), NULL);
}

static void offer_cards(const struct offer *to)
{
    struct cards cards;
    struct err err = ERR_INIT;
    char *root = catalog_root(&err);

    if (root && cards_load(root, &cards, &err) == 0) {
        for (size_t i = 0; i < cards.count; i++)
            offer(to, cards.items[i].id, cards.items[i].question);
        cards_release(&cards);
    }
    free(root);
}

static void offer_engines(const struct offer *to)
{
    for (size_t i = 0; engine_table[i]; i++)
        offer(to, engine_table[i]->name, NULL);
}

static void offer_files(const struct offer *to)
{
    (void)to;
    puts(":file");
}

static void offer_dirs(const struct offer *to)
{
    (void)to;
    puts(":dir");
}

static const struct kind {
    const char *name;
    void (*offer_all)(const struct offer *to);
} kinds[] = {
    {"SLUG", offer_slugs},     {"TOPIC", offer_topics},
    {"STAGE", offer_stages},   {"TOPIC/SLUG", offer_places},
    {"FORMAT", offer_formats}, {"CATEGORY", offer_categories},
    {"FILE", offer_files},     {"TRACE", offer_files},
    {"OUT", offer_files},      {"ARCHIVE", offer_files},
    {"DIR", offer_dirs},       {"LEVEL", offer_levels},
    {"CARD", offer_cards},     {"ENGINE", offer_engines},
};

/* What fits one name of the table, "SLUG" or "json". */
static void offer_name(const struct offer *to, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            kinds[i].offer_all(to);
    if (islower((unsigned char)*name))
        offer(to, name, NULL);
}

/* The same for "DIR|ARCHIVE", and for "[SLUG]...". */
static void offer_names(const struct offer *to, const char *names)
{
    static const char around[] = "[]|.";

    while (*names) {
        size_t n = strcspn(names, around);
        char *name = xstrndup(names, n);

        offer_name(to, name);
        free(name);
        names += n;
        names += strspn(names, around);
    }
}

/* The name of operand `number`, counted from 0, in "SLUG [FILE]"; owned, or
   NULL where there is none. What ends with "..." may be repeated. */
static char *operand_name(const char *operands, size_t number)
{
    const char *last = NULL;
    size_t length = 0;

    for (const char *at = operands; *at; at += strspn(at, " ")) {
        last = at;
        length = strcspn(at, " ");
        at += length;
        if (number-- == 0)
            return xstrndup(last, length);
    }
    if (last && length > 3 && strncmp(last + length - 3, "...", 3) == 0)
        return xstrndup(last, length);
    return NULL;
}

static void offer_commands(const struct offer *to,
                           const struct cmd *const *table)
{
    for (size_t i = 0; table[i]; i++)
        if (table[i]->summary)
            offer(to, cmd_last_name(table[i]), table[i]->summary);
}

static const struct cmd *find_command(const struct cmd *const *table,
                                      const char *name)
{
    for (size_t i = 0; table[i]; i++)
        if (strcmp(cmd_last_name(table[i]), name) == 0)
            return table[i];
    return NULL;
}

static void offer_options(const struct cmd *cmd, const char *prefix)
{
    struct offer to = {.prefix = prefix, .before = ""};

    for (const struct opt *opt = cmd->options; opt && opt->name; opt++) {
        char *word = xasprintf("--%s", opt->name);

        offer(&to, word, opt->help);
        free(word);
    }
    offer(&to, "--help", "show this help");
}

/* The option that `word` names and that takes a value, or NULL. *attached is
   the value where it stands in the same word. */
static const struct opt *find_option(const struct cmd *cmd, const char *word,
                                     const char **attached)
{
    size_t n = strcspn(word, "=");

    *attached = NULL;
    for (const struct opt *opt = cmd->options; opt && opt->name; opt++) {
        if (!opt->argument)
            continue;
        if (word[0] == '-' && word[1] == opt->id) {
            *attached = word[2] ? word + 2 : NULL;
            return opt;
        }
        if (str_starts(word, "--") && strlen(opt->name) == n - 2 &&
            strncmp(opt->name, word + 2, n - 2) == 0) {
            *attached = word[n] ? word + n + 1 : NULL;
            return opt;
        }
    }
    return NULL;
}

/* Where the last word stands: among operands, or as an option's value. */
struct place {
    const struct opt *option; /* whose value comes next */
    size_t operands;          /* before it */
    bool ended;               /* after "--" */
};

static struct place find_place(const struct cmd *cmd, int count, char **words)
{
    struct place place = {.option = NULL};

    for (int i = 0; i < count; i++) {
        const char *attached, *word = words[i];

        if (place.option) {
            place.option = NULL;
        } else if (place.ended || word[0] != '-' || !word[1]) {
            place.operands++;
        } else if (strcmp(word, "--") == 0) {
            place.ended = true;
        } else {
            place.option = find_option(cmd, word, &attached);
            if (attached)
                place.option = NULL;
        }
    }
    return place;
}

static void offer_attached(const struct opt *opt, const char *word,
                           const char *attached)
{
    char *before = xstrndup(word, (size_t)(attached - word));
    struct offer to = {.prefix = attached, .before = before};

    offer_names(&to, opt->argument);
    free(before);
}

static void complete(const struct cmd *cmd, int count, char **words)
{
    const char *last = words[count - 1], *attached = NULL;
    struct place place = find_place(cmd, count - 1, words);
    struct offer to = {.prefix = last, .before = ""};
    const struct opt *opt;
    char *name;

    if (place.option) {
        offer_names(&to, place.option->argument);
        return;
    }
    if (*last == '-' && !place.ended) {
        opt = find_option(cmd, last, &attached);
        if (opt && attached)
            offer_attached(opt, last, attached);
        else
            offer_options(cmd, last);
        return;
    }
    name = operand_name(cmd->operands, place.operands);
    if (name)
        offer_names(&to, name);
    free(name);
}

/* The same for a command that has commands of its own. */
static void complete_below(const struct cmd *cmd, int count, char **words)
{
    const struct cmd *const *table = cmd_table_of(cmd);
    const struct cmd *below =
        table && count > 1 ? find_command(table, words[0]) : NULL;

    if (below)
        complete(below, count - 1, words + 1);
    else if (table && count == 1 && *words[0] != '-')
        offer_commands(&(struct offer){.prefix = words[0], .before = ""},
                       table);
    else
        complete(cmd, count, words);
}

static int cmd_complete_run(const struct cmd *cmd, int argc, char **argv)
{
    const struct cmd *found;

    if (argc < 3 || strcmp(argv[1], "--") != 0)
        return cmd_usage(cmd, "this is for shells: kata complete -- WORD...");
    argc -= 2;
    argv += 2;
    if (argc == 1) {
        offer_commands(&(struct offer){.prefix = argv[0], .before = ""},
                       cmd_table);
        return EXIT_PASS;
    }
    found = find_command(cmd_table, argv[0]);
    if (found)
        complete_below(found, argc - 1, argv + 1);
    return EXIT_PASS;
}

const struct cmd cmd_complete = {"complete", "-- WORD...", NULL,
                                 NULL,       NULL,         cmd_complete_run};
