/*
 * How time is shared: rounds of code weigh three times as much as the others.
 * A kata may be played in three fifths of the time that it is meant for, since
 * its sheet says what to leave out; one that needs less than its share leaves
 * the rest to the other rounds.
 */
#include "store/plan.h"

#include "base/alloc.h"
#include "base/random.h"
#include "judge/mutant.h"

#include <stdlib.h>
#include <string.h>

enum { STREAM_KATA = 1, STREAM_CARDS, STREAM_HUNT, HUNT_MINUTES_MAX = 25 };

static const struct {
    const char *name;
    int weight;
    int least; /* minutes */
} kinds[ROUND_KINDS] = {
    [ROUND_CONCEPT] = {"concept", 1, 5},
    [ROUND_CODE] = {"code", 3, 20},
    [ROUND_HUNT] = {"bughunt", 1, 8},
};

const char *round_name(enum round_kind kind)
{
    return kinds[kind].name;
}

enum round_kind round_from_name(const char *name)
{
    enum round_kind kind = 0;

    while (kind < ROUND_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

struct draw {
    const struct plan_request *request;
    const struct catalog *catalog;
    const struct cards *cards;
    const struct plan_history *history;
    struct plan *plan;
    struct err *err;
};

/* What can be drawn; of those with the least rank any may be. */
struct pool {
    struct pool_item {
        const void *item;
        int rank;
    } * items;
    size_t count, capacity;
};

static void pool_add(struct pool *pool, const void *item, int rank)
{
    pool->items =
        grow(pool->items, &pool->capacity, pool->count, sizeof *pool->items);
    pool->items[pool->count++] = (struct pool_item){item, rank};
}

/* Draws one and empties the pool; NULL where it was empty. */
static const void *pool_draw(struct pool *pool, struct random_state *random,
                             int *rank)
{
    const struct pool_item *drawn = NULL;
    const void *item;
    int64_t best = 0;

    for (size_t i = 0; i < pool->count; i++) {
        const struct pool_item *each = &pool->items[i];

        if (!drawn || each->rank < drawn->rank) {
            drawn = each;
            best = 0;
        }
        best += each->rank == drawn->rank;
    }
    if (drawn) {
        int64_t number = random_between(random, 1, best);
        int least = drawn->rank;

        for (drawn = pool->items; drawn->rank != least || --number > 0;)
            drawn++;
        *rank = least;
    }
    item = drawn ? drawn->item : NULL;
    free(pool->items);
    *pool = (struct pool){.items = NULL};
    return item;
}

static struct random_state random_for(const struct draw *draw, int stream,
                                      size_t round)
{
    struct random_state random;

    random_seed(&random, draw->request->seed,
                (uint64_t)stream * PLAN_ROUNDS_MAX + round);
    return random;
}

static bool is_wanted(const struct draw *draw, const char *topic)
{
    return draw->request->topics.count == 0 ||
           strv_has(&draw->request->topics, topic);
}

/* How far two levels are apart; too hard counts more than too easy. */
static int distance(enum kata_level level, enum kata_level wanted)
{
    return level > wanted ? 2 * (int)(level - wanted) - 1
                          : 2 * (int)(wanted - level);
}

static bool is_used(const struct plan *plan, const char *slug)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->rounds[i].kata && strcmp(plan->rounds[i].kata, slug) == 0)
            return true;
    return false;
}

/* Time */

static int share_minutes(struct draw *draw)
{
    const struct plan_request *request = draw->request;
    int weights = 0, least = 0, left = request->minutes;
    size_t longest = 0;

    for (size_t i = 0; i < request->round_count; i++) {
        weights += kinds[request->rounds[i]].weight;
        least += kinds[request->rounds[i]].least;
    }
    if (request->minutes < least)
        return err_set(draw->err,
                       "these rounds need at least %d minutes; ask for fewer "
                       "with --rounds",
                       least);
    for (size_t i = 0; i < request->round_count; i++) {
        struct plan_round *round = &draw->plan->rounds[i];
        int minutes =
            request->minutes * kinds[request->rounds[i]].weight / weights;

        round->kind = request->rounds[i];
        round->minutes = minutes > kinds[round->kind].least
                             ? minutes
                             : kinds[round->kind].least;
        left -= round->minutes;
        if (round->minutes > draw->plan->rounds[longest].minutes)
            longest = i;
    }
    draw->plan->count = request->round_count;
    draw->plan->rounds[longest].minutes += left;
    return 0;
}

/* Gives up to `minutes` to the rounds of a kind, evenly, each of which takes no
   more than `most`; returns what is left. */
