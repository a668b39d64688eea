/*
 * Stands for libFuzzer: gives a target each file named on the command line, or
 * in a folder named there, once. Prints how many they were.
 */
#include "tests/fuzz/fuzz.h"

#include "base/path.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20 };

static size_t fed;

/* From a block of exactly its size, so that a sanitizer sees the end. */
static int feed(const char *path, struct err *err)
{
    struct str text = STR_INIT;
    uint8_t *data;

    if (path_read(path, INPUT_MAX, &text, err) < 0)
        return -1;
    data = malloc(text.length ? text.length : 1);
    if (data) {
        memcpy(data, text.text, text.length);
        LLVMFuzzerTestOneInput(data, text.length);
        fed++;
    }
    free(data);
    str_release(&text);
    return 0;
}

static int feed_all(const char *path, struct err *err)
{
    struct strv names = STRV_INIT;
    int status = 0;

    if (!path_is_dir(path))
        return feed(path, err);
    status = path_list(path, &names, err);
    for (size_t i = 0; i < names.count && status == 0; i++) {
        char *name = path_join(path, names.items[i]);

        status = feed(name, err);
        free(name);
    }
    strv_release(&names);
    return status;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;

    for (int i = 1; i < argc; i++)
        if (feed_all(argv[i], &err) < 0) {
            fprintf(stderr, "%s\n", err.text);
            return 3;
        }
    printf("%s: %zu inputs\n", path_base(argv[0]), fed);
    return fed ? 0 : 3;
}
