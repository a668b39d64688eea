#include "store/db.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/random.h"
#include "store/migrations.h"
#include "store/progress.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 6, RECORDS = 15, NOBODY = 65534 };

static char *dir;
static struct str notice = STR_INIT;

static void make_dir(void)
{
    struct err err = ERR_INIT;

    dir = path_make_temp_for_all("kata-unit", &err);
    cr_assert_not_null(dir, "%s", err.text);
}

static void remove_dir(void)
{
    struct err err = ERR_INIT;

    cr_expect_eq(path_remove(dir, &err), 0, "%s", err.text);
    free(dir);
    str_release(&notice);
}

TestSuite(db, .init = make_dir, .fini = remove_dir);

/* The database's path, or that with something after it; good until the fourth
   call from now. */
static const char *file(const char *suffix)
{
    static char paths[4][4200];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/progress.db%s", dir, suffix);
    return path;
}

static struct db *open_as(enum db_mode mode)
{
    struct err err = ERR_INIT;
    struct db *db;

    str_reset(&notice);
    cr_assert_eq(db_open(dir, mode, &db, &notice, &err), 0, "%s", err.text);
    return db;
}

/* Opens it, which must fail for a reason that has these words in it. */
static void cannot_open(enum db_mode mode, const char *why)
{
    struct err err = ERR_INIT;
    struct db *db;

    cr_expect_eq(db_open(dir, mode, &db, &notice, &err), -1);
    cr_expect_null(db);
    cr_expect_not_null(strstr(err.text, why), "%s", err.text);
    cr_expect_not_null(strstr(err.text, dir), "%s", err.text);
}

static void record(struct db *db, const char *kata)
{
    struct err err = ERR_INIT;

    cr_assert_eq(progress_start(db, kata, true, 1, &err), 0, "%s", err.text);
}

static int64_t number(struct db *db, const char *sql)
{
    struct err err = ERR_INIT;
    struct db_rows rows;
    int64_t result;

    cr_assert_eq(db_select(db, &rows, sql, NULL, &err), 0, "%s", err.text);
    result = db_next(&rows) ? db_int(&rows, 0) : -1;
    cr_assert_eq(db_end(&rows, &err), 0, "%s", err.text);
    return result;
}

static int64_t attempts(struct db *db)
{
    return number(db, "SELECT count(*) FROM attempts");
}

/* How many files in the folder have these words in their name. */
static int count_names(const char *words)
{
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;
    int count = 0;

    cr_assert_eq(path_list(dir, &names, &err), 0, "%s", err.text);
    for (size_t i = 0; i < names.count; i++)
        count += strstr(names.items[i], words) != NULL;
    strv_release(&names);
    return count;
}

static void make_with(int count)
{
    struct db *db = open_as(DB_WRITE);

    for (int i = 0; i < count; i++)
        record(db, "lru-cache");
    db_close(db);
}

static void put(const char *path, const void *bytes, size_t n)
{
    FILE *stream = fopen(path, "w");

    cr_assert_not_null(stream);
    cr_assert_eq(fwrite(bytes, 1, n, stream), n);
    cr_assert_eq(fclose(stream), 0);
}

static void execute(const char *sql)
{
    sqlite3 *handle;
    char *error = NULL;

    cr_assert_eq(sqlite3_open(file(""), &handle), SQLITE_OK);
    sqlite3_exec(handle, sql, NULL, NULL, &error);
    cr_assert_null(error, "%s", error);
    sqlite3_close(handle);
}

Test(db, what_was_written_is_there_again)
{
    struct db *db;

    make_with(3);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), 3);
    cr_assert_eq(notice.length, 0, "%s", notice.text);
    cr_assert_str_eq(db_path(db), file(""));
    db_close(db);
}

Test(db, reading_makes_no_file)
{
    struct db *db = open_as(DB_READ);

    cr_assert_eq(attempts(db), 0);
    db_close(db);
    cr_assert_eq(count_names(""), 0);
}

Test(db, a_transaction_that_fails_leaves_nothing)
{
    struct err err = ERR_INIT;
    struct db *db = open_as(DB_WRITE);

    cr_assert_eq(db_begin(db, &err), 0);
    cr_assert_eq(db_run(db, "INSERT INTO attempts VALUES ('a', 'b', 1, 2, 3)",
                        NULL, &err),
                 1);
    cr_assert_eq(db_finish(db, -1, &err), -1);
    cr_assert_eq(attempts(db), 0);
    record(db, "closure");
    cr_assert_eq(attempts(db), 1, "and the next one is not disturbed");
    db_close(db);
}

