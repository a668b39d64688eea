/*
 * What a grade earns by an instructor's scheme (kata/scheme.h): points, what
 * being late takes of them, and what the student may see.
 *
 *     if (award_grade(&scheme, student, &handed_in, &grade, &err) == 0)
 *         ... grade.award ...
 *
 * The grade itself stays as it is. Points are rounded to hundredths, halves up,
 * once: those before the late rules and those after them are each computed from
 * what was measured. Points of stages are rounded so that they add up; where
 * those that earned any have less together than that, by the rounding of what a
 * stage is worth, it is less.
 */
#ifndef JUDGE_AWARD_H
#define JUDGE_AWARD_H

#include "judge/result.h"
#include "kata/scheme.h"

/* How a submission stands to its deadline. */
enum lateness {
    LATENESS_NONE,     /* there is no deadline */
    LATENESS_UNKNOWN,  /* nobody knows when it was handed in: no rule applied */
    LATENESS_IN_TIME,  /* the grace period included */
    LATENESS_LATE,     /* it cost `percent` */
    LATENESS_TOO_LATE, /* nothing counts any more */
    LATENESS_UNGRADED  /* the verdict is error: there is nothing to take from */
};

const char *lateness_name(enum lateness lateness); /* "in-time" */

struct award {
    bool graded;                /* false: the verdict is error, and there are no
                                   points, which is not the same as 0 */
    double max;                 /* what a full score is worth */
    double earned;              /* before the late rules */
    double points;              /* after them */
    double stages[STAGE_COUNT]; /* they add up to `earned` */
    double stages_max[STAGE_COUNT]; /* they add up to `max` */
    double awarded[STAGE_COUNT];    /* after the late rules: up to `points` */
    enum lateness lateness;
    int64_t handed_in, deadline; /* seconds since 1970; where they are known */
    int64_t late;                /* seconds after the deadline */
    int64_t each;                /* seconds of a unit, a day or an hour */
    long long units;             /* started ones */
    double percent;              /* taken off */
    enum visibility visibility[STAGE_COUNT];
};

/*
 * Makes grade->award, which the grade owns. `student` and `handed_in` (seconds
 * since 1970) may be NULL where they are not known. -1 where the scheme's
 * weights leave this kata without points.
 */
int award_grade(const struct scheme *scheme, const char *student,
                const int64_t *handed_in, struct grade *grade, struct err *err);

/* Do these rules leave the kata a stage with points? 0, or -1 and an error. */
int award_check(const struct scheme_rules *rules, const struct kata *kata,
                struct err *err);

/* Sets lateness ... percent from the rules; `award->graded` is set before. */
void award_lateness(const struct scheme_late *late, const char *student,
                    const int64_t *handed_in, struct award *award);

/* To hundredths, halves up. */
double award_round(double points);

/* Shares `total`, in hundredths, out in proportion to `exact`, none above its
   `limits` (NULL: none), so that `parts` add up to it. */
void award_split(double total, const double exact[STAGE_COUNT],
                 const double *limits, double parts[STAGE_COUNT]);

/* "2 days late: 20 % off 28.5 points"; owned, NULL where there is nothing to
   say. */
char *award_note(const struct award *award);

/* The object "awarded" of docs/result-format.md; a new reference. */
json_t *award_to_json(const struct grade *grade);

#endif
