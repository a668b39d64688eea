#include "kata/comments.h"

#include "base/path.h"
#include "kata/catalog.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(comments);

static void expect(const char *source, const char *want)
{
    struct str out = STR_INIT;

    comments_strip(&out, source, strlen(source));
    cr_assert_str_eq(out.text, want, "of:\n%s\ngot:\n%s\nwant:\n%s", source,
                     out.text, want);
    str_release(&out);
}

Test(comments, are_removed)
{
    expect("int x; /* why */\n", "int x;\n");
    expect("int x; // why\nint y;\n", "int x;\nint y;\n");
    expect("int/**/x;\n", "int x;\n");
    expect("f(/* n */ 3, /* m */ 4);\n", "f(3, 4);\n");
    expect("f(a /* n */, b /* m */);\n", "f(a, b);\n");
    expect("a /* one\n * two */ + b\n", "a + b\n");
    expect("/* unfinished", "");
    expect("x // no newline", "x\n");
    expect("", "");
}

Test(comments, inside_literals_stay)
{
    expect("s = \"/* no */ // no\";\n", "s = \"/* no */ // no\";\n");
    expect("s = \"\\\"/*\"; /* yes */\n", "s = \"\\\"/*\";\n");
    expect("c = '\"'; /* yes */ d = '\"';\n", "c = '\"'; d = '\"';\n");
    expect("c = '\\''; // yes '\n", "c = '\\'';\n");
    expect("s = \"a\\\n/* no */\";\n", "s = \"a\\\n/* no */\";\n");
    expect("#include <a//b.h>\n", "#include <a//b.h>\n");
    expect("a = b </* yes */ c;\n", "a = b < c;\n");
    expect("a = b / *c; /* yes */\n", "a = b / *c;\n");
}

Test(comments, end_where_the_compiler_sees_their_end)
{
    expect("a /* x *\\\n/ b\n", "a b\n");
    expect("a /\\\n* x */ b\n", "a b\n");
    expect("a /\\\n/ x\nb\n", "a\nb\n");
    expect("a // x \\\n still\nb\n", "a\nb\n");
    expect("a /* x **/ b\n", "a b\n");
    expect("a /*/ b */ c\n", "a c\n");
    expect("#define A 1 /* x\n y */ + 2\n", "#define A 1 + 2\n");
    expect("int it; /* it's */ int b;\n", "int it; int b;\n");
    expect("#error it's /* x */\nint b; /* y */\n",
           "#error it's /* x */\nint b;\n");
}

Test(comments, leave_no_holes)
{
    expect("/* top */\n\n#include <a.h>\n", "#include <a.h>\n");
    expect("int a;\n\n/* why */\nint b;\n", "int a;\n\nint b;\n");
    expect("int a;\n\n/* why */\n\nint b;\n", "int a;\n\nint b;\n");
    expect("{\n    /* why */\n    x();\n}\n", "{\n    x();\n}\n");
    expect("{\n    // a\n    // b\n    x();\n}\n", "{\n    x();\n}\n");
    expect("int a;\n\n/* the end */\n", "int a;\n");
    expect("    /* why */ int x;\n", "    int x;\n");
}

/* Every reference without its comments has no comment left, by a second look
   that knows only that none of them has one in a literal. */
Test(comments, of_the_references)
{
    char *root = catalog_root(NULL);
    struct catalog catalog;

    cr_assert_not_null(root);
    cr_assert_eq(catalog_open(root, &catalog, NULL), 0);
    for (size_t i = 0; i < catalog.count; i++) {
        struct str source = STR_INIT, out = STR_INIT;
        struct kata *kata;
        char *path;

        cr_assert_eq(
            catalog_load(&catalog, catalog.entries[i].slug, &kata, NULL), 0);
        path = kata_reference(kata);
        cr_assert_eq(path_read(path, 1 << 20, &source, NULL), 0);
        comments_strip(&out, source.text, source.length);
        cr_assert_null(strstr(out.text, "/*"), "%s", path);
        cr_assert_null(strstr(out.text, "//"), "%s", path);
        cr_assert_null(strstr(out.text, "\n\n\n"), "%s", path);
        cr_assert_null(strstr(out.text, " \n"), "%s", path);
        cr_assert_gt(out.length, source.length / 3, "%s", path);
        free(path);
        kata_free(kata);
        str_release(&source);
        str_release(&out);
    }
    catalog_release(&catalog);
    free(root);
}
