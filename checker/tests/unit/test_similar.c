#include "judge/similar.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char stub[] = "#include \"list.h\"\n"
                           "int list_add(struct list *list, int value)\n"
                           "{\n"
                           "    (void)list;\n"
                           "    return -1;\n"
                           "}\n";

static char *read_file(const char *path)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(path_read(path, 1 << 20, &text, &err), 0, "%s", err.text);
    return str_detach(&text);
}

static struct similar_source source_of(const char *text)
{
    return (struct similar_source){text, strlen(text)};
}

Test(similar, what_everybody_was_given_is_taken_out)
{
    static const char text[] =
        "#include <stdlib.h>\n"
        "/* a comment\n   of two lines */\n"
        "int list_add(struct list  *list, int value)\n"
        "{\n"
        "    return \"/* no */ // comment\\\"\"[0]; // x\n"
        "}\n";
    struct similar_source source = source_of(text), known = source_of(stub);
    struct str out = STR_INIT;
    int lines = 0;

    similar_normalise(&source, &known, 1, &out);
    for (const char *c = out.text; *c; c++)
        lines += *c == '\n';
    cr_assert_eq(lines, 7, "%d lines", lines);
    cr_assert_null(strstr(out.text, "stdlib"), "%s", out.text);
    cr_assert_null(strstr(out.text, "comment\n"), "%s", out.text);
    cr_assert_null(strstr(out.text, "list_add"), "%s", out.text);
    cr_assert_null(strstr(out.text, "// x"), "%s", out.text);
    cr_assert_not_null(strstr(out.text, "\"/* no */ // comment\\\"\"[0];"),
                       "%s", out.text);
    str_release(&out);
}

#define KATA "katas/containers/lru-cache/lru_cache"
#define REFERENCE "solutions/containers/lru-cache/lru_cache.c"
#define OTHER "checker/tests/unit/similar/other.txt"

/* Every word `from` is `to`. */
static char *renamed(const char *text, const char *from, const char *to)
{
    size_t n = strlen(from);
    struct str out = STR_INIT;

    while (*text)
        if (strncmp(text, from, n) == 0) {
            str_add(&out, to);
            text += n;
        } else {
            str_addc(&out, *text++);
        }
    return str_detach(&out);
}

/* The functions of a file the other way round. */
static char *reordered(const char *text)
{
    struct str out = STR_INIT;
    const char *ends[64];
    size_t count = 1;

    ends[0] = text;
    while (count < 63 && (text = strstr(text, "\n}\n"))) {
        text += 3;
        ends[count++] = text;
    }
    while (count-- > 1)
        str_addn(&out, ends[count - 1],
                 (size_t)(ends[count] - ends[count - 1]));
    return str_detach(&out);
}

/* What a person does to a copy that shall not look like one. */
static char *disguised(const char *text)
{
    char *a = renamed(text, "entry", "thing"), *b = renamed(a, "bucket", "box");
    char *c = renamed(b, "    ", "\t"), *d = reordered(c);

    free(a);
    free(b);
    free(c);
    return d;
}

static void compare(char *const *texts, size_t count,
                    struct similar_pairs *pairs)
{
    char *stub_text = read_file(KATA ".c"), *header = read_file(KATA ".h");
    struct similar_source sources[8],
        known[] = {source_of(stub_text), source_of(header)};
    struct sandbox sandbox;
    struct err err = ERR_INIT;

    for (size_t i = 0; i < count; i++)
        sources[i] = source_of(texts[i]);
    cr_assert_eq(sandbox_open(&sandbox, &err), 0, "%s", err.text);
    cr_assert_eq(similar_find(&sandbox, sources, count, known, 2,
                              SIMILAR_THRESHOLD, pairs, &err),
                 0, "%s", err.text);
    sandbox_close(&sandbox);
    free(stub_text);
    free(header);
}

Test(similar, a_disguised_copy_is_found_and_an_independent_one_is_not)
{
    char *reference = read_file(REFERENCE), *other = read_file(OTHER);
    char *copy = disguised(reference);
    char *const texts[] = {other, reference, copy};
    struct similar_pairs pairs;

    compare(texts, 3, &pairs);
    cr_assert_eq(pairs.compared, 3, "%zu", pairs.compared);
    cr_assert_eq(pairs.count, 1, "%zu pairs", pairs.count);
    cr_assert_eq(pairs.pairs[0].a, 1);
    cr_assert_eq(pairs.pairs[0].b, 2);
    cr_assert_gt(pairs.pairs[0].share, 0.75, "%g", pairs.pairs[0].share);
    cr_assert_gt(pairs.pairs[0].count, 3, "%zu runs", pairs.pairs[0].count);
    cr_assert_leq(pairs.pairs[0].share, 1.0, "%g", pairs.pairs[0].share);
    similar_release(&pairs);
    free(reference);
    free(other);
    free(copy);
}

Test(similar, near_stubs_are_not_compared)
{
    char *text = read_file(KATA ".c");
    char *first = renamed(text, "return -1;", "return 0;");
    char *second = renamed(text, "return NULL;", "return malloc(1);");
    char *const texts[] = {text, first, second};
    struct similar_pairs pairs;

    compare(texts, 3, &pairs);
    cr_assert_eq(pairs.count, 0, "%zu pairs", pairs.count);
    cr_assert_eq(pairs.compared, 0, "%zu", pairs.compared);
    similar_release(&pairs);
    free(text);
    free(first);
    free(second);
}

Test(similar, anything_at_all_may_be_handed_in)
{
    char *reference = read_file(REFERENCE);
    char *const texts[] = {
        reference, (char[]){""}, (char[]){"\x80\xff\x1b[31m\"/*'"},
        (char[]){"File 0.c: 999 tokens\n0.c: line 1-9"}, reference};
    struct similar_pairs pairs;

    compare(texts, 5, &pairs);
    cr_assert_eq(pairs.count, 1, "%zu", pairs.count);
    cr_assert_eq(pairs.pairs[0].b, 4);
    cr_assert_float_eq(pairs.pairs[0].share, 1, 0.02, "%g",
                       pairs.pairs[0].share);
    similar_release(&pairs);
    free(reference);
}

Test(similar, one_alone_is_like_nobody)
{
    struct similar_source source = source_of("int x;");
    struct sandbox sandbox = {.kind = SANDBOX_NONE};
    struct similar_pairs pairs;
    struct err err = ERR_INIT;

    cr_assert_eq(similar_find(&sandbox, &source, 1, NULL, 0, 0.5, &pairs, &err),
                 0, "%s", err.text);
    cr_assert_eq(pairs.count, 0);
    similar_release(&pairs);
}
