#include "judge/cpython.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/proc.h"
#include "judge/session.h"
#include "judge/trace.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1000 };

/* The system's, where there is one: what PATH has may be a script that looks
   for another. */
static const char python[] = "/usr/bin/python3";

static char *script_path(const struct kata *kata)
{
    return path_join(kata->solution_dir, "cpython.py");
}

bool cpython_exists(const struct kata *kata)
{
    char *path = script_path(kata);
    bool exists = path_is_file(path);

    free(path);
    return exists;
}

/* The answers of cpython.py to some traces, one line each, "--" after each
   trace. */
static int ask_cpython(const struct run *run, const struct strv *traces,
                       size_t count, struct strv *answers, struct err *err)
{
    char *script = script_path(run->kata);
    char *modules = xasprintf("PYTHONPATH=%s/checker/cpython", run->root);
    char path[] = "PATH=/usr/bin:/bin", hash[] = "PYTHONHASHSEED=0",
         bytecode[] = "PYTHONDONTWRITEBYTECODE=1", utf8[] = "PYTHONUTF8=1";
    char *env[] = {modules, path, hash, bytecode, utf8, NULL};
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {
        .envp = env, .seconds = 300, .output_max = 256 << 20};
    struct str input = STR_INIT;
    struct proc_result result;
    int status;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < traces[i].count; k++)
            str_addf(&input, "%s\n", traces[i].items[k]);
        str_add(&input, "--\n");
    }
    strv_add_all(&argv, path_is_file(python) ? python : "python3", script,
                 (char *)NULL);
    spec.argv = argv.items;
    spec.input = input.text;
    spec.input_length = input.length;
    status = proc_run(&spec, &result, err);
    if (status == 0 && (result.end != PROC_EXITED || result.code != 0))
        status = err_set(err, "%s: %.600s", script, result.err.text);
    else if (status == 0)
        strv_add_lines(answers, result.out.text);
    proc_result_release(&result);
    str_release(&input);
    strv_release(&argv);
    free(script);
    free(modules);
    return status;
}

struct comparison {
    const struct strv *traces;
    const struct strv *answers; /* CPython's, of all traces of the chunk */
    size_t next;                /* in answers: where this trace's begin */
    struct cpython_result *result;
};

static void note_difference(const struct comparison *comparison,
                            const struct strv *trace, const struct reply *reply,
                            size_t lines)
{
    struct finding *difference = &comparison->result->difference;

    comparison->result->equal = false;
    difference->category = CATEGORY_WRONG_ANSWER;
    difference->message = xstrdup("the reference and CPython disagree");
    for (size_t i = 0; i < lines; i++) {
        size_t k = comparison->next + i;

        strv_add(&difference->trace, trace->items[i]);
        if (k < comparison->answers->count)
            strv_add(&difference->want, comparison->answers->items[k]);
        if (i < reply->answers.count)
            strv_add(&difference->got, reply->answers.items[i]);
    }
}

static bool compare_trace(size_t index, struct reply *reply, void *context)
{
    struct comparison *comparison = context;
    const struct strv *trace = &comparison->traces[index];

    for (size_t i = 0; i < trace->count; i++) {
        size_t k = comparison->next + i;

        if (i >= reply->answers.count || k >= comparison->answers->count ||
            strcmp(reply->answers.items[i], comparison->answers->items[k]) !=
                0) {
            note_difference(comparison, trace, reply, i + 1);
            return false;
        }
    }
    comparison->next += trace->count + 1;
    comparison->result->lines += trace->count;
    comparison->result->traces++;
    return true;
}

static int compare_chunk(struct run *run, struct session *session,
                         const struct strv *traces, size_t count,
                         struct cpython_result *result, struct err *err)
{
    struct strv answers = STRV_INIT;
    struct comparison comparison = {
        .traces = traces, .answers = &answers, .result = result};
    int status = ask_cpython(run, traces, count, &answers, err);

    if (status == 0)
        status = session_run(session, traces, count, SESSION_WHOLE_TRACES,
                             compare_trace, &comparison, err);
    strv_release(&answers);
    return status;
}

int cpython_compare(struct run *run, uint64_t seed, size_t count,
                    struct cpython_result *result, struct err *err)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct strv traces[CHUNK] = {STRV_INIT};
    struct session *session;
    int status = 0;

    *result = (struct cpython_result){.equal = true};
    if (!run_build(run, PROGRAM_AGENT, err) ||
        session_open(&session, run, &options, err) < 0)
        return -1;
    for (size_t start = 0; start < count && result->equal && status == 0;
         start += CHUNK) {
        size_t n = count - start < CHUNK ? count - start : CHUNK;

        for (size_t i = 0; i < n; i++)
            trace_generate(&run->kata->grammar, seed, start + i, &traces[i]);
        status = compare_chunk(run, session, traces, n, result, err);
        for (size_t i = 0; i < n; i++)
            strv_release(&traces[i]);
    }
    session_close(session);
    return status;
}
