#include "kata/card.h"

#include "base/alloc.h"
#include "base/path.h"
#include "kata/catalog.h"

#include <stdlib.h>
#include <string.h>

enum { CARD_MAX = 1 << 16 };

struct loader {
    char *dir; /* ROOT/docs/questions */
    struct cards *cards;
    size_t room;
    struct err *err;
};

static const struct card *find(const struct cards *cards, const char *id)
{
    for (size_t i = 0; i < cards->count; i++)
        if (strcmp(cards->items[i].id, id) == 0)
            return &cards->items[i];
    return NULL;
}

static const struct card *find_question(const struct cards *cards,
                                        const char *question)
{
    for (size_t i = 0; i < cards->count; i++)
        if (strcmp(cards->items[i].question, question) == 0)
            return &cards->items[i];
    return NULL;
}

/* A card that was read; progress and sessions know it by its id alone. */
static void add(struct loader *loader, const char *shown, struct card *card)
{
    struct cards *cards = loader->cards;
    const struct card *same = find(cards, card->id);
    const struct card *alike = find_question(cards, card->question);

    if (same || alike) {
        strv_addf(&cards->problems,
                  "%s:1: the %s is taken by the card %s/%s; expected another",
                  shown, same ? "file's name" : "question",
                  (same ? same : alike)->topic, (same ? same : alike)->id);
        card_release(card);
        return;
    }
    cards->items =
        grow(cards->items, &loader->room, cards->count, sizeof *card);
    cards->items[cards->count++] = *card;
}

static void load_card(struct loader *loader, const char *path,
                      const char *shown, const char *topic, const char *id)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    struct card card;

    if (path_read(path, CARD_MAX, &text, &err) < 0)
        strv_addf(&loader->cards->problems, "%s:1: %s", shown, err.text);
    else if (card_parse(shown, topic, id, text.text, text.length, &card,
                        &loader->cards->problems) == 0)
        add(loader, shown, &card);
    str_release(&text);
}

/* Every file of a topic's folder is a card, so that a misspelt one is not
   silently left out. */
static void load_file(struct loader *loader, const char *topic,
                      const char *name)
{
    char *path = xasprintf("%s/%s/%s", loader->dir, topic, name);
    char *id = xstrndup(name, strlen(name) - (str_ends(name, ".md") ? 3 : 0));
    struct str shown = STR_INIT;

    str_add(&shown, "docs/questions/");
    str_add_visible(&shown, topic, strlen(topic), 200, false);
    str_addc(&shown, '/');
    str_add_visible(&shown, name, strlen(name), 200, false);
    if (str_ends(name, ".md") && kata_is_slug(id))
        load_card(loader, path, shown.text, topic, id);
    else
        strv_addf(&loader->cards->problems,
                  "%s:1: expected a name like 'reference-counts.md', of small "
                  "letters, digits and single hyphens",
                  shown.text);
    str_release(&shown);
    free(id);
    free(path);
}

static int load_topic(struct loader *loader, const char *topic)
{
    char *dir = path_join(loader->dir, topic);
    struct strv names = STRV_INIT;
    int status = 0;

    if (path_is_dir(dir))
        status = path_list(dir, &names, loader->err);
    for (size_t i = 0; i < names.count; i++)
        if (names.items[i][0] != '.')
            load_file(loader, topic, names.items[i]);
    strv_release(&names);
    free(dir);
    return status;
}

static bool is_katas_topic(const char *topic)
{
    for (size_t i = 0; catalog_topics[i]; i++)
        if (strcmp(catalog_topics[i], topic) == 0)
            return true;
    return false;
}

/* A topic that the katas do not have; the folder also has the README. */
static int load_other(struct loader *loader, const char *name)
{
    char *dir = path_join(loader->dir, name);
    struct str shown = STR_INIT;
    int status = 0;

    if (!path_is_dir(dir) || *name == '.') {
        free(dir);
        return 0;
    }
    str_add_visible(&shown, name, strlen(name), 200, false);
    if (kata_is_slug(name))
        status = load_topic(loader, name);
    else
        strv_addf(&loader->cards->problems,
                  "docs/questions/%s:1: expected a topic's name, of small "
                  "letters, digits and single hyphens",
                  shown.text);
    str_release(&shown);
    free(dir);
    return status;
}

static int load_topics(struct loader *loader)
{
    struct strv names = STRV_INIT;
    int status = path_list(loader->dir, &names, loader->err);

    for (size_t i = 0; status == 0 && catalog_topics[i]; i++)
        status = load_topic(loader, catalog_topics[i]);
    for (size_t i = 0; status == 0 && i < names.count; i++)
        if (!is_katas_topic(names.items[i]))
            status = load_other(loader, names.items[i]);
    strv_release(&names);
    return status;
}

int cards_load(const char *root, struct cards *cards, struct err *err)
{
    struct loader loader = {
        .dir = path_join(root, "docs/questions"), .cards = cards, .err = err};
    int status;

    *cards = (struct cards){.items = NULL};
    status = load_topics(&loader);
    if (status < 0)
        cards_release(cards);
    free(loader.dir);
    return status;
}

const struct card *cards_find(const struct cards *cards, const char *id)
{
    const char *slash = strchr(id, '/');
    const struct card *card = find(cards, slash ? slash + 1 : id);
    size_t n = slash ? (size_t)(slash - id) : 0;

    if (card && slash &&
        (strlen(card->topic) != n || strncmp(card->topic, id, n) != 0))
        return NULL;
    return card;
}

bool cards_has_topic(const struct cards *cards, const char *topic)
{
    for (size_t i = 0; i < cards->count; i++)
        if (strcmp(cards->items[i].topic, topic) == 0)
            return true;
    return false;
}

void cards_release(struct cards *cards)
{
    for (size_t i = 0; i < cards->count; i++)
        card_release(&cards->items[i]);
    free(cards->items);
    strv_release(&cards->problems);
    *cards = (struct cards){.items = NULL};
}
