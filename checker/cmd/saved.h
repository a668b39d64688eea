/*
 * Results that were saved as JSON, read back as grades.
 *
 *     struct saved_katas katas = {.catalog = &context.catalog};
 *     if (saved_load(&katas, "OUT/anna.json", &grade, &err) == 0) {
 *         ...
 *         grade_release(&grade);
 *     }
 *     saved_release(&katas);
 */
#ifndef CMD_SAVED_H
#define CMD_SAVED_H

#include "judge/result.h"
#include "kata/catalog.h"

/* The katas of what was loaded. A kata that is no longer in the catalogue is
   known by its slug alone. */
struct saved_katas {
    const struct catalog *catalog; /* borrowed */
    struct kata **items;
    size_t count, capacity;
};

/*
 * Reads a file of at most 64 MiB. What is no kata-result/1 object, whole and
 * right, is an error that names the file. The grade borrows its kata from
 * `katas`, which must live as long.
 */
int saved_load(struct saved_katas *katas, const char *path, struct grade *grade,
               struct err *err);

/* The same; *name is whose it is (the key "student" or "name"), owned, or
   NULL. */
int saved_load_named(struct saved_katas *katas, const char *path,
                     struct grade *grade, char **name, struct err *err);

/* Is the file JSON of another kind than a result? */
bool saved_is_other(const char *path);

void saved_release(struct saved_katas *katas);

#endif