static int give(struct plan *plan, enum round_kind kind, int minutes, int most)
{
    bool given = true;

    while (given && minutes > 0) {
        given = false;
        for (size_t i = 0; i < plan->count && minutes > 0; i++)
            if (plan->rounds[i].kind == kind &&
                plan->rounds[i].minutes < most) {
                plan->rounds[i].minutes++;
                minutes--;
                given = true;
            }
    }
    return minutes;
}

/* Hands on what a round of code does not need; returns what nobody wants. */
static int spread(struct plan *plan, int minutes)
{
    int half = give(plan, ROUND_HUNT, minutes / 2, HUNT_MINUTES_MAX);

    return give(plan, ROUND_CONCEPT, minutes - minutes / 2 + half,
                PLAN_MINUTES_MAX);
}

/* Code */

static bool fits(const struct kata *kata, int minutes)
{
    return kata->minutes * 3 <= minutes * 5;
}

static void fill_katas(const struct draw *draw, int minutes, struct pool *pool)
{
    for (size_t i = 0; i < draw->catalog->count; i++) {
        const struct kata *kata = draw->catalog->entries[i].kata;

        if (kata && is_wanted(draw, kata->topic) && fits(kata, minutes) &&
            !is_used(draw->plan, kata->slug))
            pool_add(
                pool, kata,
                distance(kata->level, draw->request->level) +
                    (strv_has(&draw->history->lately, kata->slug) ? 100 : 0));
    }
}

static int no_kata(const struct draw *draw, int minutes)
{
    const struct kata *shortest = NULL;

    for (size_t i = 0; i < draw->catalog->count; i++) {
        const struct kata *kata = draw->catalog->entries[i].kata;

        if (kata && is_wanted(draw, kata->topic) &&
            !is_used(draw->plan, kata->slug) &&
            (!shortest || kata->minutes < shortest->minutes))
            shortest = kata;
    }
    if (!shortest)
        return err_set(draw->err,
                       "there are not enough katas of these topics for the "
                       "rounds of code; name more with --topic");
    return err_set(draw->err,
                   "no kata of these topics can be played in %d minutes; %s "
                   "takes %d: give more --minutes or fewer --rounds",
                   minutes, shortest->slug, shortest->minutes * 3 / 5 + 1);
}

static void remark_kata(struct draw *draw, const struct kata *kata, int rank,
                        int minutes)
{
    if (rank >= 100)
        strv_addf(&draw->plan->remarks,
                  "every kata that fits was met lately; one comes again");
    if (rank % 100)
        strv_addf(&draw->plan->remarks,
                  "no kata of level %s is left; the one drawn is for %s",
                  kata_level_name(draw->request->level),
                  kata_level_name(kata->level));
    if (kata->minutes > minutes)
        strv_addf(&draw->plan->remarks,
                  "the kata is meant for %d minutes and gets %d: it need not "
                  "be finished",
                  kata->minutes, minutes);
}

static void shuffle(struct strv *strv, struct random_state *random)
{
    for (size_t i = strv->count; i > 1; i--) {
        size_t k = (size_t)random_between(random, 0, (int64_t)i - 1);
        char *item = strv->items[i - 1];

        strv->items[i - 1] = strv->items[k];
        strv->items[k] = item;
    }
}

static int draw_code(struct draw *draw, size_t index)
{
    struct plan_round *round = &draw->plan->rounds[index];
    struct random_state random = random_for(draw, STREAM_KATA, index);
    struct pool pool = {.items = NULL};
    const struct kata *kata;
    int rank = 0, wanted;

    fill_katas(draw, round->minutes, &pool);
    kata = pool_draw(&pool, &random, &rank);
    if (!kata)
        return no_kata(draw, round->minutes);
    round->kata = xstrdup(kata->slug);
    if (catalog_variants(draw->catalog, kata->slug, &round->variants,
                         draw->err) < 0)
        return -1;
    shuffle(&round->variants, &random);
    remark_kata(draw, kata, rank, round->minutes);
    wanted = kata->minutes + PLAN_VARIANT_MINUTES * (int)round->variants.count;
    if (round->minutes > wanted)
        round->minutes = wanted + spread(draw->plan, round->minutes - wanted);
    return 0;
}

/* Bug hunt */

/* Which stage finds it, by how hard it then is to find by eye. */
static int hardness(const struct mutant *mutant, enum kata_level level)
{
    static const int by_stage[STAGE_COUNT + 1] = {
        [STAGE_TESTS] = LEVEL_JUNIOR,  [STAGE_ORACLE] = LEVEL_MID,
        [STAGE_MEMORY] = LEVEL_MID,    [STAGE_GROWTH] = LEVEL_MID,
        [STAGE_FAULTS] = LEVEL_SENIOR, [STAGE_THREADS] = LEVEL_SENIOR,
        [STAGE_COUNT] = LEVEL_SENIOR,
    };

    return distance((enum kata_level)by_stage[mutant->stage], level);
}

