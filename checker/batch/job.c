#include "batch/job.h"

#include "base/alloc.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_MIN = 8,
    CHUNK_MAX = 64,
    TASKS_MAX = 1000, /* an array's index is below 1001 where Slurm is not told
                         otherwise */
    WAVES = 4,
    SLOTS = 16, /* where nobody said */
    JOB_BYTES_MAX = 256 << 20,
    NOTE_MAX = 2000,
    NOTE_BYTES_MAX = 1 << 20
};

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/*
 * A task's start costs about a second, a grading a few: from eight submissions
 * on that is little. Some waves of tasks let the last ones end together, though
 * one has slow submissions or a slow machine. A task that takes too long finds
 * no room beside others, and much of it is lost with its machine.
 */
size_t job_chunk(size_t submissions, int tasks_at_once)
{
    size_t slots = (size_t)(tasks_at_once > 0 ? tasks_at_once : SLOTS);
    size_t chunk = divide_up(submissions, slots * WAVES);

    if (chunk < CHUNK_MIN)
        chunk = CHUNK_MIN;
    if (chunk > CHUNK_MAX)
        chunk = CHUNK_MAX;
    if (chunk > divide_up(submissions, slots))
        chunk = divide_up(submissions, slots);
    if (chunk < divide_up(submissions, TASKS_MAX))
        chunk = divide_up(submissions, TASKS_MAX);
    return chunk ? chunk : 1;
}

size_t job_tasks(const struct job *job)
{
    return divide_up(job->roster.count, job->chunk);
}

char *job_path(const char *out, const char *folder, const struct item *item)
{
    const char *colon = item ? strchr(item->key, ':') : NULL;

    if (!item)
        return xasprintf("%s/.kata/%s", out, folder);
    return xasprintf("%s/.kata/%s/%s", out, folder,
                     colon ? colon + 1 : item->key);
}

/* Writing */

static json_t *describe_items(const struct work *work, const size_t *items,
                              const int *tries, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct item *item = &work->roster->items[items[i]];

        json_array_append_new(array,
                              json_pack("[I, s, s, i]", (json_int_t)item->kata,
                                        item->source, item->key, tries[i]));
    }
    return array;
}

static json_t *describe(const struct work *work, const char *out,
                        const size_t *items, const int *tries, size_t count,
                        size_t chunk)
{
    char *tests = work->tests ? path_real(work->tests) : NULL;
    char *program =
        strchr(work->program, '/') ? path_real(work->program) : NULL;
    char *root = path_real(work->root);
    json_t *slugs = json_array(), *json;

    for (size_t i = 0; i < work->roster->kata_count; i++)
        json_array_append_new(slugs, json_string(work->roster->katas[i]->slug));
    json = json_pack(
        "{s:s, s:s, s:s, s:s, s:s*, s:s, s:s, s:f, s:f, s:I, s:I, s:o, s:o}",
        "schema", "kata-job/1", "out", out, "root", root ? root : work->root,
        "program", program ? program : work->program, "tests", tests, "checker",
        work->conditions->checker, "tools", work->conditions->tools, "seconds",
        work->seconds, "lease", work->lease, "chunk", (json_int_t)chunk, "seed",
        (json_int_t)work->roster->seed, "katas", slugs, "items",
        describe_items(work, items, tries, count));
    free(tests);
    free(program);
    free(root);
    return json;
}

/* The folders that tasks need, and a new one for the job. */
static char *make_folders(const char *out, struct err *err)
{
    static const char *const folders[] = {"jobs", "leases", "notes"};
    char *dir;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = job_path(out, folders[i], NULL);
        int status = path_mkdirs(path, 0755, err);

        free(path);
        if (status < 0)
            return NULL;
    }
    dir = xasprintf("%s/.kata/jobs/XXXXXX", out);
    if (mkdtemp(dir))
        return dir;
    err_errno(err, "%s", dir);
    free(dir);
    return NULL;
}

char *job_make(const struct work *work, const size_t *items, const int *tries,
               size_t count, size_t chunk, struct err *err)
{
    char *out = path_real(work->out->dir);
    char *dir = out ? make_folders(out, err) : NULL;
    char *path = dir ? path_join(dir, "job.json") : NULL;
    json_t *json = dir ? describe(work, out, items, tries, count, chunk) : NULL;
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    int status = -1;

    if (text)
        status = path_write(path, text, strlen(text), 0644, err);
    else
        err_set(err, "%s: no job can be made there", work->out->dir);
    if (status < 0 && dir) {
        path_remove(dir, NULL);
        free(dir);
        dir = NULL;
    }
    json_decref(json);
    free(text);
    free(path);
    free(out);
    return dir;
}

/* Reading */

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static bool is_hash(const char *text)
{
    return text && str_starts(text, "sha256:") &&
           strlen(text) == HASH_TEXT_SIZE - 1 &&
           strspn(text + 7, "0123456789abcdef") == 64;
}

static int read_item(struct job *job, const json_t *json)
{
    json_int_t kata;
    const char *source, *key;
    struct item *item;
    int tries;

    if (json_unpack((json_t *)(uintptr_t)json, "[I, s, s, i]", &kata, &source,
                    &key, &tries) < 0 ||
        kata < 0 || (size_t)kata >= job->slugs.count || !is_hash(source) ||
        !is_hash(key))
        return -1;
    job->tries[job->roster.count] = tries;
    item = roster_add(&job->roster, "", (size_t)kata, "");
    memcpy(item->source, source, HASH_TEXT_SIZE);
    memcpy(item->key, key, HASH_TEXT_SIZE);
    return 0;
}

