#include "judge/diagnose.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 20 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static const json_t *caret_of(const json_t *diagnostic)
{
    const json_t *locations = json_object_get(diagnostic, "locations");

    return json_object_get(json_array_get(locations, 0), "caret");
}

/* 0, not known, for what is no place: gcc says column -1 of an empty file, and
   `#line` may name lines beyond every range. */
static int number_of(const json_t *object, const char *key)
{
    json_int_t number = json_integer_value(json_object_get(object, key));

    return number > 0 && number <= INT_MAX ? (int)number : 0;
}

/* A note that points elsewhere, such as "previous declaration of 'f'", says
   what the line itself cannot; one on the same line repeats it. */
static char *note_elsewhere(const json_t *diagnostic)
{
    int line = number_of(caret_of(diagnostic), "line");
    const json_t *child;
    size_t i;

    json_array_foreach(json_object_get(diagnostic, "children"), i, child)
    {
        const json_t *caret = caret_of(child);

        if (caret && number_of(caret, "line") != line)
            return xasprintf(" (%s:%d: %s)", path_base(text_of(caret, "file")),
                             number_of(caret, "line"),
                             text_of(child, "message"));
    }
    return xstrdup("");
}

static void add_diagnostic(const json_t *diagnostic, bool error,
                           enum category category, struct stage_result *stage)
{
    const json_t *caret = caret_of(diagnostic);
    const char *option = text_of(diagnostic, "option");
    char *note = note_elsewhere(diagnostic);
    struct finding *finding = (error ? stage_fail : stage_warn)(
        stage, category, "%s%s%s%s%s", text_of(diagnostic, "message"),
        *option ? " [" : "", option, *option ? "]" : "", note);

    free(note);
    if (!caret)
        return;
    finding->file = xstrdup(path_base(text_of(caret, "file")));
    finding->line = number_of(caret, "line");
    finding->column = number_of(caret, "column");
}

static size_t add_kind(const json_t *list, bool errors, size_t room,
                       enum category category, struct stage_result *stage)
{
    const json_t *diagnostic;
    size_t i, added = 0;

    json_array_foreach(list, i, diagnostic)
    {
        const char *kind = text_of(diagnostic, "kind");
        bool error = strcmp(kind, "error") == 0 ||
                     strcmp(kind, "fatal error") == 0 ||
                     str_starts(kind, "internal compiler error");

        if (error != errors || (!error && strcmp(kind, "warning") != 0))
            continue;
        if (added < room)
            add_diagnostic(diagnostic, error, category, stage);
        added += added < room;
    }
    return added;
}

/*
 * Reads the list one diagnostic at a time, so that those before a cut are not
 * lost. Returns what follows the list, or NULL where it was cut.
 */
static const char *read_list(const char *at, json_t *list)
{
    const size_t flags = JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY;

    at++;
    for (;;) {
        json_error_t error;
        json_t *diagnostic;

        at += strspn(at, ", \n");
        if (*at == ']')
            return at + 1;
        diagnostic = json_loadb(at, strlen(at), flags, &error);
        if (!diagnostic)
            return NULL;
        json_array_append_new(list, diagnostic);
        at += error.position;
    }
}

/* The assembler's and the driver's complaints are plain text after the list. */
static void add_plain_error(const char *rest, enum category category,
                            struct stage_result *stage)
{
    const char *error = strstr(rest, "rror: ");

    if (!error || stage->status == STATUS_FAIL)
        return;
    error += strlen("rror: ");
    stage_fail(stage, category, "%.*s", (int)strcspn(error, "\n"), error);
}

int diagnose_gcc(const char *json, enum category category,
                 struct stage_result *stage, struct err *err)
{
    const char *start = strchr(json, '['), *rest;
    json_t *list;
    size_t kept;

    if (!start)
        return err_set(err, "the compiler's messages are not JSON");
    list = json_array();
    rest = read_list(start, list);
    kept = add_kind(list, true, KEPT_MAX, category, stage);
    add_kind(list, false, KEPT_MAX - kept, category, stage);
    if (rest)
        add_plain_error(rest, category, stage);
    else if (json_array_size(list) > 0)
        stage_warn(stage, category, "there are more messages: they were cut");
    else
        err_set(err, "the compiler's messages are not JSON");
    kept = json_array_size(list);
    json_decref(list);
    return rest || kept ? 0 : -1;
}
