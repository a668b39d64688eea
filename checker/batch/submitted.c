#include "batch/submitted.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "base/path.h"
#include "kata/scheme.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 16 << 20 };

/* A text of CSV under way. */
struct reader {
    const char *name, *at, *end;
    size_t line; /* of what is read now */
};

static int wrong(const struct reader *reader, struct err *err, const char *what)
{
    return err_set(err, "%s: line %zu: %s", reader->name, reader->line, what);
}

static int take_quoted(struct reader *reader, struct str *field,
                       struct err *err)
{
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"' &&
            (reader->at + 1 == reader->end || reader->at[1] != '"')) {
            reader->at++;
            return 0;
        }
        reader->at += *reader->at == '"';
        reader->line += *reader->at == '\n';
        str_addc(field, *reader->at);
    }
    return wrong(reader, err, "expected a closing \"");
}

static bool is_end(char c)
{
    return c == ',' || c == '\n' || c == '\r';
}

/* The next field; *last is whether its line ends after it. */
static int take_field(struct reader *reader, struct str *field, bool *last,
                      struct err *err)
{
    str_reset(field);
    if (reader->at < reader->end && *reader->at == '"') {
        if (take_quoted(reader, field, err) < 0)
            return -1;
    } else {
        while (reader->at < reader->end && !is_end(*reader->at))
            str_addc(field, *reader->at++);
    }
    if (memchr(field->text, '\0', field->length))
        return wrong(reader, err, "a NUL byte");
    *last = true;
    if (reader->at == reader->end)
        return 0;
    if (!is_end(*reader->at))
        return wrong(reader, err, "expected a comma after \"");
    *last = *reader->at != ',';
    if (*reader->at == '\r' && reader->at + 1 < reader->end)
        reader->at += reader->at[1] == '\n';
    reader->at++;
    return 0;
}

static int take_row(struct reader *reader, struct str fields[2],
                    struct err *err)
{
    bool last = true;

    if (take_field(reader, &fields[0], &last, err) < 0)
        return -1;
    str_reset(&fields[1]);
    if (last && fields[0].length == 0)
        return 0;
    if (last)
        return wrong(reader, err, "expected two fields: student,time");
    if (take_field(reader, &fields[1], &last, err) < 0)
        return -1;
    return last ? 0
                : wrong(reader, err, "expected two fields only: student,time");
}

static int add(const struct reader *reader, struct submitted *submitted,
               const struct str fields[2], struct err *err)
{
    struct submitted_time time = {.used = false};
    struct str shown = STR_INIT;
    int status = 0;

    str_add_visible(&shown, fields[1].text, fields[1].length, 100, false);
    if (fields[0].length == 0)
        status = wrong(reader, err, "expected a student before the comma");
    else if (moment_read(fields[1].text, &time.seconds) < 0)
        status =
            err_set(err, "%s: line %zu: expected %s, got \"%s\"", reader->name,
                    reader->line, moment_expected, shown.text);
    for (size_t i = 0; status == 0 && i < submitted->count; i++)
        if (strcmp(submitted->items[i].student, fields[0].text) == 0)
            status = wrong(reader, err, "this student has a line already");
    str_release(&shown);
    if (status < 0)
        return -1;
    time.student = xstrdup(fields[0].text);
    submitted->items = grow(submitted->items, &submitted->capacity,
                            submitted->count, sizeof *submitted->items);
    submitted->items[submitted->count++] = time;
    return 0;
}

static int parse_csv(struct submitted *submitted, const char *name,
                     const char *text, size_t length, struct err *err)
{
    struct reader reader = {name, text, text + length, 1};
    struct str fields[2] = {STR_INIT, STR_INIT};
    bool head = true;
    int status = 0;

    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        reader.at += 3;
    while (reader.at < reader.end && status == 0) {
        status = take_row(&reader, fields, err);
        if (status == 0 && head &&
            (strcmp(fields[0].text, "student") != 0 ||
             strcmp(fields[1].text, "time") != 0))
            status =
                wrong(&reader, err, "expected the header \"student,time\"");
        else if (status == 0 && !head && (fields[0].length || fields[1].length))
            status = add(&reader, submitted, fields, err);
        head = false;
        reader.line++;
    }
    if (status == 0 && head)
        status = wrong(&reader, err, "expected the header \"student,time\"");
    str_release(&fields[0]);
    str_release(&fields[1]);
    return status;
}

