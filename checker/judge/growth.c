/*
 * growth: does the cost of a call grow as the header promises?
 *
 * The costs are counted, not timed (judge/measure.h), and fitted to a class
 * (judge/fit.h). A claim holds where the class of the mean is not above it, or
 * else that of the typical call: "put is O(1)" is meant amortised, and whether
 * a table is resized just within the calls that are counted is chance.
 *
 * The reference is measured in the same way, once, and kept.
 */
#include "judge/growth.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "judge/oracle.h"
#include "judge/stage.h"

#include <gnu/libc-version.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { POINTS_TO_FIT = 3, JSON_MAX = 1 << 20 };

/* A block that malloc gives takes that much more than was asked for; it also
   makes a class of costs that are all zero. */
static const double block_overhead = 16;

/* Below this nothing was called: returning alone takes more. */
static const double least_instructions = 4;

/* A claim that is this far over is not measured to its end. */
static const double far_over = 5;

/* Between the largest and the smallest ratio of costs that grow alike. An array
   that grows by half or to the triple was off one that doubles by up to 26 %;
   log n grows by half from 256 to 4096. */
static const double alike = 1.3;

static const struct cost *cost_of(const struct measured_point *point,
                                  enum cost_kind kind)
{
    return kind == COST_MEAN ? &point->mean : &point->typical;
}

static struct fit fit_points(const struct measured_claim *measured,
                             enum cost_kind kind, bool bytes)
{
    double *n = xcalloc(2 * measured->count, sizeof *n);
    double *costs = n + measured->count;
    struct fit fit;

    for (size_t i = 0; i < measured->count; i++) {
        const struct cost *cost = cost_of(&measured->points[i], kind);

        n[i] = (double)measured->points[i].n;
        costs[i] =
            bytes ? cost->bytes + block_overhead : cost->instructions + 1;
    }
    fit_growth(n, costs, measured->count, &fit);
    free(n);
    return fit;
}

/* The class of what one of n elements asked for when they were prepared. */
static enum growth_class class_prepared(const struct measured_claim *measured)
{
    struct measured_claim prepared = {.count = measured->count};
    struct fit fit;

    prepared.points = xcalloc(prepared.count, sizeof *prepared.points);
    for (size_t i = 0; i < prepared.count; i++) {
        prepared.points[i].n = measured->points[i].n;
        prepared.points[i].mean.bytes = measured->points[i].prepared;
    }
    fit = fit_points(&prepared, COST_MEAN, true);
    free(prepared.points);
    return fit.class;
}

/* Is what is measured what it was prepared with? */
static bool same_command(const struct growth_claim *claim)
{
    for (size_t i = 0; i < claim->measure.count; i++)
        for (size_t k = 0; k < claim->prepare.count; k++) {
            const char *a = claim->measure.items[i];
            const char *b = claim->prepare.items[k];
            size_t n = strcspn(a, " ");

            if (n == strcspn(b, " ") && strncmp(a, b, n) == 0)
                return true;
        }
    return false;
}

/*
 * What an array asks for while it grows is a sum of its sizes, the last of
 * which may be far more than n and depends on where n falls between them; by an
 * eighth at a time, as CPython's lists grow, it nears its nine n from below.
 * That looks like n log n often enough, which nobody asks for.
 */
static bool is_within(enum growth_class class, enum growth_class at_most,
                      bool bytes)
{
    if (bytes && at_most == GROWTH_LINEAR)
        at_most = GROWTH_LINEAR_LOG;
    return class <= at_most;
}

/*
 * Where only the typical call is in the class, the others have to be rare
 * enough. Too rare to be told from a window of calls is an array that grows by
 * a constant, but then preparing n elements with the same call has asked for
 * more than n times a constant.
 */
struct judged growth_judge(const struct growth_claim *claim,
                           const struct measured_claim *measured, bool bytes)
{
    enum growth_class at_most = bytes ? claim->bytes_at_most : claim->at_most;
    struct judged judged = {.fit = fit_points(measured, COST_MEAN, bytes)};

    if (!is_within(judged.fit.class, at_most, bytes)) {
        struct fit mean = judged.fit;

        judged.kind = COST_TYPICAL;
        judged.fit = fit_points(measured, COST_TYPICAL, bytes);
        if (is_within(judged.fit.class, at_most, bytes) &&
            same_command(claim) &&
            !is_within(class_prepared(measured), at_most, bytes)) {
            judged.kind = COST_MEAN;
            judged.fit = mean;
        }
    }
    judged.holds = is_within(judged.fit.class, at_most, bytes);
    return judged;
}

