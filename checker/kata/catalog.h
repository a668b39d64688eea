/* All katas of a root: find one by its slug, list them, suggest. */
#ifndef KATA_CATALOG_H
#define KATA_CATALOG_H

#include "base/err.h"
#include "kata/kata.h"

#include <stddef.h>

struct catalog_entry {
    char *topic, *slug;
    struct kata *kata; /* NULL until catalog_load, or where it is broken */
    char *error;       /* why it could not be loaded, or NULL */
};

struct catalog {
    char *root;
    struct catalog_entry *entries; /* topics in the fixed order, then slugs */
    size_t count;
};

/* The topics in their fixed order, NULL-terminated. */
extern const char *const catalog_topics[];

/*
 * Where the katas are: $KATA_ROOT; else PREFIX/share/kata of a program that is
 * installed in PREFIX/bin; else the nearest folder at or above the program's
 * own that has katas/. Owned; NULL with an error that says how to set it.
 */
char *catalog_root(struct err *err);

/* Reads the folders only, no kata.json. */
int catalog_open(const char *root, struct catalog *catalog, struct err *err);

/* Loads every kata.json; a broken one gets its error and the others load. */
void catalog_load_all(struct catalog *catalog);

/*
 * Loads one kata by its slug ("lru-cache"; "containers/lru-cache" too), or a
 * variant of one ("lru-cache+ttl"). The caller frees *kata. An unknown slug is
 * an error with "did you mean".
 */
int catalog_load(const struct catalog *catalog, const char *slug,
                 struct kata **kata, struct err *err);

/* Is there a kata of that name, broken or not? */
bool catalog_has(const struct catalog *catalog, const char *slug);

/* Adds the slugs of a kata's variants, "SLUG+NAME", in the order of their
   names. */
int catalog_variants(const struct catalog *catalog, const char *slug,
                     struct strv *variants, struct err *err);

void catalog_release(struct catalog *catalog);

#endif
