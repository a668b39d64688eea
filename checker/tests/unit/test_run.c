/* What is built of a kata of the repository, with nothing in the cache. */
#include "judge/run.h"

#include "base/alloc.h"
#include "base/path.h"
#include "kata/catalog.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

static char *temp;
static struct catalog catalog;
static struct sandbox sandbox;
static struct cache cache;
static struct err err;

static void set_up(void)
{
    char *root = catalog_root(&err);

    cr_assert_not_null(root, "%s", err.text);
    cr_assert_eq(catalog_open(root, &catalog, &err), 0, "%s", err.text);
    temp = path_make_temp("kata-unit", &err);
    cr_assert_not_null(temp, "%s", err.text);
    setenv("XDG_CACHE_HOME", temp, 1);
    cache_open(&cache);
    cr_assert_not_null(cache.dir);
    cr_assert_eq(sandbox_open(&sandbox, &err), 0, "%s", err.text);
    free(root);
}

static void tear_down(void)
{
    sandbox_close(&sandbox);
    cache_release(&cache);
    path_remove(temp, NULL);
    free(temp);
    catalog_release(&catalog);
}

TestSuite(run, .init = set_up, .fini = tear_down);

static void open_reference(const char *slug, struct kata **kata,
                           struct run *run)
{
    char *path;

    cr_assert_eq(catalog_load(&catalog, slug, kata, &err), 0, "%s", err.text);
    path = kata_reference(*kata);
    cr_assert_eq(
        run_open(run, *kata, catalog.root, &sandbox, &cache, path, 1, &err), 0,
        "%s", err.text);
    run->is_reference = true;
    free(path);
}

static void must_build(struct run *run, enum program program)
{
    cr_assert_not_null(run_build(run, program, &err), "%s", err.text);
}

static void close_reference(struct kata *kata, struct run *run)
{
    run_close(run);
    kata_free(kata);
}

Test(run, the_reference_is_compiled_once_for_its_programs)
{
    struct kata *kata;
    struct run run;
    struct stat first, second;

    open_reference("lru-cache", &kata, &run);
    must_build(&run, PROGRAM_TESTS);
    cr_assert_eq(stat(run.object, &first), 0);
    must_build(&run, PROGRAM_AGENT);
    cr_assert_eq(stat(run.object, &second), 0);
    cr_assert_eq(first.st_ino, second.st_ino);
    cr_assert_eq(first.st_mtim.tv_sec, second.st_mtim.tv_sec);
    cr_assert_eq(first.st_mtim.tv_nsec, second.st_mtim.tv_nsec);
    close_reference(kata, &run);
}

struct builder {
    pthread_t thread;
    struct run *run;
    enum program program;
    struct err err;
    bool built;
};

static void *build_one(void *argument)
{
    struct builder *builder = argument;

    builder->built = run_build(builder->run, builder->program, &builder->err);
    return NULL;
}

Test(run, all_programs_are_built_at_the_same_time)
{
    struct builder builders[PROGRAM_COUNT] = {{.built = false}};
    struct kata *kata;
    struct run run;

    open_reference("lru-cache", &kata, &run);
    for (int i = 0; i < PROGRAM_COUNT; i++) {
        builders[i].run = &run;
        builders[i].program = (enum program)i;
        cr_assert_eq(
            pthread_create(&builders[i].thread, NULL, build_one, &builders[i]),
            0);
    }
    for (int i = 0; i < PROGRAM_COUNT; i++)
        pthread_join(builders[i].thread, NULL);
    for (int i = 0; i < PROGRAM_COUNT; i++)
        cr_assert(builders[i].built, "program %d: %s", i, builders[i].err.text);
    close_reference(kata, &run);
}

static int entries;

static int count_entry(const char *path, const struct stat *status, int type,
                       struct FTW *where)
{
    (void)path;
    (void)status;
    (void)where;
    entries += type == FTW_F;
    return 0;
}

static int kept(void)
{
    entries = 0;
    cr_assert_eq(nftw(cache.dir, count_entry, 16, FTW_PHYS), 0);
    return entries;
}

/* Of every kata there is its own source, the kit and the reference's program;
   what is the checker's is there already. */
Test(run, the_checkers_own_objects_are_compiled_for_one_kata_only)
{
    struct kata *kata;
    struct run run;
    int first, second;

    open_reference("lru-cache", &kata, &run);
    must_build(&run, PROGRAM_AGENT);
    close_reference(kata, &run);
    first = kept();
    open_reference("closure", &kata, &run);
    must_build(&run, PROGRAM_AGENT);
    close_reference(kata, &run);
    second = kept();
    cr_assert_eq(second - first, 3, "%d entries, then %d", first, second);
    cr_assert_gt(first, 5);
}

Test(run, programs_of_a_kata_have_objects_in_common)
{
    struct kata *kata;
    struct run run;
    int before;

    open_reference("lru-cache", &kata, &run);
    must_build(&run, PROGRAM_TESTS);
    must_build(&run, PROGRAM_AGENT);
    before = kept();
    must_build(&run, PROGRAM_REPLAY);
    /* replay/'s four sources, the kit and the program. */
    cr_assert_eq(kept() - before, 6);
    close_reference(kata, &run);
}
