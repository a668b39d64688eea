#include "base/follow.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *folder, *file, *other;

static void set_up(void)
{
    folder = path_make_temp("follow", NULL);
    cr_assert(folder);
    file = path_join(folder, "a.c");
    other = path_join(folder, "a.c.new");
    path_write(file, "one", 3, 0644, NULL);
}

static void tear_down(void)
{
    path_remove(folder, NULL);
    free(folder);
    free(file);
    free(other);
}

TestSuite(follow, .init = set_up, .fini = tear_down);

/* What is told within ten seconds. */
static enum follow_event await(struct follow *follow)
{
    enum follow_event event = follow_read(follow);

    for (int i = 0; event == FOLLOW_NOTHING && i < 100; i++) {
        struct pollfd fd = {.fd = follow->fd, .events = POLLIN};
        int ms = follow_timeout(follow);

        poll(&fd, 1, ms < 0 ? 100 : ms);
        event = follow_read(follow);
    }
    return event;
}

static void write_in_place(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0644);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

Test(follow, tells_of_a_save_in_place_and_by_renaming)
{
    struct follow follow;

    cr_assert_eq(follow_open(&follow, file, false, NULL), 0);
    cr_assert_geq(follow.fd, 0);
    cr_assert_eq(follow_timeout(&follow), -1);
    cr_assert_eq(follow_read(&follow), FOLLOW_NOTHING);
    write_in_place(file, "two");
    cr_assert_eq(await(&follow), FOLLOW_SAVED);
    write_in_place(other, "three");
    cr_assert_eq(follow_read(&follow), FOLLOW_NOTHING);
    cr_assert_eq(rename(other, file), 0);
    cr_assert_eq(await(&follow), FOLLOW_SAVED);
    follow_close(&follow);
}

Test(follow, tells_a_write_from_a_save)
{
    struct follow follow;
    int fd = open(file, O_WRONLY | O_CLOEXEC);

    cr_assert_eq(follow_open(&follow, file, false, NULL), 0);
    cr_assert_eq(write(fd, "x", 1), 1);
    cr_assert_eq(await(&follow), FOLLOW_CHANGED);
    close(fd);
    cr_assert_eq(await(&follow), FOLLOW_SAVED);
    follow_close(&follow);
}

Test(follow, looks_where_it_is_told_to)
{
    struct follow follow;

    cr_assert_eq(follow_open(&follow, file, true, NULL), 0);
    cr_assert_eq(follow.fd, -1);
    cr_assert_gt(follow_timeout(&follow), 0);
    cr_assert_eq(follow_read(&follow), FOLLOW_NOTHING);
    write_in_place(file, "longer");
    cr_assert_eq(follow_read(&follow), FOLLOW_CHANGED);
    cr_assert_eq(follow_read(&follow), FOLLOW_NOTHING);
    unlink(file);
    cr_assert_eq(follow_read(&follow), FOLLOW_NOTHING);
    write_in_place(file, "back");
    cr_assert_eq(follow_read(&follow), FOLLOW_CHANGED);
    follow_close(&follow);
}

/* The target is written to, of which the link's folder hears nothing. */
Test(follow, looks_at_what_a_link_names)
{
    char *target = path_join(folder, "sub/target");
    char *sub = path_dirname(target);
    struct follow follow;

    cr_assert_eq(path_mkdirs(sub, 0755, NULL), 0);
    write_in_place(target, "one");
    unlink(file);
    cr_assert_eq(symlink(target, file), 0);
    cr_assert_eq(follow_open(&follow, file, false, NULL), 0);
    write_in_place(target, "other");
    cr_assert_eq(await(&follow), FOLLOW_CHANGED);
    follow_close(&follow);
    free(target);
    free(sub);
}

Test(follow, a_folder_that_comes_back_is_followed_again)
{
    struct follow follow;

    cr_assert_eq(follow_open(&follow, file, false, NULL), 0);
    cr_assert_eq(path_remove(folder, NULL), 0);
    while (follow.fd >= 0) {
        struct pollfd fd = {.fd = follow.fd, .events = POLLIN};

        cr_assert_gt(poll(&fd, 1, 10000), 0);
        follow_read(&follow);
    }
    cr_assert_eq(path_mkdirs(folder, 0755, NULL), 0);
    write_in_place(file, "again");
    cr_assert_eq(await(&follow), FOLLOW_CHANGED);
    cr_assert_geq(follow.fd, 0);
    write_in_place(file, "and again");
    cr_assert_eq(await(&follow), FOLLOW_SAVED);
    follow_close(&follow);
}

Test(follow, a_folder_that_never_was_is_an_error)
{
    struct err err = ERR_INIT;
    struct follow follow;

    cr_assert_eq(follow_open(&follow, "/no/such/folder/a.c", false, &err), -1);
    cr_assert(strstr(err.text, "/no/such/folder"));
}

Test(follow, knows_where_inotify_is_silent)
{
    cr_assert(follow_is_silent(V9FS_MAGIC));
    cr_assert(follow_is_silent(NFS_SUPER_MAGIC));
    cr_assert(follow_is_silent((long)CIFS_SUPER_MAGIC));
    cr_assert(follow_is_silent((int)CIFS_SUPER_MAGIC));
    cr_assert_not(follow_is_silent(EXT4_SUPER_MAGIC));
    cr_assert_not(follow_is_silent(TMPFS_MAGIC));
    cr_assert_not(follow_is_silent(OVERLAYFS_SUPER_MAGIC));
}
