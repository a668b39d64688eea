#include "store/transfer.h"

#include "base/alloc.h"
#include "base/strv.h"
#include "store/migrations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

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

static void table_release(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->columns[i].name);
    free(table->columns);
}

/* Those whose rows have names of their own: numbers, such as interviews have,
   mean something else on another machine. */
static int list_tables(struct db *db, struct strv *names, struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT name FROM sqlite_schema s WHERE type = 'table'"
                  " AND name NOT LIKE 'sqlite_%' AND (SELECT type"
                  "  FROM pragma_table_info(s.name) WHERE pk = 1) = 'TEXT'"
                  " ORDER BY rowid",
                  NULL, err) < 0)
        return -1;
    while (db_next(&rows))
        strv_add(names, db_text(&rows, 0));
    return db_end(&rows, err);
}

/* What the tables of a database are is asked of itself. */
static int describe(struct db *db, const char *name, struct table *table,
                    struct err *err)
{
    struct db_rows rows;

    *table = (struct table){.name = name};
    if (db_select(db, &rows,
                  "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)"
                  " ORDER BY cid",
                  DB_ARGS(DB_TEXT(name)), err) < 0)
        return -1;
    while (db_next(&rows)) {
        const char *type = db_text(&rows, 1);
        struct column *column;

        table->columns = grow(table->columns, &table->capacity, table->count,
                              sizeof *table->columns);
        column = &table->columns[table->count++];
        *column = (struct column){
            .name = xstrdup(db_text(&rows, 0)),
            .type = strcmp(type, "INTEGER") == 0 ? COLUMN_INTEGER
                    : strcmp(type, "REAL") == 0  ? COLUMN_REAL
                                                 : COLUMN_TEXT,
            .is_key = db_int(&rows, 3) > 0,
            .may_be_null = db_int(&rows, 2) == 0 && db_int(&rows, 3) == 0};
    }
    return db_end(&rows, err);
}

/* Adds the names of all columns, or of the keys alone, between commas. */
static void add_names(struct str *sql, const struct table *table, bool keys)
{
    const char *comma = "";

    for (size_t i = 0; i < table->count; i++)
        if (!keys || table->columns[i].is_key) {
            str_addf(sql, "%s\"%s\"", comma, table->columns[i].name);
            comma = ", ";
        }
}

/* Out */

static json_t *text_value(const char *text)
{
    struct str clean = STR_INIT;
    json_t *json = json_string(text);

    if (json)
        return json;
    str_add_visible(&clean, text, strlen(text), SIZE_MAX, true);
    json = json_string(clean.text);
    str_release(&clean);
    return json;
}

static json_t *value_of(const struct db_rows *rows, int i,
                        const struct column *column)
{
    if (db_is_null(rows, i))
        return json_null();
    if (column->type == COLUMN_INTEGER)
        return json_integer(db_int(rows, i));
    if (column->type == COLUMN_REAL)
        return json_real(db_real(rows, i));
    return text_value(db_text(rows, i));
}

static json_t *export_table(struct db *db, const struct table *table,
                            struct err *err)
{
    json_t *list = json_array();
    struct str sql = STR_INIT;
    struct db_rows rows;
    int status;

    str_add(&sql, "SELECT ");
    add_names(&sql, table, false);
    str_addf(&sql, " FROM \"%s\" ORDER BY ", table->name);
    add_names(&sql, table, true);
    status = db_select(db, &rows, sql.text, NULL, err);
    while (status == 0 && db_next(&rows)) {
        json_t *row = json_object();

        for (size_t i = 0; i < table->count; i++)
            json_object_set_new(row, table->columns[i].name,
                                value_of(&rows, (int)i, &table->columns[i]));
        json_array_append_new(list, row);
    }
    if (status == 0)
        status = db_end(&rows, err);
    str_release(&sql);
    if (status == 0)
        return list;
    json_decref(list);
    return NULL;
}

static int version(void)
{
    int count = 0;

    while (db_migrations[count])
        count++;
    return count;
}

static int export_all(struct db *db, json_t *tables, struct err *err)
{
    struct strv names = STRV_INIT;
    int status = list_tables(db, &names, err);

    for (size_t i = 0; status == 0 && i < names.count; i++) {
        struct table table;
        json_t *list;

        status = describe(db, names.items[i], &table, err);
        list = status == 0 ? export_table(db, &table, err) : NULL;
        if (list)
            json_object_set_new(tables, table.name, list);
        else
            status = -1;
        table_release(&table);
    }
    strv_release(&names);
    return status;
}

json_t *transfer_export(struct db *db, struct err *err)
{
    json_t *tables = json_object();
    int status = db_begin(db, err); /* tables of one moment */

    if (status == 0)
        status = db_finish(db, export_all(db, tables, err), err);
    if (status < 0) {
        json_decref(tables);
        return NULL;
    }
    return json_pack("{s:s, s:i, s:o}", "schema", TRANSFER_SCHEMA, "version",
                     version(), "tables", tables);
}

/* In */