static double ratio_at(const struct measured_claim *measured,
                       const struct measured_claim *reference, size_t i)
{
    return (measured->points[i].mean.instructions + 1) /
           (reference->points[i].mean.instructions + 1);
}

bool growth_alike(const struct measured_claim *measured,
                  const struct measured_claim *reference)
{
    double least = INFINITY, most = 0;

    if (measured->count != reference->count)
        return false;
    for (size_t i = 1; i < measured->count; i++) {
        least = fmin(least, ratio_at(measured, reference, i));
        most = fmax(most, ratio_at(measured, reference, i));
    }
    return most <= alike * fmin(least, ratio_at(measured, reference, 0));
}

/* The reference */

/* What the numbers follow from: the program that is measured, what it is asked,
   and the tools. */
static int cache_key(struct run *run, char key[HASH_TEXT_SIZE], struct err *err)
{
    const char *program = run_build(run, PROGRAM_AGENT, err);
    char *questions = path_join(run->kata->dir, "kata.json");
    struct stat valgrind = {.st_size = 0};
    struct hash hash;
    int status = program ? 0 : -1;

    if (status == 0 && stat("/usr/bin/valgrind", &valgrind) < 0)
        status = err_set(err, "Valgrind is not installed (package valgrind)");
    hash_init(&hash);
    hash_add_text(&hash, "growth 3");
    hash_add_text(&hash, gnu_get_libc_version());
    hash_add(&hash, &valgrind.st_mtim, sizeof valgrind.st_mtim);
    if (status == 0)
        status = hash_add_file(&hash, program, err);
    if (status == 0)
        status = hash_add_file(&hash, questions, err);
    hash_text(&hash, key);
    free(questions);
    return status;
}

static struct measured_claim *from_cache(const struct run *run, const char *key)
{
    struct measured_claim *claims = NULL;
    struct str text = STR_INIT;
    json_t *json = NULL;

    if (cache_get(run->cache, key, &text))
        json = json_loadb(text.text, text.length, 0, NULL);
    if (json)
        claims = measure_from_json(json, run->kata);
    json_decref(json);
    str_release(&text);
    return claims;
}

static bool is_whole(const struct measured_claim *claims,
                     const struct kata *kata, struct err *err)
{
    for (size_t i = 0; i < kata->growth_count; i++) {
        const struct measured_claim *claim = &claims[i];

        if (claim->end != MEASURE_DONE)
            err_set(err, "the reference did not get through \"%s\"",
                    kata->growth[i].claim);
        else if (claim->points[0].mean.instructions < least_instructions)
            err_set(err, "the lines that measure \"%s\" call nothing",
                    kata->growth[i].claim);
        else
            continue;
        return false;
    }
    return true;
}

static struct measured_claim *measure_reference(struct run *run,
                                                struct err *err)
{
    char key[HASH_TEXT_SIZE], *text;
    struct measured_claim *claims;
    json_t *json;

    if (cache_key(run, key, err) < 0)
        return NULL;
    claims = from_cache(run, key);
    if (claims)
        return claims;
    claims = measure_claims(run, NULL, NULL, err);
    if (claims && !is_whole(claims, run->kata, err)) {
        measure_free(claims, run->kata->growth_count);
        return NULL;
    }
    if (claims) {
        json = measure_to_json(claims, run->kata->growth_count);
        text = json_dumps(json, JSON_COMPACT);
        cache_put(run->cache, key, text, strlen(text));
        free(text);
        json_decref(json);
    }
    return claims;
}

/* The submission */

struct growth {
    const struct kata *kata;
    const struct measured_claim *reference;
    bool briefly; /* one claim that does not hold is enough */
};

static struct judged judge_time(const struct growth_claim *claim,
                                const struct measured_claim *measured,
                                const struct measured_claim *reference)
{
    struct judged judged = growth_judge(claim, measured, false);

    if (!judged.holds && growth_alike(measured, reference))
        judged = growth_judge(claim, reference, false);
    return judged;
}

/* Of a claim that was measured to its end. */
static bool holds(const struct growth_claim *claim,
                  const struct measured_claim *measured,
                  const struct measured_claim *reference)
{
    return judge_time(claim, measured, reference).holds &&
           (!claim->has_bytes || growth_judge(claim, measured, true).holds);
}

/* What costs many times the reference's and grows above its class will not
   come back under it, and a larger n would only take long to say so. */
static bool is_far_over(const struct growth_claim *claim,
                        const struct measured_claim *measured,
                        const struct measured_claim *reference)
{
    const struct measured_point *last, *first = measured->points;

    if (measured->count < POINTS_TO_FIT || measured->count == claim->n_count)
        return false;
    last = &measured->points[measured->count - 1];
    return last->typical.instructions >
               far_over * reference->points[measured->count - 1]
                              .typical.instructions &&
           last->typical.instructions > 4 * first->typical.instructions &&
           !growth_judge(claim, measured, false).holds;
}

