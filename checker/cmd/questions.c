#include "cmd/questions.h"

#include "kata/card.h"

#include <stdio.h>
#include <string.h>

/* Katas that a card names and that do not exist. */
static void check_katas(const struct cmd_context *context, struct cards *cards)
{
    for (size_t i = 0; i < cards->count; i++) {
        const struct card *card = &cards->items[i];

        for (size_t k = 0; k < card->katas.count; k++)
            if (!catalog_has(&context->catalog, card->katas.items[k]))
                strv_addf(&cards->problems,
                          "docs/questions/%s/%s.md:3: katas: expected slugs "
                          "that `kata list` shows, found '%s'",
                          card->topic, card->id, card->katas.items[k]);
    }
}

/* One line for the cards of a topic, from item `from` on; returns where the
   next topic begins. */
static size_t print_topic(const struct cards *cards, size_t from)
{
    const char *topic = cards->items[from].topic;
    size_t levels[LEVEL_SENIOR + 1] = {0}, i = from;

    for (; i < cards->count && strcmp(cards->items[i].topic, topic) == 0; i++)
        levels[cards->items[i].level]++;
    printf("  %-12s %2zu cards: %zu junior, %zu mid, %zu senior\n", topic,
           i - from, levels[LEVEL_JUNIOR], levels[LEVEL_MID],
           levels[LEVEL_SENIOR]);
    return i;
}

int questions_verify(const struct cmd_context *context)
{
    struct cards cards;
    struct err err = ERR_INIT;
    int status;

    if (cards_load(context->root, &cards, &err) < 0)
        return cmd_error(&err);
    check_katas(context, &cards);
    for (size_t i = 0; i < cards.count;)
        i = print_topic(&cards, i);
    for (size_t i = 0; i < cards.problems.count; i++)
        printf("%s\n", cards.problems.items[i]);
    printf("%zu cards, %zu problems\n", cards.count, cards.problems.count);
    status = cards.problems.count || !cards.count ? EXIT_NOT_PASSED : EXIT_PASS;
    cards_release(&cards);
    return status;
}
