/* kata interview start, list, status, clock, pause, resume, finish. */
#include "cmd/interview.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/term.h"
#include "cmd/grading.h"
#include "exec/proc.h"
#include "kata/card.h"
#include "store/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_MINUTES = 256,
    OPT_LEVEL,
    OPT_ROUNDS,
    OPT_SEED,
    MINUTES = 45,
    NAME_MAX_BYTES = 100
};

static const int64_t LATELY_MS = (int64_t)30 * 24 * 3600 * 1000;

struct start {
    struct plan_request request;
    const char *candidate;
    bool has_seed;
};

/* start */

static int set_rounds(const char *text, struct plan_request *request,
                      struct err *err)
{
    request->round_count = 0;
    for (const char *at = text;; at++) {
        size_t n = strcspn(at, ",");
        char *name = xstrndup(at, n);
        enum round_kind kind = round_from_name(name);

        free(name);
        if (kind == ROUND_KINDS)
            return err_set(err,
                           "--rounds: expected concept, code and bughunt with "
                           "commas between, got '%s'",
                           text);
        if (request->round_count == PLAN_ROUNDS_MAX)
            return err_set(err, "--rounds: at most %d rounds", PLAN_ROUNDS_MAX);
        request->rounds[request->round_count++] = kind;
        at += n;
        if (!*at)
            return 0;
    }
}

static int set_candidate(const char *name, struct start *start, struct err *err)
{
    struct str visible = STR_INIT;
    bool plain;

    str_add_visible(&visible, name, strlen(name), NAME_MAX_BYTES, false);
    plain = strcmp(visible.text, name) == 0;
    str_release(&visible);
    if (!plain || !*name || name[strspn(name, " ")] == '\0')
        return err_set(err,
                       "--candidate: expected a name of at most %d bytes "
                       "without control characters",
                       NAME_MAX_BYTES);
    start->candidate = name;
    return 0;
}

static int set_start(int id, const char *value, void *data, struct err *err)
{
    struct start *start = data;
    long long number;

    switch (id) {
    case OPT_MINUTES:
        if (opt_number(value, PLAN_MINUTES_MIN, PLAN_MINUTES_MAX, &number,
                       "--minutes", err) < 0)
            return -1;
        start->request.minutes = (int)number;
        return 0;
    case OPT_LEVEL:
        if (card_level(value, &start->request.level) == 0)
            return 0;
        return err_set(err, "--level: expected junior, mid or senior, got '%s'",
                       value);
    case 't':
        strv_add(&start->request.topics, value);
        return 0;
    case OPT_ROUNDS:
        return set_rounds(value, &start->request, err);
    case 'c':
        return set_candidate(value, start, err);
    default:
        if (opt_number(value, 0, INT64_MAX, &number, "--seed", err) < 0)
            return -1;
        start->request.seed = (uint64_t)number;
        start->has_seed = true;
        return 0;
    }
}

static int check_topics(const struct strv *topics, const struct cards *cards,
                        struct err *err)
{
    for (size_t i = 0; i < topics->count; i++) {
        bool known = cards_has_topic(cards, topics->items[i]);

        for (size_t k = 0; catalog_topics[k]; k++)
            known = known || strcmp(catalog_topics[k], topics->items[i]) == 0;
        if (!known)
            return err_set(err,
                           "--topic: there is no topic '%s'; `kata list` shows "
                           "them",
                           topics->items[i]);
    }
    return 0;
}

/* What was solved; by the learner too, where they interview themselves. */
static int read_history(const struct interview *interview,
                        struct plan_history *history, struct err *err)
{
    const struct session *session = &interview->session;
    int64_t lately = interview->now.wall - LATELY_MS;
    struct progress_list list = PROGRESS_LIST_INIT;
    int status = session_met(interview->db, session->candidate, lately,
                             &history->lately, err);

    if (status == 0)
        status = session_met(interview->db, session->candidate, 0,
                             &history->solved, err);
    if (status == 0 && session->alone)
        status = progress_all(interview->db, &list, err);
    for (size_t i = 0; i < list.count; i++) {
        const struct progress *progress = &list.items[i];

        if (progress->state != PROGRESS_PASSED)
            continue;
        strv_add(&history->solved, progress->kata);
        if (progress->passed >= lately || progress->first_passed >= lately)
            strv_add(&history->lately, progress->kata);
    }
    progress_list_release(&list);
    return status;
}

static int draw(struct interview *interview, const struct start *start,
                struct err *err)
{
    struct plan_history history = {.lately = STRV_INIT};
    struct cards cards;
    int status;

