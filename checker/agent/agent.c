/*
 * The agent's runtime: reads lines, runs commands, writes answers.
 *
 * Lines that begin with '@' are directives of the checker, and "--" ends a
 * trace: everything is closed and what follows starts with a fresh structure.
 * Every other line gets exactly one answer, a line that makes no sense too.
 *
 *   --               answered "-- live=BLOCKS allocs=CALLS bytes=BYTES", under
 *                    Valgrind with " errors=N lost=BYTES", and with
 *                    " failed=ADDRESS" where @fail struck
 *   @fail K          the K-th allocation of this trace fails, for this trace
 *   @void KIND       stands for a call that failed without effect: makes a
 *                    handle with nothing behind it ("@void -": none); answered
 *                    "@void"
 *   @cpu MS          from here on a trace may use MS milliseconds of processor
 *                    time; then SIGPROF ends the process. 0 lifts the limit
 *   @quiet on|off    commands run, their answers are not written but counted in
 *                    the digest that @dump tells
 *   @flush trace     from here on answers are written when their trace ends, at
 *                    one go, and those of a trace that crashes are lost; for
 *                    who only asks whether it does
 *   @measure on      callgrind counts what commands cost, and nothing else;
 *                    off ends that, and hold ends it for a short time
 *   @dump LABEL      callgrind writes its counts, unless LABEL is "-"; answered
 *                    "@dump LABEL allocs=CALLS bytes=BYTES answers=DIGEST",
 *                    counted since the last @dump; the digest is of what was
 *                    answered quietly since this trace began
 *   @mark TEXT       written into Valgrind's report: what is found from here on
 *                    belongs to TEXT, one word
 *   @commands        answered with one "@command NAME ARGS: HELP" a command,
 *                    then "@end"
 *
 * During a call, before its answer, the agent may say "@memory": an allocation
 * failed because of the limit on memory.
 *
 * Answers are written with one write(2) each, unless @flush says otherwise, so
 * that what arrived before a crash tells which line crashed.
 */
#include "agent.h"

#include "heap.h"
#include "memcheck.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

enum { WORDS_MAX = 4096, LINE_MAX_BYTES = 1 << 20, KINDS_MAX = 16 };

struct value {
    enum { VALUE_NUMBER, VALUE_STRING, VALUE_OBJECT } type;
    long long number; /* of an object: its handle */
    char *string;
    const char *kind;
    void *object;
};

struct agent_call {
    size_t argc;
    struct value argv[WORDS_MAX];
    char answer[1 << 16]; /* its last byte is kept for the newline */
    size_t length;
};

struct kind {
    const char *name;
    void **objects;
    size_t count, capacity, taken;
};

/* What an argument has to be: one word of a command's `args`. */
struct type {
    enum { TYPE_NUMBER, TYPE_STRING, TYPE_HANDLE, TYPE_UNKNOWN } of;
    long long min, max;
    const char *name; /* n bytes of the word: no "...", of a kind no "@" */
    size_t n;
};

/* A command as lines are compared with it. */
struct signature {
    const struct agent_command *command;
    struct type *types;
    size_t count;
    bool many; /* the last type stands for any number of arguments */
};

/* The agent is one program with one trace at a time. */
static struct agent {
    int out;
    bool quiet, measure, dirty, whole_traces;
    long cpu_ms;
    size_t line;
    struct memcheck memcheck;
    unsigned long long dump_calls, dump_bytes;
    unsigned long long digest;
    struct kind kinds[KINDS_MAX];
    size_t kind_count;
    struct signature *signatures; /* of each command, in their order */
    size_t signature_count;
    struct agent_call call;
    char kept[1 << 17]; /* with @flush trace: not yet written */
    size_t kept_length;
} agent;

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

/* Handles */

static struct kind *kind_named(const char *name, bool add)
{
    struct kind *kind;

    for (size_t i = 0; i < agent.kind_count; i++)
        if (strcmp(agent.kinds[i].name, name) == 0)
            return &agent.kinds[i];
    if (!add || agent.kind_count == KINDS_MAX)
        return NULL;
    kind = &agent.kinds[agent.kind_count++];
    *kind = (struct kind){.name = name};
    return kind;
}

static void forget_handles(void)
{
    for (size_t i = 0; i < agent.kind_count; i++)
        free(agent.kinds[i].objects);
    agent.kind_count = 0;
}