/* A reference whose kata is yet to be solved is best not shown. */
static int hunt_rank(const struct draw *draw, const struct kata *kata)
{
    int rank = distance(kata->level, draw->request->level);

    if (!is_wanted(draw, kata->topic))
        rank += 100;
    if (draw->request->alone && !strv_has(&draw->history->solved, kata->slug))
        rank += 10;
    return rank;
}

static int draw_mutant(struct draw *draw, const struct kata *kata,
                       struct random_state *random, char **name)
{
    struct mutants mutants;
    struct pool pool = {.items = NULL};
    const struct mutant *mutant;
    int rank;

    if (mutants_load(kata, &mutants, draw->err) < 0)
        return -1;
    for (size_t i = 0; i < mutants.count; i++)
        if (mutants.items[i].stage >= STAGE_TESTS)
            pool_add(&pool, &mutants.items[i],
                     hardness(&mutants.items[i], draw->request->level));
    mutant = pool_draw(&pool, random, &rank);
    *name = mutant ? xstrdup(mutant->name) : NULL;
    mutants_release(&mutants);
    return mutant ? 0
                  : err_set(draw->err, "%s has no mutant to hunt", kata->slug);
}

static int draw_hunt(struct draw *draw, size_t index)
{
    struct plan_round *round = &draw->plan->rounds[index];
    struct random_state random = random_for(draw, STREAM_HUNT, index);
    struct pool pool = {.items = NULL};
    const struct kata *kata;
    int rank = 0;

    for (size_t i = 0; i < draw->catalog->count; i++) {
        kata = draw->catalog->entries[i].kata;
        if (kata && !is_used(draw->plan, kata->slug))
            pool_add(&pool, kata, hunt_rank(draw, kata));
    }
    kata = pool_draw(&pool, &random, &rank);
    if (!kata)
        return err_set(draw->err, "there is no kata left for a bug hunt");
    if (rank >= 100)
        strv_addf(&draw->plan->remarks,
                  "the bug hunt is of another topic: the reference that it "
                  "shows must not be that of the kata to solve");
    if (rank % 100 >= 10)
        strv_addf(&draw->plan->remarks,
                  "the bug hunt shows the reference of a kata that you have "
                  "not solved yet");
    round->kata = xstrdup(kata->slug);
    return draw_mutant(draw, kata, &random, &round->mutant);
}

/* Concept */

static bool is_asked(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strv_has(&plan->rounds[i].questions, id))
            return true;
    return false;
}

/* Does the card talk about a kata that has to be solved here? */
static bool gives_away(const struct draw *draw, const struct card *card)
{
    for (size_t i = 0; i < draw->plan->count; i++)
        if (draw->plan->rounds[i].kata &&
            strv_has(&card->katas, draw->plan->rounds[i].kata))
            return true;
    return false;
}

static bool has_topic(const struct draw *draw, const struct plan_round *round,
                      const char *topic)
{
    for (size_t i = 0; i < round->questions.count; i++) {
        const struct card *card =
            cards_find(draw->cards, round->questions.items[i]);

        if (card && strcmp(card->topic, topic) == 0)
            return true;
    }
    return false;
}

static int card_rank(const struct draw *draw, const struct plan_round *round,
                     const struct card *card)
{
    int rank = distance(card->level, draw->request->level);

    if (strv_has(&draw->history->lately, card->id))
        rank += 100;
    if (has_topic(draw, round, card->topic))
        rank += 10;
    if (gives_away(draw, card))
        rank += 5;
    return rank;
}

static const struct card *draw_card(struct draw *draw,
                                    const struct plan_round *round,
                                    struct random_state *random)
{
    struct pool pool = {.items = NULL};
    int rank;

    for (size_t i = 0; i < draw->cards->count; i++) {
        const struct card *card = &draw->cards->items[i];

        if (is_wanted(draw, card->topic) && !is_asked(draw->plan, card->id))
            pool_add(&pool, card, card_rank(draw, round, card));
    }
    return pool_draw(&pool, random, &rank);
}

static int draw_concept(struct draw *draw, size_t index)
{
    struct plan_round *round = &draw->plan->rounds[index];
    struct random_state random = random_for(draw, STREAM_CARDS, index);
    int wanted = round->minutes / PLAN_QUESTION_MINUTES;

    for (int i = 0; i < wanted || i == 0; i++) {
        const struct card *card = draw_card(draw, round, &random);

        if (!card)
            break;
        strv_add(&round->questions, card->id);
    }
    if (round->questions.count == 0)
        return err_set(draw->err, "there is no question card of these topics; "
                                  "name more with --topic");
    return 0;
}

