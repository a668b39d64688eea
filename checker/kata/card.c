#include "kata/card.h"

#include "base/alloc.h"

#include <cmark.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS_MAX = 80,
    QUESTION_MAX = 100,
    POINT_WORDS_MIN = 6,
    POINT_WORDS_MAX = 25,
    TEXT_WORDS_MIN = 3,
    TEXT_WORDS_MAX = 70
};

struct reader {
    const char *path;
    struct strv lines;
    struct card *card;
    struct strv *problems;
    size_t wrong_room, followup_room, source_room;
};

static void complain(struct reader *reader, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct reader *reader, int line, const char *format, ...)
{
    struct str text = STR_INIT;
    char *what = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&what, format, args) < 0)
        what = xstrdup("out of memory");
    va_end(args);
    str_addf(&text, "%s:%d: ", reader->path, line);
    str_add_visible(&text, what, strlen(what), SIZE_MAX, false);
    strv_take(reader->problems, str_detach(&text));
    free(what);
}

static int line_of(cmark_node *node)
{
    return cmark_node_get_start_line(node);
}

static size_t count_words(const char *text)
{
    size_t count = 0;

    while (*text) {
        text += strspn(text, " \n");
        count += *text != '\0';
        text += strcspn(text, " \n");
    }
    return count;
}

