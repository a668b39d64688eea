/*
 * One exercise and its metadata: what kata.json says, checked.
 *
 * kata_load reads and validates kata.json from one table (schema.c), which is
 * also what docs/kata-format.md is generated from. Each error names the file,
 * the key and what was expected there.
 */
#ifndef KATA_KATA_H
#define KATA_KATA_H

#include "base/err.h"
#include "base/strv.h"
#include "kata/grammar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum kata_level { LEVEL_JUNIOR, LEVEL_MID, LEVEL_SENIOR };

/* How strictly a call must behave when memory runs out. */
enum kata_faults { FAULTS_NONE, FAULTS_BASIC, FAULTS_STRONG };

/* Growth classes, in order. */
enum growth_class {
    GROWTH_CONSTANT,
    GROWTH_LOG,
    GROWTH_LINEAR,
    GROWTH_LINEAR_LOG,
    GROWTH_QUADRATIC,
    GROWTH_CLASSES
};

/* "O(1)", "O(log n)", ... */
const char *growth_class_name(enum growth_class class);

struct growth_claim {
    char *claim;
    struct strv open, prepare, measure; /* lines with {n}, {i}, {any} */
    long long times;
    long long *n; /* ascending, at least three */
    size_t n_count;
    enum growth_class at_most;
    bool has_bytes;
    enum growth_class bytes_at_most;
};

/* Which findings a hint answers: those of a category, of a test, or of both
   where neither is NULL. */
struct hint_tie {
    int hint; /* from 1 */
    char *category, *test;
};

/* Stages, in the order in which the first failure decides the verdict. */
enum stage_id {
    STAGE_BUILD,
    STAGE_POLICY,
    STAGE_TESTS,
    STAGE_ORACLE,
    STAGE_MEMORY,
    STAGE_FAULTS,
    STAGE_THREADS,
    STAGE_GROWTH,
    STAGE_STYLE,
    STAGE_COUNT
};

const char *stage_name(enum stage_id stage);

/* STAGE_COUNT where no stage has that name. */
enum stage_id stage_from_name(const char *name);

/*
 * A variant is a kata with a changed requirement: a follow-up of an interview.
 * It lives in the folder variants/NAME of its kata's two folders, is called
 * "SLUG+NAME", and its files are named as its kata's are, so that a submission
 * to the one goes on as a submission to the other.
 */
struct kata {
    char *topic, *slug, *snake;
    char *variant_of;   /* the slug of a variant's kata, or NULL */
    char *dir;          /* ROOT/katas/TOPIC/SLUG[/variants/NAME] */
    char *solution_dir; /* ROOT/solutions/TOPIC/SLUG[/variants/NAME] */

    char *title, *notes;
    enum kata_level level;
    int minutes;
    struct strv needs, tags, allow;
    struct grammar grammar;
    struct growth_claim *growth;
    size_t growth_count;
    struct hint_tie *hints;
    size_t hint_count;
    enum kata_faults faults;
    bool threads;
    int memory_mb;            /* limit of a run */
    int seconds;              /* processor seconds a stage may use */
    int weights[STAGE_COUNT]; /* points; sum 100 */

    struct strv more_tests, more_traces; /* paths, by kata_overlay */
};

/*
 * Loads the kata in ROOT/katas/TOPIC/SLUG, or the variant "SLUG+NAME". On
 * success the caller owns *kata and frees it with kata_free. On error nothing
 * is to be freed.
 */
int kata_load(const char *root, const char *topic, const char *slug,
              struct kata **kata, struct err *err);

void kata_free(struct kata *kata);

/*
 * Adds what an instructor keeps apart in DIR/SLUG: further tests (test_ANY.c)
 * and traces (in traces, ANY.trace), which count like the kata's own. Where DIR
 * has no folder of that name nothing is added; other files there are an error,
 * so that no test is left out by its name.
 */
int kata_overlay(struct kata *kata, const char *dir, struct err *err);

/* Names the first file that grading needs and that is not there; 0 where all
   are. */
int kata_check_files(const struct kata *kata, struct err *err);

/* Paths of the kata's files, owned: "lru_cache.c", the stub; ... */
char *kata_stub(const struct kata *kata);      /* katas/.../SNAKE.c */
char *kata_header(const struct kata *kata);    /* katas/.../SNAKE.h */
char *kata_tests(const struct kata *kata);     /* katas/.../test_SNAKE.c */
char *kata_agent(const struct kata *kata);     /* katas/.../agent_SNAKE.c */
char *kata_reference(const struct kata *kata); /* solutions/.../SNAKE.c */

/* Is it kebab-case, "lru-cache", and no longer than 48 bytes? */
bool kata_is_slug(const char *text);

/* "lru-cache" -> "lru_cache" */
char *kata_snake(const char *slug);

const char *kata_level_name(enum kata_level level);

/* Writes the keys of kata.json as Markdown, for docs/kata-format.md, from the
   table that kata_load uses. */
void kata_format_doc(FILE *out);

#endif
