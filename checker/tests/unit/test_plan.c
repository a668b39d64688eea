#include "store/plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *root;
static struct catalog catalog;
static struct cards cards;

static void load(void)
{
    struct err err = ERR_INIT;

    root = catalog_root(&err);
    cr_assert_not_null(root, "%s", err.text);
    cr_assert_eq(catalog_open(root, &catalog, &err), 0, "%s", err.text);
    catalog_load_all(&catalog);
    cr_assert_eq(cards_load(root, &cards, &err), 0, "%s", err.text);
}

static void unload(void)
{
    cards_release(&cards);
    catalog_release(&catalog);
    free(root);
}

TestSuite(plan, .init = load, .fini = unload);

static struct plan_request request(int minutes, uint64_t seed)
{
    return (struct plan_request){
        .minutes = minutes,
        .level = LEVEL_MID,
        .seed = seed,
        .rounds = {ROUND_CONCEPT, ROUND_CODE, ROUND_HUNT},
        .round_count = 3};
}

static const struct plan_history nothing;

static char *drawn(const struct plan_request *wanted,
                   const struct plan_history *history)
{
    struct err err = ERR_INIT;
    struct plan plan;
    json_t *json;
    char *text;

    cr_assert_eq(plan_draw(wanted, &catalog, &cards, history, &plan, &err), 0,
                 "%s", err.text);
    json = plan_to_json(&plan);
    text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    plan_release(&plan);
    return text;
}

Test(plan, is_the_same_for_the_same_seed)
{
    struct plan_request wanted = request(45, 7);
    char *first = drawn(&wanted, &nothing), *second = drawn(&wanted, &nothing);
    size_t different = 0;

    cr_assert_str_eq(first, second);
    for (uint64_t seed = 0; seed < 20; seed++) {
        char *other;

        wanted.seed = seed;
        other = drawn(&wanted, &nothing);
        different += strcmp(first, other) != 0;
        free(other);
    }
    cr_assert_geq(different, 15, "%zu of 20 plans differ", different);
    free(first);
    free(second);
}

static int total(const struct plan *plan)
{
    int minutes = 0;

    for (size_t i = 0; i < plan->count; i++)
        minutes += plan->rounds[i].minutes;
    return minutes;
}

/* What must hold of every plan. */
static void check_plan(const struct plan_request *wanted,
                       const struct plan *plan)
{
    const struct plan_round *code = &plan->rounds[1], *hunt = &plan->rounds[2];
    const struct plan_round *concept = &plan->rounds[0];

    cr_assert_eq(plan->count, 3);
    cr_assert_eq(total(plan), wanted->minutes);
    cr_assert_geq(concept->minutes, 5);
    cr_assert_geq(hunt->minutes, 8);
    cr_assert_geq(code->minutes, 20);
    cr_assert_str_neq(code->kata, hunt->kata);
    cr_assert_null(strchr(code->kata, '+'));
    cr_assert_not_null(hunt->mutant);
    cr_assert_geq(concept->questions.count, 1);
    for (size_t i = 0; i < concept->questions.count; i++)
        cr_assert_not_null(cards_find(&cards, concept->questions.items[i]));
}

Test(plan, fits_its_time)
{
    for (int minutes = 45; minutes <= 180; minutes += 9)
        for (uint64_t seed = 0; seed < 5; seed++)
            for (int level = LEVEL_JUNIOR; level <= LEVEL_SENIOR; level++) {
                struct plan_request wanted = request(minutes, seed);
                struct err err = ERR_INIT;
                struct plan plan;

                wanted.level = (enum kata_level)level;
                cr_assert_eq(
                    plan_draw(&wanted, &catalog, &cards, &nothing, &plan, &err),
                    0, "%d minutes: %s", minutes, err.text);
                check_plan(&wanted, &plan);
                plan_release(&plan);
            }
}

Test(plan, avoids_what_was_solved_lately)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct plan_request wanted = request(60, seed);
        struct plan_history history = {.lately = STRV_INIT};
        struct plan first, second;

        cr_assert_eq(
            plan_draw(&wanted, &catalog, &cards, &nothing, &first, NULL), 0);
        strv_add(&history.lately, first.rounds[1].kata);
        strv_copy(&history.lately, &first.rounds[0].questions);
        cr_assert_eq(
            plan_draw(&wanted, &catalog, &cards, &history, &second, NULL), 0);
        cr_assert_str_neq(second.rounds[1].kata, first.rounds[1].kata);
        for (size_t i = 0; i < second.rounds[0].questions.count; i++)
            cr_assert_not(
                strv_has(&history.lately, second.rounds[0].questions.items[i]));
        plan_release(&first);
        plan_release(&second);
        strv_release(&history.lately);
    }
}

