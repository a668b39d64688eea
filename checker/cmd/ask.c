/* kata ask: one question card, or a list of them. */
#include "base/alloc.h"
#include "base/markdown.h"
#include "base/random.h"
#include "base/suggest.h"
#include "base/term.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "kata/card.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_LEVEL = 256, OPT_SEED, COLUMNS_MAX = 80 };

struct ask {
    struct cards cards;
    const char *wanted; /* the operand, or NULL */
    bool list, json, has_level;
    enum kata_level level;
    uint64_t seed;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct ask *ask = data;
    long long number;

    switch (id) {
    case 'l':
        ask->list = true;
        return 0;
    case 'j':
        ask->json = true;
        return 0;
    case OPT_LEVEL:
        ask->has_level = true;
        if (card_level(value, &ask->level) == 0)
            return 0;
        return err_set(err, "--level: expected junior, mid or senior");
    default:
        if (opt_number(value, 0, INT64_MAX, &number, "--seed", err) < 0)
            return -1;
        ask->seed = (uint64_t)number;
        return 0;
    }
}

static bool is_wanted(const struct ask *ask, const struct card *card)
{
    if (ask->has_level && card->level != ask->level)
        return false;
    return !ask->wanted || strcmp(card->topic, ask->wanted) == 0 ||
           cards_find(&ask->cards, ask->wanted) == card;
}

static size_t count_wanted(const struct ask *ask)
{
    size_t count = 0;

    for (size_t i = 0; i < ask->cards.count; i++)
        count += is_wanted(ask, &ask->cards.items[i]);
    return count;
}

/* Card number `n` of those wanted. */
static const struct card *nth_wanted(const struct ask *ask, size_t n)
{
    for (size_t i = 0; i < ask->cards.count; i++)
        if (is_wanted(ask, &ask->cards.items[i]) && n-- == 0)
            return &ask->cards.items[i];
    return NULL;
}

/* The operand must be a topic or a card. */
static int check_wanted(const struct cmd *cmd, const struct ask *ask)
{
    struct suggest suggest = SUGGEST_INIT(ask->wanted ? ask->wanted : "");

    if (!ask->wanted || cards_has_topic(&ask->cards, ask->wanted) ||
        cards_find(&ask->cards, ask->wanted))
        return count_wanted(ask) > 0
                   ? -1
                   : cmd_usage(cmd, "no card is of that level there");
    for (size_t i = 0; i < ask->cards.count; i++) {
        suggest_offer(&suggest, ask->cards.items[i].id);
        suggest_offer(&suggest, ask->cards.items[i].topic);
    }
    if (suggest.best)
        return cmd_usage(cmd,
                         "there is no topic and no card '%s'; did you mean "
                         "'%s'?",
                         ask->wanted, suggest.best);
    return cmd_usage(cmd,
                     "there is no topic and no card '%s'; `kata ask --list` "
                     "shows them",
                     ask->wanted);
}

static json_t *names(const struct strv *strings)
{
    json_t *array = json_array();

    for (size_t i = 0; i < strings->count; i++)
        json_array_append_new(array, json_string(strings->items[i]));
    return array;
}

static json_t *pairs(const struct card_pair *items, size_t count,
                     const char *lead, const char *text)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            array,
            json_pack("{s:s, s:s}", lead, items[i].lead, text, items[i].text));
    return array;
}

static json_t *sources(const struct card *card)
{
    json_t *array = json_array();

    for (size_t i = 0; i < card->source_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "work",
                                               card->sources[i].work, "place",
                                               card->sources[i].place, "shows",
                                               card->sources[i].shows));
    return array;
}

static json_t *describe(const struct card *card)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:o}", "id",
        card->id, "topic", card->topic, "level", kata_level_name(card->level),
        "question", card->question, "detail", card->detail, "notes",
        card->notes, "katas", names(&card->katas), "points",
        names(&card->points), "wrong",
        pairs(card->wrong, card->wrong_count, "answer", "right"), "followups",
        pairs(card->followups, card->followup_count, "question", "answer"),
        "sources", sources(card));
}

