#include "store/transfer_interviews.h"

#include "base/alloc.h"
#include "store/rows.h"
#include "store/session.h"

#include <stdlib.h>

enum { PARTS = 2, ID_MAX = 1000000 };

/* The lists of an interview, whose rows say by `interview` what they belong
   to; in the document they stand in it, and do not. */
static const char *const part_keys[PARTS] = {"events", "runs"};
static const char *const part_tables[PARTS] = {"interview_events",
                                               "interview_runs"};

struct shape {
    struct table interviews, parts[PARTS];
};

static int shape_describe(struct db *db, struct shape *shape, struct err *err)
{
    int status = table_describe(db, "interviews", &shape->interviews, err);

    for (int i = 0; i < PARTS; i++)
        if (table_describe(db, part_tables[i], &shape->parts[i], err) < 0)
            status = -1;
    return status;
}

static void shape_release(struct shape *shape)
{
    table_release(&shape->interviews);
    for (int i = 0; i < PARTS; i++)
        table_release(&shape->parts[i]);
}

/* Out */

static int add_part(struct db *db, const struct shape *shape, int part,
                    json_t *interview, struct err *err)
{
    int64_t id = json_integer_value(json_object_get(interview, "id"));
    json_t *list = table_export(db, &shape->parts[part], "interview = ?",
                                DB_ARGS(DB_INT(id)), err);
    json_t *row;
    size_t i;

    if (!list)
        return -1;
    json_array_foreach(list, i, row) json_object_del(row, "interview");
    json_object_set_new(interview, part_keys[part], list);
    return 0;
}

static json_t *export_where(struct db *db, const struct shape *shape,
                            const char *where, const struct db_value *args,
                            struct err *err)
{
    json_t *list = table_export(db, &shape->interviews, where, args, err);
    int status = list ? 0 : -1;

    for (size_t i = 0; status == 0 && i < json_array_size(list); i++)
        for (int part = 0; status == 0 && part < PARTS; part++)
            status = add_part(db, shape, part, json_array_get(list, i), err);
    if (status == 0)
        return list;
    json_decref(list);
    return NULL;
}

json_t *transfer_interviews_export(struct db *db, struct err *err)
{
    struct shape shape;
    json_t *list = NULL;

    if (shape_describe(db, &shape, err) == 0)
        list = export_where(db, &shape, NULL, NULL, err);
    shape_release(&shape);
    return list;
}

/* In */

/* Is all that `row` says said by `other` too? The run that was interrupted on
   one machine may have ended on the other. */
static bool row_is_in(json_t *row, const json_t *other)
{
    const char *key;
    json_t *value;

    json_object_foreach(row, key, value)
    {
        if (!json_is_null(value) &&
            !json_equal(value, json_object_get(other, key)))
            return false;
    }
    return true;
}

static bool part_is_in(const json_t *list, const json_t *other)
{
    if (json_array_size(list) > json_array_size(other))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!row_is_in(json_array_get(list, i), json_array_get(other, i)))
            return false;
    return true;
}

/* Did `other` go on from where `interview` is, or is it there? */
static bool is_in(const json_t *interview, const json_t *other)
{
    for (int i = 0; i < PARTS; i++)
        if (!part_is_in(json_object_get(interview, part_keys[i]),
                        json_object_get(other, part_keys[i])))
            return false;
    return true;
}

/* The row by itself, without its lists; the caller's reference. */
static json_t *row_of(const json_t *interview)
{
    json_t *row = json_copy((json_t *)interview);

    for (int i = 0; i < PARTS; i++)
        json_object_del(row, part_keys[i]);
    return row;
}

static int insert_row(struct db *db, const struct table *table, json_t *row,
                      struct err *err)
{
    struct str sql = STR_INIT;
    struct db_value *values;
    int status = table_values(table, row, &values, err);

    str_addf(&sql, "INSERT INTO \"%s\" (", table->name);
    table_names(table, false, &sql);
    str_add(&sql, ") VALUES (");
    for (size_t i = 0; i < table->count; i++)
        str_add(&sql, i ? ", ?" : "?");
    str_add(&sql, ")");
    if (status == 0 && db_run(db, sql.text, values, err) < 0)
        status = -1;
    str_release(&sql);
    free(values);
    return status;
}

static int insert_part(struct db *db, const struct shape *shape, int part,
                       const json_t *interview, int64_t id, struct err *err)
{
    const json_t *list = json_object_get(interview, part_keys[part]);
    int status = 0;

    for (size_t i = 0; status == 0 && i < json_array_size(list); i++) {
        json_t *row = json_copy(json_array_get(list, i));

        json_object_set_new(row, "interview", json_integer(id));
        status = insert_row(db, &shape->parts[part], row, err);
        if (status < 0)
            err_context(err, "%s[%zu]", part_keys[part], i);
        json_decref(row);
    }
    return status;
}

static int insert(struct db *db, const struct shape *shape,
                  const json_t *interview, int64_t id, struct err *err)
{
    json_t *row = row_of(interview);
    int status;

    json_object_set_new(row, "id", json_integer(id));
    status = insert_row(db, &shape->interviews, row, err);
    for (int part = 0; status == 0 && part < PARTS; part++)
        status = insert_part(db, shape, part, interview, id, err);
    json_decref(row);
    return status;
}

static int forget(struct db *db, int64_t id, struct err *err)
{
    static const char *const statements[] = {
        "DELETE FROM interview_events WHERE interview = ?",
        "DELETE FROM interview_runs WHERE interview = ?",
        "DELETE FROM interviews WHERE id = ?",
    };

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (db_run(db, statements[i], DB_ARGS(DB_INT(id)), err) < 0)
            return -1;
    return 0;
}

