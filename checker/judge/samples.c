#include "judge/samples.h"

#include "base/alloc.h"
#include "base/path.h"
#include "judge/trace.h"

#include <stdlib.h>
#include <string.h>

static struct strv *add(struct samples *samples)
{
    struct strv *trace;

    samples->traces = grow(samples->traces, &samples->capacity, samples->count,
                           sizeof *samples->traces);
    trace = &samples->traces[samples->count++];
    *trace = (struct strv)STRV_INIT;
    return trace;
}

/* A file may hold several traces, "--" between them. */
static int load_file(const char *path, struct samples *samples, struct err *err)
{
    struct strv lines = STRV_INIT;
    struct strv *trace = NULL;
    int status = trace_read(path, &lines, err);

    for (size_t i = 0; i < lines.count && status == 0; i++) {
        bool ends = strcmp(lines.items[i], "--") == 0;

        if (!ends && !trace)
            trace = add(samples);
        if (ends)
            trace = NULL;
        else
            strv_add(trace, lines.items[i]);
    }
    strv_release(&lines);
    return status;
}

static int load_own(const struct run *run, struct samples *samples,
                    struct err *err)
{
    char *dir = path_join(run->kata->solution_dir, "traces");
    struct strv names = STRV_INIT;
    int status = path_is_dir(dir) ? path_list(dir, &names, err) : 0;

    for (size_t i = 0; i < names.count && status == 0; i++)
        if (str_ends(names.items[i], ".trace")) {
            char *path = path_join(dir, names.items[i]);

            status = load_file(path, samples, err);
            free(path);
        }
    for (size_t i = 0; i < run->kata->more_traces.count && status == 0; i++)
        status = load_file(run->kata->more_traces.items[i], samples, err);
    strv_release(&names);
    free(dir);
    return status;
}

int samples_load(const struct run *run, size_t random, struct samples *samples,
                 struct err *err)
{
    *samples = (struct samples){.traces = NULL};
    if (load_own(run, samples, err) < 0) {
        samples_release(samples);
        return -1;
    }
    for (size_t i = 0; i < random; i++)
        trace_generate(&run->kata->grammar, run->seed, i, add(samples));
    return 0;
}

void samples_release(struct samples *samples)
{
    for (size_t i = 0; i < samples->count; i++)
        strv_release(&samples->traces[i]);
    free(samples->traces);
    *samples = (struct samples){.traces = NULL};
}
