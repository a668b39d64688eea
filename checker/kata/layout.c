#include "kata/layout.h"

#include "base/path.h"
#include "base/str.h"

#include <string.h>

static const char *const readme[] = {
    "# TITLE",
    "## The question",
    "## What Python does",
    "## The contract",
    "## Examples",
    "## Limits",
    NULL,
};

static const char *const variant_readme[] = {
    "# TITLE", "## What changes", "## The contract", "## Limits", NULL,
};

static const char *const hints[] = {
    "# Hints", "## 1. ...", "## 2. ...", "## 3. ...", NULL,
};

static const char *const notes[] = {
    "# Notes: TITLE",
    "## Why it is so",
    "## Cost",
    "## What CPython does",
    "## Where the notes are wrong",
    NULL,
};

static const char *const interview[] = {
    "# Interview: TITLE",
    "## Opening question",
    "## Follow-ups",
    "## Rubric",
    NULL,
};

const struct layout_file layout_files[] = {
    {"README.md", .headings = readme, .variant_headings = variant_readme,
     .help = "the brief: the question as an interviewer asks it, what Python "
             "does, the contract in words. Nothing of the solution"},
    {"kata.json", .graded = true,
     .help = "metadata, the grammar of traces, claims about cost, points"},
    {"SNAKE.h", .graded = true,
     .help = "the contract: types, functions, ownership, errors, every edge "
             "case, the complexity promised"},
    {"SNAKE.c", .graded = true,
     .help = "the stub: compiles without a warning, links, and fails its "
             "tests by wrong behaviour, not by crashing"},
    {"test_SNAKE.c", .graded = true,
     .help = "Criterion tests with classic assertions, the readable half of "
             "the grading"},
    {"agent_SNAKE.c", .graded = true,
     .help = "a table of commands that maps the lines of a trace onto the "
             "contract"},
    {"hints.md", .not_variant = true, .headings = hints,
     .help = "three hints or more, each giving away a little more"},
    {"SNAKE.c", .solution = true, .graded = true,
     .help = "the reference: the code to be proud of in an interview"},
    {"NOTES.md", .solution = true, .not_variant = true, .headings = notes,
     .help = "why it is so, what it costs, what CPython does in which source "
             "file of which version, where the notes are wrong or dated"},
    {"INTERVIEW.md", .solution = true, .not_variant = true,
     .headings = interview,
     .help = "for the interviewer, who need not have written it"},
    {"traces/", .solution = true,
     .help = "`*.trace`: edge cases worth keeping, run before the random "
             "traces"},
    {"mutants/", .solution = true,
     .help = "`*.patch`: wrong variants of the reference, each with the "
             "verdict it must get"},
    {"cpython.py", .solution = true, .optional = true,
     .help = "where Python has the thing itself: replays a trace on real "
             "CPython objects"},
    {.name = NULL},
};

char *layout_path(const struct layout_file *file, const struct kata *kata)
{
    const char *snake = strstr(file->name, "SNAKE");
    struct str name = STR_INIT;
    char *path;

    if (snake) {
        str_addn(&name, file->name, (size_t)(snake - file->name));
        str_add(&name, kata->snake);
        str_add(&name, snake + strlen("SNAKE"));
    } else {
        str_add(&name, file->name);
    }
    if (str_ends(name.text, "/"))
        str_chop(&name, 1);
    path =
        path_join(file->solution ? kata->solution_dir : kata->dir, name.text);
    str_release(&name);
    return path;
}

const struct layout_file *layout_find(const char *name)
{
    for (const struct layout_file *file = layout_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

bool layout_is_optional(const struct layout_file *file, const struct kata *kata)
{
    return file->optional || (kata->variant_of && file->not_variant);
}

const char *const *layout_headings(const struct layout_file *file,
                                   const struct kata *kata)
{
    return kata->variant_of && file->variant_headings ? file->variant_headings
                                                      : file->headings;
}

static void doc_headings(FILE *out, const char *name, const char *of,
                         const char *const *headings)
{
    fprintf(out, "- `%s`%s:", name, of);
    for (size_t i = 0; headings[i]; i++)
        fprintf(out, "%s `%s`", i ? "," : "", headings[i]);
    fputc('\n', out);
}

void layout_doc(FILE *out)
{
    fputs("| Folder | File | What it is |\n|---|---|---|\n", out);
    for (const struct layout_file *file = layout_files; file->name; file++)
        fprintf(out, "| `%s/TOPIC/SLUG/` | `%s` | %s%s |\n",
                file->solution ? "solutions" : "katas", file->name, file->help,
                file->optional      ? " (optional)"
                : file->not_variant ? " (a variant needs none)"
                                    : "");
    fputs("\nThe Markdown files have these headings:\n\n", out);
    for (const struct layout_file *file = layout_files; file->name; file++) {
        if (file->headings)
            doc_headings(out, file->name, "", file->headings);
        if (file->variant_headings)
            doc_headings(out, file->name, " of a variant",
                         file->variant_headings);
    }
}