/* Code is drawn first, for the others must not give it away and get the time
   that it leaves. */
static int draw_rounds(struct draw *draw)
{
    static const struct {
        enum round_kind kind;
        int (*draw)(struct draw *draw, size_t index);
    } order[] = {{ROUND_CODE, draw_code},
                 {ROUND_HUNT, draw_hunt},
                 {ROUND_CONCEPT, draw_concept}};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t k = 0; k < draw->plan->count; k++)
            if (draw->plan->rounds[k].kind == order[i].kind &&
                order[i].draw(draw, k) < 0)
                return -1;
    return 0;
}

int plan_draw(const struct plan_request *request, const struct catalog *catalog,
              const struct cards *cards, const struct plan_history *history,
              struct plan *plan, struct err *err)
{
    struct draw draw = {.request = request,
                        .catalog = catalog,
                        .cards = cards,
                        .history = history,
                        .plan = plan,
                        .err = err};

    *plan = (struct plan){.count = 0};
    if (share_minutes(&draw) == 0 && draw_rounds(&draw) == 0)
        return 0;
    plan_release(plan);
    return -1;
}

/* JSON */

static json_t *list_to_json(const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

json_t *plan_to_json(const struct plan *plan)
{
    json_t *rounds = json_array();

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_round *round = &plan->rounds[i];
        json_t *json = json_pack("{s:s, s:i}", "kind", round_name(round->kind),
                                 "minutes", round->minutes);

        if (round->kind == ROUND_CONCEPT)
            json_object_set_new(json, "questions",
                                list_to_json(&round->questions));
        else
            json_object_set_new(json, "kata", json_string(round->kata));
        if (round->kind == ROUND_CODE)
            json_object_set_new(json, "variants",
                                list_to_json(&round->variants));
        if (round->kind == ROUND_HUNT)
            json_object_set_new(json, "mutant", json_string(round->mutant));
        json_array_append_new(rounds, json);
    }
    return json_pack("{s:o, s:o}", "rounds", rounds, "remarks",
                     list_to_json(&plan->remarks));
}

static bool list_from_json(const json_t *array, struct strv *list)
{
    const json_t *item;
    size_t i;

    json_array_foreach(array, i, item)
    {
        if (!json_is_string(item))
            return false;
        strv_add(list, json_string_value(item));
    }
    return !array || json_is_array(array);
}

static bool round_from_json(json_t *json, struct plan_round *round)
{
    const char *kind = NULL, *kata = NULL, *mutant = NULL;
    json_t *questions = NULL, *variants = NULL;

    if (json_unpack(json, "{s:s, s:i, s?o, s?s, s?o, s?s}", "kind", &kind,
                    "minutes", &round->minutes, "questions", &questions, "kata",
                    &kata, "variants", &variants, "mutant", &mutant) < 0)
        return false;
    round->kind = round_from_name(kind);
    round->kata = kata ? xstrdup(kata) : NULL;
    round->mutant = mutant ? xstrdup(mutant) : NULL;
    return list_from_json(questions, &round->questions) &&
           list_from_json(variants, &round->variants) &&
           round->kind < ROUND_KINDS && round->minutes > 0 &&
           (round->kind == ROUND_CONCEPT ? round->questions.count > 0
                                         : kata != NULL) &&
           (round->kind != ROUND_HUNT || mutant);
}

int plan_from_json(const json_t *json, struct plan *plan, struct err *err)
{
    const json_t *rounds = json_object_get(json, "rounds");
    bool ok = json_is_array(rounds) && json_array_size(rounds) > 0 &&
              json_array_size(rounds) <= PLAN_ROUNDS_MAX;

    *plan = (struct plan){.count = 0};
    for (size_t i = 0; ok && i < json_array_size(rounds); i++)
        ok = round_from_json(json_array_get(rounds, i),
                             &plan->rounds[plan->count++]);
    ok = ok && list_from_json(json_object_get(json, "remarks"), &plan->remarks);
    if (ok)
        return 0;
    plan_release(plan);
    return err_set(err, "the interview's plan is damaged");
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < PLAN_ROUNDS_MAX; i++) {
        struct plan_round *round = &plan->rounds[i];

        strv_release(&round->questions);
        strv_release(&round->variants);
        free(round->kata);
        free(round->mutant);
    }
    strv_release(&plan->remarks);
    *plan = (struct plan){.count = 0};
}
