/*
 * Question cards: docs/questions/TOPIC/ID.md, in the format that
 * docs/questions/README.md describes.
 *
 *     struct cards cards;
 *     if (cards_load(root, &cards, &err) < 0)
 *         ...
 *     for (size_t i = 0; i < cards.count; i++)
 *         puts(cards.items[i].question);
 *     cards_release(&cards);
 *
 * Texts of a card are CommonMark on one line (only `detail` has several), valid
 * UTF-8 without control characters. Reading is strict: a card that breaks a
 * rule is not among the items, and `problems` says which rule, where.
 */
#ifndef KATA_CARD_H
#define KATA_CARD_H

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "kata/kata.h"

#include <stddef.h>

/* What stands bold at the start of an item, and the rest of it: a wrong answer
   and what is right, or a question that follows and its answer. */
struct card_pair {
    char *lead, *text;
};

/* Where it is proven: "CPython 3.14", "Python/gc.c", "`deduce_unreachable`". */
struct card_source {
    char *work, *place, *shows;
};

struct card {
    char *id, *topic; /* the names of file and folder */
    char *question;
    char *detail; /* what belongs to the question, code say; "" for nothing */
    char *notes;  /* the headings of the notes that it covers, or NULL */
    enum kata_level level;
    struct strv katas;  /* slugs of the katas that build it */
    struct strv points; /* what a good answer has */
    struct card_pair *wrong, *followups;
    size_t wrong_count, followup_count;
    struct card_source *sources;
    size_t source_count;
};

/*
 * Reads one card. `path` is only for messages. Returns 0 and fills *card, which
 * the caller releases; or adds to `problems` a line "PATH:LINE: what" for each
 * thing that is not as it must be, and returns -1 with nothing to release.
 */
int card_parse(const char *path, const char *topic, const char *id,
               const char *text, size_t length, struct card *card,
               struct strv *problems);

void card_release(struct card *card);

/* Adds the card as Markdown: its question, and the rest where `answers`. */
void card_markdown(const struct card *card, bool answers, struct str *out);

/* "junior", "mid" or "senior" as a level; -1 where it is none of them. */
int card_level(const char *name, enum kata_level *level);

struct cards {
    struct card *items; /* by topic (the katas' order, then others), then id */
    size_t count;
    struct strv problems; /* of cards that are broken; see card_parse */
};

/* Loads all cards below ROOT/docs/questions; no such folder is an error. */
int cards_load(const char *root, struct cards *cards, struct err *err);

/* The card of that id ("ID" or "TOPIC/ID"), or NULL. */
const struct card *cards_find(const struct cards *cards, const char *id);

bool cards_has_topic(const struct cards *cards, const char *topic);

void cards_release(struct cards *cards);

#endif
