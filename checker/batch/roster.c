#include "batch/roster.h"

#include "base/alloc.h"
#include "batch/name.h"
#include "judge/grade.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct item *roster_add(struct roster *roster, const char *student, size_t kata,
                        const char *file)
{
    struct item *item;

    roster->items = grow(roster->items, &roster->capacity, roster->count,
                         sizeof *roster->items);
    item = &roster->items[roster->count++];
    *item = (struct item){.student = xstrdup(student),
                          .file = xstrdup(file ? file : ""),
                          .kata = kata};
    return item;
}

static int by_student(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    int order = strcmp(left->student, right->student);

    if (order == 0)
        order = (left->kata > right->kata) - (left->kata < right->kata);
    return order ? order : strcmp(left->file, right->file);
}

void roster_sort(struct roster *roster)
{
    if (roster->count)
        qsort(roster->items, roster->count, sizeof *roster->items, by_student);
}

void roster_release(struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        free(roster->items[i].student);
        free(roster->items[i].file);
        free(roster->items[i].note);
    }
    free(roster->items);
    strv_release(&roster->aside);
    strv_release(&roster->timed);
    strv_release(&roster->times);
    *roster = (struct roster){.items = NULL};
}

int roster_set_keys(struct roster *roster, const struct conditions *conditions,
                    struct err *err)
{
    char(*katas)[HASH_TEXT_SIZE] =
        xcalloc(roster->kata_count + 1, sizeof *katas);
    int status = 0;

    for (size_t i = 0; i < roster->kata_count && status == 0; i++)
        status = grade_hash_kata(roster->katas[i], katas[i], err);
    for (size_t i = 0; i < roster->count && status == 0; i++) {
        struct item *item = &roster->items[i];
        struct hash hash;
        char text[128];

        snprintf(text, sizeof text, "%" PRIu64 " %.3f", roster->seed,
                 conditions->seconds);
        hash_init(&hash);
        hash_add_text(&hash, "batch 1");
        hash_add_text(&hash, roster->katas[item->kata]->slug);
        hash_add_text(&hash, katas[item->kata]);
        hash_add_text(&hash, item->source);
        hash_add_text(&hash, conditions->checker);
        hash_add_text(&hash, conditions->tools);
        hash_add_text(&hash, conditions->sandbox);
        hash_add_text(&hash, text);
        hash_text(&hash, item->key);
    }
    free(katas);
    return status;
}

char *roster_name(const struct roster *roster, const struct item *item)
{
    char *file = name_file(item->student);
    char *name = xasprintf("%s.%s", file, roster->katas[item->kata]->slug);

    free(file);
    return name;
}

json_t *roster_failure(const struct roster *roster, const struct item *item,
                       const struct conditions *conditions, const char *note)
{
    struct grade grade = {.kata = roster->katas[item->kata],
                          .verdict = VERDICT_ERROR,
                          .category = CATEGORY_INTERNAL_ERROR,
                          .max_score = 100,
                          .seed = roster->seed,
                          .sandbox = conditions->sandbox};
    json_t *json;

    memcpy(grade.submission_hash, item->source, sizeof item->source);
    grade_hash_kata(grade.kata, grade.kata_hash, NULL);
    grade.toolchain = xstrdup(conditions->tools);
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        grade.stages[i] =
            (struct stage_result){.id = i, .max_score = grade.kata->weights[i]};
    grade.selected[STAGE_BUILD] = true;
    stage_error(&grade.stages[STAGE_BUILD], "%s", note);
    json = grade_to_json(&grade);
    grade_release(&grade);
    return json;
}
