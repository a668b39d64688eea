#include "store/findings.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_OF_STAGE = 16, TEXT_MAX = 2000 };

/* Foreign bytes as a person can read them; owned, NULL for NULL. */
static char *visible(const char *text)
{
    struct str out = STR_INIT;

    if (!text)
        return NULL;
    str_add_visible(&out, text, strlen(text), TEXT_MAX, true);
    return str_detach(&out);
}

static int record_one(struct db *db, const struct finding *finding,
                      enum stage_id stage, int number, const char *id,
                      struct err *err)
{
    char *message = visible(finding->message), *file = visible(finding->file);
    char *test = visible(finding->test);
    int status = db_run(
        db,
        "INSERT INTO findings (grade, stage, number, category, message, file,"
        " line, col, test) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(id), DB_TEXT(stage_name(stage)), DB_INT(number),
                DB_TEXT(category_name(finding->category)),
                DB_TEXT(message ? message : ""), DB_TEXT(file),
                DB_INT(finding->line), DB_INT(finding->column), DB_TEXT(test)),
        err);

    free(message);
    free(file);
    free(test);
    return status;
}

int findings_record(struct db *db, const struct grade *grade, const char *id,
                    struct err *err)
{
    int number = 0;

    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        const struct stage_result *stage = &grade->stages[i];
        int end = number + KEPT_OF_STAGE;

        for (size_t k = 0; k < stage->count && number < end; k++)
            if (!stage->findings[k].warning &&
                record_one(db, &stage->findings[k], i, number++, id, err) < 0)
                return -1;
    }
    return 0;
}

#define COLUMNS                                                                \
    " a.kata, g.at, f.stage, f.category, f.message, f.file, f.line, f.col,"    \
    " f.test"
#define TABLES                                                                 \
    " FROM findings f JOIN grades g ON g.id = f.grade"                         \
    " JOIN attempts a ON a.id = g.attempt"

static char *text_or_null(const struct db_rows *rows, int column)
{
    const char *text = db_text(rows, column);

    return text ? xstrdup(text) : NULL;
}

/* A stage or a category that only a newer kata knows is passed over. */
static void read_one(const struct db_rows *rows, struct findings *findings)
{
    enum stage_id stage = stage_from_name(db_text(rows, 2));
    enum category category = category_from_name(db_text(rows, 3));
    struct findings_item *item;

    if (stage == STAGE_COUNT || category == CATEGORY_COUNT)
        return;
    findings->items = grow(findings->items, &findings->capacity,
                           findings->count, sizeof *findings->items);
    item = &findings->items[findings->count++];
    *item =
        (struct findings_item){.kata = xstrdup(db_text(rows, 0)),
                               .when = db_int(rows, 1),
                               .stage = stage,
                               .finding = {.category = category,
                                           .message = xstrdup(db_text(rows, 4)),
                                           .file = text_or_null(rows, 5),
                                           .line = (int)db_int(rows, 6),
                                           .column = (int)db_int(rows, 7),
                                           .test = text_or_null(rows, 8)}};
}

int findings_last(struct db *db, const char *kata, struct findings *findings,
                  struct err *err)
{
    struct db_rows rows;

    /* A pass of the tests alone does not make a leak that a grade has found
       go away; only a pass with every stage does. */
    if (db_select(
            db, &rows,
            "SELECT" COLUMNS TABLES " WHERE g.id = (SELECT g.id FROM grades g"
            "  JOIN attempts a ON a.id = g.attempt"
            "  WHERE a.kata = ?1 AND a.started ="
            "   (SELECT max(started) FROM attempts WHERE kata = ?1)"
            "  AND (g.verdict = 'fail' OR g.verdict = 'pass' AND g.complete)"
            "  ORDER BY g.at DESC, g.id DESC LIMIT 1)"
            " AND g.verdict = 'fail' ORDER BY f.number",
            DB_ARGS(DB_TEXT(kata)), err) < 0)
        return -1;
    while (db_next(&rows))
        read_one(&rows, findings);
    return db_end(&rows, err);
}

int findings_of(struct db *db, enum category category,
                struct findings *findings, struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT" COLUMNS TABLES " WHERE f.category = ?"
                  " ORDER BY g.at DESC, g.id DESC, f.number LIMIT 1",
                  DB_ARGS(DB_TEXT(category_name(category))), err) < 0)
        return -1;
    if (db_next(&rows))
        read_one(&rows, findings);
    return db_end(&rows, err);
}

void findings_release(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].kata);
        finding_release(&findings->items[i].finding);
    }
    free(findings->items);
    *findings = (struct findings)FINDINGS_INIT;
}
