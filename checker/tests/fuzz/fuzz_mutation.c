/* Machine-made mutants as kata-mutate names them, and the list of those that
   are equivalent. */
#include "judge/mutation.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

static void apply_all(const struct strv *lines)
{
    struct mutations mutations = {.source = STR_INIT};

    str_add(&mutations.source, "int f(int a)\n{\n    return a < 2;\n}\n");
    for (size_t i = 0; i < lines->count && i < 100; i++)
        add_mutation(&mutations, lines->items[i], NULL);
    for (size_t i = 0; i < mutations.count; i++) {
        struct str source = STR_INIT;
        char *before, *after;

        mutation_apply(&mutations, &mutations.items[i], &source);
        mutation_lines(&mutations, &mutations.items[i], &before, &after);
        str_release(&source);
        free(before);
        free(after);
    }
    mutations_release(&mutations);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct equivalents list = {.items = NULL};
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;
    char *text = fuzz_text(data, size);

    strv_add_lines(&lines, text);
    if (parse_equivalents(&lines, "equivalent.txt", &list, &err) == 0)
        for (size_t i = 0; i < list.count; i++)
            fuzz_expect(equivalents_find(&list, list.items[i].before,
                                         list.items[i].after) != NULL,
                        "what is listed is found");
    equivalents_release(&list);
    apply_all(&lines);
    strv_release(&lines);
    free(text);
    return 0;
}
