#include "base/path.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static void make_dir(void)
{
    struct err err = ERR_INIT;

    umask(022);
    dir = path_make_temp("kata-unit", &err);
    cr_assert_not_null(dir, "%s", err.text);
}

static void remove_dir(void)
{
    struct err err = ERR_INIT;

    cr_expect_eq(path_remove(dir, &err), 0, "%s", err.text);
    cr_expect_neq(access(dir, F_OK), 0, "%s is still there", dir);
    free(dir);
}

TestSuite(path, .init = make_dir, .fini = remove_dir);

/* A path in the test's folder, good until the fourth call from now. */
static const char *in(const char *name)
{
    static char paths[4][4200];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void put(const char *path, const char *text)
{
    struct err err = ERR_INIT;

    cr_assert_eq(path_write(path, text, strlen(text), 0644, &err), 0, "%s",
                 err.text);
}

static void check_contents(const char *path, const char *want)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(path_read(path, 1 << 20, &text, &err), 0, "%s", err.text);
    cr_assert_str_eq(text.text, want);
    str_release(&text);
}

static void check_names(const char *path, const char *want)
{
    struct strv names = STRV_INIT;
    struct str joined = STR_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(path_list(path, &names, &err), 0, "%s", err.text);
    for (size_t i = 0; i < names.count; i++)
        str_addf(&joined, "%s ", names.items[i]);
    cr_assert_str_eq(joined.text, want, "got %s", joined.text);
    strv_release(&names);
    str_release(&joined);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    cr_assert_eq(stat(path, &status), 0, "%s", path);
    return status.st_mode & 07777;
}

static void check_join(const char *a, const char *b, const char *want)
{
    char *path = path_join(a, b);

    cr_assert_str_eq(path, want, "got %s", path);
    free(path);
}

Test(path, join)
{
    check_join("a", "b", "a/b");
    check_join("a/", "b", "a/b");
    check_join("/", "b", "/b");
    check_join("a", "/b", "/b");
    check_join("", "b", "b");
}

static void check_parts(const char *path, const char *folder, const char *base)
{
    char *got = path_dirname(path);

    cr_assert_str_eq(got, folder, "dirname of %s: %s", path, got);
    cr_assert_str_eq(path_base(path), base, "base of %s", path);
    free(got);
}

Test(path, parts)
{
    check_parts("a/b/c", "a/b", "c");
    check_parts("a//c", "a", "c");
    check_parts("c", ".", "c");
    check_parts("/c", "/", "c");
    check_parts("//c", "/", "c");
    check_parts("a/", "a", "");
}

Test(path, kinds)
{
    put(in("file"), "x");
    cr_assert_eq(symlink(in("file"), in("link")), 0);
    cr_assert_eq(symlink("nowhere", in("broken")), 0);
    cr_assert(path_is_file(in("file")));
    cr_assert(path_is_file(in("link")));
    cr_assert_not(path_is_dir(in("file")));
    cr_assert(path_is_dir(dir));
    cr_assert_not(path_is_file(dir));
    cr_assert_not(path_is_file(in("broken")));
    cr_assert_not(path_is_file("/dev/null"));
}

Test(path, real)
{
    char *real;

    put(in("file"), "x");
    cr_assert_eq(symlink("file", in("link")), 0);
    real = path_real(in("./link"));
    cr_assert_not_null(real);
    cr_assert_str_eq(real, in("file"));
    free(real);
    cr_assert_null(path_real(in("nowhere")));
}

Test(path, read_appends)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    put(in("file"), "second");
    str_add(&text, "first ");
    cr_assert_eq(path_read(in("file"), 6, &text, &err), 0, "%s", err.text);
    cr_assert_str_eq(text.text, "first second");
    str_release(&text);
}

static void check_unreadable(const char *path, size_t max, const char *want)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(path_read(path, max, &text, &err), -1, "%s", path);
    cr_assert_not_null(strstr(err.text, path), "%s", err.text);
    cr_assert_not_null(strstr(err.text, want), "%s", err.text);
    str_release(&text);
}

Test(path, read_refuses_what_is_no_file)
{
    put(in("file"), "123456");
    cr_assert_eq(mkfifo(in("fifo"), 0600), 0);
    check_unreadable(in("file"), 5, "larger than 5 bytes");
    check_unreadable(in("missing"), 5, "No such file");
    check_unreadable(dir, 5, "is a folder");
    check_unreadable("/dev/zero", 5, "not a regular file");
    check_unreadable(in("fifo"), 5, "not a regular file");
}

Test(path, write_replaces)
{
    put(in("file"), "old and long");
    put(in("file"), "new");
    check_contents(in("file"), "new");
    put(in("empty"), "");
    check_contents(in("empty"), "");
    check_names(dir, "empty file ");
}

