/*
 * What a jail costs: runs `true` in an empty jail of each profile and without
 * one, in turns, and prints the shortest times in milliseconds as JSON. A part
 * of checker/bench/jail.py.
 *
 *     empty_jail [TIMES]
 */
#include "base/clock.h"
#include "base/err.h"
#include "exec/sandbox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    enum jail_profile profile;
} profiles[] = {{"compile", JAIL_COMPILE},
                {"tests", JAIL_TESTS},
                {"agent", JAIL_AGENT},
                {"valgrind", JAIL_VALGRIND},
                {"threads", JAIL_THREADS}};

/* Milliseconds of one run; ends the program where that cannot be had. */
static double run(const struct sandbox *sandbox, enum jail_profile profile)
{
    const struct jail_mount mount = {"/usr/bin", "/box/bin", false};
    char program[] = "/box/bin/true", *argv[] = {program, NULL};
    struct jail_spec spec = {
        .profile = profile,
        .argv = argv,
        .mounts = &mount,
        .mount_count = 1,
        .limits = {.wall_seconds = 20, .file_mb = 1, .processes = 8}};
    struct proc_result result;
    struct err err = ERR_INIT;
    double start = clock_now();
    int status = sandbox_run(sandbox, &spec, &result, &err);
    double seconds = clock_now() - start;

    if (status == 0 && (result.end != PROC_EXITED || result.code != 0))
        status = err_set(&err, "true failed: %s", result.err.text);
    proc_result_release(&result);
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(3);
    }
    return seconds * 1e3;
}

int main(int argc, char **argv)
{
    long times = argc > 1 ? strtol(argv[1], NULL, 10) : 50;
    struct sandbox sandbox, none = {.kind = SANDBOX_NONE};
    struct err err = ERR_INIT;

    if (sandbox_open(&sandbox, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    putchar('{');
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        double jailed = INFINITY, bare = INFINITY;

        for (long k = 0; k < times; k++) {
            jailed = fmin(jailed, run(&sandbox, profiles[i].profile));
            bare = fmin(bare, run(&none, profiles[i].profile));
        }
        printf("%s\"%s\": {\"jailed\": %.3f, \"bare\": %.3f}", i ? ", " : "",
               profiles[i].name, jailed, bare);
    }
    puts("}");
    sandbox_close(&sandbox);
    return 0;
}
