#include "kata/guide.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, HINT_COST = 4 };

/* Names of criteria; every kata has all but the third. */
static const char *const criteria[] = {"problem solving", "C and memory",
                                       "concurrency", "correctness and testing",
                                       "communication"};
enum { CRITERIA = sizeof criteria / sizeof *criteria, OPTIONAL_CRITERION = 2 };

struct reader {
    struct strv lines;
    size_t at;
    struct guide *guide;
    struct err *err;
};

static int wrong(struct reader *reader, const char *expected)
{
    return err_set(reader->err, "line %zu: expected %s, got '%.80s'",
                   reader->at + 1, expected,
                   reader->at < reader->lines.count
                       ? reader->lines.items[reader->at]
                       : "the end");
}

/* The current line; NULL at the end. */
static const char *current(const struct reader *reader)
{
    return reader->at < reader->lines.count ? reader->lines.items[reader->at]
                                            : NULL;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

static void skip_blank(struct reader *reader)
{
    while (current(reader) && is_blank(current(reader)))
        reader->at++;
}

static bool is_heading(const char *line)
{
    return str_starts(line, "# ") || str_starts(line, "## ") ||
           str_starts(line, "### ");
}

static void trim(struct str *text)
{
    while (text->length && isspace((unsigned char)text->text[text->length - 1]))
        str_chop(text, 1);
}

/* The lines up to the next heading outside of code, as text; owned. */
static char *take_text(struct reader *reader)
{
    struct str text = STR_INIT;
    bool code = false;

    skip_blank(reader);
    for (const char *line; (line = current(reader)); reader->at++) {
        if (!code && is_heading(line))
            break;
        if (str_starts(line, "```"))
            code = !code;
        str_addf(&text, "%s\n", line);
    }
    trim(&text);
    return str_detach(&text);
}

static int take_heading(struct reader *reader, const char *heading)
{
    skip_blank(reader);
    if (!current(reader) || strcmp(current(reader), heading) != 0) {
        char *expected = xasprintf("'%s'", heading);

        wrong(reader, expected);
        free(expected);
        return -1;
    }
    reader->at++;
    return 0;
}

static int take_title(struct reader *reader, const char *prefix, char **title)
{
    skip_blank(reader);
    if (!current(reader) || !str_starts(current(reader), prefix))
        return wrong(reader, prefix);
    *title = xstrdup(current(reader) + strlen(prefix));
    reader->at++;
    return 0;
}

/* "- **Strong:** text", going on in lines that are indented; owned, or NULL
   with the error. */
static char *take_answer(struct reader *reader, const char *name)
{
    char *prefix = xasprintf("- **%s:** ", name);
    struct str text = STR_INIT;

    skip_blank(reader);
    if (!current(reader) || !str_starts(current(reader), prefix)) {
        wrong(reader, prefix);
        free(prefix);
        return NULL;
    }
    str_add(&text, current(reader) + strlen(prefix));
    free(prefix);
    for (reader->at++; current(reader) && str_starts(current(reader), "  ");
         reader->at++) {
        const char *line = current(reader);

        str_addf(&text, " %s", line + strspn(line, " "));
    }
    trim(&text);
    return str_detach(&text);
}

static int take_question(struct reader *reader)
{
    struct guide *guide = reader->guide;
    struct guide_question *question;

    guide->questions = grow(guide->questions, &guide->question_capacity,
                            guide->question_count, sizeof *guide->questions);
    question = &guide->questions[guide->question_count++];
    *question = (struct guide_question){.question = NULL};
    if (take_title(reader, "### ", &question->question) < 0)
        return -1;
    question->strong = take_answer(reader, "Strong");
    if (question->strong)
        question->adequate = take_answer(reader, "Adequate");
    if (question->adequate)
        question->weak = take_answer(reader, "Weak");
    skip_blank(reader);
    return question->weak ? 0 : -1;
}

/* The cells of a table's row, without spaces around them; "\|" is a bar. */
static bool split_row(const char *line, struct strv *cells)
{
    struct str cell = STR_INIT;

    if (*line++ != '|')
        return false;
    for (; *line; line++) {
        if (line[0] == '\\' && line[1] == '|') {
            str_addc(&cell, *++line);
        } else if (*line == '|') {
            trim(&cell);
            strv_add(cells, cell.text + strspn(cell.text, " "));
            str_reset(&cell);
        } else {
            str_addc(&cell, *line);
        }
    }
    trim(&cell);
    if (cell.length)
        strv_add(cells, cell.text);
    str_release(&cell);
    return true;
}

static const char *criterion_name(const char *cell)
{
    for (size_t i = 0; i < CRITERIA; i++)
        if (strcasecmp(cell, criteria[i]) == 0)
            return criteria[i];
    return NULL;
}

static bool has_criterion(const struct guide *guide, const char *name)
{
    for (size_t i = 0; i < guide->criterion_count; i++)
        if (strcmp(guide->criteria[i].name, name) == 0)
            return true;
    return false;
}

static int add_criterion(struct reader *reader, const struct strv *cells)
{
    struct guide *guide = reader->guide;
    struct guide_criterion *criterion;
    const char *name;

    if (cells->count != 1 + GUIDE_MARKS)
        return wrong(reader, "a criterion and an anchor for each mark");
    for (size_t i = 0; i < cells->count; i++)
        if (!*cells->items[i])
            return wrong(reader, "an anchor in every cell");
    name = criterion_name(cells->items[0]);
    if (!name || has_criterion(guide, name))
        return wrong(reader,
                     "problem solving, C and memory, concurrency, correctness "
                     "and testing, or communication, each once");
    guide->criteria = grow(guide->criteria, &guide->criterion_capacity,
                           guide->criterion_count, sizeof *guide->criteria);
    criterion = &guide->criteria[guide->criterion_count++];
    *criterion = (struct guide_criterion){.name = xstrdup(name)};
    for (size_t i = 0; i < GUIDE_MARKS; i++)
        criterion->anchors[i] = xstrdup(cells->items[1 + i]);
    return 0;
}

static int take_row(struct reader *reader)
{
    struct strv cells = STRV_INIT;
    int status = 0;

    if (split_row(current(reader), &cells))
        status = add_criterion(reader, &cells);
    else
        status = wrong(reader, "a row of the rubric");
    strv_release(&cells);
    reader->at++;
    return status;
}

static int check_criteria(struct reader *reader)
{
    for (size_t i = 0; i < CRITERIA; i++)
        if (i != OPTIONAL_CRITERION &&
            !has_criterion(reader->guide, criteria[i]))
            return err_set(reader->err, "the rubric has no row '%s'",
                           criteria[i]);
    return 0;
}

static int take_rubric(struct reader *reader)
{
    static const char *const head[] = {"| | 1 | 2 | 3 | 4 |",
                                       "|---|---|---|---|---|"};

    for (size_t i = 0; i < 2; i++)
        if (take_heading(reader, head[i]) < 0)
            return -1;
    while (skip_blank(reader), current(reader))
        if (take_row(reader) < 0)
            return -1;
    return check_criteria(reader);
}

static int take_guide(struct reader *reader)
{
    struct guide *guide = reader->guide;

    if (take_title(reader, "# Interview: ", &guide->title) < 0 ||
        take_heading(reader, "## Opening question") < 0)
        return -1;
    guide->opening = take_text(reader);
    if (!*guide->opening)
        return wrong(reader, "the opening words");
    if (take_heading(reader, "## Follow-ups") < 0)
        return -1;
    do {
        skip_blank(reader);
        if (take_question(reader) < 0)
            return -1;
    } while (current(reader) && str_starts(current(reader), "### "));
    if (take_heading(reader, "## Rubric") < 0)
        return -1;
    return take_rubric(reader);
}

int guide_parse(const char *text, struct guide *guide, struct err *err)
{
    struct reader reader = {.guide = guide, .err = err};
    int status;

    strv_add_lines(&reader.lines, text);
    status = take_guide(&reader);
    strv_release(&reader.lines);
    return status;
}

static int take_hint(struct reader *reader)
{
    struct guide *guide = reader->guide;
    struct guide_hint *hint;
    char *number = xasprintf("## %zu. ", guide->hint_count + 1);
    int status = 0;

    skip_blank(reader);
    if (!current(reader) || !str_starts(current(reader), number))
        status = wrong(reader, number);
    free(number);
    if (status < 0)
        return -1;
    guide->hints = grow(guide->hints, &guide->hint_capacity, guide->hint_count,
                        sizeof *guide->hints);
    hint = &guide->hints[guide->hint_count++];
    hint->title = xstrdup(current(reader) + 3);
    reader->at++;
    hint->text = take_text(reader);
    return *hint->text ? 0 : wrong(reader, "the hint");
}

static int take_hints(struct reader *reader)
{
    if (take_heading(reader, "# Hints") < 0)
        return -1;
    do {
        if (take_hint(reader) < 0)
            return -1;
    } while (current(reader));
    return 0;
}

int guide_parse_hints(const char *text, struct guide *guide, struct err *err)
{
    struct reader reader = {.guide = guide, .err = err};
    int status;

    strv_add_lines(&reader.lines, text);
    status = take_hints(&reader);
    strv_release(&reader.lines);
    return status;
}

static int load(const char *dir, const char *name, struct guide *guide,
                int (*parse)(const char *, struct guide *, struct err *),
                struct err *err)
{
    char *path = path_join(dir, name);
    struct str text = STR_INIT;
    struct err wrong = ERR_INIT;
    int status = path_read(path, TEXT_MAX, &text, err);

    if (status == 0 && strlen(text.text) != text.length)
        status = err_set(err, "%s: holds a NUL byte", path);
    else if (status == 0 && parse(text.text, guide, &wrong) < 0)
        status = err_set(err, "%s: %s", path, wrong.text);
    str_release(&text);
    free(path);
    return status;
}

int guide_load(const struct kata *kata, struct guide *guide, struct err *err)
{
    *guide = (struct guide){.title = NULL};
    if (load(kata->solution_dir, "INTERVIEW.md", guide, guide_parse, err) < 0 ||
        load(kata->dir, "hints.md", guide, guide_parse_hints, err) < 0) {
        guide_release(guide);
        return -1;
    }
    return 0;
}

void guide_release(struct guide *guide)
{
    for (size_t i = 0; i < guide->question_count; i++) {
        free(guide->questions[i].question);
        free(guide->questions[i].strong);
        free(guide->questions[i].adequate);
        free(guide->questions[i].weak);
    }
    for (size_t i = 0; i < guide->criterion_count; i++) {
        free(guide->criteria[i].name);
        for (size_t k = 0; k < GUIDE_MARKS; k++)
            free(guide->criteria[i].anchors[k]);
    }
    for (size_t i = 0; i < guide->hint_count; i++) {
        free(guide->hints[i].title);
        free(guide->hints[i].text);
    }
    free(guide->questions);
    free(guide->criteria);
    free(guide->hints);
    free(guide->title);
    free(guide->opening);
    *guide = (struct guide){.title = NULL};
}

int guide_hint_cost(size_t number)
{
    return HINT_COST * (int)number;
}