static size_t count_columns(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void trim(struct str *text)
{
    while (text->length && strchr(" \n", text->text[text->length - 1]))
        str_chop(text, 1);
}

/* The source of a block: from its first column on with its lines joined by
   spaces, or whole lines where `glue` is a newline; owned. Not rendered from
   the tree, which would add escapes. */
static char *source_of(const struct reader *reader, cmark_node *node, char glue)
{
    size_t from = (size_t)line_of(node) - 1;
    size_t to = (size_t)cmark_node_get_end_line(node);
    size_t column = (size_t)cmark_node_get_start_column(node) - 1;
    struct str text = STR_INIT;

    for (size_t i = from; i < to && i < reader->lines.count; i++) {
        const char *line = reader->lines.items[i];

        if (glue == ' ')
            line += i == from ? strnlen(line, column) : strspn(line, " ");
        if (i > from)
            str_addc(&text, glue);
        str_add(&text, line);
    }
    trim(&text);
    return str_detach(&text);
}

static bool is_list_of_lines(cmark_node *node)
{
    return node && cmark_node_get_type(node) == CMARK_NODE_LIST &&
           cmark_node_get_list_type(node) == CMARK_BULLET_LIST;
}

/* The one paragraph of a list item, or NULL with a complaint. */
static cmark_node *only_paragraph(struct reader *reader, cmark_node *item)
{
    cmark_node *child = cmark_node_first_child(item);

    if (child && cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH &&
        !cmark_node_next(child))
        return child;
    complain(reader, line_of(item), "an item is one paragraph, nothing else");
    return NULL;
}

static void check_words(struct reader *reader, int line, const char *what,
                        const char *text, size_t low, size_t high)
{
    size_t words = count_words(text);

    if (words < low || words > high)
        complain(reader, line, "%s has %zu words, not %zu to %zu: %.40s", what,
                 words, low, high, text);
}

static void read_point(struct reader *reader, int line, char *text)
{
    check_words(reader, line, "a key point", text, POINT_WORDS_MIN,
                POINT_WORDS_MAX);
    strv_take(&reader->card->points, text);
}

/* The end of a code span that begins at `text`, which is a backtick. */
static const char *after_code(const char *text)
{
    size_t n = strspn(text, "`");
    const char *end = text + n;

    while (*end) {
        size_t other = strspn(end, "`");

        if (other == n)
            return end + n;
        end += other ? other : 1;
    }
    return text + n;
}

/* Splits "**lead** text"; code may hold asterisks. */
static bool split_pair(const char *source, struct card_pair *pair)
{
    const char *end = source + 2;

    if (!str_starts(source, "**"))
        return false;
    while (*end && !str_starts(end, "**"))
        end = *end == '`' ? after_code(end) : end + 1;
    if (*end == '\0' || end == source + 2)
        return false;
    pair->lead = xstrndup(source + 2, (size_t)(end - source) - 2);
    end += 2;
    pair->text = xstrdup(end + strspn(end, " "));
    return true;
}

static void read_pair(struct reader *reader, int line, const char *what,
                      char *source, struct card_pair *pair)
{
    *pair = (struct card_pair){.lead = NULL};
    if (split_pair(source, pair)) {
        check_words(reader, line, what, pair->lead, TEXT_WORDS_MIN,
                    TEXT_WORDS_MAX);
        check_words(reader, line, "what follows it", pair->text, TEXT_WORDS_MIN,
                    TEXT_WORDS_MAX);
    } else {
        complain(reader, line,
                 "expected '**%s** and what there is to say to it', found: "
                 "%.40s",
                 what, source);
    }
    free(source);
}

static void read_wrong(struct reader *reader, int line, char *text)
{
    struct card *card = reader->card;

    card->wrong = grow(card->wrong, &reader->wrong_room, card->wrong_count,
                       sizeof *card->wrong);
    read_pair(reader, line, "a wrong answer", text,
              &card->wrong[card->wrong_count++]);
}

static void read_followup(struct reader *reader, int line, char *text)
{
    struct card *card = reader->card;

    card->followups = grow(card->followups, &reader->followup_room,
                           card->followup_count, sizeof *card->followups);
    read_pair(reader, line, "a question", text,
              &card->followups[card->followup_count++]);
}

/* Does a word of `work` begin with a digit? */
static bool has_version(const char *work)
{
    for (const char *c = work; *c; c++)
        if (isdigit((unsigned char)*c) && c > work && c[-1] == ' ')
            return true;
    return false;
}

/* "WORK VERSION, `PLACE`: what it shows" */
static bool split_source(const char *text, struct card_source *source)
{
    const char *comma = strstr(text, ", `"), *end;

    end = comma ? strstr(comma + 3, "`: ") : NULL;
    if (!end || end == comma + 3 || end[3] == '\0')
        return false;
    source->work = xstrndup(text, (size_t)(comma - text));
    source->place = xstrndup(comma + 3, (size_t)(end - comma) - 3);
    source->shows = xstrdup(end + 3);
    return true;
}

static void read_source(struct reader *reader, int line, char *text)
{
    struct card *card = reader->card;
    struct card_source source = {.work = NULL};

    if (!split_source(text, &source))
        complain(reader, line,
                 "expected 'WORK VERSION, `PLACE`: what it shows', found: "
                 "%.40s",
                 text);
    else if (!has_version(source.work))
        complain(reader, line,
                 "the source has no version: expected one like 'CPython "
                 "3.14', found '%.40s'",
                 source.work);
    card->sources = grow(card->sources, &reader->source_room,
                         card->source_count, sizeof *card->sources);
    card->sources[card->source_count++] = source;
    free(text);
}

static const struct section {
    const char *title;
    size_t min, max; /* items */
    void (*read)(struct reader *reader, int line, char *text);
} sections[] = {{"Key points", 3, 8, read_point},
                {"Common wrong answers", 1, 6, read_wrong},
                {"Follow-ups", 1, 6, read_followup},
                {"Source", 1, 6, read_source}};

enum { SECTIONS = sizeof sections / sizeof *sections };

static bool is_heading(cmark_node *node, int level)
{
    return node && cmark_node_get_type(node) == CMARK_NODE_HEADING &&
           cmark_node_get_heading_level(node) == level;
}

/* The text of a heading as it stands after its marks; owned. */
static char *title_of(const struct reader *reader, cmark_node *heading)
{
    char *source = source_of(reader, heading, ' ');
    const char *text = source + strspn(source, "#");
    char *title = xstrdup(text + strspn(text, " "));

    free(source);
    return title;
}

static void read_items(struct reader *reader, const struct section *section,
                       cmark_node *heading)
{
    cmark_node *list = cmark_node_next(heading), *after;
    size_t count = 0;

    if (!is_list_of_lines(list)) {
        complain(reader, line_of(heading),
                 "'## %s' must be followed by a list, each item '- ...'",
                 section->title);
        return;
    }
    for (cmark_node *item = cmark_node_first_child(list); item;
         item = cmark_node_next(item)) {
        cmark_node *paragraph = only_paragraph(reader, item);

        count++;
        if (paragraph)
            section->read(reader, line_of(paragraph),
                          source_of(reader, paragraph, ' '));
    }
    if (count < section->min || count > section->max)
        complain(reader, line_of(heading),
                 "'## %s' has %zu items, there must be %zu to %zu",
                 section->title, count, section->min, section->max);
    after = cmark_node_next(list);
    if (after && !is_heading(after, 2))
        complain(reader, line_of(after),
                 "expected a heading '## ...' or the end after the list of "
                 "'## %s'",
                 section->title);
}

/* The heading must be that of section `next`; says which one it was. */
static size_t read_section(struct reader *reader, size_t next,
                           cmark_node *heading)
{
    char *title = title_of(reader, heading);
    size_t found = 0;

    while (found < SECTIONS && strcmp(title, sections[found].title) != 0)
        found++;
    if (next == SECTIONS)
        complain(reader, line_of(heading), "expected the end, found '## %s'",
                 title);
    else if (found != next)
        complain(reader, line_of(heading), "expected '## %s', found '## %s'",
                 sections[next].title, title);
    else
        read_items(reader, &sections[found], heading);
    free(title);
    return found == SECTIONS ? next : found + 1;
}

static void read_sections(struct reader *reader, cmark_node *node)
{
    size_t next = 0;

    for (; node; node = cmark_node_next(node))
        if (is_heading(node, 2))
            next = read_section(reader, next, node);
    if (next < SECTIONS)
        complain(reader, (int)reader->lines.count,
                 "the card ends without '## %s'", sections[next].title);
}

int card_level(const char *name, enum kata_level *level)
{
    for (enum kata_level i = LEVEL_JUNIOR; i <= LEVEL_SENIOR; i++)
        if (strcmp(name, kata_level_name(i)) == 0) {
            *level = i;
            return 0;
        }
    return -1;
}

static void read_katas(struct reader *reader, int line, const char *value)
{
    while (*value) {
        size_t n = strcspn(value, ",");
        char *slug = xstrndup(value, n);

        if (!kata_is_slug(slug))
            complain(reader, line,
                     "katas: expected slugs with ', ' between them, found "
                     "'%.60s'",
                     slug);
        strv_take(&reader->card->katas, slug);
        value += n;
        value += strspn(value, ", ");
    }
}

static void read_key(struct reader *reader, int line, const char *text)
{
    struct card *card = reader->card;

    if (str_starts(text, "level: ")) {
        if (card_level(text + 7, &card->level) < 0)
            complain(reader, line,
                     "level: expected junior, mid or senior, found '%.40s'",
                     text + 7);
    } else if (str_starts(text, "katas: ")) {
        read_katas(reader, line, text + 7);
    } else if (str_starts(text, "notes: ")) {
        free(card->notes);
        card->notes = xstrdup(text + 7);
    } else {
        complain(reader, line,
                 "expected 'level: ...', 'katas: ...' or 'notes: ...', found "
                 "'%.40s'",
                 text);
    }
}

/* The list below the title; the level is asked for, the others may be left
   out. */
static cmark_node *read_keys(struct reader *reader, cmark_node *list)
{
    bool has_level = false;

    if (!is_list_of_lines(list)) {
        complain(reader, list ? line_of(list) : (int)reader->lines.count,
                 "expected '- level: junior', mid or senior, below the title");
        return list;
    }
    for (cmark_node *item = cmark_node_first_child(list); item;
         item = cmark_node_next(item)) {
        cmark_node *paragraph = only_paragraph(reader, item);
        char *text = paragraph ? source_of(reader, paragraph, ' ') : NULL;

        if (text)
            read_key(reader, line_of(item), text);
        has_level |= text && str_starts(text, "level: ");
        free(text);
    }
    if (!has_level)
        complain(reader, line_of(list), "expected '- level: ...' in this list");
    return cmark_node_next(list);
}

/* What stands between the list and the first section; returns that. */
static cmark_node *read_detail(struct reader *reader, cmark_node *node)
{
    struct str detail = STR_INIT;

    for (; node && !is_heading(node, 2); node = cmark_node_next(node)) {
        char *source = source_of(reader, node, '\n');

        str_addf(&detail, "%s%s", detail.length ? "\n\n" : "", source);
        free(source);
    }
    reader->card->detail = str_detach(&detail);
    return node;
}

static cmark_node *read_title(struct reader *reader, cmark_node *node)
{
    if (!is_heading(node, 1)) {
        complain(reader, 1, "expected the question: '# ...'");
        return node;
    }
    reader->card->question = title_of(reader, node);
    if (!*reader->card->question)
        complain(reader, line_of(node), "the question is empty");
    if (count_columns(reader->card->question) > QUESTION_MAX)
        complain(reader, line_of(node),
                 "the question is longer than %d characters; let it be one "
                 "line and the rest follow the list",
                 QUESTION_MAX);
    return cmark_node_next(node);
}

/* Would a terminal show it as it is? Plain ASCII, which nearly all lines are,
   is told quickly. */
static bool is_visible(const char *line)
{
    struct str visible = STR_INIT;
    const char *c = line;
    bool same;

    while (*c >= ' ' && *c <= '~')
        c++;
    if (*c == '\0')
        return true;
    str_add_visible(&visible, line, strlen(line), SIZE_MAX, false);
    same = strcmp(visible.text, line) == 0;
    str_release(&visible);
    return same;
}

/* Lines that a terminal shows as they are, and none too long but those that
   cannot be broken; the question has a limit of its own. */
static void check_lines(struct reader *reader)
{
    for (size_t i = 0; i < reader->lines.count; i++) {
        const char *line = reader->lines.items[i];

        if (!is_visible(line))
            complain(reader, (int)i + 1,
                     "a tab, a control character or bytes that are not UTF-8");
        if (count_columns(line) > COLUMNS_MAX && !str_starts(line, "# ") &&
            !str_starts(line, "- notes: "))
            complain(reader, (int)i + 1, "the line is longer than %d columns",
                     COLUMNS_MAX);
    }
}

/* Cards are written into pages: no HTML of theirs, no pictures. */
static void check_kinds(struct reader *reader, cmark_node *document)
{
    cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event;
    int line = 1;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);

        if (event != CMARK_EVENT_ENTER)
            continue;
        if (line_of(node) > 0)
            line = line_of(node);
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE ||
            type == CMARK_NODE_IMAGE)
            complain(reader, line,
                     "a card has no HTML and no pictures; code stands between "
                     "backticks");
        if (type == CMARK_NODE_HEADING &&
            cmark_node_get_heading_level(node) > 2)
            complain(reader, line, "a card has headings '#' and '##' only");
    }
    cmark_iter_free(iter);
}

