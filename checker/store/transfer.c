#include "store/transfer.h"

#include "base/alloc.h"
#include "base/strv.h"
#include "store/migrations.h"
#include "store/rows.h"
#include "store/transfer_interviews.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Those whose rows have names of their own. Interviews have numbers, which mean
   something else on another machine, and are transfer_interviews.h's. */
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

/* Out */

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

        status = table_describe(db, names.items[i], &table, err);
        list = status == 0 ? table_export(db, &table, NULL, NULL, err) : NULL;
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
    json_t *tables = json_object(), *interviews = NULL;
    int status = db_begin(db, err); /* tables of one moment */

    if (status == 0) {
        status = export_all(db, tables, err);
        if (status == 0)
            interviews = transfer_interviews_export(db, err);
        status = db_finish(db, interviews ? 0 : -1, err);
    }
    if (status < 0) {
        json_decref(tables);
        json_decref(interviews);
        return NULL;
    }
    return json_pack("{s:s, s:i, s:o, s:o}", "schema", TRANSFER_SCHEMA,
                     "version", version(), "tables", tables, "interviews",
                     interviews);
}

/* In */

/* INSERT ... ON CONFLICT (keys) DO UPDATE SET what is empty. */
static char *insert_sql(const struct table *table)
{
    struct str sql = STR_INIT, update = STR_INIT, empty = STR_INIT;

    str_addf(&sql, "INSERT INTO \"%s\" (", table->name);
    table_names(table, false, &sql);
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
    table_names(table, true, &sql);
    if (update.length)
        str_addf(&sql, ") DO UPDATE SET %s WHERE %s", update.text, empty.text);
    else
        str_add(&sql, ") DO NOTHING");
    str_release(&update);
    str_release(&empty);
    return str_detach(&sql);
}

/* 1 where something changed, 0 where all was known, -1 on error. */
static int import_row(struct db *db, const struct table *table, const char *sql,
                      json_t *row, struct err *err)
{
    struct db_value *values;
    int status = table_values(table, row, &values, err);

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

    json_object_foreach(tables, key, list)
    {
        struct table table = {.name = key};

        if (status == 0 && !strv_has(&names, key))
            status =
                err_set(err, "there is no table \"%s\" in this version", key);
        if (status == 0)
            status = table_describe(db, key, &table, err);
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

static int import_all(struct db *db, const json_t *document,
                      struct transfer_result *result, struct err *err)
{
    const json_t *interviews = json_object_get(document, "interviews");

    /* Rows may come before those that they refer to. */
    if (db_run(db, "PRAGMA defer_foreign_keys = ON", NULL, err) < 0 ||
        import_tables(db, json_object_get(document, "tables"), result, err) < 0)
        return -1;
    return interviews ? transfer_interviews_import(db, interviews, result, err)
                      : 0;
}

int transfer_import(struct db *db, const json_t *document,
                    struct transfer_result *result, struct err *err)
{
    *result = (struct transfer_result){.rows = 0};
    if (check_document(document, err) < 0 || db_begin(db, err) < 0)
        return -1;
    return db_finish(db, import_all(db, document, result, err), err);
}