void agent_make(struct agent_call *call, const char *name, void *object)
{
    struct kind *kind = must(kind_named(name, true));

    (void)call;
    if (kind->count == kind->capacity) {
        kind->capacity = kind->capacity ? kind->capacity * 2 : 16;
        kind->objects = must(
            realloc(kind->objects, kind->capacity * sizeof *kind->objects));
    }
    kind->objects[kind->count++] = object;
}

void *agent_lookup(const char *name, size_t number)
{
    const struct kind *kind = kind_named(name, false);

    return kind && number < kind->count ? kind->objects[number] : NULL;
}

bool agent_find(const char *name, const void *object, size_t *number)
{
    const struct kind *kind = kind_named(name, false);

    for (size_t i = 0; object && kind && i < kind->count; i++)
        if (kind->objects[i] == object) {
            *number = i;
            return true;
        }
    return false;
}

void *agent_take(const char *name)
{
    struct kind *kind = kind_named(name, false);

    while (kind && kind->taken < kind->count) {
        void *object = kind->objects[kind->taken];

        kind->objects[kind->taken++] = NULL;
        if (object)
            return object;
    }
    return NULL;
}

void agent_drop(struct agent_call *call, size_t i)
{
    struct value *value = &call->argv[i];

    kind_named(value->kind, false)->objects[value->number] = NULL;
}

/* What is done for each line and word is spelled out: Valgrind runs it too, and
   strspn, printf and their like take hundreds of instructions to begin. */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char *skip_spaces(char *s)
{
    while (*s == ' ')
        s++;
    return s;
}

static size_t word_length(const char *s)
{
    size_t n = 0;

    while (s[n] && s[n] != ' ')
        n++;
    return n;
}

/* Answers */

static void put(struct agent_call *call, const char *bytes, size_t n)
{
    if (n > sizeof call->answer - 1 - call->length)
        n = sizeof call->answer - 1 - call->length;
    memcpy(call->answer + call->length, bytes, n);
    call->length += n;
}

static void put_text(struct agent_call *call, const char *text)
{
    put(call, text, strlen(text));
}

static const unsigned long long digest_of_nothing = 0xcbf29ce484222325;

/* One step of FNV-1a (Fowler, Noll and Vo), a number instead of a byte at a
   time: it is counted with the command's own instructions. */
static void digest(unsigned long long value)
{
    agent.digest = (agent.digest ^ value) * 0x100000001b3;
}

static void digest_text(const char *text)
{
    while (*text)
        digest((unsigned char)*text++);
    digest(0);
}

void agent_say_word(struct agent_call *call, const char *word)
{
    if (agent.quiet) {
        digest_text(word);
        return;
    }
    put(call, " ", 1);
    put_text(call, word);
}

static void say_number(struct agent_call *call, bool negative,
                       unsigned long long value)
{
    char digits[32], *at = digits + sizeof digits - 1;

    if (agent.quiet) {
        digest(value);
        digest(negative);
        return;
    }
    *at = '\0';
    do
        *--at = (char)('0' + value % 10);
    while ((value /= 10));
    if (negative)
        *--at = '-';
    agent_say_word(call, at);
}

void agent_say_int(struct agent_call *call, long long value)
{
    unsigned long long magnitude = (unsigned long long)value;

    say_number(call, value < 0, value < 0 ? -magnitude : magnitude);
}

void agent_say_size(struct agent_call *call, size_t value)
{
    say_number(call, false, value);
}

void agent_say_bool(struct agent_call *call, bool value)
{
    agent_say_word(call, value ? "true" : "false");
}

void agent_say_none(struct agent_call *call)
{
    agent_say_word(call, "-");
}

static bool is_plain(const char *string)
{
    const char *s = string;

    while ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
           is_digit(*s) || *s == '_' || *s == '.' || *s == '+' || *s == '-')
        s++;
    return *s == '\0' && s > string && !(s == string + 1 && *string == '-');
}

static void put_escaped(struct agent_call *call, unsigned char c)
{
    char hex[8];

    if (c == '"' || c == '\\') {
        put(call, "\\", 1);
        put(call, (const char *)&c, 1);
    } else if (c == '\n') {
        put(call, "\\n", 2);
    } else if (c == '\t') {
        put(call, "\\t", 2);
    } else if (c < ' ' || c > '~') {
        snprintf(hex, sizeof hex, "\\x%02x", c);
        put_text(call, hex);
    } else {
        put(call, (const char *)&c, 1);
    }
}

