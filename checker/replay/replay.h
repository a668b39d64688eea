/*
 * Runs Criterion tests one after the other in this process, without
 * libcriterion.
 *
 * Criterion forks for each test and talks to its children over sockets, which
 * under Valgrind costs a second a test. This walks the section that Criterion's
 * macros fill and provides the symbols that its classic assertions need, so
 * that the same object of tests runs in one process under one Valgrind.
 *
 * What a test can do here: the classic assertions, cr_expect, cr_skip_test,
 * .init and .fini of itself and its suite. Left out, with the reason reported:
 * tests that want a signal or an exit status (they would end the process),
 * disabled ones, parameterised ones. A failed assertion leaves the test with
 * longjmp, so what it had allocated is lost: leaks of a test that failed here
 * mean nothing.
 */
#ifndef REPLAY_H
#define REPLAY_H

struct replay_result {
    unsigned long passed, failed; /* assertions; a test that was made to die
                                     or skipped itself counts a failed one */
    const char *left_out;         /* why it was not run, or NULL */
};

/* Runs the test "suite::name". Returns 0 with *result, or -1 where there is
   no such test. */
int replay_run(const char *name, struct replay_result *result);

#endif
