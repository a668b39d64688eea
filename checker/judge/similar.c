#include "judge/similar.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/temp.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MIN = 8, OUTPUT_MAX = 256 << 20 };

/* Where a reader of C is. */
enum place { CODE, LINE_COMMENT, BLOCK_COMMENT, STRING, CHARACTER };

static enum place place_after_code(char c, char next)
{
    if (c == '/' && (next == '/' || next == '*'))
        return next == '/' ? LINE_COMMENT : BLOCK_COMMENT;
    if (c == '"')
        return STRING;
    return c == '\'' ? CHARACTER : CODE;
}

/* The place after the character c; `next` follows it. */
static enum place place_after(enum place place, char c, char next)
{
    switch (place) {
    case LINE_COMMENT:
        return c == '\n' ? CODE : place;
    case BLOCK_COMMENT:
        return c == '*' && next == '/' ? CODE : place;
    case STRING:
        return c == '"' || c == '\n' ? CODE : place;
    case CHARACTER:
        return c == '\'' || c == '\n' ? CODE : place;
    default:
        return place_after_code(c, next);
    }
}

static bool is_comment(enum place place)
{
    return place == LINE_COMMENT || place == BLOCK_COMMENT;
}

/* sim_c reads ASCII; what is not is of comments and strings in any case. */
static char plain(char c)
{
    return c == '\n' || (c >= ' ' && c <= '~') ? c : ' ';
}

/* Copies a source with its comments blank, line by line the same. */
static void strip_comments(const char *text, size_t n, struct str *out)
{
    enum place place = CODE;

    for (size_t i = 0; i < n; i++) {
        char c = text[i], next = i + 1 < n ? text[i + 1] : '\0';
        enum place after = place_after(place, c, next);
        bool marks = is_comment(place) != is_comment(after) && c != '\n';
        bool escape = (place == STRING || place == CHARACTER) && c == '\\';

        str_addc(out, c == '\n' || !(is_comment(place) || is_comment(after))
                          ? plain(c)
                          : ' ');
        if ((marks || escape) && i + 1 < n && next != '\n') {
            str_addc(out, marks ? ' ' : plain(next));
            i++;
        }
        place = after;
    }
}