/* All names of who handed in, joined as exports join them. */
static char *owner_of(const json_t *users)
{
    static const char *const keys[] = {"name", "email"};
    struct str names = STR_INIT;
    json_t *user;
    size_t i;

    json_array_foreach(users, i, user)
    {
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            const char *name =
                json_string_value(json_object_get(user, keys[k]));

            if (name && *name)
                str_addf(&names, "%s%s", names.length ? " + " : "", name);
        }
    }
    return str_detach(&names);
}

static int parse_metadata(struct submitted *submitted, const char *name,
                          const char *text, size_t length, struct err *err)
{
    json_error_t where;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    const char *time = json_string_value(json_object_get(json, "created_at"));
    struct submitted_time item = {.used = false};
    int status = 0;

    if (!json)
        status = err_set(err, "%s: line %d: %s", name, where.line, where.text);
    else if (!time || moment_read(time, &item.seconds) < 0)
        status =
            err_set(err, "%s: created_at: expected %s", name, moment_expected);
    if (status == 0) {
        submitted->single = true;
        submitted->owner = owner_of(json_object_get(json, "users"));
        item.student = xstrdup(submitted->owner);
        submitted->items = grow(submitted->items, &submitted->capacity,
                                submitted->count, sizeof *submitted->items);
        submitted->items[submitted->count++] = item;
    }
    json_decref(json);
    return status;
}

int submitted_parse(struct submitted *submitted, const char *name,
                    const char *text, size_t length, struct err *err)
{
    size_t blank = 0;

    while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank])
        blank++;
    if (blank < length && text[blank] == '{')
        return parse_metadata(submitted, name, text, length, err);
    return parse_csv(submitted, name, text, length, err);
}

int submitted_read(struct submitted *submitted, const char *path,
                   struct err *err)
{
    struct str text = STR_INIT;
    int status = path_read(path, FILE_MAX, &text, err);

    if (status == 0)
        status = submitted_parse(submitted, path, text.text, text.length, err);
    str_release(&text);
    return status;
}

void submitted_release(struct submitted *submitted)
{
    for (size_t i = 0; i < submitted->count; i++)
        free(submitted->items[i].student);
    free(submitted->items);
    free(submitted->owner);
    *submitted = (struct submitted)SUBMITTED_INIT;
}

static struct submitted_time *find_whole(struct submitted *submitted,
                                         const char *student)
{
    for (size_t i = 0; i < submitted->count; i++)
        if (strcmp(submitted->items[i].student, student) == 0)
            return &submitted->items[i];
    return NULL;
}

static struct submitted_time *find_fitting(struct submitted *submitted,
                                           const char *student)
{
    struct submitted_time *found = NULL;

    for (size_t i = 0; i < submitted->count; i++) {
        struct submitted_time *item = &submitted->items[i];

        if (scheme_is_student(student, item->student) &&
            (!found || item->seconds > found->seconds))
            found = item;
    }
    return found;
}

const int64_t *submitted_find(struct submitted *submitted, const char *student)
{
    struct submitted_time *found = NULL;

    if (!submitted->items)
        return NULL;
    if (submitted->single)
        found = &submitted->items[0];
    else if (student)
        found = find_whole(submitted, student);
    if (!found && student)
        found = find_fitting(submitted, student);
    if (!found)
        return NULL;
    found->used = true;
    return &found->seconds;
}

static void add_field(struct str *out, const char *text)
{
    str_addc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            str_addc(out, '"');
        str_addc(out, *text);
    }
    str_addc(out, '"');
}

int submitted_write(const char *path, const struct strv *students,
                    const struct strv *times, struct err *err)
{
    struct str text = STR_INIT;
    int status;

    str_add(&text, "student,time\r\n");
    for (size_t i = 0; i < students->count; i++) {
        add_field(&text, students->items[i]);
        str_addc(&text, ',');
        add_field(&text, times->items[i]);
        str_add(&text, "\r\n");
    }
    status = path_write(path, text.text, text.length, 0644, err);
    str_release(&text);
    return status;
}