void agent_say_str(struct agent_call *call, const char *string)
{
    if (!string) {
        agent_say_none(call);
    } else if (agent.quiet) {
        digest_text(string);
    } else if (is_plain(string)) {
        agent_say_word(call, string);
    } else {
        agent_say_word(call, "\"");
        for (; *string; string++)
            put_escaped(call, (unsigned char)*string);
        put(call, "\"", 1);
    }
}

static void start_over(struct agent_call *call, const char *mark)
{
    call->length = 0;
    put_text(call, mark);
}

void agent_fail(struct agent_call *call, const char *name)
{
    if (agent.quiet)
        digest_text(name);
    start_over(call, "! ");
    put_text(call, name);
}

void agent_refuse(struct agent_call *call, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (agent.quiet)
        digest_text(text);
    start_over(call, "? ");
    for (const char *s = text; *s; s++)
        if (*s == '"' || *s == '\\')
            put(call, s, 1);
        else
            put_escaped(call, (unsigned char)*s);
}

static int write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(agent.out, bytes, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

static int flush(void)
{
    size_t n = agent.kept_length;

    agent.kept_length = 0;
    return write_all(agent.kept, n);
}

/* Writes, or keeps until the trace ends. */
static int send_all(const char *bytes, size_t n)
{
    if (!agent.whole_traces)
        return write_all(bytes, n);
    if (n > sizeof agent.kept - agent.kept_length && flush() < 0)
        return -1;
    memcpy(agent.kept + agent.kept_length, bytes, n);
    agent.kept_length += n;
    return 0;
}

static int send_line(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static int send_line(const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text - 1, format, args);
    va_end(args);
    if (n < 0 || (size_t)n > sizeof text - 2)
        n = sizeof text - 2;
    text[n++] = '\n';
    return send_all(text, (size_t)n);
}

/* Arguments */

size_t agent_argc(const struct agent_call *call)
{
    return call->argc;
}

long long agent_long(const struct agent_call *call, size_t i)
{
    return call->argv[i].number;
}

int agent_int(const struct agent_call *call, size_t i)
{
    return (int)call->argv[i].number;
}

size_t agent_size(const struct agent_call *call, size_t i)
{
    return (size_t)call->argv[i].number;
}

const char *agent_str(const struct agent_call *call, size_t i)
{
    return call->argv[i].string;
}

void *agent_object(const struct agent_call *call, size_t i)
{
    return call->argv[i].object;
}

size_t agent_handle(const struct agent_call *call, size_t i)
{
    return (size_t)call->argv[i].number;
}

/* As read_number; of any length. */
static bool read_long_number(const char *word, long long *number)
{
    bool negative = *word == '-';
    long long value = 0;

    for (const char *s = word + negative; *s; s++) {
        int digit = *s - '0';

        if (!is_digit(*s) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    /* It was counted downwards: there is one more number below 0. */
    if (!negative && value == LLONG_MIN)
        return false;
    *number = negative ? value : -value;
    return true;
}

/* Digits, and a minus before them; false where it is too large, too. */
static bool read_number(const char *word, long long *number)
{
    enum { FIT = 18 }; /* digits that any number of a long long has room for */
    bool negative = *word == '-';
    const char *s = word + negative, *start = s;
    long long value = 0;

    for (; is_digit(*s) && s < start + FIT; s++)
        value = value * 10 + (*s - '0');
    if (s == start)
        return false;
    if (*s)
        return read_long_number(word, number);
    *number = negative ? -value : value;
    return true;
}

static bool read_handle(struct agent_call *call, struct value *value,
                        const struct type *type)
{
    const struct kind *kind = agent.kinds;
    const struct kind *end = agent.kinds + agent.kind_count;

    value->type = VALUE_OBJECT;
    if (value->string[0] == '-' ||
        !read_number(value->string, &value->number)) {
        agent_refuse(call, "%.64s: not a handle", value->string);
        return false;
    }
    while (kind < end && (strncmp(kind->name, type->name, type->n) != 0 ||
                          kind->name[type->n]))
        kind++;
    if (kind < end && (size_t)value->number < kind->count) {
        value->kind = kind->name;
        value->object = kind->objects[value->number];
    }
    if (!value->object)
        agent_refuse(call, "no %.*s %lld", (int)type->n, type->name,
                     value->number);
    return value->object != NULL;
}

static bool read_argument(struct agent_call *call, struct value *value,
                          const struct type *type)
{
    switch (type->of) {
    case TYPE_HANDLE:
        return read_handle(call, value, type);
    case TYPE_STRING:
        value->type = VALUE_STRING;
        return true;
    case TYPE_NUMBER:
        value->type = VALUE_NUMBER;
        if (read_number(value->string, &value->number) &&
            value->number >= type->min && value->number <= type->max)
            return true;
        agent_refuse(call, "%.64s: not %.*s", value->string, (int)type->n,
                     type->name);
        return false;
    default:
        agent_refuse(call, "the agent's table has an unknown type: %.*s",
                     (int)type->n, type->name);
        return false;
    }
}

/* Checks the words of a line against the signature of its command. */
static bool read_arguments(struct agent_call *call,
                           const struct signature *signature)
{
    const struct agent_command *command = signature->command;
    const struct type *type = signature->types;
    size_t count = signature->count, i = 0;

    while (i < call->argc && (i < count || signature->many)) {
        if (!read_argument(call, &call->argv[i], type))
            return false;
        if (++i < count)
            type++;
    }
    if (i == call->argc && i + signature->many >= count)
        return true;
    agent_refuse(call, "usage: %s%s%s", command->name,
                 command->args && *command->args ? " " : "",
                 command->args ? command->args : "");
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The character that the escape after a backslash stands for, its length in
 *n; '\0' where there is no such escape, \x00 included. */
static char unescape(const char *s, size_t *n)
{
    *n = 1;
    switch (*s) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '"':
    case '\\':
        return *s;
    case 'x':
        if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
            return '\0';
        *n = 3;
        return (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
    default:
        return '\0';
    }
}

/* Unescapes the quoted word at `s` in place; returns what follows its closing
   quote, or NULL. */
static char *read_quoted(char *s)
{
    char *out = s;

    while (*s && *s != '"') {
        size_t n = 1;
        char c = *s;

        if (c == '\\' && !(c = unescape(++s, &n)))
            return NULL;
        *out++ = c;
        s += n;
    }
    if (*s != '"')
        return NULL;
    *out = '\0';
    return s + 1;
}

/* Splits a line in place into its command, which is returned, and arguments;
   NULL where the line is malformed: one with a '\0' before its end, too. */
static char *split(struct agent_call *call, char *line, const char *end)
{
    char *name = NULL, *s;

    call->argc = 0;
    for (s = skip_spaces(line); *s; s = skip_spaces(s)) {
        char *word = s;

        if (*s == '"') {
            word = s + 1;
            s = read_quoted(word);
            if (!s || (*s && *s != ' '))
                return NULL;
        } else {
            s += word_length(s);
        }
        if (*s)
            *s++ = '\0';
        if (!name)
            name = word;
        else if (call->argc == WORDS_MAX)
            return NULL;
        else
            call->argv[call->argc++] = (struct value){.string = word};
    }
    return s == end ? name : NULL;
}

/* Commands */

static struct type type_of(const char *word, size_t n)
{
    static const struct type known[] = {
        {TYPE_NUMBER, INT_MIN, INT_MAX, "int", 3},
        {TYPE_NUMBER, LLONG_MIN, LLONG_MAX, "long", 4},
        {TYPE_NUMBER, 0, LLONG_MAX, "size", 4},
        {TYPE_STRING, 0, 0, "str", 3}};

    if (word[0] == '@')
        return (struct type){.of = TYPE_HANDLE, .name = word + 1, .n = n - 1};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].n == n && memcmp(known[i].name, word, n) == 0)
            return known[i];
    return (struct type){.of = TYPE_UNKNOWN, .name = word, .n = n};
}

static size_t words_of(const char *text)
{
    size_t count = *text != '\0';

    for (; *text; text++)
        count += *text == ' ';
    return count;
}

/* Nothing follows a word with "...". */
static void read_signature(const struct agent_command *command,
                           struct signature *signature)
{
    const char *word = command->args ? command->args : "";

    *signature = (struct signature){.command = command};
    signature->types = must(calloc(words_of(word) + 1, sizeof(struct type)));
    while (*word && !signature->many) {
        size_t n = word_length(word);

        signature->many = n > 3 && memcmp(word + n - 3, "...", 3) == 0;
        signature->types[signature->count++] =
            type_of(word, signature->many ? n - 3 : n);
        word += n + (word[n] == ' ');
    }
}

static void read_table(void)
{
    const struct agent_command *commands = agent_program.commands;
    size_t count = 0;

    while (commands[count].name)
        count++;
    agent.signatures = must(calloc(count + 1, sizeof *agent.signatures));
    for (size_t i = 0; i < count; i++)
        read_signature(&commands[i], &agent.signatures[i]);
    agent.signature_count = count;
}

static void forget_table(void)
{
    for (size_t i = 0; i < agent.signature_count; i++)
        free(agent.signatures[i].types);
    free(agent.signatures);
    agent.signatures = NULL;
    agent.signature_count = 0;
}

static const struct signature *signature_of(const char *name)
{
    const struct signature *signature = agent.signatures;
    const struct signature *end = signature + agent.signature_count;

    while (signature < end && (signature->command->name[0] != name[0] ||
                               strcmp(signature->command->name, name) != 0))
        signature++;
    return signature < end ? signature : NULL;
}

/* Traces */

static void arm_cpu_limit(void)
{
    struct itimerval limit = {
        .it_value = {agent.cpu_ms / 1000, (agent.cpu_ms % 1000) * 1000}};

    setitimer(ITIMER_PROF, &limit, NULL);
}

static void open_trace(void)
{
    if (agent.dirty)
        return;
    agent.dirty = true;
    arm_cpu_limit();
    if (agent_program.open)
        agent_program.open();
}

static int end_trace(void)
{
    struct heap_stats stats;
    char valgrind[96] = "", failed[48] = "";

    if (agent.dirty && agent_program.close)
        agent_program.close();
    agent.dirty = false;
    forget_handles();
    heap_stats(&stats);
    memcheck_text(&agent.memcheck, stats.live_blocks > 0, valgrind,
                  sizeof valgrind);
    if (stats.failed_at)
        snprintf(failed, sizeof failed, " failed=%p", stats.failed_at);
    heap_reset();
    agent.dump_calls = agent.dump_bytes = 0;
    agent.digest = digest_of_nothing;
    if (send_line("-- live=%zu allocs=%llu bytes=%llu%s%s", stats.live_blocks,
                  stats.calls, stats.bytes, valgrind, failed) < 0)
        return -1;
    return flush();
}

/* Starting and stopping the instrumentation makes callgrind translate all code
   anew, some 20 ms; "hold" leaves it on. glibc puts off merging freed blocks
   until a larger one is asked for; what was freed before is merged here, or the
   first call measured would pay for it. */
static void measure(const char *argument)
{
    agent.measure = strcmp(argument, "on") == 0;
    if (agent.measure) {
        malloc_trim(0);
        CALLGRIND_START_INSTRUMENTATION;
    } else if (strcmp(argument, "off") == 0) {
        CALLGRIND_STOP_INSTRUMENTATION;
    }
}

static int dump(const char *label)
{
    struct heap_stats stats;

    if (strcmp(label, "-") != 0)
        CALLGRIND_DUMP_STATS_AT(label);
    heap_stats(&stats);
    if (send_line("@dump %s allocs=%llu bytes=%llu answers=%llx", label,
                  stats.calls - agent.dump_calls,
                  stats.bytes - agent.dump_bytes, agent.digest) < 0)
        return -1;
    agent.dump_calls = stats.calls;
    agent.dump_bytes = stats.bytes;
    return 0;
}

static int list_commands(void)
{
    for (const struct agent_command *c = agent_program.commands; c->name; c++)
        if (send_line("@command %s%s%s: %s", c->name,
                      c->args && *c->args ? " " : "", c->args ? c->args : "",
                      c->help ? c->help : "") < 0)
            return -1;
    return send_line("@end");
}

/* The kind's name has to outlive the trace: it is one that a command of the
   table names, or a made one is not named by any line. */
static int make_void(const char *argument)
{
    if (strcmp(argument, "-") != 0) {
        if (!kind_named(argument, false) && agent.kind_count < KINDS_MAX) {
            static char names[KINDS_MAX][64];

            snprintf(names[agent.kind_count], sizeof names[0], "%s", argument);
            argument = kind_named(names[agent.kind_count], true)->name;
        }
        agent_make(&agent.call, argument, NULL);
    }
    return send_line("@void");
}

static int directive(const char *name, const char *argument)
{
    bool on = strcmp(argument, "on") == 0;

    if (strcmp(name, "@fail") == 0) {
        heap_fail(strtoull(argument, NULL, 10));
    } else if (strcmp(name, "@cpu") == 0) {
        agent.cpu_ms = strtol(argument, NULL, 10);
    } else if (strcmp(name, "@quiet") == 0) {
        agent.quiet = on;
    } else if (strcmp(name, "@flush") == 0) {
        agent.whole_traces = strcmp(argument, "trace") == 0;
        return flush();
    } else if (strcmp(name, "@measure") == 0) {
        measure(argument);
    } else if (strcmp(name, "@void") == 0) {
        open_trace();
        return make_void(argument);
    } else if (strcmp(name, "@dump") == 0) {
        return dump(argument);
    } else if (strcmp(name, "@mark") == 0) {
        VALGRIND_PRINTF("%s", argument);
    } else if (strcmp(name, "@commands") == 0) {
        return list_commands();
    } else {
        return send_line("? no such directive");
    }
    return 0;
}

static void run_measured(struct agent_call *call,
                         const struct agent_command *command)
{
    heap_measured(true);
    CALLGRIND_TOGGLE_COLLECT;
    command->run(call);
    CALLGRIND_TOGGLE_COLLECT;
    heap_measured(false);
}

static void run(struct agent_call *call, const struct agent_command *command)
{
    if (agent.measure)
        run_measured(call, command);
    else
        command->run(call);
    /* A pointer left here would make a leaked object look reachable. */
    for (size_t i = 0; i < call->argc; i++)
        call->argv[i].object = NULL;
}

static void run_line(struct agent_call *call, const char *name)
{
    const struct signature *signature = signature_of(name);

    open_trace();
    call->answer[call->length++] = '=';
    if (!signature)
        agent_refuse(call, "no command %.64s", name);
    else if (read_arguments(call, signature))
        run(call, signature->command);
}

static int answer(char *line, size_t length)
{
    struct agent_call *call = &agent.call;
    bool direct = line[0] == '@';
    const char *name = split(call, line, line + length);

    call->length = 0;
    if (name && direct)
        return directive(name, call->argc ? call->argv[0].string : "");
    if (name)
        run_line(call, name);
    else
        agent_refuse(call, "malformed line");
    if (agent.quiet)
        return 0;
    call->answer[call->length++] = '\n';
    return send_all(call->answer, call->length);
}

/*
 * Called before each line but directives, with its number from 1, so that a
 * debugger can stop there: break agent_line if line == 17
 */
void agent_line(size_t line);

__attribute__((noinline)) void agent_line(size_t line)
{
    __asm__ volatile("" : : "r"(line) : "memory");
}

/* Says during a call, which may crash for it, that memory ran out. */
static void note_exhaustion(void)
{
    static const char note[] = "@memory\n";

    write_all(note, sizeof note - 1);
}

static int serve_line(char *line, size_t length)
{
    if (line[0] != '@')
        agent_line(++agent.line);
    if (length == 2 && memcmp(line, "--", 2) == 0)
        return end_trace();
    return answer(line, length);
}

/* Serves the whole lines in buffer; returns how many bytes they were, or -1. */
static ssize_t serve_lines(char *buffer, size_t length)
{
    char *line = buffer, *end;

    while ((end = memchr(line, '\n', length - (size_t)(line - buffer)))) {
        *end = '\0';
        if (serve_line(line, (size_t)(end - line)) < 0)
            return -1;
        line = end + 1;
    }
    return line - buffer;
}

int agent_serve(int in, int out)
{
    char *buffer = must(malloc(LINE_MAX_BYTES));
    size_t length = 0;
    ssize_t n, served = 0;

    agent.out = out;
    agent.digest = digest_of_nothing;
    read_table();
    if (RUNNING_ON_VALGRIND)
        memcheck_take(&agent.memcheck, true);
    heap_on_exhaustion(note_exhaustion);
    while ((n = read(in, buffer + length, LINE_MAX_BYTES - length)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || (served = serve_lines(buffer, length + (size_t)n)) < 0)
            break;
        length = length + (size_t)n - (size_t)served;
        if (length == LINE_MAX_BYTES) {
            send_line("? line too long");
            n = -1;
            break;
        }
        memmove(buffer, buffer + served, length);
    }
    free(buffer);
    forget_table();
    return flush() < 0 || n < 0 || served < 0 ? -1 : 0;
}