/* A line without any blanks: what lines are compared by. */
static void squeeze(const char *line, size_t n, struct str *out)
{
    str_reset(out);
    for (size_t i = 0; i < n; i++)
        if (!isspace((unsigned char)line[i]))
            str_addc(out, line[i]);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines that everybody has, sorted; short ones are nobody's. */
static void collect(const struct similar_source *known, size_t count,
                    struct strv *lines)
{
    struct str text = STR_INIT, line = STR_INIT;

    for (size_t i = 0; i < count; i++) {
        str_reset(&text);
        strip_comments(known[i].text, known[i].length, &text);
        for (const char *at = text.text; *at;) {
            size_t n = strcspn(at, "\n");

            squeeze(at, n, &line);
            if (line.length >= LINE_MIN)
                strv_add(lines, line.text);
            at += n + (at[n] == '\n');
        }
    }
    strv_sort(lines);
    str_release(&text);
    str_release(&line);
}

static bool is_known(const struct strv *lines, const struct str *line)
{
    const char *key = line->text;

    if (line->length < LINE_MIN || lines->count == 0)
        return false;
    return bsearch(&key, lines->items, lines->count, sizeof *lines->items,
                   by_text) != NULL;
}

static void normalise(const struct similar_source *source,
                      const struct strv *known, struct str *out)
{
    struct str text = STR_INIT, line = STR_INIT;

    strip_comments(source->text, source->length, &text);
    for (const char *at = text.text; *at;) {
        size_t n = strcspn(at, "\n");

        squeeze(at, n, &line);
        if (!str_starts(line.text, "#include") && !is_known(known, &line))
            str_addn(out, at, n);
        str_addc(out, '\n');
        at += n + (at[n] == '\n');
    }
    str_release(&text);
    str_release(&line);
}

void similar_normalise(const struct similar_source *source,
                       const struct similar_source *known, size_t known_count,
                       struct str *out)
{
    struct strv lines = STRV_INIT;

    collect(known, known_count, &lines);
    normalise(source, &lines, out);
    strv_release(&lines);
}

/* Not flushed to disk as path_write does: the folder does not outlive us. */
static int write_file(const char *path, const struct str *text, struct err *err)
{
    FILE *file = fopen(path, "wxe");
    bool ok;

    if (!file)
        return err_errno(err, "%s", path);
    ok = fwrite(text->text, 1, text->length, file) == text->length;
    return fclose(file) == 0 && ok ? 0 : err_errno(err, "%s", path);
}

/* Writes each source as DIR/NUMBER.c: sim_c sees no name of anybody's. */
static int write_sources(const char *dir, const struct similar_source *sources,
                         size_t count, const struct similar_source *known,
                         size_t known_count, struct str *names, struct err *err)
{
    struct strv lines = STRV_INIT;
    int status = 0;

    collect(known, known_count, &lines);
    for (size_t i = 0; i < count && status == 0; i++) {
        struct str text = STR_INIT;
        char *path = xasprintf("%s/%zu.c", dir, i);

        normalise(&sources[i], &lines, &text);
        status = write_file(path, &text, err);
        str_addf(names, "%zu.c\n", i);
        free(path);
        str_release(&text);
    }
    strv_release(&lines);
    return status;
}

static int run_sim(const struct sandbox *sandbox, const char *dir,
                   const struct str *names, struct proc_result *result,
                   struct err *err)
{
    static char sim[] = "sim_c", each[] = "-e", others[] = "-s", brief[] = "-n",
                least[] = "-r24", from_input[] = "-i";
    char *const argv[] = {sim, each, others, brief, least, from_input, NULL};
    const struct jail_mount mount = {dir, "/box/sim", false};
    const struct jail_spec spec = {.profile = JAIL_COMPILE,
                                   .argv = argv,
                                   .mounts = &mount,
                                   .mount_count = 1,
                                   .cwd = "/box/sim",
                                   .input = names->text,
                                   .input_length = names->length,
                                   .limits = {.wall_seconds = 240,
                                              .cpu_seconds = 60,
                                              .memory_mb = 2048,
                                              .file_mb = 64,
                                              .processes = 4,
                                              .output_max = OUTPUT_MAX}};
    char *how;

    if (sandbox_run(sandbox, &spec, result, err) < 0)
        return err_context(err, "similarity (sim_c, of similarity-tester)");
    if (result->end == PROC_EXITED && result->code == 0)
        return 0;
    how = proc_describe(result);
    err_set(err, "sim_c: %s: %.200s", how, result->err.text);
    free(how);
    return -1;
}

/* One line of sim_c's list. */
struct found {
    size_t a, b;
    struct similar_run run;
};

struct list {
    struct found *items;
    size_t count, capacity;
};

/* "3.c: line 6-21   |17.c: line 40-55   [93]" */
static bool parse_found(const char *line, size_t count, struct found *found)
{
    struct similar_run *run = &found->run;

    if (sscanf(line, "%zu.c: line %d-%d |%zu.c: line %d-%d [%d]", &found->a,
               &run->first[0], &run->last[0], &found->b, &run->first[1],
               &run->last[1], &run->tokens) != 7)
        return false;
    if (found->a > found->b) {
        struct found turned = {found->b,
                               found->a,
                               {{run->first[1], run->first[0]},
                                {run->last[1], run->last[0]},
                                run->tokens}};

        *found = turned;
    }
    return found->a != found->b && found->b < count &&
           found->run.first[0] > 0 && found->run.first[1] > 0;
}

/* By pair, then longest first. */
static int by_pair(const void *x, const void *y)
{
    const struct found *a = x, *b = y;

    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    if (a->run.tokens != b->run.tokens)
        return a->run.tokens > b->run.tokens ? -1 : 1;
    return a->run.first[0] - b->run.first[0];
}

static void parse_line(const char *line, size_t count, int *tokens,
                       struct list *list)
{
    struct found found;
    size_t file;
    int n;

    if (sscanf(line, "File %zu.c: %d tokens", &file, &n) == 2) {
        if (file < count)
            tokens[file] = n;
    } else if (parse_found(line, count, &found)) {
        list->items = grow(list->items, &list->capacity, list->count,
                           sizeof *list->items);
        list->items[list->count++] = found;
    }
}

/* Reads the sizes of all files and the runs. Each line is copied: sscanf would
   measure all that follows it. */
static void parse(const char *text, size_t count, int *tokens,
                  struct list *list)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char line[256];

        if (length && length < sizeof line) {
            memcpy(line, text, length);
            line[length] = '\0';
            parse_line(line, count, tokens, list);
        }
        text += length + (text[length] == '\n');
    }
}

