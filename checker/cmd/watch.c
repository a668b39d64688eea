/*
 * kata watch: grades at every save.
 *
 * One thread waits in poll(2) for keys, signals, the file and the grading, and
 * draws; the grading has threads of its own (cmd/runner.h). Nothing wakes up
 * while nothing happens.
 *
 * A save is graded when nothing more has been saved for a time of quiet. So
 * that nobody has to wait for that, the first save in a while is graded at
 * once, and what is found is shown when the quiet is over; a second save
 * meanwhile cancels that run, and the next waits for the quiet.
 */
#include "cmd/watch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/markdown.h"
#include "base/path.h"
#include "base/term.h"
#include "base/tty.h"
#include "cmd/attempt.h"
#include "cmd/browse.h"
#include "cmd/commands.h"
#include "cmd/editor.h"
#include "cmd/page.h"
#include "cmd/show.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    OPT_POLL = 256,
    OPT_QUIET,
    QUIET_MS = 200,
    QUIET_MS_MAX = 60000,
    SUBMISSION_MAX = 1 << 20,
    COLUMNS_MAX = 80
};

static void say(struct watch *watch, const char *text)
{
    str_reset(&watch->notice);
    str_add_visible(&watch->notice, text, strlen(text), SIZE_MAX, true);
}

/* What the change to the file that we made ourselves shall not sweep away. */
static void say_once(struct watch *watch, const char *text)
{
    say(watch, text);
    watch->keep_notice = true;
}

/* Back to the run. */
static void uncover(struct watch *watch)
{
    free(watch->title);
    watch->title = NULL;
    str_reset(&watch->text);
    watch->scroll = 0;
    watch->question = WATCH_NO_QUESTION;
}

/* Covers the run with a text of which every byte is shown. */
static void cover(struct watch *watch, char *title, const struct str *text)
{
    uncover(watch);
    watch->title = title;
    str_add_visible(&watch->text, text->text, text->length, SIZE_MAX, true);
}

/* Which kata */

static int load_kata(struct watch *watch, const char *slug, struct err *err)
{
    struct kata *kata;

    if (catalog_load(&watch->context.catalog, slug, &kata, err) < 0)
        return -1;
    if (kata_check_files(kata, err) < 0) {
        kata_free(kata);
        return -1;
    }
    kata_free(watch->context.kata);
    watch->context.kata = kata;
    return 0;
}

/* What was begun and last worked on, else what is best taken up next. */
static const char *choose(const struct watch *watch, struct err *err)
{
    const struct next *next = standing_next(&watch->standing, NULL);

    if (next)
        return next->kata->slug;
    err_set(err, "every kata has passed; name one to look at it again");
    return NULL;
}

static int begin_attempt(struct watch *watch, struct err *err)
{
    char *aside = NULL;

    if (attempt_exists(&watch->context))
        return 0;
    if (attempt_start(&watch->context, false, &aside, err) < 0)
        return -1;
    free(aside);
    say_once(watch, "a new attempt, from the stub");
    return 0;
}

static void forget_run(struct watch *watch)
{
    free(watch->report);
    free(watch->summary);
    watch->report = watch->summary = NULL;
    watch->ended = watch->guessed = false;
    watch->quiet_until = 0;
    watch->hash[0] = '\0';
    watch->seed = grading_seed();
}

/* After context.kata has been set. */
static int open_attempt(struct watch *watch, struct err *err)
{
    if (begin_attempt(watch, err) < 0)
        return -1;
    free(watch->path);
    watch->path = cmd_submission(&watch->context, NULL);
    if (follow_open(&watch->follow, watch->path, watch->look, err) < 0)
        return -1;
    standing_release(&watch->standing);
    standing_load(&watch->context, &watch->standing);
    forget_run(watch);
    watch->due = true;
    return 0;
}

static void stop_run(struct watch *watch)
{
    struct grade grade;

    if (!watch->runner.running)
        return;
    runner_cancel(&watch->runner);
    if (runner_finish(&watch->runner, &grade, NULL) == 0)
        grade_release(&grade);
}

/* An error leaves the kata that is watched. */
static void switch_to(struct watch *watch, const char *slug)
{
    struct err err = ERR_INIT;

    stop_run(watch);
    if (load_kata(watch, slug, &err) < 0) {
        watch->due = true;
        say(watch, err.text);
        return;
    }
    str_reset(&watch->notice);
    uncover(watch);
    runner_forget(&watch->runner);
    follow_close(&watch->follow);
    if (open_attempt(watch, &err) < 0) {
        tty_leave();
        watch->status = cmd_error(&err);
    }
}

/* Grading */

