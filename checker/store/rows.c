#include "store/rows.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 16 << 20 };

void table_release(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->columns[i].name);
    free(table->columns);
}

int table_describe(struct db *db, const char *name, struct table *table,
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

void table_names(const struct table *table, bool keys, struct str *sql)
{
    const char *comma = "";

    for (size_t i = 0; i < table->count; i++)
        if (!keys || table->columns[i].is_key) {
            str_addf(sql, "%s\"%s\"", comma, table->columns[i].name);
            comma = ", ";
        }
}

const struct column *table_column(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

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

json_t *table_export(struct db *db, const struct table *table,
                     const char *where, const struct db_value *args,
                     struct err *err)
{
    json_t *list = json_array();
    struct str sql = STR_INIT;
    struct db_rows rows;
    int status;

    str_add(&sql, "SELECT ");
    table_names(table, false, &sql);
    str_addf(&sql, " FROM \"%s\"%s%s ORDER BY ", table->name,
             where ? " WHERE " : "", where ? where : "");
    table_names(table, true, &sql);
    status = db_select(db, &rows, sql.text, args, err);
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

/* An object, and nothing in it that is no column. */
static int check_keys(const struct table *table, json_t *row, struct err *err)
{
    const char *key;
    json_t *ignored;

    if (!json_is_object(row))
        return err_set(err, "expected an object");
    json_object_foreach(row, key, ignored)
    {
        if (!table_column(table, key))
            return err_set(err, "there is no \"%s\" in this version", key);
    }
    return 0;
}

int table_values(const struct table *table, json_t *row,
                 struct db_value **values, struct err *err)
{
    int status = check_keys(table, row, err);

    *values = xcalloc(table->count + 1, sizeof **values);
    for (size_t i = 0; status == 0 && i < table->count; i++)
        status = take_value(&table->columns[i],
                            json_object_get(row, table->columns[i].name),
                            &(*values)[i], err);
    return status;
}
