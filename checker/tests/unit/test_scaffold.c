#include "kata/scaffold.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "kata/layout.h"

#include <criterion/criterion.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The tests are run in the repository's top folder, where the template is. */
static char *root, *checker;

static void set_up(void)
{
    struct err err = ERR_INIT;
    char *katas, *link;

    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    root = path_make_temp("kata-unit", &err);
    cr_assert(root, "%s", err.text);
    checker = path_real("checker");
    cr_assert(checker, "run this in the repository's top folder");
    katas = path_join(root, "katas");
    link = path_join(root, "checker");
    cr_assert_eq(path_mkdirs(katas, 0755, &err), 0, "%s", err.text);
    cr_assert_eq(symlink(checker, link), 0);
    free(katas);
    free(link);
}

static void tear_down(void)
{
    path_remove(root, NULL);
    free(root);
    free(checker);
}

TestSuite(scaffold, .init = set_up, .fini = tear_down);

static struct kata *make(const char *topic, const char *slug)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(scaffold_kata(root, topic, slug, &err), 0, "%s", err.text);
    cr_assert_eq(kata_load(root, topic, slug, &kata, &err), 0, "%s", err.text);
    return kata;
}

static size_t count_in(const char *name)
{
    char *dir = path_join(root, name);
    struct strv names = STRV_INIT;
    size_t count;

    if (path_is_dir(dir))
        path_list(dir, &names, NULL);
    count = names.count;
    strv_release(&names);
    free(dir);
    return count;
}

Test(scaffold, makes_every_file_of_a_kata)
{
    struct kata *kata = make("containers", "toy-stack");
    struct err err = ERR_INIT;

    cr_assert_eq(kata_check_files(kata, &err), 0, "%s", err.text);
    for (const struct layout_file *file = layout_files; file->name; file++) {
        char *path = layout_path(file, kata);

        cr_assert(path_is_file(path) || path_is_dir(path), "%s", path);
        free(path);
    }
    cr_assert_str_eq(kata->title, "Toy stack");
    cr_assert_eq(count_in("katas/containers"), 1);
    cr_assert_eq(count_in("solutions/containers/toy-stack/traces"), 1);
    cr_assert_eq(count_in("solutions/containers/toy-stack/mutants"), 1);
    kata_free(kata);
}

Test(scaffold, puts_the_names_in)
{
    struct kata *kata = make("containers", "toy-stack");
    char *header = kata_header(kata);
    struct str text = STR_INIT;

    cr_assert_eq(path_read(header, 1 << 20, &text, NULL), 0);
    cr_assert(strstr(text.text, "#ifndef TOY_STACK_H\n"));
    cr_assert(strstr(text.text, "struct toy_stack *toy_stack_new(void);"));
    cr_assert_null(strstr(text.text, "SNAKE"));
    cr_assert_null(strstr(text.text, "UPPER"));
    str_release(&text);
    free(header);
    kata_free(kata);
}

/* The line a heading of the table stands for, up to "...". */
static char *heading_line(const char *heading, const char *title)
{
    const char *found = strstr(heading, "TITLE");
    size_t n = strlen(heading);

    if (found)
        return xasprintf("%.*s%s", (int)(found - heading), heading, title);
    return xstrndup(heading, str_ends(heading, "...") ? n - 3 : n);
}

static void expect_headings(const struct layout_file *file,
                            const struct kata *kata)
{
    char *path = layout_path(file, kata);
    struct str text = STR_INIT;

    cr_assert_eq(path_read(path, 1 << 20, &text, NULL), 0);
    for (size_t i = 0; file->headings[i]; i++) {
        char *line = heading_line(file->headings[i], kata->title);

        cr_assert(strstr(text.text, line), "%s: %s", path, line);
        free(line);
    }
    str_release(&text);
    free(path);
}

Test(scaffold, has_the_headings)
{
    struct kata *kata = make("containers", "toy-stack");

    for (const struct layout_file *file = layout_files; file->name; file++)
        if (file->headings)
            expect_headings(file, kata);
    kata_free(kata);
}

static void expect_refused(const char *topic, const char *slug,
                           const char *message)
{
    struct err err = ERR_INIT;

    cr_assert_eq(scaffold_kata(root, topic, slug, &err), -1, "%s/%s", topic,
                 slug);
    cr_assert(strstr(err.text, message), "%s", err.text);
}