static enum measure_next
choose_next(size_t number, const struct measured_claim *measured, void *context)
{
    const struct growth *growth = context;
    const struct growth_claim *claim = &growth->kata->growth[number];
    const struct measured_claim *reference = &growth->reference[number];

    if (is_far_over(claim, measured, reference))
        return growth->briefly ? MEASURE_NO_MORE : MEASURE_NEXT_CLAIM;
    if (growth->briefly &&
        (measured->end != MEASURE_DONE || (measured->count == claim->n_count &&
                                           !holds(claim, measured, reference))))
        return MEASURE_NO_MORE;
    return MEASURE_ON;
}

/* "112, 431, 1702 bytes for n = 256, 1024, 4096" */
static char *points_text(const struct measured_claim *measured,
                         const struct judged *judged, bool bytes)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < measured->count; i++) {
        const struct cost *cost = cost_of(&measured->points[i], judged->kind);

        str_addf(&text, "%s%.0f", i ? ", " : "",
                 bytes ? cost->bytes : cost->instructions);
    }
    str_addf(&text, " %s for n = ", bytes ? "bytes" : "instructions");
    for (size_t i = 0; i < measured->count; i++)
        str_addf(&text, "%s%lld", i ? ", " : "", measured->points[i].n);
    return str_detach(&text);
}

static void fail_class(const struct growth_claim *claim,
                       const struct measured_claim *measured,
                       const struct judged *judged, bool bytes,
                       struct stage_result *result)
{
    const char *class = growth_class_name(judged->fit.class);
    char *points = points_text(measured, judged, bytes);
    struct finding *finding =
        stage_fail(result, bytes ? CATEGORY_TOO_BIG : CATEGORY_TOO_SLOW,
                   "%s, but it is %s: a call %s %s", claim->claim, class,
                   bytes ? "asks for" : "takes", points);

    finding->expected = xstrdup(
        growth_class_name(bytes ? claim->bytes_at_most : claim->at_most));
    finding->actual = xstrdup(class);
    free(points);
}

/* A claim whose next point could not be measured. */
static void fail_end(const struct growth_claim *claim,
                     const struct measured_claim *measured,
                     struct stage_result *result)
{
    struct finding *finding;

    if (measured->end == MEASURE_TIME) {
        finding = stage_fail(result, CATEGORY_TOO_SLOW,
                             "%s: with n = %lld it takes too long to be "
                             "measured",
                             claim->claim, claim->n[measured->count]);
        finding->expected = xstrdup(growth_class_name(claim->at_most));
    } else if (measured->end == MEASURE_OUTPUT) {
        stage_fail(result, CATEGORY_OUTPUT_LIMIT,
                   "%s: with n = %lld it prints without end", claim->claim,
                   claim->n[measured->count]);
    } else if (measured->end == MEASURE_CRASH) {
        stage_fail(result, CATEGORY_CRASH, "%s: with n = %lld it %s%s",
                   claim->claim, claim->n[measured->count],
                   measured->signal ? "crashes: " : "ends its process",
                   measured->signal ? strsignal(measured->signal) : "");
    }
}

static json_t *points_json(const struct measured_claim *measured,
                           const struct measured_claim *reference,
                           enum cost_kind kind)
{
    json_t *list = json_array();

    for (size_t i = 0; i < measured->count; i++) {
        const struct cost *mine = cost_of(&measured->points[i], kind);
        const struct cost *other = cost_of(&reference->points[i], kind);

        json_array_append_new(
            list, json_pack("{s:I, s:f, s:f, s:f}", "n",
                            (json_int_t)measured->points[i].n, "instructions",
                            mine->instructions, "bytes", mine->bytes,
                            "reference", other->instructions));
    }
    return list;
}

static double factor_of(const struct measured_claim *measured,
                        const struct measured_claim *reference,
                        enum cost_kind kind)
{
    size_t last = measured->count - 1;

    return cost_of(&measured->points[last], kind)->instructions /
           cost_of(&reference->points[last], kind)->instructions;
}

static bool judge_bytes(const struct growth_claim *claim,
                        const struct measured_claim *measured, json_t *entry,
                        struct stage_result *result)
{
    struct judged judged = growth_judge(claim, measured, true);

    if (!judged.holds)
        fail_class(claim, measured, &judged, true, result);
    json_object_set_new(entry, "bytes_class",
                        json_string(growth_class_name(judged.fit.class)));
    return judged.holds;
}

