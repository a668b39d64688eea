/* Archives: what comes of one lies in its folder, as files and folders. */
#include "base/alloc.h"
#include "base/path.h"
#include "batch/unpack.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(const char *dir)
{
    struct strv names = STRV_INIT;

    path_list(dir, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *path = path_join(dir, names.items[i]);
        struct stat info;

        fuzz_expect(lstat(path, &info) == 0 &&
                        (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) &&
                        info.st_nlink <= (S_ISDIR(info.st_mode) ? 10000U : 1U),
                    "a file or a folder");
        if (S_ISDIR(info.st_mode))
            check(path);
        free(path);
    }
    strv_release(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct unpack_limits limits = {.total = 1 << 20,
                                                .file = 1 << 18,
                                                .count = 50,
                                                .depth = 8,
                                                .ratio = 200};
    struct err err = ERR_INIT;
    char *dir = path_make_temp("fuzz", &err);
    json_t *refused = NULL;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);

    fuzz_expect(dir && fd >= 0 && here >= 0, "a folder and a file");
    unpack_run(fd, dir, &limits, &refused, &err);
    check(dir);
    json_decref(refused);
    close(fd);
    fuzz_expect(fchdir(here) == 0 && path_remove(dir, NULL) == 0,
                "all removed");
    close(here);
    free(dir);
    return 0;
}
