/*
 * Opening has two ways. The quick one, nearly always, looks at the file and
 * finds it ours, of today's version and whole. Everything else (a new file, an
 * older version, a damaged file) is done by one process at a time, which holds
 * a lock on the folder and looks again first: another may have mended it in the
 * meantime, and a good file must never be set aside.
 */
#include "store/db.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "store/migrations.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x6b617461, BUSY_MS = 5000, LOCK_STEP_MS = 20 };

/* A statement, kept by its text. */
struct kept {
    char *sql;
    sqlite3_stmt *statement;
};

struct db {
    sqlite3 *handle;
    char *path;
    pthread_mutex_t lock; /* recursive */
    struct kept *kept;
    size_t count, capacity;
};

/* Errors */

static bool is_damage(int status)
{
    return (status & 0xff) == SQLITE_CORRUPT ||
           (status & 0xff) == SQLITE_NOTADB;
}

static const char *advice(int status)
{
    if (is_damage(status))
        return "; it will be set aside when it is opened next";
    return (status & 0xff) == SQLITE_BUSY ? " by another process" : "";
}

/* Records what SQLite says of the last call, and the system where it knows. */
static int fail(const struct db *db, struct err *err)
{
    int status = sqlite3_errcode(db->handle);
    int reason = sqlite3_system_errno(db->handle);

    if (((status & 0xff) == SQLITE_IOERR ||
         (status & 0xff) == SQLITE_CANTOPEN) &&
        reason)
        return err_set(err, "%s: %s: %s", db->path, sqlite3_errmsg(db->handle),
                       strerror(reason));
    return err_set(err, "%s: %s%s", db->path, sqlite3_errmsg(db->handle),
                   advice(status));
}

/* Statements */

static sqlite3_stmt *find_statement(struct db *db, const char *sql,
                                    struct err *err)
{
    sqlite3_stmt *statement;

    for (size_t i = 0; i < db->count; i++)
        if (strcmp(db->kept[i].sql, sql) == 0)
            return db->kept[i].statement;
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &statement, NULL) != SQLITE_OK) {
        fail(db, err);
        return NULL;
    }
    db->kept = grow(db->kept, &db->capacity, db->count, sizeof *db->kept);
    db->kept[db->count++] = (struct kept){xstrdup(sql), statement};
    return statement;
}

static int bind(sqlite3_stmt *statement, int i, const struct db_value *value)
{
    switch (value->kind) {
    case DB_VALUE_INT:
        return sqlite3_bind_int64(statement, i, value->integer);
    case DB_VALUE_REAL:
        return sqlite3_bind_double(statement, i, value->real);
    case DB_VALUE_TEXT:
        return sqlite3_bind_text(statement, i, value->text, -1,
                                 SQLITE_TRANSIENT);
    default:
        return sqlite3_bind_null(statement, i);
    }
}

/* The statement with its arguments, ready to be stepped; NULL on error. */
static sqlite3_stmt *prepare(struct db *db, const char *sql,
                             const struct db_value *args, struct err *err)
{
    sqlite3_stmt *statement = find_statement(db, sql, err);

    for (int i = 1; statement && args && args->kind != DB_VALUE_END;
         i++, args++)
        if (bind(statement, i, args) != SQLITE_OK) {
            fail(db, err);
            statement = NULL;
        }
    return statement;
}

int db_run(struct db *db, const char *sql, const struct db_value *args,
           struct err *err)
{
    sqlite3_stmt *statement;
    int status = -1;

    pthread_mutex_lock(&db->lock);
    statement = prepare(db, sql, args, err);
    if (statement) {
        if (sqlite3_step(statement) == SQLITE_DONE)
            status = sqlite3_changes(db->handle);
        else
            fail(db, err);
        sqlite3_reset(statement);
    }
    pthread_mutex_unlock(&db->lock);
    return status;
}

int db_select(struct db *db, struct db_rows *rows, const char *sql,
              const struct db_value *args, struct err *err)
{
    *rows = (struct db_rows){.db = db, .status = SQLITE_ROW};
    pthread_mutex_lock(&db->lock);
    rows->statement = prepare(db, sql, args, err);
    if (rows->statement)
        return 0;
    pthread_mutex_unlock(&db->lock);
    return -1;
}

