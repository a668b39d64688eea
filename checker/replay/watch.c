#include "watch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES = 48, PERIOD_MS = 50, STACK_SIGNAL = 63 };

/* What the handler and the watcher share; handlers get no argument. */
static struct watch {
    int out;
    long limit_ms;
    pid_t self;
    void *frames[FRAMES];
    int count;
    atomic_int done;
} watch;

#define UNSANITIZED __attribute__((no_sanitize("thread")))

/* Runs in the thread whose stack is wanted. */
UNSANITIZED static void take_stack(int number)
{
    (void)number;
    watch.count = backtrace(watch.frames, FRAMES);
    atomic_store(&watch.done, 1);
}

#ifdef __x86_64__
void watch_restore(void);
__asm__(".text\n.type watch_restore,@function\nwatch_restore:\n"
        "mov $15, %eax\nsyscall\n");
#endif

/*
 * Installed past libc: ThreadSanitizer keeps back the signals that it knows of
 * while a thread waits for a lock, which is when the stack is wanted.
 */
static int install(void)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } action = {.handler = take_stack, .flags = SA_RESTART};

#ifdef __x86_64__
    action.flags |= 0x04000000; /* SA_RESTORER */
    action.restorer = watch_restore;
#endif
    return (int)syscall(SYS_rt_sigaction, STACK_SIGNAL, &action, NULL,
                        sizeof action.mask);
}

/* Reads the state and the used processor time (in ticks) of a thread from
   /proc; false where it is gone. proc(5): fields 3, 14 and 15. */
static bool read_task(const char *tid, char *state, unsigned long *ticks)
{
    char path[64], text[512];
    unsigned long user, system;
    const char *rest;
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", tid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    rest = strrchr(text, ')');
    if (!rest ||
        sscanf(rest + 2, "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
               state, &user, &system) != 3)
        return false;
    *ticks = user + system;
    return true;
}

/* Do all threads but this one sleep? *ticks is the time they have used. */
static bool all_sleep(unsigned long *ticks)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *entry;
    bool asleep = true;

    *ticks = 0;
    while (tasks && (entry = readdir(tasks))) {
        unsigned long used;
        char state;

        if (entry->d_name[0] == '.' ||
            strtol(entry->d_name, NULL, 10) == watch.self ||
            !read_task(entry->d_name, &state, &used))
            continue;
        *ticks += used;
        if (state != 'S')
            asleep = false;
    }
    if (!tasks)
        return false;
    closedir(tasks);
    return asleep;
}

static void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

static void put_frame(void *frame)
{
    Dl_info info, program;

    if (dladdr((void *)(size_t)watch_start, &program) && dladdr(frame, &info) &&
        info.dli_fbase != program.dli_fbase)
        dprintf(watch.out, " %s", info.dli_sname ? info.dli_sname : "?");
    else
        dprintf(watch.out, " %p", frame);
}

static void put_stack(pid_t tid)
{
    atomic_store(&watch.done, 0);
    if (syscall(SYS_tgkill, getpid(), tid, STACK_SIGNAL) < 0)
        return;
    for (int i = 0; i < 20 && !atomic_load(&watch.done); i++)
        sleep_ms(10);
    if (!atomic_load(&watch.done))
        return;
    dprintf(watch.out, "stack");
    /* The first two frames are the handler's and the signal's. */
    for (int i = 2; i < watch.count; i++)
        put_frame(watch.frames[i]);
    dprintf(watch.out, "\n");
}

static void report(void)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *entry;

    dprintf(watch.out, "hang\n");
    while (tasks && (entry = readdir(tasks))) {
        long tid = strtol(entry->d_name, NULL, 10);

        if (tid > 0 && tid != watch.self)
            put_stack((pid_t)tid);
    }
    _exit(4);
}

static void *watcher(void *argument)
{
    unsigned long before = 0, ticks;
    long idle_ms = 0;

    watch.self = (pid_t)syscall(SYS_gettid);
    for (;;) {
        sleep_ms(PERIOD_MS);
        if (all_sleep(&ticks) && ticks == before)
            idle_ms += PERIOD_MS;
        else
            idle_ms = 0;
        before = ticks;
        if (idle_ms >= watch.limit_ms)
            report();
    }
    return argument;
}

int watch_start(int out, long ms)
{
    pthread_t thread;
    void *frame[1];

    watch.out = out;
    watch.limit_ms = ms;
    /* The first call loads libgcc, which must not happen in a handler. */
    backtrace(frame, 1);
    if (install() < 0 || pthread_create(&thread, NULL, watcher, NULL) != 0)
        return -1;
    pthread_detach(thread);
    return 0;
}
