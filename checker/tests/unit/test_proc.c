#include "exec/proc.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/strv.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `sh -c script` with the rest of *spec; the caller releases. */
static struct proc_result run_shell(struct proc_spec spec, const char *script)
{
    struct strv argv = STRV_INIT;
    struct proc_result result;
    struct err err = ERR_INIT;
    int status;

    strv_add_all(&argv, "sh", "-c", script, NULL);
    spec.argv = argv.items;
    status = proc_run(&spec, &result, &err);
    strv_release(&argv);
    cr_assert_eq(status, 0, "%s", err.text);
    return result;
}

/* Is process `pid` there and not merely waiting to be reaped? */
static bool alive(pid_t pid)
{
    char path[64], state = '\0';
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    file = fopen(path, "r");
    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = '\0';
    fclose(file);
    return state != 'Z' && state != 'X' && state != '\0';
}

/* Killed is not gone at once: gives it a moment. */
static bool gone(pid_t pid)
{
    for (int i = 0; i < 200 && alive(pid); i++)
        usleep(5000);
    return !alive(pid);
}

Test(proc, separates_the_streams_and_reports_the_status)
{
    struct proc_result result = run_shell((struct proc_spec){.argv = NULL},
                                          "echo a; echo b >&2; exit 7");
    char *text = proc_describe(&result);

    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_eq(result.code, 7);
    cr_assert_str_eq(result.out.text, "a\n");
    cr_assert_str_eq(result.err.text, "b\n");
    cr_assert_str_eq(text, "exit status 7");
    free(text);
    proc_result_release(&result);
}

Test(proc, feeds_more_than_a_pipe_holds_while_it_drains)
{
    size_t n = 900000;
    char *input = xmalloc(n);
    struct proc_result result;

    for (size_t i = 0; i < n; i++)
        input[i] = (char)('a' + i % 26);
    result =
        run_shell((struct proc_spec){.input = input, .input_length = n}, "cat");
    cr_assert_eq(result.out.length, n);
    cr_assert_eq(memcmp(result.out.text, input, n), 0);
    proc_result_release(&result);
    free(input);
}

Test(proc, survives_a_child_that_does_not_read)
{
    char input[1 << 17] = "x";
    struct proc_result result = run_shell(
        (struct proc_spec){.input = input, .input_length = sizeof input},
        "exec 0<&-; echo done");

    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_str_eq(result.out.text, "done\n");
    proc_result_release(&result);
}

Test(proc, without_input_standard_input_is_empty)
{
    struct proc_result result =
        run_shell((struct proc_spec){.seconds = 5}, "cat; echo end");

    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_str_eq(result.out.text, "end\n");
    proc_result_release(&result);
}

Test(proc, reports_the_signal)
{
    struct proc_result result =
        run_shell((struct proc_spec){.argv = NULL}, "kill -SEGV $$");
    char *text = proc_describe(&result);

    cr_assert_eq(result.end, PROC_SIGNALED);
    cr_assert_eq(result.code, SIGSEGV);
    cr_assert_str_eq(text, "signal 11 (Segmentation fault)");
    free(text);
    proc_result_release(&result);
}

/* What is said of a program that cannot be started. */
static struct err start_error(struct proc_spec spec, const char *program)
{
    struct strv argv = STRV_INIT;
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add(&argv, program);
    spec.argv = argv.items;
    cr_assert_eq(proc_run(&spec, &result, &err), -1, "it started");
    proc_result_release(&result);
    strv_release(&argv);
    return err;
}

Test(proc, tells_what_is_not_installed)
{
    struct proc_spec spec = {.argv = NULL};

    cr_assert_str_eq(start_error(spec, "kata-no-such-program").text,
                     "kata-no-such-program: not installed or not found; `kata "
                     "doctor` says which package has it");
    cr_assert(strstr(start_error(spec, "/nonexistent/program").text,
                     "not installed or not found"));
}

Test(proc, tells_what_cannot_be_run_or_entered)
{
    struct proc_spec spec = {.argv = NULL}, nowhere = {.cwd = "/nonexistent"};

    cr_assert_str_eq(start_error(spec, "/usr").text,
                     "cannot run /usr: Permission denied");
    cr_assert_str_eq(start_error(nowhere, "true").text,
                     "cannot enter /nonexistent: No such file or directory");
}