static void print_json(const struct ask *ask)
{
    json_t *array = json_array();

    for (size_t i = 0; i < ask->cards.count; i++)
        if (is_wanted(ask, &ask->cards.items[i]))
            json_array_append_new(array, describe(&ask->cards.items[i]));
    json_dumpf(array, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(array);
}

static void print_list(const struct ask *ask)
{
    const char *last = "";
    int width = 0;

    for (size_t i = 0; i < ask->cards.count; i++)
        if (is_wanted(ask, &ask->cards.items[i]) &&
            (int)strlen(ask->cards.items[i].id) > width)
            width = (int)strlen(ask->cards.items[i].id);
    for (size_t i = 0; i < ask->cards.count; i++) {
        const struct card *card = &ask->cards.items[i];

        if (!is_wanted(ask, card))
            continue;
        if (strcmp(last, card->topic) != 0)
            printf("%s%s\n", *last ? "\n" : "", card->topic);
        last = card->topic;
        printf("  %-*s  %-6s  %s\n", width, card->id,
               kata_level_name(card->level), card->question);
    }
}

static void print_markdown(const char *text, size_t length)
{
    int width = term_width(stdout);
    struct str out = STR_INIT;

    markdown_render(&out, text, length,
                    width < COLUMNS_MAX ? width : COLUMNS_MAX,
                    term_colour(stdout));
    fwrite(out.text, 1, out.length, stdout);
    str_release(&out);
}

/* Returns at the end of a line; false where the person has had enough. */
static bool wait_for_enter(void)
{
    char *line = NULL;
    size_t room = 0;
    bool more;

    printf("\nAnswer aloud or on paper, then press Enter for the key points "
           "(q: leave) ");
    fflush(stdout);
    more = getline(&line, &room, stdin) >= 0 && *line != 'q';
    free(line);
    putchar('\n');
    return more;
}

static void print_katas(const struct card *card)
{
    for (size_t i = 0; i < card->katas.count; i++)
        printf("%s%s", i ? ", " : "\nBuild it: kata start ",
               card->katas.items[i]);
    if (card->katas.count)
        putchar('\n');
}

static void print_card(const struct card *card)
{
    struct str question = STR_INIT, whole = STR_INIT;
    bool goes_on = true;

    card_markdown(card, false, &question);
    card_markdown(card, true, &whole);
    printf("%s/%s  %s\n\n", card->topic, card->id,
           kata_level_name(card->level));
    print_markdown(question.text, question.length);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        goes_on = wait_for_enter();
    else
        putchar('\n');
    if (goes_on) {
        const char *answers = whole.text + question.length;

        print_markdown(answers, strlen(answers));
        print_katas(card);
    }
    str_release(&question);
    str_release(&whole);
}

static void show(const struct ask *ask)
{
    struct random_state random;
    size_t count = count_wanted(ask);

    if (ask->json) {
        print_json(ask);
    } else if (ask->list) {
        print_list(ask);
    } else {
        random_seed(&random, ask->seed, 0);
        print_card(nth_wanted(
            ask, (size_t)random_between(&random, 0, (int64_t)count - 1)));
    }
}

static int cmd_ask_run(const struct cmd *cmd, int argc, char **argv)
{
    struct ask ask = {.seed = grading_seed()};
    struct cmd_context context;
    struct err err = ERR_INIT;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &ask, false, 1, &context);

    if (status >= 0)
        return status;
    if (cards_load(context.root, &ask.cards, &err) < 0) {
        status = cmd_error(&err);
    } else {
        if (context.operands.count)
            ask.wanted = context.operands.items[0];
        for (size_t i = 0; i < ask.cards.problems.count; i++)
            fprintf(stderr, "kata: %s\n", ask.cards.problems.items[i]);
        status = check_wanted(cmd, &ask);
        if (status < 0) {
            show(&ask);
            status = ask.cards.problems.count ? EXIT_ENVIRONMENT : EXIT_PASS;
        }
        cards_release(&ask.cards);
    }
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'l', "list", NULL, "list the cards instead: id, level, question"},
    {'j', "json", NULL, "whole cards as a list of objects, for programs"},
    {OPT_LEVEL, "level", "LEVEL", "only cards of that level"},
    {OPT_SEED, "seed", "N", "draw by this seed (default: a new one)"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_ask = {
    "ask",
    "[TOPIC|CARD]",
    "Ask a question of an interview, then show what a good answer has.",
    "Draws one of all cards, or of a topic's. On a terminal it waits before it "
    "shows\nthe key points, common wrong answers, follow-ups and sources. A "
    "card that\ncannot be read is named on stderr, and the exit status is 3.",
    options,
    cmd_ask_run};
