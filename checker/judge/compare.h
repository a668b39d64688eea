/*
 * Holds a submission's reply to a trace against the reference's answers, and
 * says in words what is wrong with it.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include "judge/result.h"
#include "judge/session.h"

#include <stddef.h>

/*
 * What is wrong: NONE where the reply ended well with the answers `want`. *line
 * is then the first line (from 0) that went wrong, the trace's length where its
 * end did. What came before a crash counts first; an answer that no agent gives
 * is tampering, wherever it is.
 */
enum category compare_reply(const struct strv *want, const struct reply *reply,
                            size_t *line);

/*
 * One sentence, owned: "`get 1` answered `-`, expected `1`", "`del 0` crashed:
 * Segmentation fault (SIGSEGV)". `category` and `line` are from compare_reply.
 */
char *compare_describe(const struct strv *trace, const struct strv *want,
                       const struct reply *reply, enum category category,
                       size_t line);

#endif
