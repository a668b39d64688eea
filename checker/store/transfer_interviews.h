/*
 * Interviews in the document of store/transfer.h:
 *
 *     "interviews": [{"id": 3, "candidate": "Ada", ...,
 *                     "events": [...], "runs": [...]}, ...]
 *
 * Their numbers mean something else in another database, so they are told by
 * when they began, with whom, and the seed of their plan. Where two databases
 * have the same interview and one of them went on with it, what went further
 * takes the place of the other; where both went on, both are kept, each as an
 * interview. So importing loses nothing, and importing twice changes nothing.
 */
#ifndef STORE_TRANSFER_INTERVIEWS_H
#define STORE_TRANSFER_INTERVIEWS_H

#include "store/transfer.h"

/* All interviews, owned by the caller; NULL on error. */
json_t *transfer_interviews_export(struct db *db, struct err *err);

/* Takes `list` over and counts the rows in *result. Inside a transaction that
   the caller undoes where this returns -1. The interview keeps its number where
   that is free. */
int transfer_interviews_import(struct db *db, const json_t *list,
                               struct transfer_result *result, struct err *err);

#endif