Test(db, values_come_back_as_they_were)
{
    struct err err = ERR_INIT;
    struct db *db = db_open_memory();
    struct db_rows rows;
    char text[4];

    cr_assert_eq(db_select(db, &rows, "SELECT ?, ?, ?, ?",
                           DB_ARGS(DB_INT(INT64_MIN), DB_REAL(0.1),
                                   DB_TEXT("h\xc3\xa9llo"), DB_TEXT(NULL)),
                           &err),
                 0);
    cr_assert(db_next(&rows));
    cr_assert_eq(db_int(&rows, 0), INT64_MIN);
    cr_assert(db_real(&rows, 1) == 0.1);
    cr_assert_str_eq(db_text(&rows, 2), "h\xc3\xa9llo");
    cr_assert(db_is_null(&rows, 3));
    cr_assert_null(db_text(&rows, 3));
    db_copy_text(&rows, 2, text, sizeof text);
    cr_assert_str_eq(text, "h\xc3\xa9");
    cr_assert(!db_next(&rows));
    cr_assert_eq(db_end(&rows, &err), 0);
    db_close(db);
}

Test(db, a_wrong_statement_is_an_error)
{
    struct err err = ERR_INIT;
    struct db *db = db_open_memory();
    struct db_rows rows;

    cr_assert_eq(db_run(db, "DELETE FROM nowhere", NULL, &err), -1);
    cr_assert_not_null(strstr(err.text, "no such table"), "%s", err.text);
    cr_assert_eq(db_select(db, &rows, "SELEKT", NULL, NULL), -1);
    cr_assert_eq(
        db_run(db, "INSERT INTO hints VALUES ('no', 1, 1)", NULL, NULL), -1,
        "an attempt that is not there");
    db_close(db);
}

/* Damage: a file is set aside whole, and a new one works. */

static void is_set_aside(const char *what)
{
    struct stat before, after;
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;
    char *aside = NULL;
    struct db *db;

    cr_assert_eq(stat(file(""), &before), 0);
    db = open_as(DB_WRITE);
    cr_assert_eq(attempts(db), 0);
    record(db, "closure");
    db_close(db);
    cr_assert_not_null(strstr(notice.text, what), "%s", notice.text);
    cr_assert_eq(path_list(dir, &names, &err), 0);
    for (size_t i = 0; i < names.count; i++)
        if (strstr(names.items[i], what) && !str_ends(names.items[i], "-wal") &&
            !str_ends(names.items[i], "-shm"))
            aside = path_join(dir, names.items[i]);
    cr_assert_not_null(aside, "nothing was set aside");
    cr_assert_not_null(strstr(notice.text, aside), "%s", notice.text);
    cr_assert_eq(stat(aside, &after), 0);
    cr_assert_eq(after.st_ino, before.st_ino);
    cr_assert_eq(after.st_size, before.st_size);
    strv_release(&names);
    free(aside);
    db = open_as(DB_WRITE);
    cr_assert_eq(attempts(db), 1);
    cr_assert_eq(notice.length, 0);
    db_close(db);
}

Test(db, random_bytes_are_set_aside)
{
    unsigned char bytes[9000];
    struct random_state random;

    random_seed(&random, 5, 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)random_next(&random);
    put(file(""), bytes, sizeof bytes);
    is_set_aside(".damaged-");
}

Test(db, a_text_is_set_aside)
{
    put(file(""), "my notes\n", 9);
    is_set_aside(".damaged-");
}

Test(db, a_truncated_file_is_set_aside)
{
    struct stat status;

    make_with(200);
    cr_assert_eq(stat(file(""), &status), 0);
    cr_assert_gt(status.st_size, 8192);
    cr_assert_eq(truncate(file(""), status.st_size - 5000), 0);
    is_set_aside(".damaged-");
}

Test(db, an_overwritten_page_is_set_aside)
{
    static char zeros[4096];
    struct stat status;
    int fd;

    make_with(200);
    cr_assert_eq(stat(file(""), &status), 0);
    fd = open(file(""), O_WRONLY | O_CLOEXEC);
    cr_assert_eq(pwrite(fd, zeros, sizeof zeros, status.st_size - 8192), 4096);
    close(fd);
    is_set_aside(".damaged-");
}

Test(db, another_programs_database_is_set_aside)
{
    execute("CREATE TABLE recipes (name TEXT)");
    is_set_aside(".damaged-");
}