/* Judges what was measured of one claim; what it found goes to `entry`. */
static void judge_points(const struct growth_claim *claim,
                         const struct measured_claim *measured,
                         const struct measured_claim *reference, json_t *entry,
                         struct stage_result *result)
{
    struct judged judged = judge_time(claim, measured, reference);
    bool held = judged.holds && measured->end == MEASURE_DONE;

    if (measured->end != MEASURE_TIME && !judged.holds)
        fail_class(claim, measured, &judged, false, result);
    if (claim->has_bytes && !judge_bytes(claim, measured, entry, result))
        held = false;
    json_object_set_new(entry, "class",
                        json_string(growth_class_name(judged.fit.class)));
    json_object_set_new(entry, "confidence", json_real(judged.fit.confidence));
    json_object_set_new(entry, "factor",
                        json_real(factor_of(measured, reference, judged.kind)));
    json_object_set_new(entry, "points",
                        points_json(measured, reference, judged.kind));
    json_object_set_new(entry, "holds", json_boolean(held));
}

static json_t *judge_claim(const struct growth_claim *claim,
                           const struct measured_claim *measured,
                           const struct measured_claim *reference,
                           struct stage_result *result)
{
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:b, s:o}", "claim", claim->claim, "at_most",
        growth_class_name(claim->at_most), "class", "not measured", "holds", 0,
        "points", points_json(measured, reference, COST_MEAN));

    fail_end(claim, measured, result);
    if (measured->count >= POINTS_TO_FIT)
        judge_points(claim, measured, reference, entry, result);
    return entry;
}

/* Only what differs outside callgrind is held against a submission. */
static int judge_answers(struct run *run, const struct measured_claim *measured,
                         const struct measured_claim *reference, size_t number,
                         struct stage_result *result, struct err *err)
{
    int status = 0;

    for (size_t i = 0;
         i < measured->count && status == 0 && result->status == STATUS_PASS;
         i++) {
        struct strv calls = STRV_INIT;

        if (measured->points[i].answers == reference->points[i].answers)
            continue;
        measure_calls(run->kata, number, i, &calls);
        status = oracle_hold(run, &calls, result, err);
        strv_release(&calls);
    }
    return status;
}

static bool answers_alike(const struct growth *growth,
                          const struct measured_claim *measured)
{
    for (size_t i = 0; i < growth->kata->growth_count; i++)
        for (size_t k = 0; k < measured[i].count; k++)
            if (measured[i].points[k].answers !=
                growth->reference[i].points[k].answers)
                return false;
    return true;
}

/*
 * What is cheap because it does not do its work: calls are to be answered as
 * the reference answers them with the largest n, too. The digests say where to
 * look. What is wrong with few elements as well, the oracle says already.
 */
static int judge_all_answers(struct run *run, const struct growth *growth,
                             const struct measured_claim *measured,
                             struct stage_result *result, struct err *err)
{
    bool passes;
    int status;

    if (answers_alike(growth, measured))
        return 0;
    status = oracle_passes(run, &passes, err);
    for (size_t i = 0; i < run->kata->growth_count && status == 0 && passes;
         i++)
        status = judge_answers(run, &measured[i], &growth->reference[i], i,
                               result, err);
    return status;
}

static void judge_all(const struct growth *growth,
                      const struct measured_claim *measured,
                      struct stage_result *result)
{
    const struct kata *kata = growth->kata;
    json_t *claims = json_array();
    bool answered = result->status == STATUS_PASS;
    size_t held = 0;

    for (size_t i = 0; i < kata->growth_count; i++) {
        json_t *entry = judge_claim(&kata->growth[i], &measured[i],
                                    &growth->reference[i], result);

        held += answered && json_is_true(json_object_get(entry, "holds"));
        json_array_append_new(claims, entry);
    }
    result->details = json_pack("{s:o}", "claims", claims);
    result->score =
        result->max_score * (double)held / (double)kata->growth_count;
}

void stage_growth(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct run *reference = run->reference ? run->reference : run;
    struct growth growth = {.kata = run->kata, .briefly = run->verdict_only};
    struct measured_claim *measured = NULL, *references;
    struct err err = ERR_INIT;

    (void)grade;
    references = measure_reference(reference, &err);
    growth.reference = references;
    if (references && run->is_twin)
        measured = references;
    else if (references)
        measured = measure_claims(run, choose_next, &growth, &err);
    if (measured &&
        judge_all_answers(run, &growth, measured, result, &err) == 0)
        judge_all(&growth, measured, result);
    else
        stage_error(result, "%s", err.text);
    if (measured != references)
        measure_free(measured, run->kata->growth_count);
    measure_free(references, run->kata->growth_count);
}
