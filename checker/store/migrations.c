#include "store/migrations.h"

#include <stddef.h>

/*
 * Times are milliseconds since 1970 in UTC. Rows are named by db_new_id, never
 * by a number of their own, so that an import merges.
 */

/* Attempts and what happened in them. Which attempt is the current one, and
   whether it has passed, follows from these rows and is not written down. */
static const char progress[] =
    "CREATE TABLE attempts ("
    " id TEXT PRIMARY KEY,"
    " kata TEXT NOT NULL CHECK (length(kata) BETWEEN 1 AND 48),"
    " started INTEGER NOT NULL,"
    " saved INTEGER," /* first save */
    " shown INTEGER"  /* the solution, before a pass */
    ") STRICT;"
    "CREATE INDEX attempts_by_kata ON attempts (kata, started);"

    "CREATE TABLE grades ("
    " id TEXT PRIMARY KEY,"
    " attempt TEXT NOT NULL REFERENCES attempts (id),"
    " at INTEGER NOT NULL,"
    " command TEXT NOT NULL,"
    " complete INTEGER NOT NULL," /* every stage was asked for */
    " verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'error')),"
    " category TEXT,"
    " score REAL NOT NULL,"
    " max_score REAL NOT NULL,"
    " seconds REAL NOT NULL,"
    " seed INTEGER NOT NULL,"
    " submission TEXT NOT NULL," /* hashes, as in kata-result/1 */
    " kata_hash TEXT NOT NULL,"
    " toolchain TEXT NOT NULL,"
    " sandbox TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX grades_by_attempt ON grades (attempt, at);"

    "CREATE TABLE stages ("
    " grade TEXT NOT NULL REFERENCES grades (id),"
    " name TEXT NOT NULL,"
    " status TEXT NOT NULL"
    " CHECK (status IN ('skip', 'pass', 'fail', 'error')),"
    " category TEXT,"
    " score REAL NOT NULL,"
    " max_score REAL NOT NULL,"
    " seconds REAL NOT NULL,"
    " PRIMARY KEY (grade, name)"
    ") STRICT, WITHOUT ROWID;"

    /* What growth measured with the largest n. */
    "CREATE TABLE costs ("
    " grade TEXT NOT NULL REFERENCES grades (id),"
    " claim TEXT NOT NULL,"
    " holds INTEGER NOT NULL,"
    " class TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " instructions REAL NOT NULL," /* a call */
    " reference REAL NOT NULL,"    /* a call of the reference */
    " PRIMARY KEY (grade, claim)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE hints ("
    " attempt TEXT NOT NULL REFERENCES attempts (id),"
    " number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 64),"
    " at INTEGER NOT NULL,"
    " PRIMARY KEY (attempt, number)"
    ") STRICT, WITHOUT ROWID;"

    /* What store/schedule.h decides by; its state follows from these rows. */
    "CREATE TABLE reviews ("
    " id TEXT PRIMARY KEY,"
    " kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 16),"
    " item TEXT NOT NULL CHECK (length(item) BETWEEN 1 AND 200),"
    " at INTEGER NOT NULL,"
    " rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4)"
    ") STRICT;"
    "CREATE INDEX reviews_by_item ON reviews (kind, item, at);";

/* What a grade has found; numbered through all of its stages. */
static const char findings[] = "CREATE TABLE findings ("
                               " grade TEXT NOT NULL REFERENCES grades (id),"
                               " number INTEGER NOT NULL,"
                               " stage TEXT NOT NULL,"
                               " category TEXT NOT NULL,"
                               " message TEXT NOT NULL,"
                               " file TEXT,"
                               " line INTEGER NOT NULL," /* 0: not known */
                               " col INTEGER NOT NULL,"
                               " test TEXT,"
                               " PRIMARY KEY (grade, number)"
                               ") STRICT, WITHOUT ROWID;";

/* Interviews (store/session.h). They are numbered, since people name them. */
static const char interviews[] =
    "CREATE TABLE interviews ("
    " id INTEGER PRIMARY KEY,"
    " candidate TEXT NOT NULL,"
    " alone INTEGER NOT NULL,"
    " level TEXT NOT NULL CHECK (level IN ('junior', 'mid', 'senior')),"
    " minutes INTEGER NOT NULL,"
    " seed INTEGER NOT NULL,"
    " plan TEXT NOT NULL,"
    " state TEXT NOT NULL"
    " CHECK (state IN ('running', 'paused', 'finished')),"
    " round INTEGER NOT NULL,"
    " step INTEGER NOT NULL,"
    " started INTEGER NOT NULL,"
    " finished INTEGER NOT NULL DEFAULT 0,"
    " used INTEGER NOT NULL," /* milliseconds, at the moment since_* */
    " since_wall INTEGER NOT NULL,"
    " since_running INTEGER NOT NULL,"
    " since_boot TEXT NOT NULL,"
    " fake INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE interview_events ("
    " interview INTEGER NOT NULL REFERENCES interviews (id),"
    " number INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " used INTEGER NOT NULL,"
    " round INTEGER NOT NULL,"
    " step INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " subject TEXT,"
    " body TEXT,"
    " value INTEGER NOT NULL,"
    " PRIMARY KEY (interview, number)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE interview_runs ("
    " interview INTEGER NOT NULL REFERENCES interviews (id),"
    " number INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " used INTEGER NOT NULL,"
    " round INTEGER NOT NULL,"
    " step INTEGER NOT NULL,"
    " kata TEXT NOT NULL,"
    " command TEXT NOT NULL CHECK (command IN ('test', 'submit')),"
    " late INTEGER NOT NULL,"
    " source TEXT NOT NULL,"
    " explanation TEXT,"
    " verdict TEXT,"
    " result TEXT," /* kata-result/1 */
    " PRIMARY KEY (interview, number)"
    ") STRICT, WITHOUT ROWID;";

const char *const db_migrations[] = {progress, findings, interviews, NULL};