Test(scaffold, refuses_what_cannot_be_a_kata)
{
    expect_refused("container", "a", "did you mean 'containers'?");
    expect_refused("xyz", "a", "they are memory, objects");
    expect_refused("memory", "A", "is no slug");
    expect_refused("memory", "../a", "is no slug");
    expect_refused("memory", "", "is no slug");
    expect_refused("memory", "string", "a name of C");
    expect_refused("memory", "static", "a name of C");
    cr_assert_eq(count_in("katas"), 0);
    cr_assert_eq(count_in("solutions"), 0);
}

Test(scaffold, refuses_a_slug_that_is_taken_in_any_topic)
{
    kata_free(make("containers", "toy-stack"));
    expect_refused("containers", "toy-stack", "already, in containers");
    expect_refused("memory", "toy-stack", "already, in containers");
    cr_assert_eq(count_in("katas/memory"), 0);
}

static void make_file(const char *name)
{
    char *path = path_join(root, name), *dir = path_dirname(path);
    struct err err = ERR_INIT;

    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_write(path, "", 0, 0644, &err), 0, "%s", err.text);
    free(dir);
    free(path);
}

Test(scaffold, leaves_nothing_when_a_solution_is_in_the_way)
{
    make_file("solutions/memory/toy-stack/mine");
    expect_refused("memory", "toy-stack", "is there already");
    cr_assert_eq(count_in("katas"), 0);
    cr_assert_eq(count_in("solutions/memory"), 1);
    cr_assert_eq(count_in("solutions/memory/toy-stack"), 1);
}

Test(scaffold, leaves_nothing_when_it_cannot_write)
{
    make_file("solutions/memory");
    expect_refused("memory", "toy-stack", "solutions/memory");
    cr_assert_eq(count_in("katas"), 0);
}

Test(scaffold, leaves_nothing_when_it_cannot_be_put_in_place)
{
    char *path = path_join(root, "katas/memory/toy-stack");

    make_file("katas/memory/x");
    cr_assert_eq(symlink("nowhere", path), 0);
    expect_refused("memory", "toy-stack", "katas/memory/toy-stack");
    cr_assert_eq(count_in("katas/memory"), 2);
    cr_assert_eq(count_in("solutions/memory"), 0);
    free(path);
}

Test(scaffold, leaves_nothing_without_a_template)
{
    char *link = path_join(root, "checker");

    cr_assert_eq(unlink(link), 0);
    expect_refused("memory", "toy-stack", "checker/kata/template");
    cr_assert_eq(count_in("katas"), 0);
    cr_assert_eq(count_in("solutions"), 0);
    free(link);
}

Test(scaffold, clears_what_an_interrupted_run_left)
{
    make_file("katas/memory/.new-toy-stack/old");
    kata_free(make("memory", "toy-stack"));
    cr_assert_eq(count_in("katas/memory"), 1);
}

static int run(char *const *argv)
{
    /* Criterion would take a program of its own kind for a worker of this one
       if it passed its variables on. */
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *const environment[] = {path, NULL};
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
    posix_spawn_file_actions_adddup2(&quiet, 1, 2);
    cr_assert_eq(posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environment),
                 0);
    posix_spawn_file_actions_destroy(&quiet);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* gcc with all warnings as errors, of one source or two linked. */
static int compile(const struct kata *kata, const char *source,
                   const char *with, const char *out)
{
    struct strv argv = STRV_INIT;
    int status;

    strv_add_all(&argv, "gcc", "-std=c17", "-Werror", "-Wall", "-Wextra",
                 "-Wpedantic", "-Wshadow", "-Wconversion",
                 "-Wstrict-prototypes", "-Wmissing-prototypes", "-o", out,
                 source, NULL);
    strv_addf(&argv, "-I%s", kata->dir);
    strv_addf(&argv, "-I%s/agent", checker);
    strv_add_all(&argv, with ? with : "-c", with ? "-lcriterion" : NULL, NULL);
    status = run(argv.items);
    strv_release(&argv);
    return status;
}

Test(scaffold, compiles_and_only_the_reference_passes)
{
    struct kata *kata = make("memory", "toy-stack");
    char *files[] = {kata_tests(kata), kata_stub(kata), kata_reference(kata),
                     kata_agent(kata)};
    char *out = path_join(root, "a.out");
    char *const program[] = {out, NULL};

    cr_assert_eq(compile(kata, files[3], NULL, out), 0, "the agent");
    cr_assert_eq(compile(kata, files[0], files[1], out), 0, "the stub");
    cr_assert_eq(run(program), 1, "the stub must fail");
    cr_assert_eq(compile(kata, files[0], files[2], out), 0, "the reference");
    cr_assert_eq(run(program), 0, "the reference must pass");
    for (size_t i = 0; i < 4; i++)
        free(files[i]);
    free(out);
    kata_free(kata);
}