Test(proc, keeps_to_folder_and_environment)
{
    char path[] = "PATH=/usr/bin:/bin", colour[] = "COLOUR=blue";
    char *envp[] = {path, colour, NULL};
    struct proc_result result = run_shell(
        (struct proc_spec){.envp = envp, .cwd = "/usr"},
        "pwd; env | grep -c -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=; "
        "echo $COLOUR");

    cr_assert_str_eq(result.out.text, "/usr\n2\nblue\n");
    proc_result_release(&result);
}

Test(proc, time_is_up_for_one_that_ignores_signals)
{
    struct proc_result result =
        run_shell((struct proc_spec){.seconds = 0.2},
                  "trap '' TERM INT HUP; while :; do sleep 1; done");

    cr_assert_eq(result.end, PROC_TIMEOUT);
    cr_assert_gt(result.seconds, 0.19);
    cr_assert_lt(result.seconds, 5);
    proc_result_release(&result);
}

Test(proc, time_is_up_for_one_that_stopped_itself)
{
    struct proc_result result =
        run_shell((struct proc_spec){.seconds = 0.2}, "kill -STOP $$");

    cr_assert_eq(result.end, PROC_TIMEOUT);
    proc_result_release(&result);
}

Test(proc, output_flood_is_cut)
{
    struct proc_result result = run_shell(
        (struct proc_spec){.seconds = 10, .output_max = 10000}, "yes");
    struct proc_result other = run_shell(
        (struct proc_spec){.seconds = 10, .output_max = 10000}, "yes >&2");

    cr_assert_eq(result.end, PROC_OUTPUT);
    cr_assert_eq(result.out.length, 10000);
    cr_assert_eq(other.end, PROC_OUTPUT);
    cr_assert_eq(other.err.length, 10000);
    proc_result_release(&result);
    proc_result_release(&other);
}

Test(proc, output_up_to_the_limit_is_fine)
{
    struct proc_result result =
        run_shell((struct proc_spec){.output_max = 5}, "printf 12345");

    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_str_eq(result.out.text, "12345");
    proc_result_release(&result);
}

Test(proc, grandchild_with_the_pipes_does_not_hang_us_and_dies)
{
    double start = clock_now();
    struct proc_result result = run_shell((struct proc_spec){.seconds = 20},
                                          "sleep 30 & echo $!; exit 3");
    pid_t pid = (pid_t)strtol(result.out.text, NULL, 10);

    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_eq(result.code, 3);
    cr_assert_lt(clock_now() - start, 5);
    cr_assert_gt(pid, 1);
    cr_assert(gone(pid), "process %d is still there", (int)pid);
    proc_result_release(&result);
}

/* The grace is short, so a busy machine gets more than one try. */
Test(proc, late_output_of_a_grandchild_is_not_lost)
{
    bool found = false;

    for (int i = 0; i < 5 && !found; i++) {
        struct proc_result result =
            run_shell((struct proc_spec){.seconds = 20},
                      "(sleep 0.02; echo late) & echo now");

        found = strcmp(result.out.text, "now\nlate\n") == 0;
        proc_result_release(&result);
    }
    cr_assert(found);
}

/* A descriptor at `number` or above. */
static int open_at(const char *path, int number)
{
    int low = open(path, O_RDONLY), high = fcntl(low, F_DUPFD, number);

    cr_assert(low >= 0 && high >= number);
    close(low);
    return high;
}

/* Two trade places, and one goes where a pipe of the parent's is likely. */
Test(proc, descriptors_arrive_whatever_their_numbers)
{
    int a = open_at("/dev/null", 20), b = open_at("/dev/zero", 20);
    struct proc_fd fds[] = {{a, b}, {b, a}, {a, 9}};
    struct proc_result result;
    char script[200];

    snprintf(script, sizeof script, "cd /proc/self/fd; readlink %d %d 9", a, b);
    result = run_shell((struct proc_spec){.fds = fds, .fd_count = 3}, script);
    cr_assert_str_eq(result.out.text, "/dev/zero\n/dev/null\n/dev/null\n");
    proc_result_release(&result);
}

/* Wherever the child puts its copies meanwhile, it must not overwrite them. */
Test(proc, many_descriptors_arrive)
{
    int ends[2] = {open_at("/dev/null", 60), open_at("/dev/zero", 60)};
    struct proc_fd fds[40];
    struct proc_result result;

    for (int i = 0; i < 40; i++)
        fds[i] = (struct proc_fd){ends[i % 2], 42 - i};
    result = run_shell((struct proc_spec){.fds = fds, .fd_count = 40},
                       "cd /proc/self/fd; i=3; while [ $i -le 42 ]; do "
                       "readlink $i; i=$((i + 1)); done | uniq -c | wc -l; "
                       "readlink 42 3");
    cr_assert_str_eq(result.out.text, "40\n/dev/null\n/dev/zero\n", "%s",
                     result.out.text);
    proc_result_release(&result);
}

