/*
 * The tables of progress.db. A database's version is the number of migrations
 * that it has been through; what is here is what brings it to the next.
 *
 * To add tables or columns, append one text; one that stands here is never
 * changed, for databases have been through it.
 */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

extern const char *const db_migrations[]; /* ends with NULL */

#endif
