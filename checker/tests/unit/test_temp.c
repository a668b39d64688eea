#include "base/temp.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *dir;

static void begin(void)
{
    dir = path_make_temp("test-temp", NULL);
    setenv("TMPDIR", dir, 1);
}

static void finish(void)
{
    path_remove(dir, NULL);
    free(dir);
}

TestSuite(temp, .init = begin, .fini = finish);

static size_t count(void)
{
    struct strv names = STRV_INIT;
    size_t found;

    cr_assert_eq(path_list(dir, &names, NULL), 0);
    found = names.count;
    strv_release(&names);
    return found;
}

Test(temp, one_in_use_stays)
{
    struct err err = ERR_INIT;
    int locks[2];
    char *first = temp_make("kata-run", false, &locks[0], &err);
    char *second = temp_make("kata-run", false, &locks[1], &err);

    cr_assert(first && second, "%s", err.text);
    cr_assert(path_is_dir(first), "it was taken for left over");
    temp_remove(first, locks[0]);
    cr_assert_eq(count(), 1);
    temp_remove(second, locks[1]);
    cr_assert_eq(count(), 0);
    temp_remove(NULL, -1);
}

/* With something in it, by a process that is killed. */
static void die_with_one(void)
{
    pid_t child = fork();

    if (child == 0) {
        int lock;
        char *path = temp_make("kata-run", false, &lock, NULL);
        char *inside = path_join(path, "obj/deep");

        path_mkdirs(inside, 0755, NULL);
        raise(SIGKILL);
    }
    cr_assert_eq(waitpid(child, NULL, 0), child);
}

Test(temp, one_of_a_killed_process_is_removed_by_the_next)
{
    int lock;
    char *next;

    die_with_one();
    cr_assert_eq(count(), 1);
    next = temp_make("kata-run", false, &lock, NULL);
    cr_assert_eq(count(), 1);
    cr_assert(path_is_dir(next));
    temp_remove(next, lock);
    cr_assert_eq(count(), 0);
}

Test(temp, what_is_not_ours_or_has_another_name_stays)
{
    static const char *const names[] = {"kata-runs", "kata-batch-1", "kata-run",
                                        "x-kata-run-1"};
    char *link = path_join(dir, "kata-run-link"),
         *file = path_join(dir, "kata-run-file"), *foreign, *path;
    int lock;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path = path_join(dir, names[i]);
        cr_assert_eq(mkdir(path, 0700), 0);
        free(path);
    }
    cr_assert_eq(symlink(dir, link), 0);
    cr_assert_eq(path_write(file, "", 0, 0600, NULL), 0);
    foreign = path_join(dir, "kata-run-foreign");
    if (geteuid() == 0)
        cr_assert(mkdir(foreign, 0777) == 0 && chown(foreign, 1, 1) == 0);
    path = temp_make("kata-run", false, &lock, NULL);
    temp_remove(path, lock);
    cr_assert_eq(count(), geteuid() == 0 ? 7 : 6);
    free(foreign);
    free(link);
    free(file);
}

/* Four processes make and remove at the same time, each with one that it left
   behind: none loses the one that it has. */
Test(temp, many_at_once_keep_theirs)
{
    pid_t children[4];
    int status;

    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        for (int k = 0; children[i] == 0 && k < 200; k++) {
            int lock;
            char *path = temp_make("kata-run", false, &lock, NULL);

            if (!path || lock < 0 || !path_is_dir(path))
                _exit(1);
            if (k % 2)
                temp_remove(path, lock);
            else
                close(lock);
        }
        if (children[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_assert_eq(status, 0, "process %d lost its folder", i);
    }
}
