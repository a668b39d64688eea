/*
 * The plan of an interview: which rounds, how long, with which questions, kata,
 * changed requirements and planted bug. Drawn from a seed without looking at a
 * clock, so that the same request, catalogue and history give the same plan.
 *
 * A plan is kept with its interview as JSON, and never shown to a candidate.
 */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include "base/err.h"
#include "base/strv.h"
#include "kata/card.h"
#include "kata/catalog.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum round_kind { ROUND_CONCEPT, ROUND_CODE, ROUND_HUNT, ROUND_KINDS };

/* "concept", "code", "bughunt"; and back, ROUND_KINDS where it is none. */
const char *round_name(enum round_kind kind);
enum round_kind round_from_name(const char *name);

enum {
    PLAN_ROUNDS_MAX = 8,
    PLAN_MINUTES_MIN = 5,
    PLAN_MINUTES_MAX = 240,
    PLAN_QUESTION_MINUTES = 4, /* a question card, with what follows of it */
    PLAN_VARIANT_MINUTES = 10  /* a changed requirement */
};

struct plan_round {
    enum round_kind kind;
    int minutes;
    struct strv questions; /* concept: ids of cards */
    char *kata;            /* code, bughunt: its slug; else NULL */
    struct strv variants;  /* code: "SLUG+NAME", in the order they are given */
    char *mutant;          /* bughunt: the name of the patch; else NULL */
};

struct plan {
    struct plan_round rounds[PLAN_ROUNDS_MAX];
    size_t count;
    struct strv remarks; /* what could not be had as asked, a sentence each */
};

struct plan_request {
    int minutes;
    enum kata_level level;
    struct strv topics; /* none: all */
    enum round_kind rounds[PLAN_ROUNDS_MAX];
    size_t round_count;
    uint64_t seed;
    bool alone; /* a bug hunt then shows what one has solved, if it can */
};

/* What the candidate did: all may be empty. */
struct plan_history {
    struct strv lately; /* slugs solved or met, cards asked, not long ago */
    struct strv solved; /* slugs solved at any time */
};

/* The catalogue has to be loaded (catalog_load_all). An error says which wish
   cannot be met and what could; *plan is then empty. */
int plan_draw(const struct plan_request *request, const struct catalog *catalog,
              const struct cards *cards, const struct plan_history *history,
              struct plan *plan, struct err *err);

json_t *plan_to_json(const struct plan *plan); /* the caller's reference */
int plan_from_json(const json_t *json, struct plan *plan, struct err *err);

void plan_release(struct plan *plan);

#endif