/* The hash of the file; false where it cannot be read. */
static bool hash_file(const char *path, char text[HASH_TEXT_SIZE])
{
    struct str bytes = STR_INIT;
    struct hash hash;
    bool is_read = path_read(path, SUBMISSION_MAX, &bytes, NULL) == 0;

    hash_init(&hash);
    hash_add(&hash, bytes.text, bytes.length);
    hash_text(&hash, text);
    str_release(&bytes);
    return is_read;
}

/* Has the file other bytes than what a run under way has or a coming one will
   find? A save often comes in several events. */
static bool is_news(const struct watch *watch)
{
    char hash[HASH_TEXT_SIZE];

    return !watch->runner.running || watch->runner.cancelled ||
           !hash_file(watch->path, hash) || strcmp(hash, watch->hash) != 0;
}

static void on_change(struct watch *watch, enum follow_event event)
{
    bool quiet = clock_now() >= watch->quiet_until;

    if (event == FOLLOW_NOTHING || !is_news(watch))
        return;
    if (quiet)
        watch->guessed = false;
    watch->quiet_until = clock_now() + watch->quiet;
    watch->due = true;
    watch->saved = event == FOLLOW_SAVED;
    if (!watch->keep_notice)
        str_reset(&watch->notice);
    watch->keep_notice = false;
    runner_cancel(&watch->runner);
}

static bool is_quiet(const struct watch *watch)
{
    return clock_now() >= watch->quiet_until;
}

static void start_run(struct watch *watch)
{
    struct err err = ERR_INIT;

    watch->due = false;
    watch->guessed = true;
    if (!hash_file(watch->path, watch->hash)) {
        say(watch, "the file is gone, or too large to be read");
        return;
    }
    if (runner_start(&watch->runner, &watch->context, watch->path, watch->seed,
                     &err) < 0)
        say(watch, err.text);
}

static void note_time(struct watch *watch)
{
    time_t now = time(NULL);
    struct tm local;

    if (!localtime_r(&now, &local) ||
        strftime(watch->at, sizeof watch->at, "%H:%M:%S", &local) == 0)
        watch->at[0] = '\0';
}

/* Nothing has been tried yet, then. */
static bool is_stub(const struct watch *watch)
{
    char *stub = kata_stub(watch->context.kata), hash[HASH_TEXT_SIZE];
    bool same = hash_file(stub, hash) && strcmp(hash, watch->hash) == 0;

    free(stub);
    return same;
}

/* A mended attempt is judged by what failed; else by something new. */
static void settle(struct watch *watch, struct grade *grade)
{
    grading_save_trace(&watch->context, grade);
    if (!is_stub(watch))
        attempt_record(&watch->context, grade, "watch");
    standing_release(&watch->standing);
    standing_load(&watch->context, &watch->standing);
    forget_run(watch);
    if (grade->verdict != VERDICT_PASS)
        watch->seed = grade->seed;
    watch->ended = true;
    watch->verdict = grade->verdict;
    watch->report = watch_report(watch, grade);
    watch->summary =
        xasprintf("%s: %s, %.4g of %d points", grade->kata->slug,
                  verdict_name(grade->verdict), grade->score, grade->max_score);
    note_time(watch);
    watch->scroll = 0;
}

/* Takes the end of a run, starts one that is due. */
static void advance(struct watch *watch)
{
    struct err err = ERR_INIT;
    struct grade grade;

    if (runner_has_ended(&watch->runner) &&
        (is_quiet(watch) || watch->runner.cancelled)) {
        int status = runner_finish(&watch->runner, &grade, &err);

        if (status == 0) {
            settle(watch, &grade);
            grade_release(&grade);
        } else if (status < 0) {
            say(watch, err.text);
        }
    }
    if (watch->due && !watch->runner.running &&
        (is_quiet(watch) || (watch->saved && !watch->guessed))) {
        uncover(watch);
        start_run(watch);
    }
}

/* Keys */

static void show_page(struct watch *watch)
{
    char *path = path_join(watch->context.kata->dir, "README.md");
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    int columns = tty_size().columns;

    if (path_read(path, SUBMISSION_MAX, &text, &err) < 0) {
        say(watch, err.text);
    } else {
        uncover(watch);
        watch->title = xstrdup("the brief");
        markdown_render(&watch->text, text.text, text.length,
                        columns < COLUMNS_MAX ? columns : COLUMNS_MAX,
                        watch->colour);
    }
    str_release(&text);
    free(path);
}

static void show_next_hint(struct watch *watch)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    if (show_hint(&watch->context, 0, &text, &err) != 0)
        say(watch, err.text);
    else
        cover(watch, xstrdup("a hint"), &text);
    str_release(&text);
}

static void show_the_solution(struct watch *watch)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    if (show_solution(&watch->context, &text, &err) < 0)
        say(watch, err.text);
    else
        cover(watch, xstrdup("the reference"), &text);
    attempt_shown(&watch->context);
    str_release(&text);
}