/* How much of the lines in runs of one side is counted once: code that repeats
   itself matches the same lines again and again. */
static double once(const struct found *found, size_t count, int side)
{
    int last = 0, lines = 0, distinct = 0;
    bool *seen;

    for (size_t i = 0; i < count; i++)
        last = found[i].run.last[side] > last ? found[i].run.last[side] : last;
    seen = xcalloc((size_t)last + 1, sizeof *seen);
    for (size_t i = 0; i < count; i++)
        for (int k = found[i].run.first[side]; k <= found[i].run.last[side];
             k++) {
            lines++;
            distinct += !seen[k];
            seen[k] = true;
        }
    free(seen);
    return lines ? (double)distinct / lines : 1;
}

static void add_pair(const struct found *found, size_t count, const int *tokens,
                     double threshold, struct similar_pairs *pairs)
{
    int a = tokens[found->a], b = tokens[found->b], sum = 0;
    double scale_a = once(found, count, 0), scale_b = once(found, count, 1);
    struct similar_pair pair = {.a = found->a, .b = found->b};

    if (a < SIMILAR_TOKENS_MIN || b < SIMILAR_TOKENS_MIN)
        return;
    for (size_t i = 0; i < count; i++)
        sum += found[i].run.tokens;
    pair.share =
        sum * (scale_a < scale_b ? scale_a : scale_b) / (a < b ? a : b);
    pair.share = pair.share > 1 ? 1 : pair.share;
    if (pair.share < threshold)
        return;
    for (size_t i = 0; i < count; i++) {
        pair.runs =
            grow(pair.runs, &pair.capacity, pair.count, sizeof *pair.runs);
        pair.runs[pair.count++] = found[i].run;
    }
    pairs->pairs = grow(pairs->pairs, &pairs->capacity, pairs->count,
                        sizeof *pairs->pairs);
    pairs->pairs[pairs->count++] = pair;
}

static int by_share(const void *x, const void *y)
{
    const struct similar_pair *a = x, *b = y;

    if (a->share != b->share)
        return a->share > b->share ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static void judge(const char *text, size_t count, double threshold,
                  struct similar_pairs *pairs)
{
    int *tokens = xcalloc(count + 1, sizeof *tokens);
    struct list list = {.items = NULL};

    parse(text, count, tokens, &list);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, by_pair);
    for (size_t i = 0, n; i < list.count; i += n) {
        for (n = 1;
             i + n < list.count && list.items[i + n].a == list.items[i].a &&
             list.items[i + n].b == list.items[i].b;
             n++)
            ;
        add_pair(&list.items[i], n, tokens, threshold, pairs);
    }
    for (size_t i = 0; i < count; i++)
        pairs->compared += tokens[i] >= SIMILAR_TOKENS_MIN;
    if (pairs->count)
        qsort(pairs->pairs, pairs->count, sizeof *pairs->pairs, by_share);
    free(list.items);
    free(tokens);
}

int similar_find(const struct sandbox *sandbox,
                 const struct similar_source *sources, size_t count,
                 const struct similar_source *known, size_t known_count,
                 double threshold, struct similar_pairs *pairs, struct err *err)
{
    struct proc_result result = {.code = 0};
    struct str names = STR_INIT;
    char *dir;
    int lock, status;

    *pairs = (struct similar_pairs){.pairs = NULL};
    if (count < 2)
        return 0;
    dir = temp_make("kata-similar", true, &lock, err);
    if (!dir)
        return -1;
    status =
        write_sources(dir, sources, count, known, known_count, &names, err);
    if (status == 0)
        status = sandbox_share(sandbox, dir, false, err);
    if (status == 0) {
        status = run_sim(sandbox, dir, &names, &result, err);
        if (status == 0)
            judge(result.out.text, count, threshold, pairs);
        proc_result_release(&result);
    }
    temp_remove(dir, lock);
    str_release(&names);
    return status;
}

void similar_release(struct similar_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++)
        free(pairs->pairs[i].runs);
    free(pairs->pairs);
    *pairs = (struct similar_pairs){.pairs = NULL};
}