Test(db, a_newer_version_is_set_aside)
{
    make_with(1);
    execute("PRAGMA user_version = 1000");
    is_set_aside(".newer-");
}

Test(db, reading_sets_a_damaged_file_aside_too)
{
    struct db *db;

    put(file(""), "my notes\n", 9);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), 0);
    db_close(db);
    cr_assert_eq(count_names(".damaged-"), 1);
}

Test(db, a_second_damage_does_not_overwrite_the_first)
{
    for (int i = 0; i < 3; i++) {
        put(file(""), "my notes\n", 9);
        db_close(open_as(DB_WRITE));
    }
    cr_assert_eq(count_names(".damaged-"), 3);
}

Test(db, an_empty_file_is_filled)
{
    struct db *db;

    put(file(""), "", 0);
    db = open_as(DB_WRITE);
    cr_assert_eq(attempts(db), 0);
    cr_assert_eq(notice.length, 0);
    db_close(db);
}

Test(db, a_folder_in_its_place_is_left_alone)
{
    cr_assert_eq(mkdir(file(""), 0700), 0);
    cannot_open(DB_WRITE, "is a folder where the database should be");
    cannot_open(DB_READ, "is a folder where the database should be");
    cr_assert_eq(count_names(".damaged-"), 0);
}

Test(db, an_older_version_is_brought_up_to_date)
{
    char *sql = xasprintf("%s INSERT INTO attempts VALUES ('a', 'b', 1, 2, 3);"
                          "PRAGMA application_id = %d; PRAGMA user_version = 1",
                          db_migrations[0], 0x6b617461);
    struct db *db;
    int version = 0;

    while (db_migrations[version])
        version++;
    execute(sql);
    free(sql);
    db = open_as(DB_WRITE);
    cr_assert_eq(notice.length, 0, "%s", notice.text);
    cr_assert_eq(attempts(db), 1);
    cr_assert_eq(number(db, "PRAGMA user_version"), version);
    db_close(db);
}

/* Rights. Root has every right, so what is tried is tried by another user, in
   a process of its own; no assertion of Criterion works in one, so it says in
   its exit status which check failed. */
static void in_process(pid_t *child, int (*what)(void), uid_t user)
{
    *child = fork();
    if (*child == 0)
        _exit(user && geteuid() == 0 && seteuid(user) < 0 ? 99 : what());
}

static void await(pid_t child)
{
    int status;

    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0, "check %d failed, status %x", WEXITSTATUS(status),
                 (unsigned)status);
}

static void as_nobody(int (*what)(void))
{
    pid_t child;

    in_process(&child, what, NOBODY);
    await(child);
}

/* The number of attempts that a reader sees; -1 on error. */
static int64_t count_quietly(void)
{
    struct str said = STR_INIT;
    struct db_rows rows;
    struct db *db;
    int64_t count = -1;

    if (db_open(dir, DB_READ, &db, &said, NULL) < 0)
        return -1;
    if (db_select(db, &rows, "SELECT count(*) FROM attempts", NULL, NULL) ==
        0) {
        count = db_next(&rows) ? db_int(&rows, 0) : -1;
        db_end(&rows, NULL);
    }
    db_close(db);
    return said.length ? -1 : count;
}

static bool can_write(void)
{
    struct str said = STR_INIT;
    struct db *db;

    return db_open(dir, DB_WRITE, &db, &said, NULL) == 0;
}

static int only_read(void)
{
    return can_write() ? 1 : count_quietly() == 2 ? 0 : 2;
}

Test(db, what_cannot_be_written_can_be_read)
{
    make_with(2);
    cr_assert_eq(chmod(file(""), 0444), 0);
    cr_assert_eq(chmod(dir, 0555), 0);
    as_nobody(only_read);
    cr_assert_eq(chmod(dir, 0755), 0);
}

static int neither_read_nor_write(void)
{
    return can_write() ? 1 : count_quietly() == -1 ? 0 : 2;
}

Test(db, what_cannot_be_read_is_an_error_and_stays)
{
    make_with(2);
    cr_assert_eq(chmod(file(""), 0000), 0);
    cr_assert_eq(chmod(dir, 0755), 0);
    as_nobody(neither_read_nor_write);
    cr_assert_eq(count_names("progress.db"), 1);
}