Test(proc, descriptors_do_not_leak)
{
    struct proc_result result;

    cr_assert_eq(open_at("/dev/zero", 77), 77);
    result =
        run_shell((struct proc_spec){.argv = NULL}, "cd /proc/self/fd; echo *");
    /* The shell reads the folder through 3. */
    cr_assert_str_eq(result.out.text, "0 1 2 3\n");
    proc_result_release(&result);
}

Test(proc, works_where_the_standard_descriptors_are_closed)
{
    struct proc_result result;
    int saved[3];

    for (int fd = 0; fd < 3; fd++) {
        saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 50);
        close(fd);
    }
    result = run_shell((struct proc_spec){.input = "in", .input_length = 2},
                       "cat; echo err >&2");
    for (int fd = 0; fd < 3; fd++)
        dup2(saved[fd], fd);
    cr_assert_str_eq(result.out.text, "in");
    cr_assert_str_eq(result.err.text, "err\n");
    proc_result_release(&result);
}

Test(proc, signals_are_as_a_program_expects_them)
{
    unsigned long long blocked, ignored;
    struct proc_result result;
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    result = run_shell((struct proc_spec){.argv = NULL},
                       "grep -E 'Sig(Blk|Ign)' /proc/self/status");
    cr_assert_eq(sscanf(result.out.text, "SigBlk: %llx SigIgn: %llx", &blocked,
                        &ignored),
                 2);
    cr_assert_eq(blocked, 0, "%llx", blocked);
    /* glibc keeps 32 and 33 for itself, and its posix_spawn, with which make
       starts programs, leaves them ignored. */
    cr_assert_eq(ignored & ~(3ULL << 31), 0, "%llx", ignored);
    proc_result_release(&result);
}

Test(proc, limits_are_lowered_and_never_raised)
{
    struct proc_limit limits[] = {{RLIMIT_NOFILE, 32, 40},
                                  {RLIMIT_CORE, 0, 0},
                                  {RLIMIT_FSIZE, RLIM_INFINITY, 1 << 20}};
    struct proc_result result =
        run_shell((struct proc_spec){.limits = limits, .limit_count = 3},
                  "ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -f");

    cr_assert_str_eq(result.out.text, "32\n40\n0\n2048\n");
    proc_result_release(&result);
}

Test(proc, addresses_stay_where_they_are_when_asked)
{
    static const char script[] = "for i in 1 2 3; do grep stack "
                                 "/proc/self/maps; done | sort -u | wc -l";
    struct proc_result fixed =
        run_shell((struct proc_spec){.fixed_addresses = true}, script);

    cr_assert_str_eq(fixed.out.text, "1\n");
    proc_result_release(&fixed);
}

Test(proc, measures_time_and_memory)
{
    struct proc_result result = run_shell(
        (struct proc_spec){.argv = NULL},
        "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; sleep 0.1");

    cr_assert_gt(result.cpu_seconds, 0.002);
    cr_assert_geq(result.seconds, 0.1);
    cr_assert_gt(result.max_rss_kb, 100);
    proc_result_release(&result);
}

static void *cancel_soon(void *unused)
{
    usleep(100 * 1000);
    proc_cancel();
    return unused;
}

Test(proc, cancelling_ends_the_wait_within_a_tick)
{
    double start = clock_now();
    struct proc_result result;
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    result = run_shell((struct proc_spec){.seconds = 20}, "sleep 30");
    pthread_join(thread, NULL);
    proc_resume();
    cr_assert_eq(result.end, PROC_CANCELLED);
    cr_assert_lt(clock_now() - start, 5);
    proc_result_release(&result);
    result = run_shell((struct proc_spec){.seconds = 20}, "exit 3");
    cr_assert_eq(result.end, PROC_EXITED);
    proc_result_release(&result);
}

Test(proc, handlers_set_the_flag)
{
    proc_handle_signals();
    raise(SIGTERM);
    cr_assert_eq(proc_cancelled, 1);
    proc_cancelled = 0;
}

