#include "judge/prose.h"

#include "base/alloc.h"
#include "base/path.h"
#include "kata/guide.h"
#include "kata/layout.h"

#include <cmark.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, SECTION_MIN = 40, SPOILER_MIN = 18 };

/* What is asked of a text besides its headings, which kata/layout.c has. */
struct text_rule {
    const char *name;
    bool spoilers; /* must not hold lines of the reference */
    int numbered;  /* at least so many sections "N. ..." */
    int questions; /* at least so many "### " under Follow-ups, each with
                      strong, adequate and weak answers */
};

static const struct text_rule rules[] = {
    {.name = "README.md", .spoilers = true},
    {.name = "hints.md", .spoilers = true, .numbered = 3},
    {.name = "NOTES.md"},
    {.name = "INTERVIEW.md", .questions = 4},
};

/* The text of a heading, owned. */
static char *heading_text(cmark_node *heading)
{
    struct str text = STR_INIT;

    for (cmark_node *n = cmark_node_first_child(heading); n;
         n = cmark_node_next(n))
        if (cmark_node_get_literal(n))
            str_add(&text, cmark_node_get_literal(n));
    return str_detach(&text);
}

static bool is_heading(cmark_node *node, int level)
{
    return cmark_node_get_type(node) == CMARK_NODE_HEADING &&
           cmark_node_get_heading_level(node) == level;
}

/* The length of what follows a heading up to the next of its level or
   above. */
static size_t section_length(cmark_node *heading)
{
    int level = cmark_node_get_heading_level(heading);
    size_t length = 0;

    for (cmark_node *n = cmark_node_next(heading); n; n = cmark_node_next(n)) {
        char *text;

        if (cmark_node_get_type(n) == CMARK_NODE_HEADING &&
            cmark_node_get_heading_level(n) <= level)
            break;
        /* Comments say what belongs there and are not it. */
        if (cmark_node_get_type(n) == CMARK_NODE_HTML_BLOCK)
            continue;
        text = cmark_render_commonmark(n, CMARK_OPT_DEFAULT, 0);
        length += strlen(text);
        free(text);
    }
    return length;
}

static cmark_node *find_section(cmark_node *document, const char *title)
{
    for (cmark_node *n = cmark_node_first_child(document); n;
         n = cmark_node_next(n)) {
        char *text;
        bool same;

        if (!is_heading(n, 2))
            continue;
        text = heading_text(n);
        same = strcmp(text, title) == 0;
        free(text);
        if (same)
            return n;
    }
    return NULL;
}

static void check_section(const char *title, const char *path,
                          cmark_node *document, struct strv *problems)
{
    cmark_node *section = find_section(document, title);

    if (!section)
        strv_addf(problems, "%s: has no section '## %s'", path, title);
    else if (section_length(section) < SECTION_MIN)
        strv_addf(problems, "%s: the section '## %s' is not filled", path,
                  title);
}

static void check_sections(const char *const *headings, const char *path,
                           cmark_node *document, struct strv *problems)
{
    cmark_node *first = cmark_node_first_child(document);

    if (!first || !is_heading(first, 1))
        strv_addf(problems, "%s: does not begin with a title", path);
    for (size_t i = 0; headings[i]; i++)
        if (str_starts(headings[i], "## ") && !str_ends(headings[i], "..."))
            check_section(headings[i] + 3, path, document, problems);
}

/* Hints are sections "1. ...", "2. ..." in order. */
static void check_numbered(const struct text_rule *rule, const char *path,
                           cmark_node *document, struct strv *problems)
{
    int count = 0;

    for (cmark_node *n = cmark_node_first_child(document); n;
         n = cmark_node_next(n)) {
        char *text;

        if (!is_heading(n, 2))
            continue;
        text = heading_text(n);
        if (strtol(text, NULL, 10) != ++count)
            strv_addf(problems, "%s: '## %s' should be number %d", path, text,
                      count);
        if (section_length(n) < SECTION_MIN)
            strv_addf(problems, "%s: the section '## %s' is not filled", path,
                      text);
        free(text);
    }
    if (count < rule->numbered)
        strv_addf(problems, "%s: has %d sections, needs at least %d", path,
                  count, rule->numbered);
}