Test(db, a_full_disk_is_an_error_and_loses_nothing)
{
    struct err err = ERR_INIT;
    struct db *db;
    int64_t count;
    int failed = 0;

    if (unshare(CLONE_NEWNS) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", dir, "tmpfs", 0, "size=300k"))
        cr_skip_test("needs the right to mount");
    db = open_as(DB_WRITE);
    for (count = 0; count < 5000 && !failed; count++)
        failed = progress_start(db, "lru-cache", true, 1, &err);
    cr_assert_eq(failed, -1);
    count--;
    cr_assert_not_null(strstr(err.text, "full"), "%s", err.text);
    cr_assert_eq(attempts(db), count);
    db_close(db);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), count);
    cr_assert_eq(notice.length, 0, "%s", notice.text);
    db_close(db);
    umount(dir);
}

Test(db, no_room_for_a_new_one_is_an_error)
{
    if (unshare(CLONE_NEWNS) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", dir, "tmpfs", 0, "size=8k"))
        cr_skip_test("needs the right to mount");
    cannot_open(DB_WRITE, "No space left");
    umount(dir);
}

/* Several at once. */

static void start_together(int (*what)(void))
{
    pid_t children[PROCESSES];

    for (int i = 0; i < PROCESSES; i++)
        in_process(&children[i], what, 0);
    for (int i = 0; i < PROCESSES; i++)
        await(children[i]);
}

static int record_some(void)
{
    struct str said = STR_INIT;
    struct err err = ERR_INIT;
    struct db *db;

    if (db_open(dir, DB_WRITE, &db, &said, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (int i = 0; i < RECORDS; i++)
        if (progress_start(db, "lru-cache", true, 1, &err) < 0) {
            fprintf(stderr, "%s\n", err.text);
            return 2;
        }
    db_close(db);
    return 0;
}

Test(db, processes_make_and_fill_one_together)
{
    struct db *db;

    start_together(record_some);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), PROCESSES * RECORDS);
    db_close(db);
    cr_assert_eq(count_names(".damaged-"), 0);
}

Test(db, processes_set_a_damaged_one_aside_once)
{
    struct db *db;

    put(file(""), "my notes\n", 9);
    start_together(record_some);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), PROCESSES * RECORDS);
    db_close(db);
    cr_assert_eq(count_names(".damaged-"), 1);
}

/* Waits until the process sleeps, as one that waits for the lock does. */
static void await_sleep(pid_t child)
{
    struct timespec step = {.tv_nsec = 2000000};
    char *path = xasprintf("/proc/%d/wchan", (int)child);
    bool sleeps = false;

    for (int i = 0; i < 1000 && !sleeps; i++) {
        char text[64] = "";
        FILE *stream = fopen(path, "r");

        if (stream) {
            sleeps =
                fgets(text, sizeof text, stream) && strstr(text, "nanosleep");
            fclose(stream);
        }
        nanosleep(&step, NULL);
    }
    free(path);
}

/* Between finding the file damaged and having the lock, another process may
   have put a good one in its place. */
Test(db, a_good_file_is_not_set_aside_by_who_saw_a_bad_one)
{
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct db *db;
    pid_t child;

    make_with(1);
    cr_assert_eq(rename(file(""), file("-good")), 0);
    put(file(""), "my notes\n", 9);
    cr_assert_eq(flock(lock, LOCK_EX), 0);
    in_process(&child, record_some, 0);
    await_sleep(child);
    cr_assert_eq(rename(file("-good"), file("")), 0);
    cr_assert_eq(flock(lock, LOCK_UN), 0);
    await(child);
    close(lock);
    db = open_as(DB_READ);
    cr_assert_eq(attempts(db), 1 + RECORDS);
    db_close(db);
    cr_assert_eq(count_names(".damaged-"), 0);
}

static void *record_in_thread(void *argument)
{
    for (int i = 0; i < RECORDS; i++)
        record(argument, "lru-cache");
    return NULL;
}

Test(db, threads_share_a_connection)
{
    struct db *db = open_as(DB_WRITE);
    pthread_t threads[PROCESSES];

    for (int i = 0; i < PROCESSES; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, record_in_thread, db),
                     0);
    for (int i = 0; i < PROCESSES; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(attempts(db), PROCESSES * RECORDS);
    db_close(db);
}

/*
 * Killed at any moment. A child opens the database and records grades without
 * end; when a grade is recorded, it says so through a pipe. It is killed at a
 * random moment, in its opening too. Every grade that was said to be recorded
 * must be there, whole.
 */

enum { KILLS = 60, LONGEST_US = 25000 };

static struct kata kata = {.slug = (char[]){"lru-cache"}, .minutes = 30};