bool db_next(struct db_rows *rows)
{
    if (rows->status == SQLITE_ROW)
        rows->status = sqlite3_step(rows->statement);
    return rows->status == SQLITE_ROW;
}

int64_t db_int(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

double db_real(const struct db_rows *rows, int column)
{
    return sqlite3_column_double(rows->statement, column);
}

const char *db_text(const struct db_rows *rows, int column)
{
    return (const char *)sqlite3_column_text(rows->statement, column);
}

bool db_is_null(const struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

void db_copy_text(const struct db_rows *rows, int column, char *buffer,
                  size_t size)
{
    const char *text = db_text(rows, column);

    snprintf(buffer, size, "%s", text ? text : "");
}

int db_end(struct db_rows *rows, struct err *err)
{
    struct db *db = rows->db;
    int status = 0;

    if (rows->status != SQLITE_ROW && rows->status != SQLITE_DONE)
        status = fail(db, err);
    sqlite3_reset(rows->statement);
    rows->statement = NULL;
    pthread_mutex_unlock(&db->lock);
    return status;
}

int db_begin(struct db *db, struct err *err)
{
    const char *begin =
        sqlite3_db_readonly(db->handle, "main") ? "BEGIN" : "BEGIN IMMEDIATE";

    pthread_mutex_lock(&db->lock);
    if (db_run(db, begin, NULL, err) >= 0)
        return 0;
    pthread_mutex_unlock(&db->lock);
    return -1;
}

int db_finish(struct db *db, int status, struct err *err)
{
    if (status == 0)
        status = db_run(db, "COMMIT", NULL, err) < 0 ? -1 : 0;
    /* A full disk, say, has undone it already. */
    if (status < 0 && !sqlite3_get_autocommit(db->handle))
        db_run(db, "ROLLBACK", NULL, NULL);
    pthread_mutex_unlock(&db->lock);
    return status < 0 ? -1 : 0;
}

void db_new_id(char id[DB_ID_SIZE])
{
    unsigned char bytes[(DB_ID_SIZE - 1) / 2];

    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        sqlite3_randomness(sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

/* Opening */

enum condition {
    READY,
    NEW,        /* or of an older version */
    DAMAGED,    /* or another program's */
    NEWER,      /* written by a newer kata */
    UNREACHABLE /* *err is set */
};

static struct db *make_db(const char *path)
{
    struct db *db = xcalloc(1, sizeof *db);
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&db->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    db->path = xstrdup(path);
    return db;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->count; i++) {
        sqlite3_finalize(db->kept[i].statement);
        free(db->kept[i].sql);
    }
    sqlite3_close(db->handle);
    pthread_mutex_destroy(&db->lock);
    free(db->kept);
    free(db->path);
    free(db);
}

const char *db_path(const struct db *db)
{
    return db->path;
}

/* One number that a statement gives; SQLite's status. */
static int get_number(sqlite3 *handle, const char *sql, int *number)
{
    sqlite3_stmt *statement;
    int status = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);

    if (status != SQLITE_OK)
        return status;
    status = sqlite3_step(statement);
    if (status == SQLITE_ROW)
        *number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return status == SQLITE_ROW ? SQLITE_OK : status;
}

/* Looks at every page. SQLite's status. */
static int check_pages(sqlite3 *handle)
{
    sqlite3_stmt *statement;
    int status = sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1,
                                    &statement, NULL);

    if (status != SQLITE_OK)
        return status;
    status = sqlite3_step(statement);
    if (status == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);

        status = text && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    sqlite3_finalize(statement);
    return status;
}

static int db_version(void)
{
    int version = 0;

    while (db_migrations[version])
        version++;
    return version;
}

/* *status is SQLite's. */
static enum condition look(sqlite3 *handle, int *status)
{
    int application = 0, version = 0, tables = 0;

    *status = get_number(handle, "PRAGMA application_id", &application);
    if (*status == SQLITE_OK)
        *status = get_number(handle, "PRAGMA user_version", &version);
    if (*status == SQLITE_OK)
        *status =
            get_number(handle, "SELECT count(*) FROM sqlite_schema", &tables);
    if (*status == SQLITE_OK && tables)
        *status = check_pages(handle);
    if (*status != SQLITE_OK)
        return is_damage(*status) ? DAMAGED : UNREACHABLE;
    if (tables == 0)
        return NEW;
    if (application != APPLICATION_ID) {
        *status = SQLITE_NOTADB;
        return DAMAGED;
    }
    if (version > db_version())
        return NEWER;
    return version < db_version() ? NEW : READY;
}

/* Opens the file without making one. */
static enum condition open_file(struct db *db, int flags, struct err *err)
{
    int status = sqlite3_open_v2(db->path, &db->handle,
                                 flags | SQLITE_OPEN_FULLMUTEX, NULL);
    enum condition condition = UNREACHABLE;

    if (!db->handle) {
        err_set(err, "%s: out of memory", db->path);
        return UNREACHABLE;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (status == SQLITE_OK)
        condition = look(db->handle, &status);
    if (condition == UNREACHABLE)
        fail(db, err);
    return condition;
}

static void close_file(struct db *db)
{
    sqlite3_close(db->handle);
    db->handle = NULL;
}

static int execute(struct db *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return fail(db, err);
}

static int migrate(struct db *db, struct err *err)
{
    int version = 0, status = SQLITE_OK;
    char *mark;

    if (execute(db, "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE", err) < 0)
        return -1;
    status = get_number(db->handle, "PRAGMA user_version", &version);
    if (status != SQLITE_OK)
        return fail(db, err);
    for (int i = version; db_migrations[i]; i++)
        if (execute(db, db_migrations[i], err) < 0) {
            sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
            return -1;
        }
    mark = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;"
                     "COMMIT",
                     APPLICATION_ID, db_version());
    status = execute(db, mark, err);
    free(mark);
    return status;
}

/* What holds for a connection and not for the file. */
static int set_up(struct db *db, struct err *err)
{
    return execute(db, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL",
                   err);
}

struct db *db_open_memory(void)
{
    struct db *db = make_db(":memory:");
    struct err err = ERR_INIT;

    if (sqlite3_open_v2(db->path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                            SQLITE_OPEN_FULLMUTEX,
                        NULL) != SQLITE_OK ||
        migrate(db, &err) < 0 || set_up(db, &err) < 0)
        abort(); /* only without memory, or with a migration that is wrong */
    return db;
}

/* Waits for the only process that may make, migrate or set aside. Returns a
   descriptor; -1 on error. A file system without locks does without. */
static int lock_folder(const char *folder, struct err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_errno(err, "%s", folder);
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0;
         waited += LOCK_STEP_MS) {
        struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};

        if (errno != EWOULDBLOCK && errno != EINTR)
            break;
        if (waited > BUSY_MS) {
            close(fd);
            return err_set(err, "%s: another process holds the database",
                           folder);
        }
        nanosleep(&step, NULL);
    }
    return fd;
}