int card_parse(const char *path, const char *topic, const char *id,
               const char *text, size_t length, struct card *card,
               struct strv *problems)
{
    struct reader reader = {.path = path, .card = card, .problems = problems};
    size_t before = problems->count;
    cmark_node *document, *node;
    char *lines;

    *card = (struct card){.id = xstrdup(id), .topic = xstrdup(topic)};
    lines = xstrndup(text, length);
    strv_add_lines(&reader.lines, lines);
    if (strlen(lines) != length)
        complain(&reader, 1, "the file holds a NUL byte");
    free(lines);
    check_lines(&reader);
    if (problems->count == before) {
        document = cmark_parse_document(text, length, CMARK_OPT_DEFAULT);
        check_kinds(&reader, document);
        node = read_title(&reader, cmark_node_first_child(document));
        node = read_detail(&reader, read_keys(&reader, node));
        read_sections(&reader, node);
        cmark_node_free(document);
    }
    strv_release(&reader.lines);
    if (problems->count == before)
        return 0;
    card_release(card);
    return -1;
}

static void release_pairs(struct card_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pairs[i].lead);
        free(pairs[i].text);
    }
    free(pairs);
}

void card_release(struct card *card)
{
    free(card->id);
    free(card->topic);
    free(card->question);
    free(card->detail);
    free(card->notes);
    strv_release(&card->katas);
    strv_release(&card->points);
    release_pairs(card->wrong, card->wrong_count);
    release_pairs(card->followups, card->followup_count);
    for (size_t i = 0; i < card->source_count; i++) {
        free(card->sources[i].work);
        free(card->sources[i].place);
        free(card->sources[i].shows);
    }
    free(card->sources);
    *card = (struct card){.id = NULL};
}

