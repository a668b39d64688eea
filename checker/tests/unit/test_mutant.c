#include "judge/mutant.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char reference[] = "int f(int x)\n{\n    return x + 1;\n}\n";
static const char diff[] =
    "--- a/k.c\n+++ b/k.c\n@@ -1,4 +1,4 @@\n int f(int "
    "x)\n {\n-    return x + 1;\n+    return x + 2;\n }\n";

struct fixture {
    char *dir;
    struct kata kata;
};

/* A solution folder with one mutant of this text. */
static struct fixture make(const char *header, const char *body)
{
    struct fixture f = {.dir = path_make_temp("mutant", NULL)};
    char *patch = xasprintf("%s/mutants/one.patch", f.dir);
    char *source = path_join(f.dir, "k.c");
    char *mutants = path_join(f.dir, "mutants");
    char *text = xasprintf("%s\n%s", header, body);

    f.kata = (struct kata){.snake = xstrdup("k"), .solution_dir = f.dir};
    cr_assert_eq(path_mkdirs(mutants, 0700, NULL), 0);
    cr_assert_eq(path_write(patch, text, strlen(text), 0600, NULL), 0);
    cr_assert_eq(path_write(source, reference, strlen(reference), 0600, NULL),
                 0);
    free(patch);
    free(source);
    free(mutants);
    free(text);
    return f;
}

static void drop(struct fixture *f)
{
    path_remove(f->dir, NULL);
    free(f->dir);
    free(f->kata.snake);
}

Test(mutant, a_good_one_is_read_and_applied)
{
    struct fixture f =
        make("Verdict: wrong-answer\nStage: tests\nMistake: adds 2\n", diff);
    struct mutants mutants;
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    char *out = path_join(f.dir, "mutants"), *path;

    cr_assert_eq(mutants_load(&f.kata, &mutants, &err), 0, "%s", err.text);
    cr_assert_eq(mutants.count, 1);
    cr_assert_str_eq(mutants.items[0].name, "one");
    cr_assert_eq(mutants.items[0].verdict, CATEGORY_WRONG_ANSWER);
    cr_assert_eq(mutants.items[0].stage, STAGE_TESTS);
    path = mutant_apply(&mutants.items[0], &f.kata, out, &err);
    cr_assert_not_null(path, "%s", err.text);
    cr_assert_eq(path_read(path, 1000, &text, &err), 0);
    cr_assert_not_null(strstr(text.text, "x + 2"));
    str_release(&text);
    free(path);
    free(out);
    mutants_release(&mutants);
    drop(&f);
}

Test(mutant, what_does_not_fit_the_reference_is_an_error)
{
    struct fixture f = make("Verdict: crash\nMistake: m\n",
                            "--- a/k.c\n+++ b/k.c\n@@ -1,3 +1,3 @@\n int "
                            "g(void)\n {\n-    return 7;\n+    return 8;\n");
    struct mutants mutants;
    struct err err = ERR_INIT;

    cr_assert_eq(mutants_load(&f.kata, &mutants, &err), 0, "%s", err.text);
    cr_assert_null(mutant_apply(&mutants.items[0], &f.kata, "/tmp", &err));
    cr_assert_not_null(strstr(err.text, "one.patch"), "%s", err.text);
    mutants_release(&mutants);
    drop(&f);
}

static void refuse(const char *header, const char *word)
{
    struct fixture f = make(header, diff);
    struct mutants mutants;
    struct err err = ERR_INIT;

    cr_assert_eq(mutants_load(&f.kata, &mutants, &err), -1, "%s", header);
    cr_assert_not_null(strstr(err.text, word), "%s", err.text);
    drop(&f);
}

Test(mutant, headers_are_checked)
{
    refuse("Mistake: m\n", "Verdict");
    refuse("Verdict: wrong\nMistake: m\n", "Verdict");
    refuse("Verdict: crash\nStage: here\nMistake: m\n", "Stage");
    refuse("Verdict: crash\n", "Mistake");
}