/* A free name that says what and when: PATH.damaged-2026-11-21T04-05-30Z. */
static char *aside_name(const char *path, const char *what)
{
    time_t now = (time_t)(clock_calendar() / 1000);
    struct tm tm;
    char when[32], *name;
    int number = 1;

    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H-%M-%SZ", &tm);
    name = xasprintf("%s.%s-%s", path, what, when);
    while (access(name, F_OK) == 0) {
        free(name);
        name = xasprintf("%s.%s-%s-%d", path, what, when, ++number);
    }
    return name;
}

/* The log belongs to the file: with it `sqlite3` can still read what was not
   yet moved over. */
static int set_aside(const char *path, const char *what, const char *why,
                     struct str *notice, struct err *err)
{
    static const char *const suffixes[] = {"-wal", "-shm", ""};
    char *aside = aside_name(path, what);
    int status = 0;

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *from = xasprintf("%s%s", path, suffixes[i]);
        char *to = xasprintf("%s%s", aside, suffixes[i]);

        if (status == 0 && rename(from, to) < 0 && errno != ENOENT)
            status = err_errno(err, "%s is %s and could not be moved to %s",
                               from, what, to);
        free(from);
        free(to);
    }
    if (status == 0) {
        str_addf(notice, "%s %s; it is kept as %s, and an empty one is begun",
                 path, why, aside);
        if (strcmp(what, "damaged") == 0)
            str_addf(notice, " (`sqlite3 '%s' .recover` may read some of it)",
                     aside);
    }
    free(aside);
    return status;
}