Test(plan, says_when_everything_was_met_lately)
{
    struct plan_request wanted = request(60, 1);
    struct plan_history history = {.lately = STRV_INIT};
    struct plan plan;
    bool said = false;

    for (size_t i = 0; i < catalog.count; i++)
        strv_add(&history.lately, catalog.entries[i].slug);
    cr_assert_eq(plan_draw(&wanted, &catalog, &cards, &history, &plan, NULL),
                 0);
    for (size_t i = 0; i < plan.remarks.count; i++)
        said = said || strstr(plan.remarks.items[i], "lately");
    cr_assert(said);
    plan_release(&plan);
    strv_release(&history.lately);
}

/* Alone, a hunt shows a reference: best one that was solved. */
Test(plan, hunts_in_what_was_solved)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct plan_request wanted = request(60, seed);
        struct plan_history history = {.solved = STRV_INIT};
        struct plan plan;

        wanted.alone = true;
        strv_add(&history.solved, "lru-cache");
        strv_add(&history.lately, "lru-cache");
        cr_assert_eq(
            plan_draw(&wanted, &catalog, &cards, &history, &plan, NULL), 0);
        cr_assert_str_eq(plan.rounds[2].kata, "lru-cache");
        plan_release(&plan);
        strv_release(&history.solved);
        strv_release(&history.lately);
    }
}

Test(plan, keeps_to_its_topics)
{
    struct plan_request wanted = request(60, 3);
    struct plan plan;
    struct kata *kata;

    strv_add(&wanted.topics, "memory");
    strv_add(&wanted.topics, "patterns");
    for (wanted.seed = 0; wanted.seed < 10; wanted.seed++) {
        cr_assert_eq(
            plan_draw(&wanted, &catalog, &cards, &nothing, &plan, NULL), 0);
        cr_assert_eq(catalog_load(&catalog, plan.rounds[1].kata, &kata, NULL),
                     0);
        cr_assert(strv_has(&wanted.topics, kata->topic));
        for (size_t i = 0; i < plan.rounds[0].questions.count; i++)
            cr_assert(strv_has(
                &wanted.topics,
                cards_find(&cards, plan.rounds[0].questions.items[i])->topic));
        kata_free(kata);
        plan_release(&plan);
    }
    strv_release(&wanted.topics);
}

static void refuse(const struct plan_request *wanted, const char *message)
{
    struct err err = ERR_INIT;
    struct plan plan;

    cr_assert_eq(plan_draw(wanted, &catalog, &cards, &nothing, &plan, &err),
                 -1);
    cr_assert_not_null(strstr(err.text, message), "got '%s'", err.text);
    cr_assert_eq(plan.count, 0);
}

Test(plan, refuses_what_cannot_be)
{
    struct plan_request wanted = request(20, 1);

    cr_assert_eq(wanted.round_count, 3);
    refuse(&wanted, "need at least 33 minutes");
    wanted = request(240, 1);
    strv_add(&wanted.topics, "no-such-topic");
    refuse(&wanted, "not enough katas of these topics");
    wanted.round_count = 1;
    refuse(&wanted, "no question card of these topics");
    strv_release(&wanted.topics);
}

Test(plan, survives_json)
{
    static const char *const wrong[] = {
        "{}",
        "[]",
        "{\"rounds\": []}",
        "{\"rounds\": [{\"kind\": \"code\", \"minutes\": 5}]}",
        "{\"rounds\": [{\"kind\": \"x\", \"minutes\": 5, \"kata\": \"a\"}]}",
        "{\"rounds\": [{\"kind\": \"code\", \"minutes\": 0, \"kata\": \"a\"}]}",
        "{\"rounds\": [{\"kind\": \"bughunt\", \"minutes\": 5, \"kata\": "
        "\"a\"}]}",
        "{\"rounds\": [{\"kind\": \"concept\", \"minutes\": 5, \"questions\": "
        "[]}]}",
        "{\"rounds\": [{\"kind\": \"concept\", \"minutes\": 5, \"questions\": "
        "[1]}]}"};
    struct plan_request wanted = request(90, 11);
    char *text = drawn(&wanted, &nothing), *again;
    json_t *json = json_loads(text, 0, NULL);
    struct err err = ERR_INIT;
    struct plan plan;

    cr_assert_eq(plan_from_json(json, &plan, &err), 0, "%s", err.text);
    json_decref(json);
    json = plan_to_json(&plan);
    again = json_dumps(json, JSON_COMPACT);
    cr_assert_str_eq(text, again);
    json_decref(json);
    plan_release(&plan);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json = json_loads(wrong[i], 0, NULL);
        cr_assert_eq(plan_from_json(json, &plan, NULL), -1, "%s", wrong[i]);
        cr_assert_eq(plan.count, 0);
        json_decref(json);
    }
    cr_assert_eq(plan_from_json(NULL, &plan, NULL), -1);
    free(text);
    free(again);
}