/* Each question names a strong, an adequate and a weak answer. */
static void check_questions(const struct text_rule *rule, const char *path,
                            cmark_node *document, struct strv *problems)
{
    static const char *const answers[] = {"**Strong", "**Adequate", "**Weak"};
    cmark_node *section = find_section(document, "Follow-ups");
    int count = 0;

    for (cmark_node *n = section ? cmark_node_next(section) : NULL;
         n && !is_heading(n, 2); n = cmark_node_next(n)) {
        struct str body = STR_INIT;

        if (!is_heading(n, 3))
            continue;
        count++;
        for (cmark_node *m = cmark_node_next(n);
             m && cmark_node_get_type(m) != CMARK_NODE_HEADING;
             m = cmark_node_next(m)) {
            char *text = cmark_render_commonmark(m, CMARK_OPT_DEFAULT, 0);

            str_add(&body, text);
            free(text);
        }
        for (size_t i = 0; i < 3; i++)
            if (!strstr(body.text, answers[i])) {
                char *text = heading_text(n);

                strv_addf(problems, "%s: '### %s' has no %s answer", path, text,
                          answers[i] + 2);
                free(text);
            }
        str_release(&body);
    }
    if (count < rule->questions)
        strv_addf(problems, "%s: has %d follow-up questions, needs at least %d",
                  path, count, rule->questions);
}

static void check_link(const char *path, const char *url, struct strv *problems)
{
    size_t length = strcspn(url, "#");
    char *dir, *name, *target;

    if (strstr(url, "://") || str_starts(url, "mailto:") || length == 0)
        return;
    dir = path_dirname(path);
    name = xstrndup(url, length);
    target = path_join(dir, name);
    if (!path_is_file(target) && !path_is_dir(target))
        strv_addf(problems, "%s: the link to %s leads nowhere", path, url);
    free(dir);
    free(name);
    free(target);
}

static void check_links(const char *path, cmark_node *document,
                        struct strv *problems)
{
    cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (event == CMARK_EVENT_ENTER &&
            (cmark_node_get_type(node) == CMARK_NODE_LINK ||
             cmark_node_get_type(node) == CMARK_NODE_IMAGE))
            check_link(path, cmark_node_get_url(node), problems);
    }
    cmark_iter_free(iter);
}

/* The text without any white space, so that layout hides nothing. */
static char *squeeze(const char *text, size_t n)
{
    struct str squeezed = STR_INIT;

    for (size_t i = 0; i < n; i++)
        if (!isspace((unsigned char)text[i]))
            str_addc(&squeezed, text[i]);
    return str_detach(&squeezed);
}

static char *read_squeezed(char *path)
{
    struct str text = STR_INIT;
    char *squeezed = NULL;

    if (path_read(path, TEXT_MAX, &text, NULL) == 0)
        squeezed = squeeze(text.text, text.length);
    str_release(&text);
    free(path);
    return squeezed ? squeezed : xstrdup("");
}

/* Lines of the reference that the learner is not given anyway. */
static void check_spoilers(const struct kata *kata, const char *path,
                           const char *text, struct strv *problems)
{
    char *header = read_squeezed(kata_header(kata));
    char *stub = read_squeezed(kata_stub(kata));
    char *prose = squeeze(text, strlen(text)), *file = kata_reference(kata);
    struct str reference = STR_INIT;
    struct strv lines = STRV_INIT;

    if (path_read(file, TEXT_MAX, &reference, NULL) == 0)
        strv_add_lines(&lines, reference.text);
    for (size_t i = 0; i < lines.count; i++) {
        char *line = squeeze(lines.items[i], strlen(lines.items[i]));

        if (strlen(line) >= SPOILER_MIN && strstr(prose, line) &&
            !strstr(header, line) && !strstr(stub, line))
            strv_addf(problems, "%s: gives away line %zu of the reference: %s",
                      path, i + 1, lines.items[i]);
        free(line);
    }
    strv_release(&lines);
    str_release(&reference);
    free(header);
    free(stub);
    free(prose);
    free(file);
}

