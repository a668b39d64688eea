/*
 * What the learner has done: attempts, and in them saves, hints and grades.
 *
 * Recording: progress_start where an attempt begins, progress_save when its
 * file was first changed, progress_hint and progress_shown for help taken,
 * progress_grade after each grade. Where no attempt was recorded (the database
 * was set aside, say) the first record begins one. Each is written, on disk,
 * when the function has returned 0.
 *
 * Asking: progress_of for one kata, progress_all for every one that was ever
 * started, progress_grades for the history. What they give is in plain arrays;
 * nothing of a single struct progress has to be freed.
 *
 * Everything but the state is about the current attempt, the one begun last:
 * its hints, its grades, how long it took. A kata that has ever passed stays
 * passed.
 *
 * Only grades of the learner's own attempt belong here: who calls
 * progress_grade sees to that.
 *
 * Times are milliseconds since 1970 (clock_calendar), 0 where there is none;
 * durations are seconds. Safe to call from several threads.
 */
#ifndef STORE_PROGRESS_H
#define STORE_PROGRESS_H

#include "judge/result.h"
#include "store/db.h"
#include "store/schedule.h"

#define PROGRESS_KATA_SIZE 49
#define PROGRESS_KIND "kata" /* of katas in the schedule */

enum progress_state { PROGRESS_NEW, PROGRESS_STARTED, PROGRESS_PASSED };

const char *progress_state_name(enum progress_state state); /* "new", ... */

/* One grade, without its stages. */
struct progress_grade {
    char id[DB_ID_SIZE];
    char kata[PROGRESS_KATA_SIZE];
    char command[16]; /* "grade", "test", "watch" */
    int64_t when;     /* 0: there is none */
    bool complete;    /* with every stage; only such a one can pass a kata */
    enum verdict verdict;
    enum category category;
    double score, max_score;
    double seconds;
    uint64_t seed;
    /* Instructions of a call against the reference's, for the claim where that
       is most; 0: not measured. */
    double factor;
};

struct progress {
    char kata[PROGRESS_KATA_SIZE];
    enum progress_state state;
    int attempts;

    /* The current attempt. */
    int64_t started, saved; /* saved: first save */
    int64_t shown;          /* the solution, before a pass */
    int64_t passed;         /* its first pass */
    int hints;              /* how many were opened */
    uint64_t hints_open;    /* which: bit 0 is hint 1 */
    int grades, failed;     /* complete ones before the pass, and those of them
                               that did not pass */
    double seconds;         /* first save to pass */
    double worked;          /* the same without pauses, for the rating */

    struct progress_grade last; /* of any attempt and command */
    double best;                /* points of 100, in a complete grade */
    int64_t first_passed;       /* the kata, in any attempt */
    struct memory memory;       /* of the schedule; reviews 0: not in it */
};

/* Begins an attempt. Unless `again`, goes on with one in which nothing was
   saved or graded yet: a hint may have been opened first. Where the kata passed
   in the past and the attempt that ends here failed without passing, that is an
   "again" in the schedule. */
int progress_start(struct db *db, const char *kata, bool again, int64_t when,
                   struct err *err);

/* The attempt's file was saved with something in it; only the first save
   counts. A time before the attempt's start becomes that. */
int progress_save(struct db *db, const char *kata, int64_t when,
                  struct err *err);

/* Hint `number`, 1 ... 64, was opened; opening it again changes nothing. */
int progress_hint(struct db *db, const char *kata, int number, int64_t when,
                  struct err *err);

/* The solution was shown; that counts where there is an attempt which has not
   passed. */
int progress_shown(struct db *db, const char *kata, int64_t when,
                   struct err *err);

/*
 * Records a grade with its stages and costs; `command` is which made it. The
 * attempt's first complete pass is rated (progress_rating) for the schedule.
 * A cancelled grade is not to be recorded.
 */
int progress_grade(struct db *db, const struct grade *grade,
                   const char *command, int64_t when, struct err *err);

/* One kata; state PROGRESS_NEW where it was never started. */
int progress_of(struct db *db, const char *kata, struct progress *progress,
                struct err *err);

struct progress_list {
    struct progress *items; /* by slug */
    size_t count, capacity;
};

#define PROGRESS_LIST_INIT                                                     \
    {                                                                          \
        .items = NULL                                                          \
    }

int progress_all(struct db *db, struct progress_list *list, struct err *err);

/* Borrowed; NULL where the kata was never started. */
const struct progress *progress_find(const struct progress_list *list,
                                     const char *kata);
void progress_list_release(struct progress_list *list);

struct progress_history {
    struct progress_grade *items; /* oldest first */
    size_t count, capacity;
};

#define PROGRESS_HISTORY_INIT                                                  \
    {                                                                          \
        .items = NULL                                                          \
    }

/* Every grade, of one kata or (NULL) of all. */
int progress_grades(struct db *db, const char *kata,
                    struct progress_history *history, struct err *err);
void progress_history_release(struct progress_history *history);

/*
 * How an attempt that passed went:
 *
 *     again  the solution was shown first
 *     hard   two hints or more, or three failed grades or more, or over twice
 *            the kata's minutes
 *     easy   no hint, no failed grade, within the kata's minutes
 *     good   otherwise
 *
 * `minutes` are the kata's. Time is `worked`.
 */
enum rating progress_rating(const struct progress *progress, int minutes);

#endif
