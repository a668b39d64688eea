#include "kata/catalog.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char minimal[] =
    "{\"format\": 1, \"title\": \"T\", \"level\": \"junior\","
    " \"minutes\": 1, \"faults\": \"none\", \"weights\": {\"tests\": 100},"
    " \"oracle\": {\"calls\": [{\"line\": \"a\"}], \"length\": [1, 2]}}";

static char *root;

static void set_up(void)
{
    struct err err = ERR_INIT;

    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    root = path_make_temp("kata-unit", &err);
    cr_assert(root, "%s", err.text);
}

static void tear_down(void)
{
    path_remove(root, NULL);
    free(root);
}

TestSuite(catalog, .init = set_up, .fini = tear_down);

static void make_dir(const char *name)
{
    struct err err = ERR_INIT;
    char *dir = path_join(root, name);

    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    free(dir);
}

static void make_kata(const char *topic, const char *slug, const char *json)
{
    char *name = xasprintf("katas/%s/%s", topic, slug);
    char *path = xasprintf("%s/%s/kata.json", root, name);
    struct err err = ERR_INIT;

    make_dir(name);
    cr_assert_eq(path_write(path, json, strlen(json), 0644, &err), 0, "%s",
                 err.text);
    free(name);
    free(path);
}

static struct catalog open_catalog(void)
{
    struct catalog catalog;
    struct err err = ERR_INIT;

    cr_assert_eq(catalog_open(root, &catalog, &err), 0, "%s", err.text);
    return catalog;
}

Test(catalog, lists_topics_in_their_order_then_slugs)
{
    static const char *const slugs[] = {"refcount", "deep-copy", "b-tree",
                                        "lru-cache", "cpu"};
    struct catalog catalog;

    make_kata("systems", "cpu", minimal);
    make_kata("containers", "lru-cache", minimal);
    make_kata("containers", "b-tree", minimal);
    make_kata("memory", "refcount", minimal);
    make_kata("objects", "deep-copy", minimal);
    catalog = open_catalog();
    cr_assert_eq(catalog.count, 5);
    for (size_t i = 0; i < 5; i++) {
        cr_assert_str_eq(catalog.entries[i].slug, slugs[i]);
        cr_assert_null(catalog.entries[i].kata, "nothing is loaded yet");
    }
    cr_assert_str_eq(catalog.entries[2].topic, "containers");
    catalog_release(&catalog);
    cr_assert_eq(catalog.count, 0);
}

Test(catalog, passes_over_files_and_hidden_folders)
{
    struct catalog catalog;

    make_kata("memory", "refcount", minimal);
    make_dir("katas/memory/.cache");
    make_dir("katas/.git/x");
    make_kata("memory", "refcount/..", minimal); /* memory/kata.json */
    catalog = open_catalog();
    cr_assert_eq(catalog.count, 1);
    catalog_release(&catalog);
}

Test(catalog, needs_a_katas_folder)
{
    struct catalog catalog;
    struct err err = ERR_INIT;

    cr_assert_eq(catalog_open(root, &catalog, &err), -1);
    cr_assert(strstr(err.text, "/katas"), "%s", err.text);
    cr_assert_null(catalog.root);
}

Test(catalog, loads_by_slug_and_by_topic)
{
    struct catalog catalog;
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    make_kata("containers", "lru-cache", minimal);
    catalog = open_catalog();
    cr_assert_eq(catalog_load(&catalog, "lru-cache", &kata, &err), 0, "%s",
                 err.text);
    cr_assert_str_eq(kata->topic, "containers");
    kata_free(kata);
    cr_assert_eq(catalog_load(&catalog, "containers/lru-cache", &kata, &err),
                 0);
    cr_assert_str_eq(kata->slug, "lru-cache");
    kata_free(kata);
    cr_assert(catalog_has(&catalog, "lru-cache"));
    cr_assert_not(catalog_has(&catalog, "memory/lru-cache"));
    cr_assert_not(catalog_has(&catalog, "containers2/lru-cache"));
    cr_assert_not(catalog_has(&catalog, "containers/lru-cache/"));
    cr_assert_not(catalog_has(&catalog, "lru"));
    catalog_release(&catalog);
}

static void expect_unknown(const char *slug, const char *message)
{
    struct catalog catalog = open_catalog();
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(catalog_load(&catalog, slug, &kata, &err), -1);
    cr_assert_str_eq(err.text, message);
    catalog_release(&catalog);
}

Test(catalog, suggests_a_slug)
{
    make_kata("containers", "lru-cache", minimal);
    make_kata("containers", "lfu-cache", minimal);
    make_kata("memory", "refcount", minimal);
    expect_unknown("lru-cahce",
                   "there is no kata 'lru-cahce'; did you mean 'lru-cache'?");
    expect_unknown("memory/recfount", "there is no kata 'memory/recfount'; "
                                      "did you mean 'refcount'?");
    expect_unknown("zzzzzzzz", "there is no kata 'zzzzzzzz'; `kata list` "
                               "shows them");
    expect_unknown("\033[2J", "there is no kata '\\x1b[2J'; `kata list` "
                              "shows them");
}

