#include "judge/mutant.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/proc.h"

#include <stdlib.h>
#include <string.h>

/* The value of a "Name: value" line before the diff, owned; NULL where there
   is none. */
static char *header_value(const char *text, const char *name)
{
    const char *end = str_starts(text, "---") ? text : strstr(text, "\n---");
    size_t n = strlen(name);

    for (const char *line = text; line && line < end;
         line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, name, n) == 0 && line[n] == ':') {
            const char *value = line + n + 1;

            value += strspn(value, " ");
            return xstrndup(value, strcspn(value, "\n"));
        }
    return NULL;
}

static int parse(struct mutant *mutant, const char *text, struct err *err)
{
    char *verdict = header_value(text, "Verdict");
    char *stage = header_value(text, "Stage");
    int status = 0;

    mutant->mistake = header_value(text, "Mistake");
    mutant->verdict = verdict ? category_from_name(verdict) : CATEGORY_COUNT;
    mutant->stage = stage ? stage_from_name(stage) : STAGE_COUNT;
    if (!verdict || mutant->verdict == CATEGORY_COUNT)
        status = err_set(err, "%s: Verdict: expected a category, got '%s'",
                         mutant->path, verdict ? verdict : "nothing");
    else if (stage && mutant->stage == STAGE_COUNT)
        status = err_set(err, "%s: Stage: expected a stage's name, got '%s'",
                         mutant->path, stage);
    else if (!mutant->mistake || !*mutant->mistake)
        status = err_set(err, "%s: Mistake: expected what is wrong in a line",
                         mutant->path);
    free(verdict);
    free(stage);
    return status;
}

static int load_one(const char *dir, const char *name, struct mutants *mutants,
                    struct err *err)
{
    struct str text = STR_INIT;
    struct mutant *mutant;
    int status;

    mutants->items = grow(mutants->items, &mutants->capacity, mutants->count,
                          sizeof *mutants->items);
    mutant = &mutants->items[mutants->count++];
    *mutant = (struct mutant){.name = xstrndup(name, strlen(name) - 6),
                              .path = path_join(dir, name)};
    status = path_read(mutant->path, 1 << 20, &text, err);
    if (status == 0)
        status = parse(mutant, text.text, err);
    str_release(&text);
    return status;
}

int mutants_load(const struct kata *kata, struct mutants *mutants,
                 struct err *err)
{
    char *dir = path_join(kata->solution_dir, "mutants");
    struct strv names = STRV_INIT;
    int status = 0;

    *mutants = (struct mutants){.items = NULL};
    if (path_is_dir(dir))
        status = path_list(dir, &names, err);
    for (size_t i = 0; i < names.count && status == 0; i++)
        if (str_ends(names.items[i], ".patch"))
            status = load_one(dir, names.items[i], mutants, err);
    strv_release(&names);
    free(dir);
    if (status < 0)
        mutants_release(mutants);
    return status;
}

void mutants_release(struct mutants *mutants)
{
    for (size_t i = 0; i < mutants->count; i++) {
        free(mutants->items[i].name);
        free(mutants->items[i].path);
        free(mutants->items[i].mistake);
    }
    free(mutants->items);
    *mutants = (struct mutants){.items = NULL};
}

static int run_patch(const char *file, const char *patch, struct err *err)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 30};
    struct proc_result result;
    int status;

    strv_add_all(&argv, "patch", "--quiet", "--batch", "--forward", "--fuzz=0",
                 "--reject-file=-", "--no-backup-if-mismatch", "--posix", file,
                 patch, (char *)NULL);
    spec.argv = argv.items;
    status = proc_run(&spec, &result, err);
    if (status == 0 && (result.end != PROC_EXITED || result.code != 0))
        status = err_set(err, "%s does not apply to the reference: %.400s",
                         patch, result.out.text);
    proc_result_release(&result);
    strv_release(&argv);
    return status;
}

char *mutant_apply(const struct mutant *mutant, const struct kata *kata,
                   const char *dir, struct err *err)
{
    char *reference = kata_reference(kata);
    char *path = path_join(dir, path_base(reference));
    char *patch = path_real(mutant->path);

    if (path_copy(reference, path, err) < 0 ||
        run_patch(path, patch, err) < 0) {
        free(path);
        path = NULL;
    }
    free(reference);
    free(patch);
    return path;
}
