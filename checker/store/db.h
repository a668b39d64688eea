/*
 * The database of a work folder, progress.db: SQLite, in WAL mode, so that
 * several processes read and write at once and a kill at any moment loses
 * nothing that was committed.
 *
 *     struct db *db;
 *     struct str notice = STR_INIT;
 *     if (db_open(work, DB_WRITE, &db, &notice, &err) < 0) ...
 *     ... print `notice`, where it is not empty ...
 *     db_run(db, "UPDATE t SET a = ? WHERE b = ?",
 *            DB_ARGS(DB_INT(3), DB_TEXT(name)), &err);
 *     db_close(db);
 *
 * Rows are read one at a time; between db_select and db_end the database is
 * this thread's alone:
 *
 *     if (db_select(db, &rows, "SELECT a FROM t", NULL, &err) < 0) return -1;
 *     while (db_next(&rows))
 *         ... db_int(&rows, 0) ...
 *     return db_end(&rows, &err);
 *
 * What belongs together is written in a transaction:
 *
 *     if (db_begin(db, &err) < 0) return -1;
 *     status = ...;
 *     return db_finish(db, status, &err);
 *
 * One connection a process is enough: it may be used from several threads. It
 * may not be used on both sides of a fork.
 *
 * The tables are made by store/migrations.c, to which a module appends what it
 * needs.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct sqlite3_stmt;
struct db;

enum db_mode {
    DB_READ, /* makes no file; without one every table is empty */
    DB_WRITE
};

/*
 * Opens FOLDER/progress.db, making the folder and the file where DB_WRITE needs
 * them, and brings its tables up to date. A file that is damaged, or written by
 * a newer kata, is renamed to progress.db.damaged-TIME or .newer-TIME, an empty
 * one takes its place, and *notice says so in a sentence or two to be printed;
 * what is deleted is never anything. Returns 0, or -1 where the folder cannot
 * be read (DB_READ) or written (DB_WRITE), the disk is full, or another process
 * keeps the database locked for over five seconds.
 */
int db_open(const char *folder, enum db_mode mode, struct db **db,
            struct str *notice, struct err *err);

/* An empty database in memory: where there is none to be had, whoever asks or
   records needs no second way. */
struct db *db_open_memory(void);

void db_close(struct db *db); /* NULL is fine */

/* The file's path, borrowed; ":memory:" where there is none. */
const char *db_path(const struct db *db);

/* Arguments of a statement, in the order of its question marks; texts are
   borrowed for the call. */
struct db_value {
    enum {
        DB_VALUE_END,
        DB_VALUE_NULL,
        DB_VALUE_INT,
        DB_VALUE_REAL,
        DB_VALUE_TEXT
    } kind;
    int64_t integer;
    double real;
    const char *text;
};

#define DB_NULL                                                                \
    (struct db_value)                                                          \
    {                                                                          \
        .kind = DB_VALUE_NULL                                                  \
    }
#define DB_INT(value)                                                          \
    (struct db_value)                                                          \
    {                                                                          \
        .kind = DB_VALUE_INT, .integer = (value)                               \
    }
#define DB_REAL(value)                                                         \
    (struct db_value)                                                          \
    {                                                                          \
        .kind = DB_VALUE_REAL, .real = (value)                                 \
    }
#define DB_TEXT(value) /* NULL is SQL's */                                     \
    (struct db_value)                                                          \
    {                                                                          \
        .kind = DB_VALUE_TEXT, .text = (value)                                 \
    }
#define DB_ARGS(...)                                                           \
    (const struct db_value[])                                                  \
    {                                                                          \
        __VA_ARGS__,                                                           \
        {                                                                      \
            .kind = DB_VALUE_END                                               \
        }                                                                      \
    }

/* Runs a statement that gives no rows. `args` may be NULL. Returns the number
   of rows it changed, or -1. */
int db_run(struct db *db, const char *sql, const struct db_value *args,
           struct err *err);

struct db_rows {
    struct db *db;
    struct sqlite3_stmt *statement;
    int status; /* of SQLite */
};

/* Starts a query. On 0, db_end has to follow, from the same thread. Queries may
   stand inside one another where their SQL differs. */
int db_select(struct db *db, struct db_rows *rows, const char *sql,
              const struct db_value *args, struct err *err);

/* Is there another row? False at the end and on an error, which db_end tells
   apart. */
bool db_next(struct db_rows *rows);

/* Columns of the row, from 0. NULL is 0, 0.0, and NULL. */
int64_t db_int(const struct db_rows *rows, int column);
double db_real(const struct db_rows *rows, int column);
const char *db_text(const struct db_rows *rows, int column); /* until db_next */
bool db_is_null(const struct db_rows *rows, int column);

/* Copies a text into `buffer` of `size` bytes, cut where it is longer; "" for
   NULL. */
void db_copy_text(const struct db_rows *rows, int column, char *buffer,
                  size_t size);

/* Ends the query, also before its last row. 0, or -1 where reading failed. */
int db_end(struct db_rows *rows, struct err *err);

/* Begins a transaction that may write (where the file cannot be written, one
   that sees one moment); the database is this thread's until
   db_finish. They do not stand inside one another. */
int db_begin(struct db *db, struct err *err);

/* Commits where `status` is 0, and undoes everything otherwise or where that
   fails. Returns 0 only where it is on disk. */
int db_finish(struct db *db, int status, struct err *err);

/* A new name for a row, different from every other on any machine, so that
   databases can be merged: 32 hexadecimal digits. */
#define DB_ID_SIZE 33
void db_new_id(char id[DB_ID_SIZE]);

#endif