static void check_text(const struct kata *kata, const struct text_rule *rule,
                       struct strv *problems)
{
    const struct layout_file *file = layout_find(rule->name);
    char *path = layout_path(file, kata);
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    cmark_node *document;

    if (!path_is_file(path) && layout_is_optional(file, kata)) {
        /* Nothing to check. */
    } else if (path_read(path, TEXT_MAX, &text, &err) < 0) {
        strv_add(problems, err.text);
    } else {
        document =
            cmark_parse_document(text.text, text.length, CMARK_OPT_DEFAULT);
        check_sections(layout_headings(file, kata), path, document, problems);
        check_links(path, document, problems);
        if (rule->numbered)
            check_numbered(rule, path, document, problems);
        if (rule->questions)
            check_questions(rule, path, document, problems);
        if (rule->spoilers)
            check_spoilers(kata, path, text.text, problems);
        cmark_node_free(document);
    }
    str_release(&text);
    free(path);
}

/*
 * Every prototype of the header stands right below a comment. A prototype is a
 * line that begins with a name and holds a '(' at file scope; that is as much C
 * as a header of this repository is written in.
 */
static void check_header(const struct kata *kata, struct strv *problems)
{
    char *path = kata_header(kata);
    struct str text = STR_INIT;
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;
    bool in_comment = false, explained = false;

    if (path_read(path, TEXT_MAX, &text, &err) < 0)
        strv_add(problems, err.text);
    strv_add_lines(&lines, text.text);
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i];

        if (in_comment || str_starts(line, "/*") || str_starts(line, "//")) {
            in_comment = !str_starts(line, "//") && !strstr(line, "*/");
            explained = true;
        } else if (isalpha((unsigned char)*line) && strchr(line, '(') &&
                   !str_starts(line, "typedef")) {
            if (!explained)
                strv_addf(problems, "%s:%zu: not explained: %s", path, i + 1,
                          line);
            explained = false;
        } else if (*line != ' ' && *line != '\t') {
            explained = false;
        }
    }
    strv_release(&lines);
    str_release(&text);
    free(path);
}

/* What `kata new` wrote and nobody has replaced. */
static void check_todo(const struct kata *kata, const struct layout_file *file,
                       struct strv *problems)
{
    char *path = layout_path(file, kata);
    struct str text = STR_INIT;
    struct strv lines = STRV_INIT;

    if (path_is_file(path) && path_read(path, TEXT_MAX, &text, NULL) == 0)
        strv_add_lines(&lines, text.text);
    for (size_t i = 0; i < lines.count; i++)
        if (strstr(lines.items[i], "TODO"))
            strv_addf(problems, "%s:%zu: still says TODO", path, i + 1);
    strv_release(&lines);
    str_release(&text);
    free(path);
}

/* Is there a "Test(SUITE, name" in the text? */
static bool has_test(const char *text, const char *name)
{
    while ((text = strstr(text, "Test("))) {
        size_t n;

        text += strlen("Test(");
        text += strcspn(text, ",\n");
        text += strspn(text, ", \n");
        n = strcspn(text, ",)");
        if (strlen(name) == n && strncmp(text, name, n) == 0)
            return true;
    }
    return false;
}

static int count_hints(const char *text)
{
    int count = str_starts(text, "## ");

    while ((text = strstr(text, "\n## "))) {
        count++;
        text++;
    }
    return count;
}

