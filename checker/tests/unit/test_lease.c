#include "batch/lease.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static struct lease_clock shared = {-1};

static void begin(void)
{
    dir = path_make_temp("kata-test", NULL);
    cr_assert_eq(lease_clock_open(&shared, dir, NULL), 0);
}

static void finish(void)
{
    lease_clock_close(&shared);
    path_remove(dir, NULL);
    free(dir);
}

TestSuite(lease, .init = begin, .fini = finish);

/* As if nobody had renewed it for so long. */
static void age(const char *key, long seconds)
{
    char *path = path_join(dir, key);
    struct stat info;
    struct timespec times[2];

    cr_assert_eq(stat(path, &info), 0);
    times[0] = times[1] = info.st_mtim;
    times[0].tv_sec -= seconds;
    times[1].tv_sec -= seconds;
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

Test(lease, one_has_it_until_it_is_released)
{
    struct lease first, second;

    cr_assert_eq(lease_take(&first, dir, "key", 60, 0, &shared), 1);
    cr_assert_eq(first.tries, 1);
    cr_assert_eq(lease_take(&second, dir, "key", 60, 0, &shared), 0);
    cr_assert_eq(lease_take(&second, dir, "other", 60, 0, &shared), 1);
    lease_release(&second);
    lease_release(&first);
    cr_assert_eq(lease_take(&first, dir, "key", 60, 2, &shared), 1);
    cr_assert_eq(first.tries, 3);
    lease_release(&first);
    lease_release(&first);
}

Test(lease, one_that_ran_out_is_taken_and_counted)
{
    struct lease dead, next;
    char *path = path_join(dir, "key");
    int tries;

    cr_assert_eq(lease_take(&dead, dir, "key", 60, 1, &shared), 1);
    age("key", 59);
    cr_assert_eq(lease_take(&next, dir, "key", 60, 0, &shared), 0);
    age("key", 2);
    cr_assert_geq(lease_age(path, &shared, &tries), 60);
    cr_assert_eq(tries, 2);
    cr_assert_eq(lease_take(&next, dir, "key", 60, 0, &shared), 1);
    cr_assert_eq(next.tries, 3, "two died of it: %d", next.tries);
    cr_assert_lt(lease_age(path, &shared, &tries), 60);
    cr_assert_eq(tries, 3);
    lease_release(&next);
    free(dead.path);
    free(path);
}

Test(lease, renewing_keeps_it)
{
    struct lease lease;
    char *path = path_join(dir, "key");
    int tries;

    cr_assert_eq(lease_take(&lease, dir, "key", 60, 0, &shared), 1);
    age("key", 50);
    lease_renew(&lease);
    cr_assert_geq(lease_age(path, &shared, &tries), 49, "not so soon");
    lease.renewed -= 13;
    lease_renew(&lease);
    cr_assert_lt(lease_age(path, &shared, &tries), 40);
    lease_release(&lease);
    cr_assert_lt(lease_age(path, &shared, &tries), 0);
    free(path);
}

Test(lease, what_is_in_a_foreign_file_does_no_harm)
{
    char *path = path_join(dir, "key");
    int tries;

    cr_assert_eq(path_write(path, "-7 nonsense", 11, 0600, NULL), 0);
    cr_assert_geq(lease_age(path, &shared, &tries), 0);
    cr_assert_eq(tries, 1);
    cr_assert_eq(path_write(path, "", 0, 0600, NULL), 0);
    cr_assert_geq(lease_age(path, &shared, &tries), 0);
    cr_assert_eq(tries, 1);
    free(path);
}

/* As after a restart of the file server, which has forgotten the file. */
Test(lease, runs_out_where_the_clock_there_cannot_be_read)
{
    struct lease_clock broken = {open("/dev/null", O_PATH | O_CLOEXEC)};
    struct lease dead, next;
    char *path = path_join(dir, "key");
    int tries;

    cr_assert_eq(lease_take(&dead, dir, "key", 60, 0, &broken), 1);
    cr_assert_eq(lease_take(&next, dir, "key", 60, 0, &broken), 0);
    age("key", 70);
    cr_assert_geq(lease_age(path, &broken, &tries), 69);
    cr_assert_eq(lease_take(&next, dir, "key", 60, 0, &broken), 1);
    cr_assert_eq(next.tries, 2);
    lease_release(&next);
    free(dead.path);
    free(path);
    lease_clock_close(&broken);
}
