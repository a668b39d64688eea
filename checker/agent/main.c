/*
 * agent: traces on standard input, answers on what was standard output.
 *
 * A submission that crashes takes the agent with it. Before it goes, a line
 * among the answers says where:
 *
 *   @crash ADDRESS...         return addresses, innermost first
 *   @crash stack ADDRESS...   the stack was used up
 *
 * The first is one past where it happened, as if that had been a call.
 * The signal then does what it would have done.
 */
#include "agent.h"
#include "channel.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unwind.h>
#include <valgrind/valgrind.h>

enum { FRAMES_MAX = 16, HANDLER_STACK = 1 << 16, GUARD = 2 << 20 };

static struct {
    int out;
    uintptr_t stack_end; /* where the stack's growth ends; 0: nowhere */
} crash;

/* A line put together without stdio, which is not for signal handlers. */
struct note {
    char text[512];
    size_t length;
};

static void add_text(struct note *note, const char *text)
{
    while (*text && note->length < sizeof note->text)
        note->text[note->length++] = *text++;
}

static void add_address(struct note *note, uintptr_t address)
{
    char digits[2 * sizeof address + 1];
    char *at = digits + sizeof digits - 1;

    *at = '\0';
    do
        *--at = "0123456789abcdef"[address % 16];
    while ((address /= 16));
    add_text(note, " 0x");
    add_text(note, at);
}

struct frames {
    uintptr_t addresses[FRAMES_MAX];
    int count;
};

/* Frames count from the one that the signal interrupted. */
static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context,
                                     void *data)
{
    struct frames *frames = data;
    int interrupted = 0;
    uintptr_t address = _Unwind_GetIPInfo(context, &interrupted);

    if (interrupted || frames->count)
        frames->addresses[frames->count++] = address + (interrupted != 0);
    return frames->count < FRAMES_MAX ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* Who called the address 0, where no unwinding starts from. */
static uintptr_t caller(const ucontext_t *context)
{
#if defined __x86_64__
    return *(const uintptr_t *)context->uc_mcontext.gregs[REG_RSP];
#elif defined __aarch64__
    return context->uc_mcontext.regs[30];
#else
    (void)context;
    return 0;
#endif
}

static void say_crash(int signal, siginfo_t *info, void *context)
{
    uintptr_t address = (uintptr_t)info->si_addr;
    struct frames frames = {.count = 0};
    struct note note = {.length = 0};

    _Unwind_Backtrace(add_frame, &frames);
    if (frames.count == 1 && frames.addresses[0] == 1)
        frames.addresses[frames.count++] = caller(context);
    add_text(&note, "@crash");
    if (signal == SIGSEGV && address - crash.stack_end + GUARD < 2UL * GUARD)
        add_text(&note, " stack");
    for (int i = 0; i < frames.count; i++)
        add_address(&note, frames.addresses[i]);
    add_text(&note, "\n");
    if (write(crash.out, note.text, note.length) < 0)
        return;
}

/* On a stack of its own, for the case that there is no more of the other. */
static void watch_crashes(int out)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static char stack[HANDLER_STACK];
    stack_t handler_stack = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = say_crash,
                               .sa_flags =
                                   SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND};
    struct rlimit limit;

    crash.out = out;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 &&
        limit.rlim_cur < (uintptr_t)&limit)
        crash.stack_end = (uintptr_t)&limit - limit.rlim_cur;
    sigaltstack(&handler_stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

int main(void)
{
    int in, out;

    if (channel_open(&in, &out) < 0) {
        perror("agent");
        return 3;
    }
    /* What is printed before a crash shall be there. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!RUNNING_ON_VALGRIND)
        watch_crashes(out);
    return agent_serve(in, out) < 0 ? 3 : 0;
}
