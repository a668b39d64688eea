/* kata watch: its state, and what it draws. watch.c is the command. */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

#include "base/follow.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/runner.h"
#include "cmd/standing.h"

#include <stdbool.h>

/* What a question is about, whose answer is waited for. */
enum watch_question { WATCH_NO_QUESTION, WATCH_RESET, WATCH_SOLUTION };

struct watch {
    struct cmd_context context;
    struct standing standing;
    struct runner runner;
    struct follow follow;
    bool look; /* never use inotify */
    int signals;
    char *path;         /* of the attempt */
    int status;         /* exit status; -1 while it goes on */
    double quiet;       /* seconds without a save before one is graded */
    double quiet_until; /* clock_now; a change before starts it again */
    bool guessed;       /* a run was started within this time of quiet */
    bool due;           /* a change is to be graded */
    bool saved;         /* and was whole when it was seen (FOLLOW_SAVED) */
    char hash[HASH_TEXT_SIZE]; /* of what is or was graded */
    uint64_t seed;

    /* The last run that ended. */
    bool ended;
    enum verdict verdict;
    char *report;  /* its score card, with what a pass achieved above */
    char at[16];   /* when, "14:03:59" */
    char *summary; /* a line for after the end of watch */

    /* The screen. */
    bool colour;
    char *title; /* of the text that covers the run, or NULL */
    struct str text;
    size_t scroll;
    struct str notice; /* a line or two above the keys */
    bool keep_notice;  /* over the next change of the file */
    enum watch_question question;
};

/* The screen as it is to be now. */
void watch_draw(struct watch *watch);

/* The score card of a run that ended; owned. */
char *watch_report(const struct watch *watch, const struct grade *grade);

#endif