Test(path, write_takes_the_longest_name)
{
    char name[256];

    memset(name, 'x', 255);
    name[255] = '\0';
    put(in(name), "x");
    check_contents(in(name), "x");
}

Test(path, write_mode_goes_through_the_umask)
{
    struct err err = ERR_INIT;

    umask(027);
    cr_assert_eq(path_write(in("a"), "", 0, 0666, &err), 0, "%s", err.text);
    cr_assert_eq(mode_of(in("a")), 0640, "%o", mode_of(in("a")));
    cr_assert_eq(path_write(in("a"), "", 0, 0700, &err), 0, "%s", err.text);
    cr_assert_eq(mode_of(in("a")), 0700, "%o", mode_of(in("a")));
}

Test(path, write_through_a_symbolic_link_keeps_it)
{
    struct stat status;

    cr_assert_eq(mkdir(in("other"), 0700), 0);
    put(in("other/file"), "old");
    cr_assert_eq(symlink("other/file", in("link")), 0);
    put(in("link"), "new");
    cr_assert_eq(lstat(in("link"), &status), 0);
    cr_assert(S_ISLNK(status.st_mode));
    check_contents(in("other/file"), "new");
    check_names(in("other"), "file ");
}

Test(path, write_fails_and_leaves_nothing)
{
    struct err folder = ERR_INIT, missing = ERR_INIT;

    cr_assert_eq(mkdir(in("folder"), 0700), 0);
    cr_assert_eq(path_write(in("folder"), "x", 1, 0600, &folder), -1);
    cr_assert_not_null(strstr(folder.text, "Is a directory"), "%s",
                       folder.text);
    cr_assert_eq(path_write(in("no/file"), "x", 1, 0600, &missing), -1);
    cr_assert_not_null(strstr(missing.text, "No such file"), "%s",
                       missing.text);
    check_names(dir, "folder ");
}

Test(path, write_into_a_descriptor_does_not_replace_it)
{
    char name[32];
    int fd = open(in("file"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "one ", 4), 4);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    put(name, "two ");
    cr_assert_eq(write(fd, "three", 5), 5);
    close(fd);
    check_contents(in("file"), "one two three");
    check_names(dir, "file ");
}

Test(path, write_to_devices)
{
    put("/dev/null", "gone");
    cr_assert_not(path_is_file("/dev/null"));
}

/* SIGXFSZ would end the program; it has to be an error, and not be left
   pending either. */
Test(path, write_over_the_file_limit_is_an_error)
{
    static char bytes[100000];
    const struct rlimit limit = {8192, 8192};
    struct err err = ERR_INIT;
    sigset_t pending;

    put(in("file"), "old");
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(path_write(in("file"), bytes, sizeof bytes, 0600, &err), -1);
    cr_assert_not_null(strstr(err.text, "File too large"), "%s", err.text);
    sigpending(&pending);
    cr_assert_eq(sigismember(&pending, SIGXFSZ), 0);
    check_contents(in("file"), "old");
    check_names(dir, "file ");
}