static void show_the_difference(struct watch *watch)
{
    struct str text = STR_INIT;
    struct err err = ERR_INIT;

    if (!attempt_passed(&watch->context)) {
        say(watch, "the difference with the reference is for after a pass");
        return;
    }
    if (show_diff(&watch->context, watch->path, &text, &err) < 0) {
        say(watch, err.text);
    } else {
        if (text.length == 0)
            str_add(&text, "no difference\n");
        cover(watch, xstrdup("from yours (-) to the reference (+)"), &text);
        attempt_shown(&watch->context);
    }
    str_release(&text);
}

static void go_on(struct watch *watch)
{
    const struct next *next =
        standing_next(&watch->standing, watch->context.kata->slug);
    char *slug = next ? xstrdup(next->kata->slug) : NULL;

    if (slug)
        switch_to(watch, slug);
    else
        say(watch, "there is no next: every other kata has passed");
    free(slug);
}

static void run_again(struct watch *watch)
{
    uncover(watch);
    runner_cancel(&watch->runner);
    watch->seed = grading_seed();
    watch->quiet_until = 0;
    watch->due = true;
}

static void reset(struct watch *watch)
{
    struct err err = ERR_INIT;
    char *aside = NULL, *text;

    if (attempt_make(&watch->context, &aside, &err) < 0) {
        say(watch, err.text);
        return;
    }
    text =
        aside ? xasprintf("the stub is back; what you had is kept as %s", aside)
              : xstrdup("the stub is back");
    say_once(watch, text);
    free(text);
    free(aside);
}

static void edit(struct watch *watch)
{
    struct err err = ERR_INIT;

    tty_leave();
    if (editor_open(watch->path, &err) < 0)
        say(watch, err.text);
    if (tty_enter(&err) < 0)
        watch->status = EXIT_INTERRUPTED;
}

static void list(struct watch *watch)
{
    const struct listing_filter all = {.level = -1, .state = -1};
    struct err err = ERR_INIT;
    char *slug = NULL;

    watch->status = browse(&watch->context, watch->signals, &all,
                           watch->context.kata->slug, &slug, &err);
    if (err.set)
        say(watch, err.text);
    if (tty_enter(&err) < 0)
        watch->status = EXIT_INTERRUPTED;
    if (watch->status < 0 && slug &&
        strcmp(slug, watch->context.kata->slug) != 0)
        switch_to(watch, slug);
    free(slug);
}

static void answer(struct watch *watch, int key)
{
    enum watch_question question = watch->question;

    watch->question = WATCH_NO_QUESTION;
    if (key != 'y' && key != 'Y')
        return;
    if (question == WATCH_RESET)
        reset(watch);
    else
        show_the_solution(watch);
}

static void ask(struct watch *watch, enum watch_question question)
{
    uncover(watch);
    watch->question = question;
}

static void obey(struct watch *watch, int key)
{
    switch (key) {
    case 'n':
        go_on(watch);
        break;
    case 'h':
        show_next_hint(watch);
        break;
    case 'l':
        list(watch);
        break;
    case 'b':
        show_page(watch);
        break;
    case 'd':
        show_the_difference(watch);
        break;
    case 's':
        if (attempt_passed(&watch->context))
            show_the_solution(watch);
        else
            ask(watch, WATCH_SOLUTION);
        break;
    case 'r':
        run_again(watch);
        break;
    case 'x':
        ask(watch, WATCH_RESET);
        break;
    case 'e':
        edit(watch);
        break;
    default:
        break;
    }
}

static void on_key(struct watch *watch, int key)
{
    if (watch->question != WATCH_NO_QUESTION) {
        answer(watch, key);
        return;
    }
    if (page_scroll(&watch->scroll, key, tty_size().rows))
        return;
    str_reset(&watch->notice);
    watch->keep_notice = false;
    if (key == TTY_ESCAPE || (key == 'q' && watch->title))
        uncover(watch);
    else if (key == 'q')
        watch->status = EXIT_PASS;
    else
        obey(watch, key);
}

static void on_keys(struct watch *watch)
{
    int keys[64], count = tty_read_keys(keys, 64);

    if (count < 0)
        watch->status = EXIT_INTERRUPTED;
    for (int i = 0; i < count && watch->status < 0; i++)
        on_key(watch, keys[i]);
}

static void on_stop(struct watch *watch)
{
    if (watch->runner.running) {
        stop_run(watch);
        watch->due = true;
    }
    tty_stop();
}

static void on_signal(struct watch *watch)
{
    struct signalfd_siginfo info;

    while (read(watch->signals, &info, sizeof info) == sizeof info) {
        struct err err = ERR_INIT;

        if (info.ssi_signo == SIGTSTP)
            on_stop(watch);
        else if (info.ssi_signo == SIGWINCH)
            tty_redraw();
        else if (info.ssi_signo != SIGCONT || tty_enter(&err) < 0)
            watch->status = EXIT_INTERRUPTED;
    }
}