Test(catalog, keeps_the_error_of_a_broken_kata)
{
    struct catalog catalog;
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    make_kata("memory", "broken", "{\"format\": 1}");
    make_kata("memory", "fine", minimal);
    make_kata("memory", "Upper", minimal);
    make_dir("katas/memory/empty");
    catalog = open_catalog();
    catalog_load_all(&catalog);
    cr_assert_eq(catalog.count, 4);
    cr_assert(strstr(catalog.entries[0].error, "expected a slug"));
    cr_assert(strstr(catalog.entries[1].error, "broken/kata.json: title"));
    cr_assert(strstr(catalog.entries[2].error, "empty/kata.json"));
    cr_assert_null(catalog.entries[1].kata);
    cr_assert_null(catalog.entries[3].error);
    cr_assert_str_eq(catalog.entries[3].kata->title, "T");
    cr_assert_eq(catalog_load(&catalog, "broken", &kata, &err), -1);
    cr_assert_str_eq(err.text, catalog.entries[1].error);
    catalog_release(&catalog);
}

Test(catalog, shows_folders_that_cannot_be_katas)
{
    struct catalog catalog;
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    make_kata("memory", "refcount", minimal);
    make_kata("objects", "refcount", minimal);
    make_kata("contaniers", "deque", minimal);
    catalog = open_catalog();
    catalog_load_all(&catalog);
    cr_assert_eq(catalog.count, 3);
    cr_assert_null(catalog.entries[0].error);
    cr_assert(strstr(catalog.entries[1].error, "taken by a kata in memory"));
    cr_assert(strstr(catalog.entries[2].error, "no such topic"));
    cr_assert_eq(catalog_load(&catalog, "deque", &kata, &err), -1);
    cr_assert_str_eq(err.text, catalog.entries[2].error);
    catalog_release(&catalog);
}

Test(catalog, root_is_what_KATA_ROOT_says)
{
    struct err err = ERR_INIT;
    char *found;

    setenv("KATA_ROOT", root, 1);
    cr_assert_null(catalog_root(&err), "it has no katas/");
    cr_assert(strstr(err.text, "KATA_ROOT"), "%s", err.text);
    make_dir("katas");
    cr_assert_eq(chdir(root), 0);
    setenv("KATA_ROOT", ".", 1);
    found = catalog_root(&err);
    cr_assert(found && *found == '/' && strcmp(found, root) == 0, "%s", found);
    free(found);
}

/* A time is no measure on a busy machine; this is the processor's, and ten
   times what is promised for the whole of `kata list`. */
Test(catalog, a_hundred_katas_load_quickly)
{
    struct catalog catalog;
    clock_t start;
    double seconds;

    for (int i = 0; i < 100; i++) {
        char *slug = xasprintf("kata-%d", i);

        make_kata(catalog_topics[i % 10], slug, minimal);
        free(slug);
    }
    start = clock();
    catalog = open_catalog();
    catalog_load_all(&catalog);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    cr_assert_eq(catalog.count, 100);
    cr_assert_lt(seconds, 0.2);
    catalog_release(&catalog);
}

static void make_variant_kata(void)
{
    make_kata("containers", "lru-cache", minimal);
    make_kata("containers", "lru-cache/variants/ttl", minimal);
    make_kata("containers", "lru-cache/variants/by-size", minimal);
}

Test(catalog, a_variant_has_its_katas_file_names_in_folders_of_its_own)
{
    struct catalog catalog;
    struct kata *kata;
    struct err err = ERR_INIT;
    char *dir = xasprintf("%s/katas/containers/lru-cache/variants/ttl", root);
    char *solution =
        xasprintf("%s/solutions/containers/lru-cache/variants/ttl", root);

    make_variant_kata();
    catalog = open_catalog();
    cr_assert_eq(catalog_load(&catalog, "lru-cache+ttl", &kata, &err), 0, "%s",
                 err.text);
    cr_assert_str_eq(kata->slug, "lru-cache+ttl");
    cr_assert_str_eq(kata->variant_of, "lru-cache");
    cr_assert_str_eq(kata->snake, "lru_cache");
    cr_assert_str_eq(kata->dir, dir);
    cr_assert_str_eq(kata->solution_dir, solution);
    kata_free(kata);
    cr_assert_eq(
        catalog_load(&catalog, "containers/lru-cache+ttl", &kata, &err), 0);
    kata_free(kata);
    catalog_release(&catalog);
    free(dir);
    free(solution);
}

Test(catalog, variants_are_listed_with_their_kata_and_not_beside_it)
{
    struct strv variants = STRV_INIT;
    struct catalog catalog;
    struct err err = ERR_INIT;

    make_variant_kata();
    catalog = open_catalog();
    cr_assert_eq(catalog.count, 1);
    cr_assert_eq(catalog_variants(&catalog, "lru-cache", &variants, &err), 0);
    cr_assert_eq(variants.count, 2);
    cr_assert_str_eq(variants.items[0], "lru-cache+by-size");
    cr_assert_str_eq(variants.items[1], "lru-cache+ttl");
    cr_assert_eq(catalog_variants(&catalog, "lru", &variants, &err), -1);
    strv_release(&variants);
    catalog_release(&catalog);
}

Test(catalog, an_unknown_variant_gets_a_suggestion)
{
    static const char *const wrong[][2] = {
        {"lru-cache+tll", "did you mean 'lru-cache+ttl'"},
        {"lru-cache+", "no variant 'lru-cache+'"},
        {"lru-cache+../ttl", "no variant"},
        {"lru-cach+ttl", "did you mean 'lru-cache'"},
    };
    struct catalog catalog;
    struct kata *kata;

    make_variant_kata();
    catalog = open_catalog();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = ERR_INIT;

        cr_assert_eq(catalog_load(&catalog, wrong[i][0], &kata, &err), -1);
        cr_assert(strstr(err.text, wrong[i][1]), "%s", err.text);
    }
    catalog_release(&catalog);
}