    if (cards_load(interview->context.root, &cards, err) < 0)
        return -1;
    status = check_topics(&start->request.topics, &cards, err);
    if (status == 0)
        status = read_history(interview, &history, err);
    if (status == 0) {
        catalog_load_all(&interview->context.catalog);
        status = plan_draw(&start->request, &interview->context.catalog, &cards,
                           &history, &interview->session.plan, err);
    }
    strv_release(&history.lately);
    strv_release(&history.solved);
    cards_release(&cards);
    return status;
}

static const char *own_name(void)
{
    const struct passwd *user = getpwuid(getuid());

    return user && *user->pw_name ? user->pw_name : "me";
}

/* Lays out the first step, after the folder. */
static int open_first(struct interview *interview, struct err *err)
{
    int status = folder_make(interview, err);

    return status == 0 ? interview_open_step(interview, err) : -1;
}

/* The number is taken in the database first; one whose folder is there already,
   from another database, is passed over. */
static int create(struct interview *interview, struct err *err)
{
    struct session *session = &interview->session;
    int64_t least = 1;
    int status;

    if (path_mkdirs(interview->work, 0755, err) < 0)
        return -1;
    for (bool taken = true; taken; least++) {
        char *dir = xasprintf("%s/interview-%" PRId64, interview->work, least);

        taken = access(dir, F_OK) == 0;
        free(dir);
    }
    if (db_begin(interview->db, err) < 0)
        return -1;
    status = session_create(interview->db, session, least - 1, err);
    interview->id = session->id;
    if (status == 0)
        status = session_event(interview->db, session, EVENT_START, NULL, NULL,
                               0, err);
    if (status == 0)
        status = open_first(interview, err);
    if (status == 0)
        status = session_save(interview->db, session, err);
    return db_finish(interview->db, status, err);
}

static void print_plan(const struct session *session, const char *folder)
{
    printf("interview %" PRId64 ": %s, %s, %d minutes, seed %" PRIu64 "\n\n",
           session->id, session->candidate, kata_level_name(session->level),
           session->minutes, session->seed);
    for (size_t i = 0; i < session->plan.count; i++) {
        const struct plan_round *round = &session->plan.rounds[i];

        printf("  %zu. %-8s %3d min  ", i + 1, round_name(round->kind),
               round->minutes);
        if (round->kind == ROUND_CONCEPT)
            printf("%zu question%s in words\n", round->questions.count,
                   round->questions.count == 1 ? "" : "s");
        else if (round->kind == ROUND_CODE)
            printf("a kata in C%s\n", round->variants.count
                                          ? ", then the requirement changes"
                                          : "");
        else
            puts("code with one bug: find it, explain it, fix it");
    }
    for (size_t i = 0; i < session->plan.remarks.count; i++)
        printf("%s  note: %s\n", i ? "" : "\n", session->plan.remarks.items[i]);
    printf("\nThe clock runs. %s in\n\n  %s\n\n",
           session->alone ? "Work" : "The candidate works", folder);
    if (session->alone)
        puts("`kata interview` there says what to do.");
    else
        printf("`kata interview` there says what to do; yours is `kata "
               "interview sheet %" PRId64 "`.\n",
               session->id);
}

static int start_interview(const struct cmd *cmd, struct interview *interview,
                           struct start *start)
{
    struct session *session = &interview->session;
    struct err err = ERR_INIT;
    char *folder;
    int status = -1;

    *session = (struct session){
        .candidate = xstrdup(start->candidate ? start->candidate : own_name()),
        .alone = !start->candidate,
        .level = start->request.level,
        .minutes = start->request.minutes,
        .seed = start->request.seed,
        .started = interview->now.wall,
        .fake = interview->now.fake};
    timer_start(&session->timer, &interview->now);
    if (draw(interview, start, &err) < 0)
        return cmd_usage(cmd, "%s", err.text);
    if (create(interview, &err) == 0) {
        folder = interview_folder(interview, &err);
        if (folder) {
            print_plan(session, folder);
            status = EXIT_PASS;
        }
        free(folder);
    }
    return status < 0 ? cmd_error(&err) : status;
}

static int run_start(const struct cmd *cmd, int argc, char **argv)
{
    struct start start = {
        .request = {.minutes = MINUTES,
                    .level = LEVEL_MID,
                    .rounds = {ROUND_CONCEPT, ROUND_CODE, ROUND_HUNT},
                    .round_count = 3}};
    struct interview interview;
    struct err err = ERR_INIT;
    int status = interview_open_database(cmd, argc, argv, set_start, &start, 0,
                                         &interview);

    if (status < 0) {
        if (!start.has_seed)
            start.request.seed = grading_seed();
        start.request.alone = !start.candidate;
        status = start_interview(cmd, &interview, &start);
        interview_close(&interview, status, &err);
    }
    strv_release(&start.request.topics);
    return status;
}

