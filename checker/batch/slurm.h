/* What is asked of Slurm beside running jobs. */
#ifndef BATCH_SLURM_H
#define BATCH_SLURM_H

#include "batch/remote.h"

/* Counts the tasks that Slurm has of the job in that folder (batch/job.h);
   false where there is no answer, with why. *id is Slurm's number, owned, or
   NULL where it is not Slurm's job. */
bool slurm_count(const char *dir, char **id, struct remote_count *count,
                 struct err *err);

#endif
