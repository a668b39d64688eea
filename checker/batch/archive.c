#include "batch/archive.h"

#include "base/alloc.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARCHIVE_FD = 3 };

void archive_release(struct archive_jail *jail)
{
    free(jail->program);
    jail->program = NULL;
}

/* The jail's user may not come to where this program lies. */
static int copy_program(struct archive_jail *jail, struct err *err)
{
    if (jail->program)
        return 0;
    jail->program = path_join(jail->temporary, "unpacker");
    if (path_copy("/proc/self/exe", jail->program, err) < 0 ||
        sandbox_share(jail->sandbox, jail->program, false, err) < 0) {
        archive_release(jail);
        return -1;
    }
    return 0;
}

/* What it printed: {"refused": {...}} or {"error": "..."}. */
static int read_answer(const struct proc_result *result, json_t **refused,
                       bool *broken, struct err *err)
{
    json_t *answer = json_loadb(result->out.text, result->out.length, 0, NULL);
    const char *why = json_string_value(json_object_get(answer, "error"));
    json_t *object = json_object_get(answer, "refused");
    int status = 0;

    if (result->end == PROC_CANCELLED) {
        *broken = true;
        status = err_set(err, "interrupted");
    } else if (why) {
        status = err_set(err, "%s", why);
    } else if (result->end != PROC_EXITED || result->code != 0 ||
               !json_is_object(object)) {
        char *end = proc_describe(result);

        status = err_set(err, "cannot be unpacked: %s %.200s", end,
                         result->err.text);
        free(end);
    } else {
        *refused = json_incref(object);
    }
    json_decref(answer);
    return status;
}

static int run_unpacker(struct archive_jail *jail, int fd, const char *dir,
                        bool class, json_t **refused, bool *broken,
                        struct err *err)
{
    struct strv argv = STRV_INIT;
    struct jail_mount mounts[] = {{jail->program, "/box/kata", false},
                                  {dir, "/box/out", true}};
    struct proc_fd archive = {fd, ARCHIVE_FD};
    struct jail_spec spec = {.profile = JAIL_COMPILE,

                             .mounts = mounts,
                             .mount_count = 2,
                             .limits = {.wall_seconds = 600,
                                        .cpu_seconds = 60,
                                        .memory_mb = 1024,
                                        .file_mb = 64,
                                        .processes = 4,
                                        .output_max = 16 << 20},
                             .fds = &archive,
                             .fd_count = 1};
    struct proc_result result;
    int status;

    strv_add_all(&argv, "/box/kata", "unpack", class ? "class" : "student",
                 "/box/out", (char *)NULL);
    spec.argv = argv.items;
    status = sandbox_run(jail->sandbox, &spec, &result, err);
    strv_release(&argv);
    *broken = status < 0;
    if (status == 0)
        status = read_answer(&result, refused, broken, err);
    proc_result_release(&result);
    return status;
}

char *archive_unpack(struct archive_jail *jail, const char *path, bool class,
                     json_t **refused, bool *broken, struct err *err)
{
    char *dir = xasprintf("%s/unpacked-%u", jail->temporary, jail->made++);
    int fd = open(path,
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | (class ? 0 : O_NOFOLLOW));
    int status = -1;

    *refused = NULL;
    *broken = true;
    if (fd < 0)
        err_errno(err, "%s", path);
    else if (copy_program(jail, err) == 0 && path_mkdirs(dir, 0755, err) == 0 &&
             sandbox_share(jail->sandbox, dir, true, err) == 0)
        status = run_unpacker(jail, fd, dir, class, refused, broken, err);
    if (fd >= 0)
        close(fd);
    if (status == 0)
        return dir;
    path_remove(dir, NULL);
    free(dir);
    return NULL;
}
