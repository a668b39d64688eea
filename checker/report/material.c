#include "report/interview.h"

#include "base/alloc.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int load_variants(struct material_round *round,
                         const struct catalog *catalog,
                         const struct plan_round *plan, struct err *err)
{
    round->variants =
        xcalloc(plan->variants.count + 1, sizeof *round->variants);
    for (size_t i = 0; i < plan->variants.count; i++) {
        if (catalog_load(catalog, plan->variants.items[i], &round->variants[i],
                         err) < 0)
            return -1;
        round->variant_count++;
    }
    return 0;
}

static int load_mutant(struct material_round *round,
                       const struct plan_round *plan, struct err *err)
{
    if (mutants_load(round->kata, &round->mutants, err) < 0)
        return -1;
    for (size_t i = 0; i < round->mutants.count; i++)
        if (strcmp(round->mutants.items[i].name, plan->mutant) == 0)
            round->mutant = &round->mutants.items[i];
    if (!round->mutant)
        return err_set(err, "%s has no mutant '%s' any more", plan->kata,
                       plan->mutant);
    return 0;
}

static int load_round(struct material_round *round,
                      const struct catalog *catalog,
                      const struct plan_round *plan, struct err *err)
{
    if (plan->kind == ROUND_CONCEPT)
        return 0;
    if (catalog_load(catalog, plan->kata, &round->kata, err) < 0)
        return -1;
    if (plan->kind == ROUND_HUNT)
        return load_mutant(round, plan, err);
    if (guide_load(round->kata, &round->guide, err) < 0)
        return -1;
    return load_variants(round, catalog, plan, err);
}

int material_load(struct material *material, struct db *db, const char *root,
                  const struct catalog *catalog, const struct session *session,
                  struct err *err)
{
    int status;

    *material = (struct material){.session = session};
    if (cards_load(root, &material->cards, err) < 0)
        return -1;
    status = session_events(db, session->id, &material->events, err);
    if (status == 0)
        status = session_runs(db, session->id, &material->runs, err);
    for (size_t i = 0; i < session->plan.count && status == 0; i++)
        status = load_round(&material->rounds[i], catalog,
                            &session->plan.rounds[i], err);
    if (status < 0)
        material_release(material);
    return status;
}

void material_release(struct material *material)
{
    for (size_t i = 0; i < PLAN_ROUNDS_MAX; i++) {
        struct material_round *round = &material->rounds[i];

        for (size_t k = 0; k < round->variant_count; k++)
            kata_free(round->variants[k]);
        free(round->variants);
        kata_free(round->kata);
        guide_release(&round->guide);
        mutants_release(&round->mutants);
    }
    cards_release(&material->cards);
    events_release(&material->events);
    session_runs_release(&material->runs);
    *material = (struct material){.session = NULL};
}

const struct session_run *material_last_run(const struct material *material,
                                            size_t round)
{
    for (size_t i = material->runs.count; i-- > 0;)
        if (material->runs.items[i].round == round)
            return &material->runs.items[i];
    return NULL;
}

/* Criteria */

static const char *const hunt_anchors[GUIDE_MARKS] = {
    "Changes lines until the tests pass, cannot say what was wrong",
    "Finds it with the tests' help, explains it after questions",
    "Finds and explains it, with calls that show it; the fix is right",
    "Suspects by reading, proves with few calls, names the missing test"};

static const char *const question_anchors[GUIDE_MARKS] = {
    "Wrong, or one of the common wrong answers",
    "Part of the key points, after questions", "Most of the key points unasked",
    "All key points, with an example, and answers what follows"};

static const char *const general[] = {"problem solving", "C and memory",
                                      "correctness and testing",
                                      "communication"};

static void add_criterion(struct criteria *criteria, const char *name,
                          const char *const *anchors)
{
    struct criterion *criterion;

    criteria->items = grow(criteria->items, &criteria->capacity,
                           criteria->count, sizeof *criteria->items);
    criterion = &criteria->items[criteria->count++];
    *criterion = (struct criterion){.name = xstrdup(name)};
    for (size_t i = 0; anchors && i < GUIDE_MARKS; i++)
        criterion->anchors[i] = xstrdup(anchors[i]);
}

static const struct guide *first_guide(const struct material *material)
{
    const struct plan *plan = &material->session->plan;

    for (size_t i = 0; i < plan->count; i++)
        if (plan->rounds[i].kind == ROUND_CODE)
            return &material->rounds[i].guide;
    return NULL;
}

void criteria_list(const struct material *material, struct criteria *criteria)
{
    const struct plan *plan = &material->session->plan;
    const struct guide *guide = first_guide(material);
    size_t questions = 0;
    bool hunt = false;

    *criteria = (struct criteria){.items = NULL};
    for (size_t i = 0; guide && i < guide->criterion_count; i++)
        add_criterion(criteria, guide->criteria[i].name,
                      (const char *const *)guide->criteria[i].anchors);
    for (size_t i = 0; !guide && i < sizeof general / sizeof *general; i++)
        add_criterion(criteria, general[i], NULL);
    for (size_t i = 0; i < plan->count; i++) {
        questions += plan->rounds[i].questions.count;
        hunt = hunt || plan->rounds[i].kind == ROUND_HUNT;
    }
    for (size_t i = 0; i < questions; i++) {
        char *name = xasprintf("question %zu", i + 1);

        add_criterion(criteria, name, question_anchors);
        free(name);
    }
    if (hunt)
        add_criterion(criteria, "bug hunt", hunt_anchors);
}

void criteria_release(struct criteria *criteria)
{
    for (size_t i = 0; i < criteria->count; i++) {
        free(criteria->items[i].name);
        for (size_t k = 0; k < GUIDE_MARKS; k++)
            free(criteria->items[i].anchors[k]);
    }
    free(criteria->items);
    *criteria = (struct criteria){.items = NULL};
}

static bool begins(const char *name, const char *typed)
{
    for (; *typed; name++, typed++) {
        char c = *typed == '-' || *typed == '_' ? ' ' : *typed;

        if (tolower((unsigned char)*name) != tolower((unsigned char)c))
            return false;
    }
    return true;
}

const struct criterion *criteria_find(const struct criteria *criteria,
                                      const char *name)
{
    const struct criterion *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < criteria->count; i++) {
        const struct criterion *each = &criteria->items[i];

        if (!*name || !begins(each->name, name))
            continue;
        if (strlen(each->name) == strlen(name))
            return each;
        found = each;
        count++;
    }
    return count == 1 ? found : NULL;
}

const struct event *criteria_mark(const struct events *events, const char *name)
{
    for (size_t i = events->count; i-- > 0;)
        if (events->items[i].kind == EVENT_RATE && events->items[i].subject &&
            strcmp(events->items[i].subject, name) == 0)
            return &events->items[i];
    return NULL;
}

char *interview_clock(double seconds)
{
    long long whole = (long long)floor(fabs(seconds));

    return xasprintf("%s%lld:%02lld", seconds < 0 ? "-" : "", whole / 60,
                     whole % 60);
}
