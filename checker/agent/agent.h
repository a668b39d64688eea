/*
 * What an author writes agent_SNAKE.c with.
 *
 * An agent is a small program linked with a submission. It reads a trace, a
 * line a call ("put 3 17"), makes the call and writes a line a result ("= 17",
 * "= -", "! ENOMEM"). The author gives a table of commands; reading, checking
 * the arguments, handles, and writing are done here. There is no comparison
 * and no expected answer in the agent: those live in another process.
 *
 *     static struct lru_cache *cache;
 *
 *     static void cmd_put(struct agent_call *call)
 *     {
 *         int status = lru_put(cache, agent_int(call, 0), agent_int(call, 1));
 *         if (status < 0)
 *             agent_fail(call, "ENOMEM");
 *         else
 *             agent_say_int(call, status);
 *     }
 *
 *     static const struct agent_command commands[] = {
 *         {"put", "int int", cmd_put, "put KEY VALUE: insert or update"},
 *         {NULL, NULL, NULL, NULL},
 *     };
 *
 *     const struct agent_program agent_program = {
 *         .commands = commands, .close = close_all};
 *
 * A command that says nothing answers "=". Commands must not call exit or
 * write to a stream: what goes to stdout or stderr is captured apart and is
 * no part of the answer.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stddef.h>

struct agent_call;

/*
 * One command of the trace language.
 *
 * `args` names the type of each argument, separated by spaces:
 *   int      a decimal number that fits an int
 *   long     a decimal number that fits a long long
 *   size     a decimal number that fits a size_t, not negative
 *   str      a string: a bare word, or "quoted" with \" \\ \n \t \xHH
 *   @KIND    a handle: the number of an object made earlier with agent_make
 * The last type may be followed by "..." and then stands for any number of
 * arguments of that type, none included. A line whose arguments do not fit is
 * answered with "? ..." and `run` is not called; so is one that names a handle
 * which was never made, whose making failed, or which was dropped.
 */
struct agent_command {
    const char *name;
    const char *args; /* NULL or "" for none */
    void (*run)(struct agent_call *call);
    const char *help; /* one line for `kata repl` */
};

/*
 * What the author exports under the name agent_program.
 *
 * `commands` ends with an entry whose name is NULL. `close` is called at the
 * end of each trace and must free all that the trace made, so that what is
 * left afterwards is the submission's leak; it may be NULL. `open`, if given,
 * is called at the start of each trace, before its first line.
 */
struct agent_program {
    const struct agent_command *commands;
    void (*open)(void);
    void (*close)(void);
};

extern const struct agent_program agent_program;

/* The number of arguments of this call. */
size_t agent_argc(const struct agent_call *call);

/* Argument i, counted from 0, as its type in the table says. The string is
   borrowed and lives until the command returns. */
int agent_int(const struct agent_call *call, size_t i);
long long agent_long(const struct agent_call *call, size_t i);
size_t agent_size(const struct agent_call *call, size_t i);
const char *agent_str(const struct agent_call *call, size_t i);

/* The object behind the handle in argument i; never NULL. */
void *agent_object(const struct agent_call *call, size_t i);

/* The number in argument i, of a handle argument. */
size_t agent_handle(const struct agent_call *call, size_t i);

/*
 * Gives the next handle of `kind` to `object`. Handles are counted from 0 for
 * each kind. Every call of a command that makes objects must call this exactly
 * once for each object its grammar says it makes, with NULL where the making
 * failed, so that the numbers of a trace do not depend on what succeeded; a
 * line that names such a handle is answered "? no KIND N". Says nothing by
 * itself. `kind` is borrowed and must outlive the trace.
 */
void agent_make(struct agent_call *call, const char *kind, void *object);

/* The object in argument i is gone; later lines that name it get "? ...". */
void agent_drop(struct agent_call *call, size_t i);

/*
 * Takes the objects of `kind` that are still there, oldest first: returns one
 * and drops it, or NULL when none is left. For `close`.
 */
void *agent_take(const char *kind);

/* The object that handle `number` of `kind` stands for, or NULL. */
void *agent_lookup(const char *kind, size_t number);

/*
 * The handle of `object`: stores it in *number and returns true, or returns
 * false where no living handle of `kind` stands for it. Lets an answer name an
 * object that the submission returned.
 */
bool agent_find(const char *kind, const void *object, size_t *number);

/*
 * The answer. Each adds one word to "= ..."; a call may say several.
 * agent_say_none says "-", the word for "nothing there". A string is quoted
 * where it is not a plain word, NULL is said as "-"; so the string "-" is
 * quoted too.
 */
void agent_say_int(struct agent_call *call, long long value);
void agent_say_size(struct agent_call *call, size_t value);
void agent_say_bool(struct agent_call *call, bool value); /* true, false */
void agent_say_str(struct agent_call *call, const char *string);
void agent_say_none(struct agent_call *call);

/* The word as it stands, for names the agent itself chose: "hit", "node". */
void agent_say_word(struct agent_call *call, const char *word);

/* The answer is "! NAME": the contract reports an error. What was said before
   is dropped. NAME is the error's name in the contract. Out of memory is called
   "ENOMEM" (or "NOMEM"): the stage faults takes no other for it. */
void agent_fail(struct agent_call *call, const char *name);

/* The answer is "? ...": the line makes no sense here and the submission was
   not called. Printf-like. */
void agent_refuse(struct agent_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Serves traces from `in` until its end, answers on `out`. Returns 0, or -1
 * when a descriptor fails. For agent/main.c and the replay runner.
 */
int agent_serve(int in, int out);

#endif