static int record_grade(struct db *db, unsigned count, struct err *err)
{
    struct grade grade = {.kata = &kata,
                          .verdict = VERDICT_FAIL,
                          .complete = true,
                          .toolchain = (char[]){"gcc"},
                          .sandbox = "none"};

    for (enum stage_id i = 0; i < STAGE_COUNT; i++) {
        grade.selected[i] = true;
        grade.stages[i].id = i;
    }
    snprintf(grade.submission_hash, sizeof grade.submission_hash, "%u", count);
    return progress_grade(db, &grade, "grade", 1, err);
}

/* `early` says so before it is true. */
static void record_for_ever(int out, unsigned count, bool early)
{
    struct str said = STR_INIT;
    struct db *db;

    if (db_open(dir, DB_WRITE, &db, &said, NULL) < 0 || said.length)
        _exit(1);
    for (;; count++) {
        if (early && write(out, &count, sizeof count) < 0)
            _exit(1);
        if (record_grade(db, count, NULL) < 0)
            _exit(1);
        if (!early && write(out, &count, sizeof count) < 0)
            _exit(1);
    }
}

/* Runs one child from grade number `count` on; returns the next number that
   was not acknowledged. */
static unsigned run_and_kill(unsigned count, long microseconds, bool early)
{
    struct timespec time = {.tv_nsec = microseconds * 1000};
    int fds[2], status;
    unsigned said;
    pid_t child;

    cr_assert_eq(pipe(fds), 0);
    child = fork();
    if (child == 0)
        record_for_ever(fds[1], count, early);
    close(fds[1]);
    nanosleep(&time, NULL);
    kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status), "it ended by itself: %x", (unsigned)status);
    while (read(fds[0], &said, sizeof said) == sizeof said)
        count = said + 1;
    close(fds[0]);
    return count;
}

/* How many of the grades from `first` to below `count` are not there with all
   their stages. */
static int count_lost(unsigned first, unsigned count)
{
    struct db *db = open_as(DB_READ);
    struct err err = ERR_INIT;
    int lost = 0;

    cr_assert_eq(notice.length, 0, "%s", notice.text);
    for (unsigned i = first; i < count; i++) {
        char name[16];
        struct db_rows rows;

        snprintf(name, sizeof name, "%u", i);
        cr_assert_eq(db_select(db, &rows,
                               "SELECT count(*) FROM grades g JOIN stages s"
                               " ON s.grade = g.id WHERE g.submission = ?"
                               " GROUP BY g.id",
                               DB_ARGS(DB_TEXT(name)), &err),
                     0, "%s", err.text);
        lost += !db_next(&rows) || db_int(&rows, 0) != STAGE_COUNT;
        cr_assert_eq(db_end(&rows, &err), 0, "%s", err.text);
    }
    cr_assert_eq(number(db, "SELECT count(*) FROM pragma_integrity_check"
                            " WHERE integrity_check <> 'ok'"),
                 0);
    cr_assert_eq(number(db, "SELECT count(*) FROM pragma_foreign_key_check"),
                 0);
    db_close(db);
    return lost;
}

Test(db, a_kill_at_any_moment_loses_nothing)
{
    struct random_state random;
    unsigned count = 0;

    random_seed(&random, 11, 0);
    /* Where the machine is so busy that nothing gets done, on and on, for
       longer times. */
    for (long i = 0; i < KILLS || count == 0; i++)
        count = run_and_kill(
            count, (long)random_between(&random, 0, LONGEST_US + 1000 * i),
            false);
    cr_assert_eq(count_lost(0, count), 0);
}

Test(db, a_kill_in_the_making_leaves_a_database_that_opens)
{
    struct err err = ERR_INIT;

    for (int i = 0; i < KILLS / 2; i++) {
        unsigned count = run_and_kill(0, 150L * i, false);

        cr_assert_eq(count_lost(0, count), 0);
        for (size_t k = 0; k < 3; k++)
            cr_assert_eq(path_remove(file(k == 0   ? ""
                                          : k == 1 ? "-wal"
                                                   : "-shm"),
                                     &err),
                         0);
    }
}

/* The tests above can fail: what is said too early is found missing. Each child
   has numbers that none had before. */
Test(db, a_grade_acknowledged_too_early_is_found_missing)
{
    enum { NUMBERS = 1000000 };
    int lost = 0;

    for (unsigned i = 0; i < 500 && !lost; i++)
        lost =
            count_lost(NUMBERS * i,
                       run_and_kill(NUMBERS * i, LONGEST_US + 1000L * i, true));
    cr_assert_gt(lost, 0);
}