static int read_lists(struct job *job, const json_t *slugs, const json_t *items)
{
    const json_t *each;
    size_t i;

    json_array_foreach(slugs, i, each)
    {
        if (!json_is_string(each))
            return -1;
        strv_add(&job->slugs, json_string_value(each));
    }
    job->tries = xcalloc(json_array_size(items) + 1, sizeof *job->tries);
    json_array_foreach(items, i, each)
    {
        if (read_item(job, each) < 0)
            return -1;
    }
    return 0;
}

static int read_json(struct job *job, json_t *json)
{
    const char *out, *root, *program, *tests = NULL, *checker, *tools;
    json_int_t chunk, seed;
    json_t *slugs, *items;

    if (json_unpack(json,
                    "{s:s, s:s, s:s, s?s, s:s, s:s, s:F, s:F, s:I, s:I, s:o, "
                    "s:o}",
                    "out", &out, "root", &root, "program", &program, "tests",
                    &tests, "checker", &checker, "tools", &tools, "seconds",
                    &job->seconds, "lease", &job->lease, "chunk", &chunk,
                    "seed", &seed, "katas", &slugs, "items", &items) < 0 ||
        chunk < 1)
        return -1;
    job->out = copy(out);
    job->root = copy(root);
    job->program = copy(program);
    job->tests = copy(tests);
    job->checker = copy(checker);
    job->tools = copy(tools);
    job->chunk = (size_t)chunk;
    job->roster.seed = (uint64_t)seed;
    return read_lists(job, slugs, items);
}

int job_read(struct job *job, const char *dir, struct err *err)
{
    char *path = path_join(dir, "job.json");
    struct str text = STR_INIT;
    int status;

    *job = (struct job){.dir = xstrdup(dir)};
    status = path_read(path, JOB_BYTES_MAX, &text, err);
    if (status == 0) {
        json_t *json = json_loadb(text.text, text.length, 0, NULL);

        if (!json || read_json(job, json) < 0)
            status = err_set(err, "%s: not a job of `kata batch`", path);
        json_decref(json);
    }
    str_release(&text);
    free(path);
    return status;
}

void job_release(struct job *job)
{
    free(job->dir);
    free(job->out);
    free(job->root);
    free(job->program);
    free(job->tests);
    free(job->checker);
    free(job->tools);
    free(job->tries);
    strv_release(&job->slugs);
    roster_release(&job->roster);
    *job = (struct job){.dir = NULL};
}

bool job_is_wanted(const char *dir)
{
    char *path = path_join(dir, "job.json");
    bool there = path_is_file(path);

    free(path);
    return there;
}

/* job.json first: a task that looks meanwhile sees it gone. */
void job_remove(const char *dir)
{
    char *path = path_join(dir, "job.json");

    path_remove(path, NULL);
    path_remove(dir, NULL);
    free(path);
}

void job_list(const char *out, struct strv *dirs)
{
    char *jobs = job_path(out, "jobs", NULL), *real = path_real(jobs);
    struct strv names = STRV_INIT;

    if (real && path_list(real, &names, NULL) == 0)
        for (size_t i = 0; i < names.count; i++)
            strv_take(dirs, path_join(real, names.items[i]));
    strv_release(&names);
    free(jobs);
    free(real);
}

/* Notes */

/* What the system, a path or a program said need not be UTF-8. */
static json_t *visible(const char *text)
{
    struct str shown = STR_INIT;
    json_t *json;

    str_add_visible(&shown, text, strlen(text), NOTE_MAX, false);
    json = json_string(shown.text);
    str_release(&shown);
    return json;
}

int job_write_note(const char *out, const struct item *item,
                   const struct job_note *note, struct err *err)
{
    char *path = job_path(out, "notes", item), *text;
    json_t *json = json_pack("{s:o, s:o}", "note", visible(note->text), "node",
                             visible(note->node));
    int status;

    text = json_dumps(json, JSON_COMPACT);
    status = path_write(path, text, strlen(text), 0644, err);
    json_decref(json);
    free(text);
    free(path);
    return status;
}

/* One that is damaged still says that the submission was not graded. */
static void read_note(const struct str *text, struct job_note *note)
{
    json_t *json = json_loadb(text->text, text->length, 0, NULL);
    const char *said, *node;
    struct str shown = STR_INIT;

    if (json_unpack(json, "{s:s, s:s}", "note", &said, "node", &node) == 0) {
        *note = (struct job_note){xstrdup(said), xstrdup(node)};
    } else {
        str_add(&shown, "a task's note is damaged: ");
        str_add_visible(&shown, text->text, text->length, NOTE_MAX, false);
        *note = (struct job_note){str_detach(&shown), xstrdup("")};
    }
    json_decref(json);
}

bool job_take_note(const char *out, const struct item *item,
                   struct job_note *note)
{
    char *path = job_path(out, "notes", item);
    struct str text = STR_INIT;
    bool found = path_read(path, NOTE_BYTES_MAX, &text, NULL) == 0;

    *note = (struct job_note){.text = NULL};
    if (found) {
        read_note(&text, note);
        path_remove(path, NULL);
    }
    str_release(&text);
    free(path);
    return found;
}

void job_note_release(struct job_note *note)
{
    free(note->text);
    free(note->node);
    *note = (struct job_note){.text = NULL};
}
