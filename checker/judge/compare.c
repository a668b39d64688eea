#include "judge/compare.h"

#include "base/str.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 80 };

/* What is wrong with how a reply ended, all answers being right. */
static enum category category_of(const struct reply *reply)
{
    switch (reply->end) {
    case REPLY_DONE:
    case REPLY_CANCELLED:
        return CATEGORY_NONE;
    case REPLY_CRASH:
        /* The jail ends who makes a system call that no honest program does. */
        return reply->signal == SIGSYS ? CATEGORY_TAMPERING : CATEGORY_CRASH;
    case REPLY_HANG:
        return CATEGORY_TIMEOUT;
    case REPLY_OUTPUT:
        return CATEGORY_OUTPUT_LIMIT;
    case REPLY_MEMORY:
        return CATEGORY_MEMORY_LIMIT;
    case REPLY_GARBLED:
        return CATEGORY_TAMPERING;
    }
    return CATEGORY_INTERNAL_ERROR;
}

enum category compare_reply(const struct strv *want, const struct reply *reply,
                            size_t *line)
{
    const struct strv *got = &reply->answers;

    for (*line = 0; *line < got->count && *line < want->count; ++*line)
        if (strcmp(got->items[*line], want->items[*line]) != 0)
            break;
    if (reply->end == REPLY_GARBLED)
        return CATEGORY_TAMPERING;
    if (*line < got->count)
        return reply->exhausted ? CATEGORY_MEMORY_LIMIT : CATEGORY_WRONG_ANSWER;
    return category_of(reply);
}

static void add_code(struct str *text, const char *code)
{
    str_addc(text, '`');
    str_add_visible(text, code, strlen(code), SHOWN_MAX, false);
    str_addc(text, '`');
}

/* An answer without its "=", which only a refusal or an error lacks. */
static const char *bare(const char *answer)
{
    return str_starts(answer, "= ") ? answer + 2 : answer;
}

static void add_crash(struct str *text, const struct reply *reply)
{
    const char *name = sigabbrev_np(reply->signal);

    if (!reply->signal) {
        str_addf(text, "ended the program (exit status %d)", reply->code);
    } else if (reply->signal == SIGSYS) {
        str_add(text, "made a system call that no submission needs (SIGSYS)");
    } else {
        str_addf(text, "crashed: %s (SIG%s)", strsignal(reply->signal),
                 name ? name : "?");
        if (reply->stack)
            str_add(text, ", the stack was used up");
    }
}

static void add_end(struct str *text, const struct reply *reply)
{
    switch (reply->end) {
    case REPLY_CRASH:
        add_crash(text, reply);
        break;
    case REPLY_HANG:
        str_add(text, reply->asleep
                          ? "never returned: all threads were asleep"
                          : "never returned: it used up its processor time");
        break;
    case REPLY_OUTPUT:
        str_add(text, "printed more than there is room for");
        break;
    case REPLY_MEMORY:
        add_crash(text, reply);
        str_add(text, " after the memory limit made an allocation fail");
        break;
    case REPLY_GARBLED:
    case REPLY_DONE:
        str_add(text, "went well");
        break;
    case REPLY_CANCELLED:
        str_add(text, "was interrupted");
        break;
    }
}

char *compare_describe(const struct strv *trace, const struct strv *want,
                       const struct reply *reply, enum category category,
                       size_t line)
{
    struct str text = STR_INIT;

    if (reply->end == REPLY_GARBLED) {
        str_add(&text, "something put lines among the agent's answers: they do "
                       "not fit the calls");
        return str_detach(&text);
    }
    if (line < trace->count && strcmp(trace->items[line], "--") != 0)
        add_code(&text, trace->items[line]);
    else
        str_add(&text, "the trace's end, where everything is freed,");
    str_addc(&text, ' ');
    if (line < reply->answers.count && line < want->count) {
        str_add(&text, "answered ");
        add_code(&text, bare(reply->answers.items[line]));
        str_add(&text, ", expected ");
        add_code(&text, bare(want->items[line]));
        if (category == CATEGORY_MEMORY_LIMIT)
            str_add(&text, ", after the memory limit made an allocation fail");
    } else {
        add_end(&text, reply);
    }
    return str_detach(&text);
}