/* The answer on a line of its own, so that it stands out without bold too. */
static void add_pairs(struct str *out, const char *title,
                      const struct card_pair *pairs, size_t count)
{
    str_addf(out, "\n## %s\n\n", title);
    for (size_t i = 0; i < count; i++)
        str_addf(out, "- **%s**\\\n  %s\n", pairs[i].lead, pairs[i].text);
}

static void add_answers(const struct card *card, struct str *out)
{
    str_addf(out, "\n## %s\n\n", sections[0].title);
    for (size_t i = 0; i < card->points.count; i++)
        str_addf(out, "- %s\n", card->points.items[i]);
    add_pairs(out, sections[1].title, card->wrong, card->wrong_count);
    add_pairs(out, sections[2].title, card->followups, card->followup_count);
    str_addf(out, "\n## %s\n\n", sections[3].title);
    for (size_t i = 0; i < card->source_count; i++)
        str_addf(out, "- %s, `%s`: %s\n", card->sources[i].work,
                 card->sources[i].place, card->sources[i].shows);
}

void card_markdown(const struct card *card, bool answers, struct str *out)
{
    str_addf(out, "# %s\n", card->question);
    if (*card->detail)
        str_addf(out, "\n%s\n", card->detail);
    if (answers)
        add_answers(card, out);
}