/* A file system of 64 KiB, for this process alone. */
static bool mount_small(const char *path)
{
    if (mkdir(path, 0700) || unshare(CLONE_NEWNS) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return false;
    return mount("none", path, "tmpfs", 0, "size=64k") == 0;
}

Test(path, write_on_a_full_disk_leaves_what_was_there)
{
    static char bytes[200000];
    struct err err = ERR_INIT;

    if (!mount_small(in("full")))
        cr_skip_test("needs the right to mount");
    put(in("full/file"), "old");
    cr_expect_eq(path_write(in("full/file"), bytes, sizeof bytes, 0600, &err),
                 -1);
    cr_expect_not_null(strstr(err.text, "No space left"), "%s", err.text);
    check_contents(in("full/file"), "old");
    check_names(in("full"), "file ");
    umount(in("full"));
}

Test(path, copy_keeps_bytes_and_mode)
{
    struct err err = ERR_INIT;

    put(in("from"), "text");
    cr_assert_eq(chmod(in("from"), 0767), 0);
    put(in("to"), "old");
    cr_assert_eq(path_copy(in("from"), in("to"), &err), 0, "%s", err.text);
    check_contents(in("to"), "text");
    cr_assert_eq(mode_of(in("to")), 0767, "%o", mode_of(in("to")));
    check_names(dir, "from to ");
}

Test(path, copy_takes_large_files)
{
    enum { SIZE = 200001 };
    struct err err = ERR_INIT;
    struct str text = STR_INIT;

    for (int i = 0; i < SIZE; i++)
        str_addc(&text, (char)(i % 251));
    cr_assert_eq(path_write(in("a"), text.text, SIZE, 0600, &err), 0);
    cr_assert_eq(path_copy(in("a"), in("b"), &err), 0, "%s", err.text);
    str_reset(&text);
    cr_assert_eq(path_read(in("b"), SIZE, &text, &err), 0, "%s", err.text);
    cr_assert_eq(text.length, SIZE);
    for (int i = 0; i < SIZE; i++)
        cr_assert_eq(text.text[i], (char)(i % 251));
    str_release(&text);
}

Test(path, copy_refuses_what_is_no_file)
{
    struct err missing = ERR_INIT, folder = ERR_INIT, target = ERR_INIT;

    cr_assert_eq(path_copy(in("missing"), in("to"), &missing), -1);
    cr_assert_not_null(strstr(missing.text, "missing"), "%s", missing.text);
    cr_assert_eq(path_copy(dir, in("to"), &folder), -1);
    put(in("from"), "x");
    cr_assert_eq(path_copy(in("from"), dir, &target), -1);
    cr_assert_not_null(strstr(target.text, "Is a directory"), "%s",
                       target.text);
    check_names(dir, "from ");
}

Test(path, mkdirs)
{
    struct err err = ERR_INIT, file = ERR_INIT;

    cr_assert_eq(path_mkdirs(in("a/b//c/"), 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_mkdirs(in("a/b/c"), 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_mkdirs("/", 0755, &err), 0, "%s", err.text);
    cr_assert(path_is_dir(in("a/b/c")));
    put(in("a/file"), "x");
    cr_assert_eq(path_mkdirs(in("a/file/d"), 0755, &file), -1);
    cr_assert_not_null(strstr(file.text, "a/file"), "%s", file.text);
}

Test(path, list_is_sorted_and_adds)
{
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;

    put(in("b"), "");
    put(in(".a"), "");
    put(in("B"), "");
    strv_add(&names, "zero");
    cr_assert_eq(path_list(dir, &names, &err), 0, "%s", err.text);
    cr_assert_eq(names.count, 4);
    cr_assert_str_eq(names.items[0], "zero");
    cr_assert_str_eq(names.items[1], ".a");
    cr_assert_str_eq(names.items[2], "B");
    cr_assert_str_eq(names.items[3], "b");
    cr_assert_eq(path_list(in("missing"), &names, &err), -1);
    cr_assert_eq(names.count, 4);
    strv_release(&names);
}

Test(path, make_temp_honours_tmpdir)
{
    struct err err = ERR_INIT, missing = ERR_INIT;
    char *path;

    setenv("TMPDIR", dir, 1);
    path = path_make_temp("run", &err);
    cr_assert_not_null(path, "%s", err.text);
    cr_assert(str_starts(path, in("run-")), "%s", path);
    cr_assert_eq(mode_of(path), 0700);
    free(path);
    setenv("TMPDIR", in("missing"), 1);
    cr_assert_null(path_make_temp("run", &missing));
    cr_assert_not_null(strstr(missing.text, "missing"), "%s", missing.text);
    setenv("TMPDIR", "", 1);
    path = path_make_temp("kata-unit", &err);
    cr_assert(path && str_starts(path, "/tmp/kata-unit-"), "%s", path);
    cr_assert_eq(rmdir(path), 0);
    free(path);
}

Test(path, make_temp_is_absolute)
{
    struct err err = ERR_INIT;
    char *path;

    cr_assert_eq(chdir(dir), 0);
    setenv("TMPDIR", ".", 1);
    path = path_make_temp("run", &err);
    cr_assert(path && str_starts(path, in("run-")), "%s", path);
    free(path);
}

Test(path, make_temp_for_all_leaves_private_folders)
{
    struct err err = ERR_INIT;
    char *path;

    cr_assert_eq(mkdir(in("open"), 0755), 0);
    setenv("TMPDIR", in("open"), 1);
    path = path_make_temp_for_all("kata-unit", &err);
    cr_assert(path && str_starts(path, "/tmp/kata-unit-"), "%s", path);
    cr_assert_not(str_starts(path, dir), "%s is in a private folder", path);
    cr_assert_eq(rmdir(path), 0);
    free(path);
    cr_assert_eq(chmod(dir, 0711), 0);
    path = path_make_temp_for_all("kata-unit", &err);
    cr_assert(path && str_starts(path, in("open/kata-unit-")), "%s", path);
    free(path);
}

static void remove_it(const char *path)
{
    struct err err = ERR_INIT;
    struct stat status;

    cr_assert_eq(path_remove(path, &err), 0, "%s", err.text);
    cr_assert_eq(lstat(path, &status), -1, "%s is still there", path);
}

Test(path, remove_what_is_not_there)
{
    remove_it(in("missing"));
    remove_it(in("missing/too"));
}

Test(path, remove_a_tree)
{
    struct err err = ERR_INIT;

    cr_assert_eq(path_mkdirs(in("t/a/b/c"), 0700, &err), 0);
    cr_assert_eq(path_mkdirs(in("t/a/d"), 0700, &err), 0);
    cr_assert_eq(path_mkdirs(in("t/.removed-0/.removed-1"), 0700, &err), 0);
    put(in("t/file"), "x");
    put(in("t/a/b/file"), "x");
    put(in("t/a/b/c/.hidden"), "x");
    cr_assert_eq(mkfifo(in("t/a/fifo"), 0600), 0);
    remove_it(in("t"));
}

Test(path, remove_does_not_follow_links)
{
    cr_assert_eq(mkdir(in("kept"), 0700), 0);
    put(in("kept/file"), "precious");
    cr_assert_eq(mkdir(in("t"), 0700), 0);
    cr_assert_eq(mkdir(in("t/inner"), 0700), 0);
    cr_assert_eq(symlink(in("kept"), in("t/absolute")), 0);
    cr_assert_eq(symlink("../../kept", in("t/inner/relative")), 0);
    cr_assert_eq(symlink("..", in("t/inner/up")), 0);
    cr_assert_eq(symlink("kept", in("link")), 0);
    remove_it(in("t"));
    remove_it(in("link"));
    check_contents(in("kept/file"), "precious");
}

Test(path, remove_with_a_slash_does_not_follow_the_link)
{
    struct err err = ERR_INIT;

    cr_assert_eq(mkdir(in("kept"), 0700), 0);
    put(in("kept/file"), "precious");
    cr_assert_eq(symlink("kept", in("link")), 0);
    cr_assert_eq(path_remove(in("link//"), &err), 0, "%s", err.text);
    check_names(dir, "kept ");
    check_contents(in("kept/file"), "precious");
}

/* Root is let into every folder; the test is only one for somebody else. */
static void become_nobody(void)
{
    if (geteuid() != 0)
        return;
    cr_assert_eq(chown(dir, 65534, 65534), 0);
    cr_assert_eq(setegid(65534), 0);
    cr_assert_eq(seteuid(65534), 0);
}

Test(path, remove_opens_closed_folders)
{
    static const mode_t modes[] = {0, 0100, 0400, 0500, 0600};

    become_nobody();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        cr_assert_eq(mkdir(in("t"), 0700), 0);
        cr_assert_eq(mkdir(in("t/a"), 0700), 0);
        cr_assert_eq(mkdir(in("t/a/b"), 0700), 0);
        put(in("t/a/b/file"), "x");
        cr_assert_eq(chmod(in("t/a/b"), modes[i]), 0);
        cr_assert_eq(chmod(in("t/a"), modes[i]), 0);
        cr_assert_eq(chmod(in("t"), modes[i]), 0);
        remove_it(in("t"));
    }
}

Test(path, remove_fails_where_it_may_not)
{
    struct err err = ERR_INIT;

    if (geteuid() != 0)
        cr_skip_test("needs a folder of somebody else's");
    cr_assert_eq(mkdir(in("theirs"), 0755), 0);
    put(in("theirs/file"), "x");
    become_nobody();
    cr_expect_eq(path_remove(in("theirs"), &err), -1);
    cr_expect_not_null(strstr(err.text, "theirs: "), "%s", err.text);
    cr_expect(path_is_file(in("theirs/file")));
    cr_assert_eq(seteuid(0), 0);
}

/* Deeper than PATH_MAX, than the limit on descriptors, than a stack. */
Test(path, remove_deep_trees)
{
    struct rlimit before, few;

    cr_assert_eq(mkdir(in("t"), 0700), 0);
    cr_assert_eq(chdir(in("t")), 0);
    for (int i = 0; i < 5000; i++) {
        cr_assert_eq(mkdir("d", 0700), 0);
        cr_assert_eq(chdir("d"), 0);
    }
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 20;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    remove_it(in("t"));
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}

Test(path, remove_does_not_enter_mounts)
{
    struct err err = ERR_INIT;

    cr_assert_eq(mkdir(in("t"), 0700), 0);
    cr_assert_eq(mkdir(in("kept"), 0700), 0);
    put(in("kept/file"), "precious");
    if (!mount_small(in("t/mount")) ||
        mount(in("kept"), in("t/mount"), NULL, MS_BIND, NULL))
        cr_skip_test("needs the right to mount");
    cr_expect_eq(path_remove(in("t"), &err), -1);
    cr_expect_not_null(strstr(err.text, "busy"), "%s", err.text);
    check_contents(in("kept/file"), "precious");
    umount(in("t/mount"));
    umount(in("t/mount"));
}