/* The number that it has in the document or, where that is taken, one more than
   the largest. */
static int free_id(struct db *db, const json_t *interview, int64_t *id,
                   struct err *err)
{
    int64_t wanted = json_integer_value(json_object_get(interview, "id"));
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT coalesce(max(id = ?), 0), 1 + coalesce(max(id), 0)"
                  " FROM interviews",
                  DB_ARGS(DB_INT(wanted)), err) < 0)
        return -1;
    *id = wanted;
    if (db_next(&rows) && (db_int(&rows, 0) || wanted < 1 || wanted > ID_MAX))
        *id = db_int(&rows, 1);
    return db_end(&rows, err);
}

/* Fail here and not in whatever reads the interview later. */
static bool in_plan(const struct plan *plan, size_t round, size_t step)
{
    const struct plan_round *at;

    if (round >= plan->count)
        return false;
    at = &plan->rounds[round];
    if (at->kind == ROUND_CONCEPT)
        return step < at->questions.count;
    return step <= (at->kind == ROUND_CODE ? at->variants.count : 0);
}

static int check_steps(const struct session *session,
                       const struct events *events,
                       const struct session_runs *runs, struct err *err)
{
    bool good = in_plan(&session->plan, session->round, session->step);

    for (size_t i = 0; i < events->count; i++)
        good = good && in_plan(&session->plan, events->items[i].round,
                               events->items[i].step);
    for (size_t i = 0; i < runs->count; i++)
        good = good && in_plan(&session->plan, runs->items[i].round,
                               runs->items[i].step);
    return good ? 0 : err_set(err, "a round or step is not in the plan");
}

static int check(struct db *db, int64_t id, struct err *err)
{
    struct session session;
    struct events events = {.items = NULL};
    struct session_runs runs = {.items = NULL};
    int status = session_load(db, id, &session, err);

    if (status < 0)
        return -1;
    if (session_events(db, id, &events, err) < 0 ||
        session_runs(db, id, &runs, err) < 0)
        status = -1;
    if (status == 0)
        status = check_steps(&session, &events, &runs, err);
    session_runs_release(&runs);
    events_release(&events);
    session_release(&session);
    return status;
}

static size_t count_rows(const json_t *interview)
{
    size_t count = 1;

    for (int i = 0; i < PARTS; i++)
        count += json_array_size(json_object_get(interview, part_keys[i]));
    return count;
}

/* Those here that began as this one did; NULL on error. */
static json_t *find_like(struct db *db, const struct shape *shape,
                         const json_t *interview, struct err *err)
{
    return export_where(
        db, shape, "candidate = ? AND started = ? AND seed = ?",
        DB_ARGS(
            DB_TEXT(json_string_value(json_object_get(interview, "candidate"))),
            DB_INT(json_integer_value(json_object_get(interview, "started"))),
            DB_INT(json_integer_value(json_object_get(interview, "seed")))),
        err);
}

static int take_over(struct db *db, const struct shape *shape,
                     const json_t *interview, const json_t *like,
                     struct transfer_result *result, struct err *err)
{
    const json_t *former = NULL;
    int64_t id;

    for (size_t i = 0; i < json_array_size(like); i++) {
        const json_t *other = json_array_get(like, i);

        if (is_in(interview, other))
            return 0;
        if (!former && is_in(other, interview))
            former = other;
    }
    if (former) {
        id = json_integer_value(json_object_get(former, "id"));
        if (forget(db, id, err) < 0)
            return -1;
    } else if (free_id(db, interview, &id, err) < 0) {
        return -1;
    }
    result->changed +=
        count_rows(interview) - (former ? count_rows(former) : 0);
    if (insert(db, shape, interview, id, err) < 0)
        return -1;
    return check(db, id, err);
}

/* That it is an object with lists and a row of the right types. */
static int check_form(const struct shape *shape, const json_t *interview,
                      struct err *err)
{
    struct db_value *values;
    json_t *row;
    int status;

    if (!json_is_object(interview))
        return err_set(err, "expected an object");
    for (int i = 0; i < PARTS; i++)
        if (!json_is_array(json_object_get(interview, part_keys[i])))
            return err_set(err, "\"%s\": expected a list", part_keys[i]);
    row = row_of(interview);
    status = table_values(&shape->interviews, row, &values, err);
    free(values);
    json_decref(row);
    return status;
}

static int import_one(struct db *db, const struct shape *shape,
                      const json_t *interview, struct transfer_result *result,
                      struct err *err)
{
    json_t *like;
    int status;

    if (check_form(shape, interview, err) < 0)
        return -1;
    like = find_like(db, shape, interview, err);
    if (!like)
        return -1;
    result->rows += count_rows(interview);
    status = take_over(db, shape, interview, like, result, err);
    json_decref(like);
    return status;
}

int transfer_interviews_import(struct db *db, const json_t *list,
                               struct transfer_result *result, struct err *err)
{
    struct shape shape;
    int status = shape_describe(db, &shape, err);

    if (status == 0 && !json_is_array(list))
        status = err_set(err, "\"interviews\": expected a list");
    for (size_t i = 0; status == 0 && i < json_array_size(list); i++) {
        status = import_one(db, &shape, json_array_get(list, i), result, err);
        if (status < 0)
            err_context(err, "interviews[%zu]", i);
    }
    shape_release(&shape);
    return status;
}
