#include "batch/metadata.h"

#include "base/alloc.h"
#include "base/str.h"
#include "base/strv.h"

#include <stdbool.h>
#include <string.h>

/* A line of the file, without the newline; the lines follow one another. */
struct line {
    const char *start;
    size_t length, indent;
};

static bool next_line(const char **at, struct line *line)
{
    if (!**at)
        return false;
    line->start = *at;
    line->length = strcspn(*at, "\n");
    *at += line->length + ((*at)[line->length] == '\n');
    if (line->length && line->start[line->length - 1] == '\r')
        line->length--;
    line->indent = 0;
    while (line->indent < line->length && line->start[line->indent] == ' ')
        line->indent++;
    return true;
}

static bool is_text(const struct line *line, const char *text)
{
    size_t n = strlen(text);

    return line->length == n && strncmp(line->start, text, n) == 0;
}

/* The value of "KEY: value" somewhere in the line's list item, unquoted, is
   added to *values; a value that goes on in the next line is not for us. */
static void take_value(const struct line *line, const char *key,
                       struct strv *values)
{
    const char *text = line->start + line->indent;
    size_t length = line->length - line->indent, n = strlen(key);

    if (length > 2 && strncmp(text, "- ", 2) == 0) {
        text += 2;
        length -= 2;
    }
    if (length <= n || strncmp(text, key, n) != 0)
        return;
    text += n;
    length -= n;
    while (length && *text == ' ') {
        text++;
        length--;
    }
    while (length && text[length - 1] == ' ')
        length--;
    if (length >= 2 && (*text == '\'' || *text == '"') &&
        text[length - 1] == *text) {
        text++;
        length -= 2;
    }
    if (length && !memchr(text, '\0', length))
        strv_addf(values, "%.*s", (int)length, text);
}

static char *join(const struct strv *values)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < values->count; i++)
        str_addf(&text, "%s%s", i ? " + " : "", values->items[i]);
    return str_detach(&text);
}

char *metadata_students(const char *text, const char *submission)
{
    struct strv names = STRV_INIT, addresses = STRV_INIT;
    bool mine = false, submitters = false;
    char *students = NULL;
    struct str head = STR_INIT;
    struct line line;

    str_addf(&head, "%s:", submission);
    while (next_line(&text, &line)) {
        if (line.indent == 0 && line.length && *line.start != '-') {
            if (mine)
                break;
            mine = is_text(&line, head.text);
            submitters = false;
        } else if (mine && is_text(&line, "  :submitters:")) {
            submitters = true;
        } else if (line.indent <= 2 && !(line.indent < line.length &&
                                         line.start[line.indent] == '-')) {
            submitters = false;
        } else if (submitters) {
            take_value(&line, ":name:", &names);
            take_value(&line, ":email:", &addresses);
        }
    }
    if (names.count || addresses.count)
        students = join(names.count ? &names : &addresses);
    strv_release(&names);
    strv_release(&addresses);
    str_release(&head);
    return students;
}

char *metadata_time(const char *text, const char *submission)
{
    struct strv times = STRV_INIT;
    struct str head = STR_INIT;
    struct line line;
    bool mine = false;
    char *time;

    str_addf(&head, "%s:", submission);
    while (times.count == 0 && next_line(&text, &line)) {
        if (line.indent == 0 && line.length && *line.start != '-')
            mine = is_text(&line, head.text);
        else if (mine && line.indent == 2)
            take_value(&line, ":created_at:", &times);
    }
    time = times.count ? xstrdup(times.items[0]) : NULL;
    strv_release(&times);
    str_release(&head);
    return time;
}
