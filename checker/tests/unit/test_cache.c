#include "exec/cache.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char *temp, *home;
static struct cache cache;
static char key[HASH_TEXT_SIZE], other[HASH_TEXT_SIZE];

static void make_key(const char *text, char result[HASH_TEXT_SIZE])
{
    struct hash hash;

    hash_init(&hash);
    hash_add_text(&hash, text);
    hash_text(&hash, result);
}

static void set_up(void)
{
    struct err err = ERR_INIT;

    temp = path_make_temp("kata-unit", &err);
    cr_assert_not_null(temp, "%s", err.text);
    home = path_join(temp, "deep/home");
    setenv("XDG_CACHE_HOME", home, 1);
    make_key("one", key);
    make_key("two", other);
    cache_open(&cache);
    cr_assert_not_null(cache.dir);
}

static void tear_down(void)
{
    cache_release(&cache);
    path_remove(temp, NULL);
    free(temp);
    free(home);
}

TestSuite(cache, .init = set_up, .fini = tear_down);

Test(cache, is_where_xdg_says)
{
    struct stat status;
    char *dir = path_join(home, "kata");

    cr_assert_str_eq(cache.dir, dir);
    cr_assert_eq(stat(dir, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0700);
    free(dir);
}

Test(cache, without_xdg_it_is_below_home)
{
    struct cache second;
    char *dir = path_join(temp, ".cache/kata");

    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", temp, 1);
    cache_open(&second);
    cr_assert_str_eq(second.dir, dir);
    cache_release(&second);
    free(dir);
}

Test(cache, keeps_bytes)
{
    struct str out = STR_INIT;

    str_add(&out, "before ");
    cr_assert_not(cache_get(&cache, key, &out));
    cr_assert_str_eq(out.text, "before ");
    cache_put(&cache, key, "a\0b", 3);
    cr_assert(cache_get(&cache, key, &out));
    cr_assert_eq(out.length, 10);
    cr_assert_eq(memcmp(out.text, "before a\0b", 10), 0);
    cr_assert_not(cache_get(&cache, other, &out));
    cache_put(&cache, key, "", 0);
    str_reset(&out);
    cr_assert(cache_get(&cache, key, &out));
    cr_assert_eq(out.length, 0);
    str_release(&out);
}

Test(cache, keeps_files_and_their_modes)
{
    char *path = path_join(temp, "program"), *copy = path_join(temp, "copy");
    struct stat status;
    struct err err = ERR_INIT;

    cr_assert_eq(path_write(path, "text", 4, 0755, &err), 0, "%s", err.text);
    cr_assert_not(cache_get_file(&cache, key, copy));
    cache_put_file(&cache, key, path);
    cr_assert(cache_get_file(&cache, key, copy));
    cr_assert_eq(stat(copy, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0755);
    cr_assert_eq(status.st_size, 4);
    free(path);
    free(copy);
}

Test(cache, keeps_no_links)
{
    char *link = path_join(temp, "link"), *copy = path_join(temp, "copy");

    cr_assert_eq(symlink("/etc/passwd", link), 0);
    cache_put_file(&cache, key, link);
    cr_assert_not(cache_get_file(&cache, key, copy));
    free(link);
    free(copy);
}

Test(cache, refuses_what_is_no_hash)
{
    static const char *const keys[] = {
        "", "sha256:", "sha256:ab", "../../../x", "sha256:../../x", "ABCDEF"};
    struct str out = STR_INIT;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cache_put(&cache, keys[i], "x", 1);
        cr_assert_not(cache_get(&cache, keys[i], &out), "%s", keys[i]);
    }
    str_release(&out);
}

Test(cache, may_vanish_at_any_time)
{
    struct str out = STR_INIT;

    cache_put(&cache, key, "x", 1);
    path_remove(home, NULL);
    cr_assert_not(cache_get(&cache, key, &out));
    cache_put(&cache, key, "y", 1);
    cr_assert(cache_get(&cache, key, &out));
    cr_assert_str_eq(out.text, "y");
    str_release(&out);
}

static void assert_no_cache(void)
{
    struct cache second;
    struct str out = STR_INIT;

    cache_open(&second);
    cr_assert_null(second.dir);
    cache_put(&second, key, "x", 1);
    cr_assert_not(cache_get(&second, key, &out));
    cache_release(&second);
}

Test(cache, a_folder_that_others_write_is_not_used)
{
    cr_assert_eq(chmod(cache.dir, 0777), 0);
    assert_no_cache();
}

Test(cache, a_folder_of_somebody_else_is_not_used)
{
    if (getuid() == 0) {
        cr_assert_eq(chown(cache.dir, 65534, 65534), 0);
        assert_no_cache();
    }
}

Test(cache, a_link_is_not_used)
{
    char *elsewhere = path_join(temp, "elsewhere");

    path_remove(cache.dir, NULL);
    cr_assert(mkdir(elsewhere, 0700) == 0 &&
              symlink(elsewhere, cache.dir) == 0);
    assert_no_cache();
    free(elsewhere);
}

Test(cache, without_a_home_nothing_is_kept)
{
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_no_cache();
}

/* Puts an entry that was last wanted so many days ago. */
static char *put_aged(const char *of, int days)
{
    char *path = xasprintf("%s/%.2s/%s", cache.dir, strchr(of, ':') + 1,
                           strchr(of, ':') + 3);
    struct timespec times[2] = {{0, UTIME_OMIT},
                                {time(NULL) - (time_t)days * 86400, 0}};

    cache_put(&cache, of, "kept", 4);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    return path;
}

/* Opens it again, as if the last look was so many days ago. */
static void open_after(int days)
{
    char *mark = path_join(cache.dir, "trimmed");
    struct timespec times[2] = {{0, UTIME_OMIT},
                                {time(NULL) - (time_t)days * 86400, 0}};

    cr_assert_eq(utimensat(AT_FDCWD, mark, times, 0), 0);
    free(mark);
    cache_release(&cache);
    cache_open(&cache);
}

Test(cache, what_nobody_wants_for_a_month_goes)
{
    char *old = put_aged(key, 31), *young = put_aged(other, 29);

    open_after(0);
    cr_assert(path_is_file(old), "once a day is enough");
    open_after(2);
    cr_assert_not(path_is_file(old));
    cr_assert(path_is_file(young));
    free(old);
    free(young);
}

Test(cache, what_is_wanted_stays)
{
    char *old = put_aged(key, 31), *file = put_aged(other, 31);
    char *copy = path_join(temp, "copy");
    struct str text = STR_INIT;

    cr_assert(cache_get(&cache, key, &text));
    cr_assert(cache_get_file(&cache, other, copy));
    open_after(2);
    cr_assert(path_is_file(old));
    cr_assert(path_is_file(file));
    str_release(&text);
    free(copy);
    free(old);
    free(file);
}

Test(cache, a_clock_that_was_set_back_stops_no_trimming)
{
    char *old = put_aged(key, 31);

    open_after(-400);
    cr_assert_not(path_is_file(old));
    free(old);
}

Test(cache, nothing_but_entries_is_removed)
{
    char *mine = path_join(cache.dir, "notes"), *old = put_aged(key, 31);
    char *link = path_join(cache.dir, "ab"), *away = path_join(temp, "away");
    char *file = path_join(away, "file");
    struct timespec times[2] = {{0, 0}, {0, 0}};

    cr_assert_eq(mkdir(away, 0700), 0);
    cr_assert_eq(path_write(file, "x", 1, 0600, NULL), 0);
    cr_assert_eq(path_write(mine, "x", 1, 0600, NULL), 0);
    cr_assert_eq(utimensat(AT_FDCWD, file, times, 0), 0);
    cr_assert_eq(utimensat(AT_FDCWD, mine, times, 0), 0);
    if (!path_is_dir(link))
        cr_assert_eq(symlink(away, link), 0);
    open_after(2);
    cr_assert(path_is_file(mine));
    cr_assert(path_is_file(file));
    cr_assert_not(path_is_file(old));
    free(mine);
    free(old);
    free(link);
    free(away);
    free(file);
}
