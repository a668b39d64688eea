#include "judge/award.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "judge/stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600 };

/* What binary fractions lose: 0.285 * 100 is a little less than 28.5. */
static const double slack = 1e-6;

const char *lateness_name(enum lateness lateness)
{
    static const char *const names[] = {"none", "unknown",  "in-time",
                                        "late", "too-late", "ungraded"};

    return names[lateness];
}

double award_round(double points)
{
    return floor(points * 100 + 0.5 + slack) / 100;
}

static long long to_hundredths(double points)
{
    return (long long)floor(points * 100 + 0.5 + slack);
}

/* The part that gets the next hundredth: the one that lacks most. */
static int neediest(const double exact[STAGE_COUNT], double factor,
                    const double *limits, const long long parts[STAGE_COUNT])
{
    double most = 0;
    int found = -1;

    for (int i = 0; i < STAGE_COUNT; i++) {
        double lacks = exact[i] * factor * 100 - (double)parts[i];

        if (exact[i] <= 0 || (limits && parts[i] >= to_hundredths(limits[i])))
            continue;
        if (found < 0 || lacks > most + slack) {
            found = i;
            most = lacks;
        }
    }
    return found;
}

void award_split(double total, const double exact[STAGE_COUNT],
                 const double *limits, double parts[STAGE_COUNT])
{
    long long hundredths[STAGE_COUNT] = {0}, left = to_hundredths(total);
    double sum = 0, factor;

    for (int i = 0; i < STAGE_COUNT; i++)
        sum += exact[i];
    factor = sum > 0 ? total / sum : 0;
    for (int i = 0; i < STAGE_COUNT; i++) {
        hundredths[i] = (long long)floor(exact[i] * factor * 100 + slack);
        if (limits && hundredths[i] > to_hundredths(limits[i]))
            hundredths[i] = to_hundredths(limits[i]);
        left -= hundredths[i];
    }
    while (left-- > 0) {
        int i = neediest(exact, factor, limits, hundredths);

        if (i < 0)
            break;
        hundredths[i]++;
    }
    for (int i = 0; i < STAGE_COUNT; i++)
        parts[i] = (double)hundredths[i] / 100;
}

/* What those stages can have that have earned anything. */
static double within(const double exact[STAGE_COUNT],
                     const double limits[STAGE_COUNT], double points)
{
    double most = 0;

    for (int i = 0; i < STAGE_COUNT; i++)
        most += exact[i] > 0 ? limits[i] : 0;
    return fmin(award_round(points), award_round(most));
}

/* How far a stage was passed. What a result says of it is in hundredths, so a
   grade and its result read back earn the same. */
static double share_of(const struct stage_result *stage)
{
    if (stage->max_score > 0)
        return fmin(1, fmax(0, award_round(stage->score) / stage->max_score));
    return stage->status == STATUS_PASS;
}

static double weight_of(const struct scheme_rules *rules,
                        const struct grade *grade, int stage)
{
    if (!grade->selected[stage])
        return 0;
    return rules->has_weights ? rules->weights[stage]
                              : grade->stages[stage].max_score;
}

static int no_points(const char *slug, struct err *err)
{
    return err_set(err, "weights: expected one above 0 for a stage that %s has",
                   slug);
}

static int set_points(const struct scheme_rules *rules,
                      const struct grade *grade, struct award *award,
                      struct err *err)
{
    double weights[STAGE_COUNT], exact[STAGE_COUNT], sum = 0, earned = 0;

    for (int i = 0; i < STAGE_COUNT; i++) {
        weights[i] = weight_of(rules, grade, i);
        sum += weights[i];
    }
    if (!(sum > 0))
        return no_points(grade->kata->slug, err);
    for (int i = 0; i < STAGE_COUNT; i++) {
        exact[i] = award->max * weights[i] * share_of(&grade->stages[i]) / sum;
        earned += exact[i];
    }
    award_split(award->max, weights, NULL, award->stages_max);
    award->earned = within(exact, award->stages_max, earned);
    award_split(award->earned, exact, award->stages_max, award->stages);
    award->points = award->lateness == LATENESS_TOO_LATE
                        ? 0
                        : within(exact, award->stages_max,
                                 earned * (1 - award->percent / 100));
    award_split(award->points, exact, award->stages_max, award->awarded);
    return 0;
}

