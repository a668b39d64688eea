/*
 * Rows of a table as JSON objects and back: {"id": "...", "kata": ..., ...}.
 * What the columns are is asked of the database.
 *
 *     struct table table;
 *     if (table_describe(db, "attempts", &table, &err) < 0) return -1;
 *     list = table_export(db, &table, NULL, NULL, &err);
 *     table_release(&table);
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/str.h"
#include "store/db.h"

#include <jansson.h>

struct column {
    char *name;
    enum { COLUMN_INTEGER, COLUMN_REAL, COLUMN_TEXT } type;
    bool may_be_null;
    bool is_key;
};

struct table {
    const char *name; /* borrowed */
    struct column *columns;
    size_t count, capacity;
};

/* Returns 0, or -1; either way to be released by the caller. `name` is
   borrowed. A table that is not there has no columns. */
int table_describe(struct db *db, const char *name, struct table *table,
                   struct err *err);

void table_release(struct table *table);

/* Adds the names of all columns, or of the keys alone, between commas. */
void table_names(const struct table *table, bool keys, struct str *sql);

/* The column of this name, or NULL. */
const struct column *table_column(const struct table *table, const char *name);

/* A list of the rows by their keys, owned by the caller; NULL on error. `where`
   may be NULL, or an expression with arguments in `args`. Bytes that are no
   UTF-8 are made visible. */
json_t *table_export(struct db *db, const struct table *table,
                     const char *where, const struct db_value *args,
                     struct err *err);

/*
 * The values of an object in the order of the columns, and an end; they borrow
 * from `row`. The caller frees *values. Returns 0, or -1 where it is no object,
 * a value is missing or is of the wrong type, or there is a key that is no
 * column.
 */
int table_values(const struct table *table, json_t *row,
                 struct db_value **values, struct err *err);

#endif