static void *many(void *seed)
{
    for (int i = 0; i < 6; i++) {
        char script[64], expected[32];
        struct proc_result result;

        snprintf(script, sizeof script, "cat; echo %d; exit %d", i, i);
        snprintf(expected, sizeof expected, "%s%d\n", (char *)seed, i);
        result = run_shell(
            (struct proc_spec){.input = seed, .input_length = strlen(seed)},
            script);
        if (result.code != i || strcmp(result.out.text, expected) != 0)
            return seed;
        proc_result_release(&result);
    }
    return NULL;
}

Test(proc, threads_may_start_children_at_once)
{
    char seeds[4][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, many, seeds[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;

        pthread_join(threads[i], &wrong);
        cr_assert_null(wrong);
    }
}

Test(proc, talks_with_a_child)
{
    char cat[] = "cat", *argv[] = {cat, NULL}, answer[16] = "";
    struct proc_spec spec = {.argv = argv, .seconds = 10};
    struct err err = ERR_INIT;
    struct proc_result result;
    struct proc proc;

    cr_assert_eq(proc_start(&spec, &proc, &err), 0, "%s", err.text);
    cr_assert_eq(proc_write(proc.in, "hello", 5), 5);
    poll(&(struct pollfd){.fd = proc.out, .events = POLLIN}, 1, 5000);
    cr_assert_eq(read(proc.out, answer, sizeof answer), 5);
    cr_assert_str_eq(answer, "hello");
    cr_assert_eq(proc_finish(&proc, &result, &err), 0);
    cr_assert_eq(result.end, PROC_EXITED);
    proc_result_release(&result);
}

Test(proc, writing_to_the_dead_is_an_error_and_no_signal)
{
    int ends[2];

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    cr_assert_eq(proc_write(ends[1], "x", 1), -1);
    cr_assert_eq(errno, EPIPE);
}

Test(proc, a_killed_child_is_still_to_be_finished)
{
    char sleep_[] = "sleep", time[] = "30", *argv[] = {sleep_, time, NULL};
    struct proc_spec spec = {.argv = argv};
    struct err err = ERR_INIT;
    struct proc_result result;
    struct proc proc;

    cr_assert_eq(proc_start(&spec, &proc, &err), 0, "%s", err.text);
    proc_kill(&proc);
    cr_assert_eq(proc_finish(&proc, &result, &err), 0);
    cr_assert_eq(result.end, PROC_SIGNALED);
    cr_assert_eq(result.code, SIGKILL);
    proc_result_release(&result);
}

/* `sleep` is the child of a process that is killed and cleans up nothing. */
Test(proc, children_die_with_the_checker)
{
    char sleep_[] = "sleep", time[] = "30", *argv[] = {sleep_, time, NULL};
    struct proc_spec spec = {.argv = argv};
    int ends[2];
    pid_t middle, child = 0;

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    middle = fork();
    if (middle == 0) {
        struct proc proc;

        if (proc_start(&spec, &proc, NULL) == 0 &&
            write(ends[1], &proc.pid, sizeof proc.pid) > 0)
            pause();
        _exit(1);
    }
    cr_assert_eq(read(ends[0], &child, sizeof child), (ssize_t)sizeof child);
    cr_assert(alive(child));
    kill(middle, SIGKILL);
    waitpid(middle, NULL, 0);
    cr_assert(gone(child));
}

Test(proc, root_can_become_somebody_else)
{
    struct proc_result result;

    if (getuid() != 0)
        return;
    cr_assert_eq(setgroups(1, &(gid_t){7}), 0);
    result = run_shell((struct proc_spec){.uid = 65534},
                       "id -u; id -g; id -G; grep CapEff /proc/self/status");
    cr_assert_str_eq(result.out.text,
                     "65534\n65534\n65534\nCapEff:\t0000000000000000\n");
    proc_result_release(&result);
}

static size_t count_descriptors(void)
{
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;
    size_t count;

    cr_assert_eq(path_list("/proc/self/fd", &names, &err), 0, "%s", err.text);
    count = names.count;
    strv_release(&names);
    return count;
}

Test(proc, nothing_is_left_open)
{
    size_t before = count_descriptors();
    struct proc_result result =
        run_shell((struct proc_spec){.input = "x", .input_length = 1}, "cat");

    proc_result_release(&result);
    start_error((struct proc_spec){.cwd = "/nonexistent"}, "true");
    start_error((struct proc_spec){.argv = NULL}, "/nonexistent");
    cr_assert_eq(count_descriptors(), before);
}
