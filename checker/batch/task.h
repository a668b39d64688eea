/* A task of a job (batch/job.h): what `kata task` does on another machine. */
#ifndef BATCH_TASK_H
#define BATCH_TASK_H

#include "base/err.h"

#include <stddef.h>

/*
 * Grades the submissions of task `number` of the job in the folder that have no
 * result and that nobody else is grading. May run twice, or beside itself.
 *
 * Nothing is graded on a machine without a jail, nor on one where the checker,
 * the katas or the tools are not those of who made the job: that is noted for
 * each submission, and is an error here. Returns 0 when all was done that
 * there was to do, also where the job was taken back or proc_cancelled is set.
 */
int task_run(const char *dir, size_t number, struct err *err);

#endif