static const struct opt start_options[] = {
    {OPT_MINUTES, "minutes", "N", "how long it takes (default 45)"},
    {OPT_LEVEL, "level", "LEVEL", "junior, mid (default) or senior"},
    {'t', "topic", "TOPIC", "only of this topic; may be repeated"},
    {OPT_ROUNDS, "rounds", "LIST",
     "which rounds, in order (default concept,code,bughunt)"},
    {'c', "candidate", "NAME",
     "hold it in a pair; without it the program asks you"},
    {OPT_SEED, "seed", "N", "draw the plan from N (default: a new one)"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_interview_start = {
    "interview start",
    "",
    "Draw a plan and begin.",
    "The plan fits time and level and leaves out what was solved within 30 "
    "days. It\nis told in outline only; the sheet has all of it. The same seed "
    "and history give\nthe same plan. docs/interviews.md tells how to hold an "
    "interview.",
    start_options,
    run_start};

/* list */

static int set_json(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

/* A listed session as it is now; nothing is written. */
static int peek(struct interview *interview, int64_t id, struct err *err)
{
    session_release(&interview->session);
    if (session_load(interview->db, id, &interview->session, err) < 0)
        return -1;
    if (interview->session.state != SESSION_FINISHED)
        timer_advance(&interview->session.timer, &interview->now);
    return 0;
}

static json_t *describe(const struct session *session)
{
    json_t *rounds = json_array();

    for (size_t i = 0; i < session->plan.count; i++)
        json_array_append_new(
            rounds, json_string(round_name(session->plan.rounds[i].kind)));
    return json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:f, s:f, s:i, s:o}", "id",
        (json_int_t)session->id, "state", session_state_name(session->state),
        "candidate", session->candidate, "mode",
        session->alone ? "alone" : "pair", "level",
        kata_level_name(session->level), "minutes", session->minutes, "seed",
        (json_int_t)session->seed, "started", (json_int_t)session->started,
        "used_seconds", (double)session->timer.used / 1000, "left_seconds",
        (double)session_left(session) / 1000, "round", (int)session->round + 1,
        "rounds", rounds);
}

static void print_row(const struct session *session)
{
    char *left = interview_time(session_left(session));
    char *used = interview_time(session->timer.used);

    printf("%4" PRId64 "  %-9s %-20s %-6s %3d min  ", session->id,
           session_state_name(session->state), session->candidate,
           kata_level_name(session->level), session->minutes);
    if (session->state == SESSION_FINISHED)
        printf("took %s\n", used);
    else
        printf("round %zu of %zu, %s left\n", session->round + 1,
               session->plan.count, left);
    free(left);
    free(used);
}

static int list(struct interview *interview, bool json, struct err *err)
{
    json_t *array = json_array();
    int64_t *ids;
    size_t count;
    int status = session_list(interview->db, &ids, &count, err);

    for (size_t i = 0; i < count && status == 0; i++) {
        status = peek(interview, ids[i], err);
        if (status == 0 && json)
            json_array_append_new(array, describe(&interview->session));
        else if (status == 0)
            print_row(&interview->session);
    }
    if (status == 0 && json) {
        json_dumpf(array, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        putchar('\n');
    } else if (status == 0 && count == 0) {
        puts("no interviews yet; `kata interview start` begins one");
    }
    json_decref(array);
    free(ids);
    return status;
}

static int run_list(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    bool json = false;
    int status = interview_open_database(cmd, argc, argv, set_json, &json, 0,
                                         &interview);

    if (status >= 0)
        return status;
    return interview_close(&interview, list(&interview, json, &err), &err);
}

static const struct opt json_options[] = {{'j', "json", NULL, "for programs"},
                                          {0, NULL, NULL, NULL}};

const struct cmd cmd_interview_list = {
    "interview list",
    "",
    "List the interviews: id, state, candidate.",
    NULL,
    json_options,
    run_list};

/* status */

void interview_print_clock(const struct interview *interview, FILE *out)
{
    const struct session *session = &interview->session;
    int64_t left = session_left(session);
    char *time = interview_time(left < 0 ? -left : left);
    enum term_style style = left < 0                        ? TERM_RED
                            : left < (int64_t)5 * 60 * 1000 ? TERM_YELLOW
                                                            : TERM_GREEN;
    bool colour = term_colour(out);

    fprintf(out, "%s%s %s%s", term_style(colour, style), time,
            left < 0 ? "over the end: what comes now is late" : "left",
            term_style(colour, TERM_PLAIN));
    if (session->state != SESSION_RUNNING)
        fprintf(out, ", %s", session_state_name(session->state));
    free(time);
}

static int round_started(const struct interview *interview, int64_t *used,
                         bool *answered, struct err *err)
{
    struct events events;
    const struct session *session = &interview->session;

    *used = 0;
    if (session_events(interview->db, session->id, &events, err) < 0)
        return -1;
    for (size_t i = events.count; i-- > 0;)
        if (events.items[i].kind == EVENT_ROUND &&
            events.items[i].round == session->round)
            *used = events.items[i].used;
    *answered = events_last(&events, EVENT_MARKED, (int64_t)session->round,
                            (int64_t)session->step) != NULL;
    events_release(&events);
    return 0;
}

static void print_where(const struct interview *interview, int64_t started)
{
    const struct session *session = &interview->session;
    const struct plan_round *round = session_round(session);
    const char *slug = session_kata(round, session->step);
    int64_t left = session_round_left(session, started);
    char *time = interview_time(left < 0 ? -left : left);

    printf("interview %" PRId64 ": %s, %s, %d minutes; ", session->id,
           session->candidate, kata_level_name(session->level),
           session->minutes);
    interview_print_clock(interview, stdout);
    printf("\nround %zu of %zu: %s", session->round + 1, session->plan.count,
           round_name(round->kind));
    if (round->kind == ROUND_CONCEPT)
        printf(", question %zu of %zu", session->step + 1,
               round->questions.count);
    else
        printf(", %s", slug);
    if (round->kind == ROUND_CODE && session->step > 0)
        printf(" (the requirement has changed)");
    printf("; %s %s\n", time,
           left < 0 ? "over its share" : "of its share left");
    free(time);
}

static int print_task(const struct interview *interview, struct err *err)
{
    char *folder = interview_folder(interview, err), *path;
    struct kata *kata;
    int status = -1;

    if (!folder)
        return -1;
    if (session_round(&interview->session)->kind == ROUND_CONCEPT) {
        status = interview_print_question(interview, err);
    } else if (interview_kata(interview, &kata, err) == 0) {
        path = folder_source(interview, folder, kata);
        printf("\n%s; read README.md, write\n  %s\n", kata->title, path);
        free(path);
        kata_free(kata);
        status = 0;
    }
    free(folder);
    return status;
}

static void print_commands(const struct interview *interview, bool answered)
{
    const struct session *session = &interview->session;
    bool concept = session_round(session)->kind == ROUND_CONCEPT;

    putchar('\n');
    if (session->state == SESSION_PAUSED) {
        puts("  kata interview resume   go on");
        return;
    }
    if (!concept)
        puts("  kata interview test     build and run the tests\n"
             "  kata interview submit   grade with every stage\n"
             "  kata interview hint     open a hint, which costs points");
    else if (answered)
        puts("  this question is answered");
    else if (session->alone)
        puts("  kata interview submit   note your answer, see the key points");
    puts("  kata interview next     go on with what comes next\n"
         "  kata interview pause    stop the clock");
}

int interview_print_status(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    int64_t started;
    bool answered;

    if (session->state == SESSION_FINISHED) {
        char *used = interview_time(session->timer.used);

        printf("interview %" PRId64 ": %s, finished after %s; `kata interview "
               "report %" PRId64 "` shows how it went\n",
               session->id, session->candidate, used, session->id);
        free(used);
        return 0;
    }
    if (round_started(interview, &started, &answered, err) < 0)
        return -1;
    print_where(interview, started);
    if (print_task(interview, err) < 0)
        return -1;
    print_commands(interview, answered);
    return 0;
}

static int run_status(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);

    if (status >= 0)
        return status;
    status = interview_enter(&interview, &err);
    if (status == 0)
        status = interview_leave(&interview, 0, &err);
    if (status == 0)
        status = interview_print_status(&interview, &err);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_status = {
    "interview status",
    "[ID]",
    "Say where the interview is and what time is left; the default.",
    NULL,
    NULL,
    run_status};

/* clock */

/* Shows the clock once a second until a line is entered, or Ctrl-C. */
static int tick(struct interview *interview, struct err *err)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int status = 0;

    proc_handle_signals();
    puts("(Enter ends)");
    while (status == 0 && !proc_cancelled &&
           interview->session.state != SESSION_FINISHED) {
        fputs("\r\033[K", stdout);
        interview_print_clock(interview, stdout);
        fflush(stdout);
        if (poll(&input, 1, 1000) > 0)
            break;
        status = moment_now(&interview->now, err);
        if (status == 0)
            status = peek(interview, interview->id, err);
    }
    putchar('\n');
    return status;
}

static int run_clock(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);

    if (status >= 0)
        return status;
    status = peek(&interview, interview.id, &err);
    if (status == 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        status = tick(&interview, &err);
    } else if (status == 0) {
        interview_print_clock(&interview, stdout);
        putchar('\n');
    }
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_clock = {
    "interview clock",
    "[ID]",
    "Show the time left; in a terminal, ticking.",
    "For a prompt that always shows it, in bash:\n\n"
    "  PS1='$(kata interview clock </dev/null) $ '",
    NULL,
    run_clock};

/* pause, resume, finish */

static int pause_session(struct interview *interview, struct err *err)
{
    struct session *session = &interview->session;

    if (interview_must_run(interview, err) < 0)
        return -1;
    session->state = SESSION_PAUSED;
    session->timer.paused = true;
    return session_event(interview->db, session, EVENT_PAUSE, NULL, NULL, 0,
                         err);
}

/* Puts back a file that is gone, as it was at the last run of this step, or as
   the step began. */
static int restore(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    struct session_runs runs;
    struct kata *kata;
    const char *source = NULL;
    char *folder, *path;
    int status;

    if (!(folder = interview_folder(interview, NULL)) &&
        folder_remake(interview, err) < 0)
        return -1;
    free(folder);
    if (session_round(session)->kind == ROUND_CONCEPT)
        return folder_lay(interview, NULL, err);
    if (session_runs(interview->db, session->id, &runs, err) < 0)
        return -1;
    source = session_source(session, &runs);
    status = interview_kata(interview, &kata, err);
    folder = status == 0 ? interview_folder(interview, err) : NULL;
    if (folder) {
        path = folder_source(interview, folder, kata);
        if (folder_changed(path) == 0) {
            status = session_event(interview->db, session, EVENT_RESTORE,
                                   path_base(path), NULL, 0, err);
            if (status == 0)
                status = folder_lay(interview, source, err);
            if (status == 0)
                printf("put back: %s%s\n", path,
                       source ? ", as it was at the last run" : "");
        }
        free(path);
    } else {
        status = -1;
    }
    free(folder);
    kata_free(kata);
    session_runs_release(&runs);
    return status;
}

static int resume_session(struct interview *interview, struct err *err)
{
    struct session *session = &interview->session;

    if (session->state == SESSION_FINISHED)
        return interview_must_run(interview, err);
    if (session->state == SESSION_PAUSED) {
        session->state = SESSION_RUNNING;
        session->timer.paused = false;
        if (session_event(interview->db, session, EVENT_RESUME, NULL, NULL, 0,
                          err) < 0)
            return -1;
    }
    return restore(interview, err);
}

static int finish_session(struct interview *interview, struct err *err)
{
    struct session *session = &interview->session;

    if (session->state == SESSION_FINISHED)
        return interview_must_run(interview, err);
    session->state = SESSION_FINISHED;
    session->timer.paused = true;
    session->finished = interview->now.wall;
    return session_event(interview->db, session, EVENT_FINISH, NULL, NULL, 0,
                         err);
}

static int change(const struct cmd *cmd, int argc, char **argv,
                  int (*action)(struct interview *interview, struct err *err),
                  struct interview *interview)
{
    struct err err = ERR_INIT;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, interview);

    if (status >= 0)
        return status;
    status = interview_enter(interview, &err);
    if (status == 0)
        status = interview_leave(interview, action(interview, &err), &err);
    return status < 0 ? interview_close(interview, -1, &err) : -1;
}

static int run_pause(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = change(cmd, argc, argv, pause_session, &interview);

    if (status >= 0)
        return status;
    interview_print_clock(&interview, stdout);
    puts("; `kata interview resume` goes on");
    return interview_close(&interview, EXIT_PASS, &err);
}

static int run_resume(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = change(cmd, argc, argv, resume_session, &interview);

    if (status >= 0)
        return status;
    status = interview_print_status(&interview, &err);
    return interview_close(&interview, status, &err);
}

static int run_finish(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = change(cmd, argc, argv, finish_session, &interview);

    if (status >= 0)
        return status;
    status = interview_print_status(&interview, &err);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_pause = {
    "interview pause", "[ID]", "Stop the clock.", NULL, NULL, run_pause};

const struct cmd cmd_interview_resume = {
    "interview resume",
    "[ID]",
    "Go on after a pause; put back files that are gone.",
    NULL,
    NULL,
    run_resume};

const struct cmd cmd_interview_finish = {
    "interview finish",
    "[ID]",
    "End the interview; notes and marks can still be added.",
    NULL,
    NULL,
    run_finish};