static const struct column *find_column(const struct table *table,
                                        const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* INSERT ... ON CONFLICT (keys) DO UPDATE SET what is empty. */
static char *insert_sql(const struct table *table)
{
    struct str sql = STR_INIT, update = STR_INIT, empty = STR_INIT;

    str_addf(&sql, "INSERT INTO \"%s\" (", table->name);
    add_names(&sql, table, false);
    str_add(&sql, ") VALUES (");
    for (size_t i = 0; i < table->count; i++) {
        const char *name = table->columns[i].name;

        str_addf(&sql, "%s?", i ? ", " : "");
        if (!table->columns[i].may_be_null)
            continue;
        str_addf(&update, "%s\"%s\" = coalesce(\"%s\", excluded.\"%s\")",
                 update.length ? ", " : "", name, name, name);
        str_addf(&empty, "%s\"%s\" IS NULL AND excluded.\"%s\" IS NOT NULL",
                 empty.length ? " OR " : "", name, name);
    }
    str_add(&sql, ") ON CONFLICT (");
    add_names(&sql, table, true);
    if (update.length)
        str_addf(&sql, ") DO UPDATE SET %s WHERE %s", update.text, empty.text);
    else
        str_add(&sql, ") DO NOTHING");
    str_release(&update);
    str_release(&empty);
    return str_detach(&sql);
}

static int bad_value(const struct column *column, const char *want,
                     struct err *err)
{
    return err_set(err, "\"%s\": expected %s", column->name, want);
}

static int take_value(const struct column *column, const json_t *json,
                      struct db_value *value, struct err *err)
{
    if (!json || json_is_null(json)) {
        *value = DB_NULL;
        return column->may_be_null
                   ? 0
                   : err_set(err, "\"%s\" is missing", column->name);
    }
    switch (column->type) {
    case COLUMN_INTEGER:
        *value = DB_INT(json_integer_value(json));
        return json_is_integer(json) ? 0 : bad_value(column, "an integer", err);
    case COLUMN_REAL:
        *value = DB_REAL(json_number_value(json));
        return json_is_number(json) ? 0 : bad_value(column, "a number", err);
    default:
        *value = DB_TEXT(json_string_value(json));
        return json_is_string(json) && json_string_length(json) <= TEXT_MAX
                   ? 0
                   : bad_value(column, "a text", err);
    }
}

/* 1 where something changed, 0 where all was known, -1 on error. */
static int import_row(struct db *db, const struct table *table, const char *sql,
                      json_t *row, struct err *err)
{
    struct db_value *values = xcalloc(table->count + 1, sizeof *values);
    int status = 0;
    const char *key;
    json_t *ignored;

    if (!json_is_object(row))
        status = err_set(err, "expected an object");
    json_object_foreach(row, key,
                        ignored) if (status == 0 && !find_column(table, key))
        status = err_set(err, "there is no \"%s\" in this version", key);
    for (size_t i = 0; status == 0 && i < table->count; i++)
        status = take_value(&table->columns[i],
                            json_object_get(row, table->columns[i].name),
                            &values[i], err);
    if (status == 0)
        status = db_run(db, sql, values, err);
    free(values);
    return status;
}

static int import_table(struct db *db, const struct table *table,
                        const json_t *list, struct transfer_result *result,
                        struct err *err)
{
    char *sql = insert_sql(table);
    int status = 0;

    if (!json_is_array(list))
        status = err_set(err, "\"%s\": expected a list", table->name);
    for (size_t i = 0; status >= 0 && i < json_array_size(list); i++) {
        status = import_row(db, table, sql, json_array_get(list, i), err);
        if (status < 0)
            err_context(err, "%s[%zu]", table->name, i);
        else
            result->changed += (size_t)status;
        result->rows++;
    }
    free(sql);
    return status < 0 ? -1 : 0;
}

static int import_tables(struct db *db, json_t *tables,
                         struct transfer_result *result, struct err *err)
{
    struct strv names = STRV_INIT;
    int status = list_tables(db, &names, err);
    const char *key;
    json_t *list;

    /* Rows may come before those that they refer to. */
    if (status == 0 &&
        db_run(db, "PRAGMA defer_foreign_keys = ON", NULL, err) < 0)
        status = -1;
    json_object_foreach(tables, key, list)
    {
        struct table table = {.name = key};

        if (status == 0 && !strv_has(&names, key))
            status =
                err_set(err, "there is no table \"%s\" in this version", key);
        if (status == 0)
            status = describe(db, key, &table, err);
        if (status == 0)
            status = import_table(db, &table, list, result, err);
        table_release(&table);
    }
    strv_release(&names);
    return status;
}

static int check_document(const json_t *document, struct err *err)
{
    const char *schema = json_string_value(json_object_get(document, "schema"));
    const json_t *number = json_object_get(document, "version");

    if (!schema || strcmp(schema, TRANSFER_SCHEMA) != 0)
        return err_set(err, "\"schema\": expected \"%s\"", TRANSFER_SCHEMA);
    if (!json_is_integer(number) || json_integer_value(number) < 1)
        return err_set(err, "\"version\": expected a positive integer");
    if (json_integer_value(number) > version())
        return err_set(err,
                       "written by a newer kata (version %" JSON_INTEGER_FORMAT
                       ", this one knows up to %d)",
                       json_integer_value(number), version());
    if (!json_is_object(json_object_get(document, "tables")))
        return err_set(err, "\"tables\": expected an object");
    return 0;
}

int transfer_import(struct db *db, const json_t *document,
                    struct transfer_result *result, struct err *err)
{
    *result = (struct transfer_result){.rows = 0};
    if (check_document(document, err) < 0 || db_begin(db, err) < 0)
        return -1;
    return db_finish(
        db, import_tables(db, json_object_get(document, "tables"), result, err),
        err);
}