void award_lateness(const struct scheme_late *late, const char *student,
                    const int64_t *handed_in, struct award *award)
{
    award->deadline = scheme_deadline(late, student);
    award->each = late->each;
    if (!award->graded) {
        award->lateness = LATENESS_UNGRADED;
        return;
    }
    if (!handed_in) {
        award->lateness = LATENESS_UNKNOWN;
        return;
    }
    award->handed_in = *handed_in;
    award->late = *handed_in - award->deadline;
    award->lateness = LATENESS_IN_TIME;
    if (award->late <= late->grace)
        return;
    award->units = (award->late + late->each - 1) / late->each;
    award->percent = fmin(late->cap, (double)award->units * late->percent);
    award->lateness = LATENESS_LATE;
    if (late->last >= 0 && award->units > late->last) {
        award->percent = 100;
        award->lateness = LATENESS_TOO_LATE;
    }
}

int award_grade(const struct scheme *scheme, const char *student,
                const int64_t *handed_in, struct grade *grade, struct err *err)
{
    const struct scheme_rules rules = scheme_rules(scheme, grade->kata->slug);
    struct award *award = xcalloc(1, sizeof *award);

    award->graded = grade->verdict != VERDICT_ERROR;
    award->max = award_round(rules.points);
    memcpy(award->visibility, rules.visibility, sizeof award->visibility);
    if (rules.has_late)
        award_lateness(&rules.late, student, handed_in, award);
    if (award->graded && set_points(&rules, grade, award, err) < 0) {
        free(award);
        return -1;
    }
    free(grade->award);
    grade->award = award;
    return 0;
}

int award_check(const struct scheme_rules *rules, const struct kata *kata,
                struct err *err)
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage *stage = &stage_table[i];

        if ((!stage->applies || stage->applies(kata)) &&
            (rules->has_weights ? rules->weights[i] : kata->weights[i]) > 0)
            return 0;
    }
    return no_points(kata->slug, err);
}

char *award_note(const struct award *award)
{
    const char *unit = award->each == HOUR ? "hour" : "day";
    const char *plural = award->units == 1 ? "" : "s";

    if (award->lateness == LATENESS_UNKNOWN)
        return xstrdup("not known when it was handed in: the late rules are "
                       "not applied");
    if (award->lateness == LATENESS_TOO_LATE)
        return xasprintf("%lld %s%s late: too late to count; it earned %.6g "
                         "points",
                         award->units, unit, plural, award->earned);
    if (award->lateness == LATENESS_LATE)
        return xasprintf("%lld %s%s late: %.4g %% off %.6g points",
                         award->units, unit, plural, award->percent,
                         award->earned);
    return NULL;
}

static json_t *moment(int64_t seconds)
{
    char text[MOMENT_SIZE];

    moment_write(seconds, text);
    return json_string(text);
}

static json_t *lateness_to_json(const struct award *award)
{
    json_t *json =
        json_pack("{s:s, s:o}", "state", lateness_name(award->lateness),
                  "deadline", moment(award->deadline));

    if (award->lateness == LATENESS_UNKNOWN ||
        award->lateness == LATENESS_UNGRADED)
        return json;
    json_object_set_new(json, "handed_in", moment(award->handed_in));
    if (award->lateness == LATENESS_IN_TIME)
        return json;
    json_object_set_new(json, "seconds", json_integer(award->late));
    json_object_set_new(json, "each",
                        json_string(award->each == HOUR ? "hour" : "day"));
    json_object_set_new(json, "started", json_integer(award->units));
    json_object_set_new(json, "percent", json_real(award->percent));
    return json;
}

json_t *award_to_json(const struct grade *grade)
{
    const struct award *award = grade->award;
    json_t *stages = json_object();
    json_t *json = json_pack(
        "{s:o, s:o, s:f}", "points",
        award->graded ? json_real(award->points) : json_null(), "earned",
        award->graded ? json_real(award->earned) : json_null(), "max_points",
        award->max);

    if (award->lateness != LATENESS_NONE)
        json_object_set_new(json, "late", lateness_to_json(award));
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            json_object_set_new(
                stages, stage_name((enum stage_id)i),
                json_pack("{s:o, s:f, s:s}", "points",
                          award->graded ? json_real(award->stages[i])
                                        : json_null(),
                          "max_points", award->stages_max[i], "visibility",
                          visibility_name(award->visibility[i])));
    json_object_set_new(json, "stages", stages);
    return json;
}
