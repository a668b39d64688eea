/*
 * What a grading found: findings in stages, stages in a grade. Filled by the
 * judge, read by the reports.
 */
#ifndef JUDGE_RESULT_H
#define JUDGE_RESULT_H

#include "base/hash.h"
#include "base/strv.h"
#include "kata/kata.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The closed list of verdict categories. */
enum category {
    CATEGORY_NONE,
    CATEGORY_COMPILE_ERROR,
    CATEGORY_FORBIDDEN,
    CATEGORY_WRONG_ANSWER,
    CATEGORY_CRASH,
    CATEGORY_TIMEOUT,
    CATEGORY_OUTPUT_LIMIT,
    CATEGORY_MEMORY_LIMIT,
    CATEGORY_MEMORY_ERROR,
    CATEGORY_LEAK,
    CATEGORY_DATA_RACE,
    CATEGORY_DEADLOCK,
    CATEGORY_ALLOC_FAILURE,
    CATEGORY_TOO_SLOW,
    CATEGORY_TOO_BIG,
    CATEGORY_STYLE,
    CATEGORY_TAMPERING,
    CATEGORY_INTERNAL_ERROR,
    CATEGORY_COUNT
};

const char *category_name(enum category category);  /* "compile-error" */
enum category category_from_name(const char *name); /* or CATEGORY_COUNT */

enum status { STATUS_SKIP, STATUS_PASS, STATUS_FAIL, STATUS_ERROR };

const char *status_name(enum status status);

/* One thing that is wrong. All strings are owned, NULL where they do not
   apply; foreign bytes in them are escaped by whoever prints them. */
struct finding {
    enum category category;
    bool warning; /* shown, but the stage may pass */
    char *message;
    char *file;       /* "lru_cache.c" */
    int line, column; /* 0: not known */
    char *test;
    char *expected, *actual;
    struct strv trace;     /* the minimal trace, a line a call */
    struct strv want, got; /* the answers to it; got may be shorter */
    char *trace_file;      /* where it was saved for `kata replay` */
};

struct stage_result {
    enum stage_id id;
    enum status status;
    enum category category; /* NONE where it passed or was skipped */
    double score;
    int max_score;
    double seconds;
    char *reason; /* why it was skipped or could not run; owned, or NULL */
    bool hidden;  /* withheld from the student: only its name is left */
    struct finding *findings;
    size_t count, capacity;
    json_t *details; /* numbers of the stage for the JSON result, or NULL */
};

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_ERROR };

const char *verdict_name(enum verdict verdict);

struct grade {
    const struct kata *kata; /* borrowed */
    char *path; /* of what was graded, as the person named it, for reports;
                   owned, or NULL */
    enum verdict verdict;
    enum category category; /* of the first stage that did not pass */
    double score;
    int max_score;
    uint64_t seed;
    double seconds;
    char submission_hash[HASH_TEXT_SIZE], kata_hash[HASH_TEXT_SIZE];
    char *toolchain;
    const char *sandbox; /* "bwrap" or "none" */
    struct stage_result stages[STAGE_COUNT];
    bool selected[STAGE_COUNT]; /* what the person asked for */
    bool complete;              /* and that was every stage that applies */
    bool cancelled;
    struct award *award; /* by an instructor's scheme (judge/award.h); owned, or
                            NULL */
};

/* Adds a finding with a printf-like message to a stage, marks the stage failed
   (its category is that of the first such finding) and returns it, borrowed
   until the next is added. */
struct finding *stage_fail(struct stage_result *stage, enum category category,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As stage_fail, for what is shown but does not fail the stage. */
struct finding *stage_warn(struct stage_result *stage, enum category category,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The stage could not run: status error, category internal-error. */
void stage_error(struct stage_result *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * How many calls of the trace, from the i-th on, a page or a screen leaves out:
 * of a long one people want both ends. 0 for most i; who is given more says how
 * many there were and goes on behind them.
 */
size_t finding_hidden(const struct finding *finding, size_t i);

void finding_release(struct finding *finding);
void stage_result_release(struct stage_result *stage);
void grade_release(struct grade *grade);

/* Texts and lists in a result are cut to so many bytes and items. */
enum { RESULT_TEXT_MAX = 16384, RESULT_LIST_MAX = 1000 };

/* The kata-result/1 object, with "awarded" where the grade has an award; the
   caller owns the reference. */
json_t *grade_to_json(const struct grade *grade);

/* The slug in a kata-result/1 object, borrowed; NULL where there is none. */
const char *grade_json_slug(const json_t *json);

/*
 * Reads a kata-result/1 object back, as a grade of `kata` (borrowed). What the
 * format has and is not as docs/result-format.md says is an error; then there
 * is nothing to release. Else the caller releases *grade.
 */
int grade_from_json(const json_t *json, const struct kata *kata,
                    struct grade *grade, struct err *err);

#endif