static int set_aside_as(struct db *db, enum condition condition,
                        struct str *notice, struct err *err)
{
    close_file(db);
    if (condition == NEWER)
        return set_aside(db->path, "newer", "was written by a newer kata",
                         notice, err);
    return set_aside(db->path, "damaged", "is damaged or no database of kata",
                     notice, err);
}

/* What open_file found was not READY: does what it takes, alone. */
static int open_with_care(struct db *db, const char *folder, struct str *notice,
                          struct err *err)
{
    int lock = lock_folder(folder, err), status = -1;
    enum condition condition;

    if (lock < 0)
        return -1;
    condition = open_file(db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if ((condition == DAMAGED || condition == NEWER) &&
        set_aside_as(db, condition, notice, err) == 0)
        condition =
            open_file(db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (condition == NEW)
        status = migrate(db, err);
    else if (condition == READY)
        status = 0;
    close(lock);
    return status;
}

/* A file in a folder that cannot be written: nobody else can either, so it is
   read as it stands, without the files that SQLite keeps beside it. */
static enum condition open_immutable(struct db *db, struct err *err)
{
    struct str uri = STR_INIT;
    char *path = db->path;
    enum condition condition;

    str_add(&uri, "file:");
    for (const char *c = path; *c; c++)
        if (strchr("?#%", *c))
            str_addf(&uri, "%%%02X", (unsigned)*c);
        else
            str_addc(&uri, *c);
    str_add(&uri, "?immutable=1");
    close_file(db);
    db->path = uri.text;
    condition = open_file(db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    db->path = path;
    str_release(&uri);
    return condition;
}

static int open_to_read(struct db *db, const char *folder, struct str *notice,
                        struct err *err)
{
    struct err first = ERR_INIT;
    enum condition condition = open_file(db, SQLITE_OPEN_READWRITE, &first);

    if (condition == UNREACHABLE &&
        eaccess(folder, W_OK) < 0) /* no place for the log's index */
        condition = open_immutable(db, err);
    else if (condition == UNREACHABLE)
        return err_set(err, "%s", first.text);
    if (condition == READY)
        return 0;
    if (condition == UNREACHABLE)
        return -1;
    close_file(db);
    return open_with_care(db, folder, notice, err);
}

static int open_to_write(struct db *db, const char *folder, bool exists,
                         struct str *notice, struct err *err)
{
    enum condition condition = NEW;

    if (path_mkdirs(folder, 0755, err) < 0)
        return -1;
    if (exists)
        condition = open_file(db, SQLITE_OPEN_READWRITE, err);
    if (condition == UNREACHABLE)
        return -1;
    if (condition != READY) {
        close_file(db);
        if (open_with_care(db, folder, notice, err) < 0)
            return -1;
    }
    if (sqlite3_db_readonly(db->handle, "main"))
        return err_set(err, "%s cannot be written: Permission denied",
                       db->path);
    return 0;
}

/* Is there something to open? -1 where it can be no database. */
static int find_file(const char *path, bool *exists, struct err *err)
{
    struct stat status;

    *exists = stat(path, &status) == 0;
    if (!*exists && errno != ENOENT && errno != ENOTDIR)
        return err_errno(err, "%s", path);
    if (*exists && !S_ISREG(status.st_mode))
        return err_set(err,
                       "%s is %s where the database should be; move it away",
                       path, S_ISDIR(status.st_mode) ? "a folder" : "no file");
    return 0;
}

int db_open(const char *folder, enum db_mode mode, struct db **db,
            struct str *notice, struct err *err)
{
    char *path = path_join(folder, "progress.db");
    bool exists;
    int status = find_file(path, &exists, err);

    *db = NULL;
    if (status == 0 && mode == DB_READ && !exists) {
        *db = db_open_memory();
    } else if (status == 0) {
        *db = make_db(path);
        status = mode == DB_READ
                     ? open_to_read(*db, folder, notice, err)
                     : open_to_write(*db, folder, exists, notice, err);
        if (status == 0)
            status = set_up(*db, err);
        if (status < 0) {
            db_close(*db);
            *db = NULL;
        }
    }
    free(path);
    return status;
}
