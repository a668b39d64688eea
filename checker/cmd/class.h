/* The reports of a class, from a folder of results: `kata report DIR`, and what
   `kata batch` leaves beside them. */
#ifndef CMD_CLASS_H
#define CMD_CLASS_H

#include "cmd/awarding.h"
#include "kata/catalog.h"

#include <stddef.h>

/*
 * Reads every result (*.json of the schema kata-result/1) in `from` and the
 * folders below it and writes class.html, class.csv, class.xml (JUnit) and
 * class.jsonl into `to`, each whole or not at all.
 *
 * A student's name is the result's "student" or "name", else the file's path
 * below `from` without ".json". The submission, for the comparison of sources,
 * is the file beside the result with ".c" in place of ".json", or what a batch
 * keeps in .kata/sources. Files that cannot be read are told on the page and
 * counted in *unread.
 *
 * `awarding` gives each its award.
 *
 * -1 where there is no result at all, or something cannot be written.
 */
int class_write(const struct catalog *catalog, const char *from, const char *to,
                struct awarding *awarding, size_t *count, size_t *unread,
                struct err *err);

#endif
