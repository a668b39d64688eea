/*
 * What engines have in common whose tasks run elsewhere. A round is a job
 * (batch/job.h) of all submissions without a result, and the wait until each
 * has one or nobody is left who would make one. Then comes another round of the
 * rest. It ends because every round brings a result, or finds a submission that
 * a task died of, which it may REMOTE_TRIES times, or is one of REMOTE_TRIES in
 * a row that did nothing.
 */
#ifndef BATCH_REMOTE_H
#define BATCH_REMOTE_H

#include "base/err.h"
#include "base/str.h"
#include "batch/engine.h"

#include <stdbool.h>
#include <stddef.h>

enum { REMOTE_TRIES = 3 };

struct remote_count {
    size_t waiting, running; /* tasks */
    char reason[64];         /* why the first one waits, or "" */
    bool unheard;            /* the engine does not know the job, or not yet */
};

/* One round's job, as a kind of engine sees it. */
struct remote_job {
    const struct work *work;
    const char *dir;     /* of the job */
    const char *program; /* that is run as `kata task DIR NUMBER` */
    size_t tasks;
    const struct strv *bad_nodes; /* not to be given any */
    char *id;      /* set by submit where it has one; owned by the round */
    bool accepted; /* by submit, though it failed: tasks may start */
    void *state;   /* submit's own, NULL before and after `end` */
};

struct remote_kind {
    const char *name; /* of its jobs, for people */
    bool counts;      /* does `look` know more than whether it has ended? */
    /* Starts the tasks and returns. */
    int (*submit)(struct remote_job *job, struct err *err);
    /* Counts tasks that have not ended; false where that is not known just
       now, with why. */
    bool (*look)(struct remote_job *job, struct remote_count *count,
                 struct err *err);
    /* Ends tasks that are left, and what submit began. *said gets the last
       that it said on its own, owned, where that may tell why nothing was
       done. */
    void (*end)(struct remote_job *job, char **said);
    /* Goes on with the job of a batch that was killed: 0 where tasks of it are
       left. NULL where none can be. */
    int (*adopt)(struct remote_job *job);
};

/* struct engine's run. */
int remote_run(const struct work *work, const struct remote_kind *kind,
               struct err *err);

/* Takes back all jobs of an OUT: their tasks end when they look. */
void remote_drop(const char *out);

#endif
