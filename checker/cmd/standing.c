#include "cmd/standing.h"

#include "base/alloc.h"
#include "cmd/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(const struct catalog *catalog,
                 const struct progress_list *list, struct standing *standing)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct progress *progress =
            progress_find(list, catalog->entries[i].slug);

        if (!progress)
            continue;
        standing->states[i] = progress->state;
        standing->passed += progress->state == PROGRESS_PASSED;
    }
    standing->next_count =
        next_rank(catalog, list, standing->next, STANDING_NEXT);
}

void standing_load(const struct cmd_context *context, struct standing *standing)
{
    const struct catalog *catalog = &context->catalog;
    struct progress_list list = PROGRESS_LIST_INIT;
    struct db *db = attempt_db(context, DB_READ);
    struct err err = ERR_INIT;

    *standing = (struct standing){
        .states = xcalloc(catalog->count + 1, sizeof *standing->states),
        .count = catalog->count};
    if (progress_all(db, &list, &err) < 0)
        fprintf(stderr, "kata: warning: %s\n", err.text);
    else
        fill(catalog, &list, standing);
    progress_list_release(&list);
    db_close(db);
}

void standing_release(struct standing *standing)
{
    next_release(standing->next, standing->next_count);
    free(standing->states);
    *standing = (struct standing){.states = NULL};
}

const struct next *standing_next(const struct standing *standing,
                                 const char *slug)
{
    for (size_t i = 0; i < standing->next_count; i++)
        if (!slug || strcmp(standing->next[i].kata->slug, slug) != 0)
            return &standing->next[i];
    return NULL;
}

char *standing_achieved(const struct cmd_context *context)
{
    struct db *db = attempt_db(context, DB_READ);
    struct progress progress;
    struct str text = STR_INIT;

    if (progress_of(db, context->kata->slug, &progress, NULL) == 0 &&
        progress.passed) {
        str_addf(&text, "%d grade%s, %d hint%s", progress.grades,
                 progress.grades == 1 ? "" : "s", progress.hints,
                 progress.hints == 1 ? "" : "s");
        if (progress.seconds >= 90)
            str_addf(&text, ", %.0f min from the first save",
                     progress.seconds / 60);
        else if (progress.seconds > 0)
            str_addf(&text, ", %.0f s from the first save", progress.seconds);
        if (progress.attempts > 1)
            str_addf(&text, ", attempt %d", progress.attempts);
    }
    db_close(db);
    return text.length ? str_detach(&text) : NULL;
}
