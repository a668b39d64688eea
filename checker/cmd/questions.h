/* `kata verify --questions`: the author's check of the question cards. */
#ifndef CMD_QUESTIONS_H
#define CMD_QUESTIONS_H

#include "cmd/cmd.h"

/* Prints a line for each topic and each thing that is wrong; returns the exit
   status. */
int questions_verify(const struct cmd_context *context);

#endif