static void check_tie(const struct kata *kata, size_t i, int hints,
                      const char *tests, struct strv *problems)
{
    const struct hint_tie *tie = &kata->hints[i];

    if (tie->hint > hints)
        strv_addf(problems, "kata.json: hints[%zu]: hints.md has no hint %d", i,
                  tie->hint);
    if (tie->category && category_from_name(tie->category) == CATEGORY_COUNT)
        strv_addf(problems, "kata.json: hints[%zu]: there is no category '%s'",
                  i, tie->category);
    if (tie->test && !has_test(tests, tie->test))
        strv_addf(problems, "kata.json: hints[%zu]: there is no test '%s'", i,
                  tie->test);
}

/* What kata.json ties to hints is there. */
static void check_ties(const struct kata *kata, struct strv *problems)
{
    char *path = path_join(kata->dir, "hints.md"), *file = kata_tests(kata);
    struct str hints = STR_INIT, tests = STR_INIT;

    /* Files that are not there have been complained about. */
    path_read(path, TEXT_MAX, &hints, NULL);
    path_read(file, TEXT_MAX, &tests, NULL);
    for (size_t i = 0; i < kata->hint_count; i++)
        check_tie(kata, i, count_hints(hints.text), tests.text, problems);
    str_release(&hints);
    str_release(&tests);
    free(path);
    free(file);
}

/* An interviewer's sheet is made of INTERVIEW.md and hints.md, read by a parser
   that takes no other form. */
static void check_guide(const struct kata *kata, struct strv *problems)
{
    struct guide guide;
    struct err err = ERR_INIT;

    if (kata->variant_of)
        return;
    if (guide_load(kata, &guide, &err) < 0)
        strv_add(problems, err.text);
    else
        guide_release(&guide);
}

void prose_check(const struct kata *kata, struct strv *problems)
{
    for (const struct layout_file *file = layout_files; file->name; file++)
        check_todo(kata, file, problems);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        check_text(kata, &rules[i], problems);
    check_guide(kata, problems);
    check_header(kata, problems);
    check_ties(kata, problems);
}

static const char *const explain_sections[] = {"What it is", "How it looks",
                                               "How people fix it",
                                               "An example", "See it yourself"};

char *prose_explain_page(const char *root, enum category category)
{
    return xasprintf("%s/docs/explain/%s.md", root, category_name(category));
}

char *prose_explain_summary(const char *root, enum category category)
{
    char *path = prose_explain_page(root, category), *summary = NULL;
    struct str text = STR_INIT;
    const char *colon = NULL;

    if (path_read(path, TEXT_MAX, &text, NULL) == 0 &&
        str_starts(text.text, "# "))
        colon = strstr(text.text, ": ");
    if (colon)
        summary = xstrndup(colon + 2, strcspn(colon + 2, "\n"));
    str_release(&text);
    free(path);
    return summary;
}

/* "# leak: memory that nobody gives back", which `kata explain` lists. */
static void check_explain_title(const char *path, const char *text,
                                enum category category, struct strv *problems)
{
    char *title = xasprintf("# %s: ", category_name(category));

    if (!str_starts(text, title))
        strv_addf(problems, "%s: does not begin with '%s'", path, title);
    free(title);
}

static void check_explain_page(const char *path, enum category category,
                               struct strv *problems)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    cmark_node *document;

    if (path_read(path, TEXT_MAX, &text, &err) < 0) {
        strv_add(problems, err.text);
    } else {
        document =
            cmark_parse_document(text.text, text.length, CMARK_OPT_DEFAULT);
        check_explain_title(path, text.text, category, problems);
        for (size_t i = 0;
             i < sizeof explain_sections / sizeof *explain_sections; i++)
            check_section(explain_sections[i], path, document, problems);
        check_links(path, document, problems);
        cmark_node_free(document);
    }
    str_release(&text);
}

void prose_check_explain(const char *root, struct strv *problems)
{
    for (enum category c = CATEGORY_NONE + 1; c < CATEGORY_COUNT; c++) {
        char *path = prose_explain_page(root, c);

        check_explain_page(path, c, problems);
        free(path);
    }
}
