#include "cmd/runner.h"

#include "base/alloc.h"
#include "judge/stage.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int runner_open(struct runner *runner, bool colour, struct err *err)
{
    *runner = (struct runner){.fd = -1, .colour = colour};
    if (grading_prepare(&runner->grading, true, err) < 0)
        return -1;
    pthread_mutex_init(&runner->lock, NULL);
    runner->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (runner->fd >= 0)
        return 0;
    err_errno(err, "eventfd");
    runner_close(runner);
    return -1;
}

static void notify(const struct runner *runner)
{
    const uint64_t one = 1;

    /* Full, it is readable already. */
    (void)!write(runner->fd, &one, sizeof one);
}

static void forget_stages(struct runner_stage stages[STAGE_COUNT])
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        free(stages[i].line);
        free(stages[i].findings);
        stages[i] = (struct runner_stage){.state = RUNNER_WAITING};
    }
}

void runner_stages_release(struct runner_stage stages[STAGE_COUNT])
{
    forget_stages(stages);
}

void runner_close(struct runner *runner)
{
    if (runner->running) {
        struct grade grade;

        runner_cancel(runner);
        if (runner_finish(runner, &grade, NULL) == 0)
            grade_release(&grade);
    }
    forget_stages(runner->stages);
    grading_close(&runner->grading);
    free(runner->submission);
    if (runner->fd >= 0)
        close(runner->fd);
    pthread_mutex_destroy(&runner->lock);
}

/* In the grading's threads, one at a time. */

static void on_start(enum stage_id id, void *context)
{
    struct runner *runner = context;

    pthread_mutex_lock(&runner->lock);
    runner->stages[id].state = RUNNER_RUNNING;
    pthread_mutex_unlock(&runner->lock);
    notify(runner);
}

/* What `write` writes of a stage, owned. */
static char *text_of(const struct stage_result *result, bool colour,
                     void (*write)(const struct stage_result *result,
                                   bool colour, FILE *out))
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);

    if (!memory)
        return xstrdup("");
    write(result, colour, memory);
    if (fclose(memory) == 0)
        return text;
    free(text);
    return xstrdup("");
}

static void on_end(const struct stage_result *result, void *context)
{
    struct runner *runner = context;
    struct runner_stage *stage = &runner->stages[result->id];
    char *line = text_of(result, runner->colour, term_stage);
    char *findings = text_of(result, runner->colour, term_findings);

    pthread_mutex_lock(&runner->lock);
    stage->state = RUNNER_ENDED;
    free(stage->line);
    free(stage->findings);
    stage->line = line;
    stage->findings = findings;
    pthread_mutex_unlock(&runner->lock);
    notify(runner);
}

static void *grade(void *argument)
{
    struct runner *runner = argument;
    struct grade_options options = {.tests_first = true,
                                    .started = on_start,
                                    .progress = on_end,
                                    .context = runner};
    struct err err = ERR_INIT;
    struct grade graded;
    int status = grading_renew(&runner->grading, runner->context,
                               runner->submission, runner->seed, &err);

    if (status == 0)
        status = grade_run(&runner->grading.run, &options, &graded, &err);
    pthread_mutex_lock(&runner->lock);
    runner->graded = status == 0;
    if (runner->graded)
        runner->grade = graded;
    runner->err = err;
    runner->ended = true;
    pthread_mutex_unlock(&runner->lock);
    notify(runner);
    return NULL;
}

int runner_start(struct runner *runner, const struct cmd_context *context,
                 const char *submission, uint64_t seed, struct err *err)
{
    forget_stages(runner->stages);
    for (int i = 0; i < STAGE_COUNT; i++)
        runner->stages[i].selected =
            !stage_table[i].applies || stage_table[i].applies(context->kata);
    free(runner->submission);
    runner->submission = xstrdup(submission);
    runner->context = context;
    runner->seed = seed;
    runner->ended = runner->cancelled = runner->graded = false;
    if (pthread_create(&runner->thread, NULL, grade, runner) != 0)
        return err_set(err, "no thread to grade in");
    runner->running = true;
    return 0;
}

bool runner_has_ended(struct runner *runner)
{
    uint64_t count;
    bool ended;

    (void)!read(runner->fd, &count, sizeof count);
    pthread_mutex_lock(&runner->lock);
    ended = runner->running && runner->ended;
    pthread_mutex_unlock(&runner->lock);
    return ended;
}

void runner_look(struct runner *runner, struct runner_stage out[STAGE_COUNT])
{
    pthread_mutex_lock(&runner->lock);
    for (int i = 0; i < STAGE_COUNT; i++) {
        out[i] = runner->stages[i];
        out[i].line = out[i].line ? xstrdup(out[i].line) : NULL;
        out[i].findings = out[i].findings ? xstrdup(out[i].findings) : NULL;
    }
    pthread_mutex_unlock(&runner->lock);
}

void runner_cancel(struct runner *runner)
{
    if (runner->running && !runner->cancelled) {
        runner->cancelled = true;
        proc_cancel();
    }
}

int runner_finish(struct runner *runner, struct grade *grade, struct err *err)
{
    pthread_join(runner->thread, NULL);
    runner->running = false;
    if (runner->cancelled)
        proc_resume();
    if (runner->graded && !runner->cancelled) {
        *grade = runner->grade;
        return 0;
    }
    if (runner->graded)
        grade_release(&runner->grade);
    return runner->cancelled ? 1 : err_set(err, "%s", runner->err.text);
}

void runner_forget(struct runner *runner)
{
    forget_stages(runner->stages);
    run_close(&runner->grading.run);
}
