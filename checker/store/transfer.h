/*
 * Attempts, reviews and interviews as one JSON document, and back: to keep, to
 * move to another machine, to merge what was done on two.
 *
 *     {"schema": "kata-progress/1", "version": 3,
 *      "tables": {"attempts": [{"id": "...", "kata": "lru-cache", ...}, ...],
 *                 "grades": [...], ...},
 *      "interviews": [...]}
 *
 * Tables and columns are those of store/migrations.c, `version` the number of
 * migrations; what a module adds there is carried without further ado, where
 * its rows have names of their own (db_new_id, a key that begins with a TEXT):
 * so importing merges, and importing twice changes nothing. Interviews are
 * numbered; store/transfer_interviews.h says how they merge.
 */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include "store/db.h"

#include <jansson.h>

#define TRANSFER_SCHEMA "kata-progress/1"

/* The document, owned by the caller; NULL on error. */
json_t *transfer_export(struct db *db, struct err *err);

struct transfer_result {
    size_t rows;    /* in the document */
    size_t changed; /* of those new, or with something that was not known */
};

/*
 * Takes over all rows or, on any error, none. A row that is there already stays
 * as it is, save that what was empty in it is filled in. An error says which
 * row of which table is wrong, and how.
 */
int transfer_import(struct db *db, const json_t *document,
                    struct transfer_result *result, struct err *err);

#endif
