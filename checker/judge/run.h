/*
 * One grading run: the submission, its folder, and what has been built of it.
 *
 * run_open copies the submission into a new folder; everything is built and
 * run from there, jailed; run_close removes the folder. Several stages use a
 * run at the same time from threads of their own: what is built on demand
 * (run_build) is built once, and a second caller waits for the first.
 */
#ifndef JUDGE_RUN_H
#define JUDGE_RUN_H

#include "exec/cache.h"
#include "exec/sandbox.h"
#include "judge/result.h"
#include "kata/kata.h"

#include <pthread.h>
#include <stdint.h>

/* Programs made of a submission. */
enum program {
    PROGRAM_TESTS,   /* with Criterion */
    PROGRAM_AGENT,   /* with the agent and the counting allocator */
    PROGRAM_REPLAY,  /* tests and agent in one process, for Valgrind */
    PROGRAM_THREADS, /* tests and agent under ThreadSanitizer, plain malloc */
    PROGRAM_COUNT
};

struct run {
    const struct kata *kata;
    const char *root; /* of the repository or installation: checker/agent ... */
    const struct sandbox *sandbox;
    const struct cache *cache;
    uint64_t seed;
    bool is_reference; /* what is graded is the reference */
    bool is_twin;      /* it is the reference's text: not measured twice */
    bool verdict_only; /* counterexamples stay as they were met, and values
                          without where they come from */

    char *toolchain; /* "gcc 12.2.0 x86_64-linux-gnu", from run_toolchain */

    char *dir;    /* temporary; everything below is in it */
    int dir_lock; /* of base/temp.h */
    char *bin;    /* dir/bin, with the linked programs */
    char *source; /* dir/src/SNAKE.c, a copy of the submission */
    char *object; /* dir/obj/SNAKE.o once the build stage has passed */

    struct run *reference; /* the reference's own run; shares cache and
                              sandbox. NULL in the reference's run itself */

    pthread_mutex_t lock[PROGRAM_COUNT];
    int built[PROGRAM_COUNT]; /* 0 not yet, 1 yes, -1 failed */
    char *program[PROGRAM_COUNT];
    struct err build_error[PROGRAM_COUNT];

    pthread_mutex_t compile_lock; /* of the reference's object */
    int compiled;                 /* as built */
    struct err compile_error;
};

/* `submission` must be a regular file of at most 1 MiB. */
int run_open(struct run *run, const struct kata *kata, const char *root,
             const struct sandbox *sandbox, const struct cache *cache,
             const char *submission, uint64_t seed, struct err *err);

/* Opens the reference's run as run->reference (built on demand too, from the
   cache where it can be). */
int run_open_reference(struct run *run, struct err *err);

void run_close(struct run *run);

/* Names the compiler and its version, owned; NULL where it is not there. */
char *run_toolchain(const struct cache *cache, struct err *err);

/*
 * Compiles the submission: 0 with run->object made; 1 where the compiler
 * refused it, and -1 where it could not be run. What the compiler said becomes
 * findings of `stage` (NULL for the reference: the text goes to err).
 */
int run_compile(struct run *run, struct stage_result *stage, struct err *err);

/* Adds the functions of the contract: what the kata's tests and agent call and
   its header declares. */
int run_contract(struct run *run, struct strv *functions, struct err *err);

/*
 * The path outside the jail of a program, built on first use; NULL with the
 * error, the same for every caller. Borrowed. Inside a jail that was given
 * run_mount it is JAIL_BIN "/NAME".
 */
const char *run_build(struct run *run, enum program program, struct err *err);

#define JAIL_BIN "/box/bin"

/* The mount that makes the programs of a run visible in a jail, read-only. */
struct jail_mount run_mount(const struct run *run);

/* "/box/bin/agent" ...: the program's path inside. */
const char *run_program_path(enum program program);

#endif
