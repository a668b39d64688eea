#include "judge/locate.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void locate(struct run *run, enum program program, const struct strv *addresses,
            struct strv *places)
{
    struct jail_mount mount = run_mount(run);
    struct strv argv = STRV_INIT, lines = STRV_INIT;
    struct jail_spec spec = {.profile = JAIL_COMPILE,
                             .mounts = &mount,
                             .mount_count = 1,
                             .limits = {.wall_seconds = 20,
                                        .cpu_seconds = 5,
                                        .memory_mb = 1024,
                                        .file_mb = 1,
                                        .processes = 8,
                                        .output_max = 1 << 20}};
    struct proc_result result = {.out = STR_INIT, .err = STR_INIT};

    strv_add_all(&argv, "addr2line", "-s", "-f", "-e",
                 run_program_path(program), (char *)NULL);
    strv_copy(&argv, addresses);
    spec.argv = argv.items;
    if (addresses->count &&
        sandbox_run(run->sandbox, &spec, &result, NULL) == 0)
        strv_add_lines(&lines, result.out.text);
    for (size_t i = 0; i + 1 < lines.count; i += 2)
        strv_addf(places, "%s %s", lines.items[i], lines.items[i + 1]);
    proc_result_release(&result);
    strv_release(&argv);
    strv_release(&lines);
}

int locate_line(struct run *run, enum program program,
                const unsigned long long *addresses, size_t count)
{
    struct strv words = STRV_INIT, places = STRV_INIT;
    char *mark = xasprintf(" %s.c:", run->kata->snake);
    int line = 0;

    for (size_t i = 0; i < count; i++)
        strv_addf(&words, "0x%llx", addresses[i] - 1);
    locate(run, program, &words, &places);
    for (size_t i = 0; i < places.count && line == 0; i++) {
        const char *at = strstr(places.items[i], mark);

        if (at)
            line = (int)strtol(at + strlen(mark), NULL, 10);
    }
    strv_release(&words);
    strv_release(&places);
    free(mark);
    return line;
}
