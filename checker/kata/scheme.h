/*
 * grading.json: what an instructor makes of grades. Points, weights of stages,
 * late rules and what students may see, for all katas and for single ones.
 *
 *     struct scheme scheme;
 *     if (scheme_load("grading.json", &scheme, &err) == 0) {
 *         struct scheme_rules rules = scheme_rules(&scheme, "lru-cache");
 *         ...
 *         scheme_release(&scheme);
 *     }
 *
 * Nothing of it takes part in grading: judge/award.h applies it to a grade that
 * is there. docs/grading.md is its reference.
 */
#ifndef KATA_SCHEME_H
#define KATA_SCHEME_H

#include "base/err.h"
#include "kata/kata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As Gradescope has them. */
enum visibility {
    VISIBILITY_VISIBLE,
    VISIBILITY_HIDDEN,
    VISIBILITY_AFTER_DUE_DATE,
    VISIBILITY_AFTER_PUBLISHED
};

const char *visibility_name(enum visibility visibility);

struct scheme_extension {
    char *student;
    int64_t deadline;
};

struct scheme_late {
    int64_t deadline;    /* seconds since 1970; handed in then is in time */
    int64_t grace;       /* seconds after it that are forgiven */
    int64_t each;        /* seconds: of a day or an hour */
    double percent, cap; /* that each costs; that all cost at most */
    long long last;      /* how many started ones still count; -1: all */
    struct scheme_extension *extensions;
    size_t extension_count;
};

/* What holds for a kata; each part is there or not. */
struct scheme_rules {
    char *slug; /* NULL: of the file's top */
    bool has_points, has_weights, has_late, has_visibility;
    double points;
    double weights[STAGE_COUNT];
    struct scheme_late late;
    enum visibility visibility[STAGE_COUNT];
};

struct scheme {
    struct scheme_rules all;
    struct scheme_rules *katas;
    size_t count;
};

enum { SCHEME_POINTS = 100 }; /* where the file says none */

/* Reads and checks a file of at most 1 MiB; 0, or -1 and an error that names
   the file, the key and what was expected there. */
int scheme_load(const char *path, struct scheme *scheme, struct err *err);

/* The same of a text; errors begin with `name`. */
int scheme_parse(const char *name, const char *text, size_t length,
                 struct scheme *scheme, struct err *err);

void scheme_release(struct scheme *scheme);

/* A kata's rules: its own parts, and for the rest those of all. Borrowed from
   the scheme. */
struct scheme_rules scheme_rules(const struct scheme *scheme, const char *slug);

/*
 * Is `name` one of the people of `student`? Exports write "Ada Lovelace_815"
 * (with a number) and "Ada + Bo" (who worked together); `name` may be the
 * whole, the same without the number, or one of the people.
 */
bool scheme_is_student(const char *student, const char *name);

/* The deadline of a student, NULL where it is not known who it is: that of all,
   or the latest of the extensions. */
int64_t scheme_deadline(const struct scheme_late *late, const char *student);

#endif