/* The loop */

static int timeout(const struct watch *watch)
{
    double left = watch->quiet_until - clock_now();
    int ms = follow_timeout(&watch->follow);

    if (left <= 0)
        return ms;
    left = left * 1000 + 1;
    return ms >= 0 && ms < left ? ms : (int)left;
}

static void wait_for_something(struct watch *watch)
{
    struct pollfd polls[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = watch->signals, .events = POLLIN},
                             {.fd = watch->runner.fd, .events = POLLIN},
                             {.fd = watch->follow.fd, .events = POLLIN}};

    if (poll(polls, 4, timeout(watch)) < 0)
        return;
    if (polls[1].revents)
        on_signal(watch);
    if (polls[0].revents && watch->status < 0)
        on_keys(watch);
    if (watch->status < 0)
        on_change(watch, follow_read(&watch->follow));
}

static void show_printed(struct watch *watch)
{
    struct str text = STR_INIT;

    tty_take_printed(&text);
    if (text.length)
        say(watch, text.text);
    str_release(&text);
}

/* While a run was started before the quiet is over, the screen stays. */
static void go(struct watch *watch)
{
    while (watch->status < 0) {
        advance(watch);
        show_printed(watch);
        if (watch->status < 0 && (is_quiet(watch) || watch->title))
            watch_draw(watch);
        if (watch->status < 0)
            wait_for_something(watch);
    }
}

/* The command */

static int open_watch(struct watch *watch, const char *slug, struct err *err)
{
    standing_load(&watch->context, &watch->standing);
    if (!slug)
        slug = choose(watch, err);
    if (!slug || load_kata(watch, slug, err) < 0)
        return -1;
    watch->colour = term_colour(stdout);
    watch->signals = tty_block_signals(err);
    if (watch->signals < 0)
        return -1;
    if (open_attempt(watch, err) < 0)
        return -1;
    return runner_open(&watch->runner, watch->colour, err);
}

static void close_watch(struct watch *watch)
{
    follow_close(&watch->follow);
    if (watch->signals >= 0)
        close(watch->signals);
    standing_release(&watch->standing);
    free(watch->path);
    free(watch->report);
    free(watch->summary);
    free(watch->title);
    str_release(&watch->text);
    str_release(&watch->notice);
}

static int run_watch(struct watch *watch, const char *slug, struct err *err)
{
    if (open_watch(watch, slug, err) < 0)
        return -1;
    if (tty_enter(err) == 0)
        go(watch);
    tty_leave();
    runner_close(&watch->runner);
    if (!err->set && watch->summary)
        puts(watch->summary);
    return err->set ? -1 : watch->status;
}

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct watch *watch = data;
    long long ms;

    if (id == OPT_POLL) {
        watch->look = true;
        return 0;
    }
    if (opt_number(value, 0, QUIET_MS_MAX, &ms, "--quiet", err) < 0)
        return -1;
    watch->quiet = (double)ms / 1000;
    return 0;
}

static int cmd_watch_run(const struct cmd *cmd, int argc, char **argv)
{
    struct watch watch = {.signals = -1,
                          .status = -1,
                          .quiet = QUIET_MS / 1e3,
                          .follow = {.fd = -1},
                          .text = STR_INIT,
                          .notice = STR_INIT};
    struct err err = ERR_INIT;
    const char *slug = NULL;
    int status = cmd_begin(cmd, argc, argv, set_option, &watch, false, 1,
                           &watch.context);

    if (status >= 0)
        return status;
    catalog_load_all(&watch.context.catalog);
    if (watch.context.operands.count)
        slug = watch.context.operands.items[0];
    status = run_watch(&watch, slug, &err);
    if (status < 0) {
        status = cmd_error(&err);
        if (slug && !catalog_has(&watch.context.catalog, slug))
            status = EXIT_USAGE;
    }
    close_watch(&watch);
    cmd_release(&watch.context);
    return status;
}

static const struct opt options[] = {
    {OPT_POLL, "poll", NULL,
     "look at the file four times a second, where nothing else tells"},
    {OPT_QUIET, "quiet", "MS",
     "show what a save does after so many milliseconds without another (200)"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_watch = {
    "watch",
    "[SLUG]",
    "Grade at every save, with hints, brief and the next kata a key away.",
    "Without SLUG it goes on with the attempt last worked on, or starts the\n"
    "next kata. Editors that save by renaming are seen; on network file "
    "systems\n"
    "and WSL2's mounts of Windows it looks at the file as --poll does.\n\n"
    "A save is graded when nothing more was saved for 200 ms, and a new save\n"
    "ends the grading under way. Every grade is recorded, as those of `kata\n"
    "grade` are. After a pass it waits for you.",
    options,
    cmd_watch_run};
