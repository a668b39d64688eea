#include "judge/mutation.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct mutations one(const char *source, size_t offset, size_t length,
                            const char *text)
{
    struct mutations mutations = {.source = STR_INIT};

    str_add(&mutations.source, source);
    mutations.items = xcalloc(1, sizeof *mutations.items);
    mutations.items[0] = (struct mutation){.offset = offset,
                                           .length = length,
                                           .text = xstrdup(text),
                                           .what = xstrdup("")};
    mutations.count = 1;
    return mutations;
}

Test(mutation, apply_replaces_exactly_the_span)
{
    struct mutations m = one("a < b;\n", 2, 1, "<=");
    struct str text = STR_INIT;

    mutation_apply(&m, &m.items[0], &text);
    cr_assert_str_eq(text.text, "a <= b;\n");
    str_release(&text);
    mutations_release(&m);
}

Test(mutation, lines_are_whole_and_trimmed)
{
    struct mutations m = one("x;\n    if (a < b)\ny;\n", 13, 1, "<=");
    char *before, *after;

    mutation_lines(&m, &m.items[0], &before, &after);
    cr_assert_str_eq(before, "if (a < b)");
    cr_assert_str_eq(after, "if (a <= b)");
    free(before);
    free(after);
    mutations_release(&m);
}

Test(mutation, a_change_over_lines_shows_them_all)
{
    struct mutations m = one("if (a)\n    b();\nc;\n", 0, 15, "{ (void)0; }");
    char *before, *after;

    mutation_lines(&m, &m.items[0], &before, &after);
    cr_assert_str_eq(before, "if (a)\nb();");
    cr_assert_str_eq(after, "{ (void)0; }");
    free(before);
    free(after);
    mutations_release(&m);
}

/* A kata whose solutions are in a folder with this equivalent.txt. */
static int load(const char *text, struct equivalents *list, struct err *err)
{
    char *dir = path_make_temp("mutation", NULL);
    char *mutants = path_join(dir, "mutants");
    char *file = path_join(mutants, "equivalent.txt");
    struct kata kata = {.solution_dir = dir};
    int status;

    cr_assert_eq(path_mkdirs(mutants, 0700, NULL), 0);
    cr_assert_eq(path_write(file, text, strlen(text), 0600, NULL), 0);
    status = equivalents_load(&kata, list, err);
    path_remove(dir, NULL);
    free(dir);
    free(mutants);
    free(file);
    return status;
}

Test(mutation, equivalents_are_found_by_both_lines)
{
    struct equivalents list;
    struct err err = ERR_INIT;

    cr_assert_eq(load("- if (a)\n- b();\n+ b();\nBecause: always\ntrue.\n\n"
                      "- x\n+ y\nBecause: z\n",
                      &list, &err),
                 0, "%s", err.text);
    cr_assert_eq(list.count, 2);
    cr_assert_str_eq(list.items[0].reason, "always\ntrue.");
    cr_assert_not_null(equivalents_find(&list, "if (a)\nb();", "b();"));
    cr_assert_not_null(equivalents_find(&list, "x", "y"));
    cr_assert_null(equivalents_find(&list, "x", "b();"));
    equivalents_release(&list);
}

Test(mutation, what_shows_by_chance_need_not_survive)
{
    struct equivalents list;
    struct err err = ERR_INIT;

    cr_assert_eq(load("- a\n+ b\nBy chance: two threads\nmeet.\n\n"
                      "- x\n+ y\nBecause: z\n",
                      &list, &err),
                 0, "%s", err.text);
    cr_assert_eq(list.count, 2);
    cr_assert_str_eq(list.items[0].reason, "two threads\nmeet.");
    cr_assert(list.items[0].by_chance);
    cr_assert_not(list.items[1].by_chance);
    equivalents_release(&list);
}

Test(mutation, an_entry_without_a_reason_is_refused)
{
    struct equivalents list;
    struct err err = ERR_INIT;

    cr_assert_eq(load("- x\n+ y\n", &list, &err), -1);
    cr_assert_not_null(strstr(err.text, "Because"), "%s", err.text);
}

Test(mutation, a_line_of_another_kind_is_refused)
{
    struct equivalents list;
    struct err err = ERR_INIT;

    cr_assert_eq(load("- x\n? y\n", &list, &err), -1);
    cr_assert_not_null(strstr(err.text, ":2: not understood"), "%s", err.text);
}

Test(mutation, machine_code_is_the_same_for_the_same_program)
{
    struct kata kata = {.dir = (char[]){"."}};
    struct str a = STR_INIT, b = STR_INIT, c = STR_INIT, d = STR_INIT;
    char first[HASH_TEXT_SIZE], second[HASH_TEXT_SIZE], third[HASH_TEXT_SIZE];

    str_add(&a, "int f(int x) { return x + 1; }\n");
    str_add(&b, "int f(int y) { return 1 + y; }\n");
    str_add(&c, "int f(int x) { return x + 2; }\n");
    str_add(&d, "int f(int x) { return x + ; }\n");
    cr_assert(mutation_machine_code(&kata, &a, first));
    cr_assert(mutation_machine_code(&kata, &b, second));
    cr_assert(mutation_machine_code(&kata, &c, third));
    cr_assert(!mutation_machine_code(&kata, &d, third));
    cr_assert_str_eq(first, second);
    cr_assert_str_neq(first, third);
    str_release(&a);
    str_release(&b);
    str_release(&c);
    str_release(&d);
}
