/*
 * Puts what follows from the checker's tables into the documentation: `make
 * docs` rewrites the files named, `make docs-check` (--check) only compares.
 *
 * A generated part stands between two lines of the file:
 *
 *     <!-- generated: keys -->
 *     <!-- end of keys -->
 */
#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "exec/policy.h"
#include "judge/result.h"
#include "kata/kata.h"
#include "kata/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void categories_doc(FILE *out)
{
    for (int i = CATEGORY_NONE + 1; i < CATEGORY_STYLE; i++)
        fprintf(out, "%s`%s`", i > CATEGORY_NONE + 1 ? ", " : "",
                category_name((enum category)i));
    fputc('\n', out);
}

static const struct part {
    const char *name;
    void (*write)(FILE *out);
} parts[] = {
    {"files", layout_doc},
    {"keys", kata_format_doc},
    {"groups", policy_groups_doc},
    {"categories", categories_doc},
};

/* Adds the part; -1 where there is none of that name. */
static int add_part(struct str *out, const char *name)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int status = -1;

    for (size_t i = 0; stream && i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, name) == 0) {
            parts[i].write(stream);
            status = 0;
        }
    if (stream && fclose(stream) == 0 && status == 0)
        str_addn(out, text, size);
    free(text);
    return status;
}

/* The part whose marker stands at `marker`, anew; the text goes on at the
   closing marker, which is returned. NULL with an error. */
static const char *write_part(struct str *out, const char *marker,
                              const char *name, struct err *err)
{
    const char *start = strchr(marker, '\n'), *end;
    struct str closing = STR_INIT;

    str_addf(&closing, "<!-- end of %s -->", name);
    end = start ? strstr(start, closing.text) : NULL;
    str_release(&closing);
    if (!end) {
        err_set(err, "the part %s has no end", name);
        return NULL;
    }
    str_addn(out, marker, (size_t)(start + 1 - marker));
    str_addc(out, '\n');
    if (add_part(out, name) < 0) {
        err_set(err, "nothing generates %s", name);
        return NULL;
    }
    str_addc(out, '\n');
    return end;
}

/* The text with its generated parts written anew. */
static int generate(struct str *out, const char *text, struct err *err)
{
    static const char begin[] = "<!-- generated: ";
    const char *marker;

    while (text && (marker = strstr(text, begin))) {
        const char *word = marker + strlen(begin);
        char *name = xstrndup(word, strcspn(word, " \n"));

        str_addn(out, text, (size_t)(marker - text));
        text = write_part(out, marker, name, err);
        free(name);
    }
    if (!text)
        return -1;
    str_add(out, text);
    return 0;
}

static int process(const char *path, bool check, struct err *err)
{
    struct str text = STR_INIT, out = STR_INIT;
    int status = path_read(path, 1 << 20, &text, err);
    bool same;

    if (status == 0)
        status = generate(&out, text.text, err);
    same = strcmp(text.text, out.text) == 0;
    if (status == 0 && check && !same)
        status = err_set(err, "is not what the tables say; run `make docs`");
    if (status == 0 && !check && !same)
        status = path_write(path, out.text, out.length, 0644, err);
    str_release(&text);
    str_release(&out);
    return status;
}

int main(int argc, char **argv)
{
    bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    int status = 0;

    for (int i = 1 + check; i < argc; i++) {
        struct err err = ERR_INIT;

        if (process(argv[i], check, &err) < 0) {
            fprintf(stderr, "%s: %s\n", argv[i], err.text);
            status = 1;
        }
    }
    return status;
}
