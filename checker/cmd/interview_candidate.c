/* kata interview test, submit, hint, next: what the candidate does. */
#include "base/alloc.h"
#include "base/markdown.h"
#include "base/path.h"
#include "base/temp.h"
#include "base/term.h"
#include "cmd/grading.h"
#include "cmd/interview.h"
#include "kata/card.h"
#include "report/report.h"
#include "store/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MAX = 80, ANSWER_MAX = 4000 };

static const char question_kind[] = "question"; /* in the schedule */

void interview_print_markdown(const char *text)
{
    struct str out = STR_INIT;
    int width = term_width(stdout);

    markdown_render(&out, text, strlen(text),
                    width < COLUMNS_MAX ? width : COLUMNS_MAX,
                    term_colour(stdout));
    fwrite(out.text, 1, out.length, stdout);
    str_release(&out);
}

/* The card of the current step, in *cards that the caller releases. */
static const struct card *current_card(const struct interview *interview,
                                       struct cards *cards, struct err *err)
{
    const struct session *session = &interview->session;
    const char *id = session_round(session)->questions.items[session->step];
    const struct card *card;

    if (cards_load(interview->context.root, cards, err) < 0)
        return NULL;
    card = cards_find(cards, id);
    if (!card) {
        cards_release(cards);
        err_set(err, "the question card %s is gone", id);
    }
    return card;
}

int interview_print_question(const struct interview *interview, struct err *err)
{
    struct cards cards;
    const struct card *card = current_card(interview, &cards, err);
    struct str text = STR_INIT;

    if (!card)
        return -1;
    card_markdown(card, false, &text);
    putchar('\n');
    interview_print_markdown(text.text);
    str_release(&text);
    cards_release(&cards);
    return 0;
}

/* Steps */

/* Lays what the step gives. A change after another begins with the code of the
   kata, not with that of the other change, whose header is not this one's. */
static int lay_step(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    struct session_runs runs;
    const char *source;
    int status;

    if (session_round(session)->kind != ROUND_CODE || session->step < 2)
        return folder_lay(interview, NULL, err);
    if (session_runs(interview->db, session->id, &runs, err) < 0)
        return -1;
    source = session_source(session, &runs);
    status = source ? folder_set_aside(interview, err) : 0;
    if (status == 0)
        status = folder_lay(interview, source, err);
    session_runs_release(&runs);
    return status;
}

int interview_open_step(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    const struct plan_round *round = session_round(session);
    const char *subject = round->kind == ROUND_CONCEPT
                              ? round->questions.items[session->step]
                              : session_kata(round, session->step);
    int64_t changed = 0;
    struct kata *kata;
    char *folder, *path;

    if (lay_step(interview, err) < 0)
        return -1;
    if (round->kind != ROUND_CONCEPT &&
        interview_kata(interview, &kata, err) == 0) {
        folder = interview_folder(interview, NULL);
        path = folder ? folder_source(interview, folder, kata) : NULL;
        changed = path ? folder_changed(path) : 0;
        kata_free(kata);
        free(folder);
        free(path);
    }
    return session_event(interview->db, session, EVENT_ROUND, subject, NULL,
                         changed, err);
}

static bool has_passed(const struct events *events, size_t round,
                       const char *slug)
{
    for (size_t i = 0; i < events->count; i++)
        if (events->items[i].kind == EVENT_PASS &&
            events->items[i].round == round &&
            strcmp(events->items[i].subject, slug) == 0)
            return true;
    return false;
}

/* Is there something left of the round? A requirement changes only once what
   was asked before works. */
static bool goes_on(const struct session *session, const struct events *events)
{
    const struct plan_round *round = session_round(session);

    if (round->kind == ROUND_CONCEPT)
        return session->step + 1 < round->questions.count;
    return round->kind == ROUND_CODE && session->step < round->variants.count &&
           has_passed(events, session->round,
                      session_kata(round, session->step));
}

static int step_on(struct interview *interview, struct err *err)
{
    struct session *session = &interview->session;
    struct events events;

    if (interview_must_run(interview, err) < 0 ||
        session_events(interview->db, session->id, &events, err) < 0)
        return -1;
    if (goes_on(session, &events)) {
        session->step++;
    } else if (session->round + 1 < session->plan.count) {
        session->round++;
        session->step = 0;
    } else {
        events_release(&events);
        return interview_refuse(
            interview, err,
            "that was the last round; `kata interview finish` "
            "ends the interview");
    }
    events_release(&events);
    return interview_open_step(interview, err);
}

/* What is asked for in the current step and not done yet, as a sentence without
   its end; owned. NULL where it is done. */
static char *undone(const struct session *session, const struct events *events)
{
    const struct plan_round *round = session_round(session);
    const char *slug = session_kata(round, session->step);

    if (round->kind != ROUND_CONCEPT)
        return has_passed(events, session->round, slug)
                   ? NULL
                   : xasprintf("%s has not passed", slug);
    if (!session->alone ||
        events_last(events, EVENT_MARKED, (int64_t)session->round,
                    (int64_t)session->step))
        return NULL;
    return xasprintf("question %zu is not answered", session->step + 1);
}

static bool is_last_step(const struct session *session,
                         const struct events *events)
{
    return !goes_on(session, events) &&
           session->round + 1 == session->plan.count;
}

/* There is no way back, so whoever sits at a terminal is asked. */
static int confirm_next(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    struct events events;
    char line[100] = "", *what;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        session->state != SESSION_RUNNING)
        return 0;
    if (session_events(interview->db, session->id, &events, err) < 0)
        return -1;
    what = is_last_step(session, &events) ? NULL : undone(session, &events);
    events_release(&events);
    if (!what)
        return 0;
    printf("%s, and there is no way back. Go on? [y/n] ", what);
    fflush(stdout);
    free(what);
    if (fgets(line, sizeof line, stdin) && line[0] == 'y')
        return 0;
    return interview_refuse(interview, err, "nothing has changed");
}

static int run_next(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);

    if (status >= 0)
        return status;
    status = confirm_next(&interview, &err);
    if (status == 0)
        status = interview_enter(&interview, &err);
    if (status == 0)
        status = interview_leave(&interview, step_on(&interview, &err), &err);
    if (status == 0)
        status = interview_print_status(&interview, &err);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_next = {
    "interview next",
    "[ID]",
    "Go on: the next question, changed requirement, or round.",
    "A round of code goes on with a changed requirement once its kata has "
    "passed: the\nnew header takes the old one's place, the code stays. There "
    "is no way back,\nso in a terminal you are asked where something is not "
    "done.",
    NULL,
    run_next};

/* Runs */

/* The explanation beside a bug hunt's code; NULL where there is none. */
static char *read_explanation(const char *source, struct err *err)
{
    char *dir = path_dirname(source), *path = path_join(dir, "explanation.md");
    struct str text = STR_INIT;
    char *explanation = NULL;

    if (folder_changed(path) && folder_read(path, &text, err) == 0)
        explanation = str_detach(&text);
    str_release(&text);
    free(dir);
    free(path);
    return explanation;
}

static int read_files(struct interview *interview, const struct kata *kata,
                      struct session_run *run, struct err *err)
{
    char *folder = interview_folder(interview, err), *path;
    struct str text = STR_INIT;
    int status;

    if (!folder)
        return -1;
    path = folder_source(interview, folder, kata);
    status = folder_read(path, &text, err);
    if (status == 0 && session_round(&interview->session)->kind == ROUND_HUNT) {
        run->explanation = read_explanation(path, err);
        status = err->set ? -1 : 0;
    }
    interview->misused = status < 0;
    run->source = str_detach(&text);
    free(folder);
    free(path);
    return status;
}

static int begin_run(struct interview *interview, struct kata **kata,
                     struct session_run *run, struct err *err)
{
    if (interview_must_run(interview, err) < 0 ||
        interview_kata(interview, kata, err) < 0 ||
        read_files(interview, *kata, run, err) < 0)
        return -1;
    run->kata = xstrdup((*kata)->slug);
    return session_run_begin(interview->db, &interview->session, run, err);
}

static void release_run(struct session_run *run)
{
    free(run->kata);
    free(run->source);
    free(run->explanation);
}

/* A pass of one's own counts in `kata progress` and comes up for review. */
static int note_pass(struct interview *interview, const struct grade *grade,
                     struct err *err)
{
    const struct session *session = &interview->session;
    const char *slug = grade->kata->slug;

    if (session->alone && session_round(session)->kind == ROUND_CODE &&
        !grade->kata->variant_of &&
        progress_grade(interview->db, grade, "interview", interview->now.wall,
                       err) < 0)
        return -1;
    if (interview_enter(interview, err) < 0)
        return -1;
    return interview_leave(interview,
                           session_event(interview->db, &interview->session,
                                         EVENT_PASS, slug, NULL, 0, err),
                           err);
}

static int keep_result(struct interview *interview,
                       const struct session_run *run, const struct grade *grade,
                       struct err *err)
{
    json_t *json = grade_to_json(grade);
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9));
    int status = session_run_end(interview->db, interview->id, run->number,
                                 verdict_name(grade->verdict), text, err);

    free(text);
    json_decref(json);
    if (status == 0 && run->submitted && grade->verdict == VERDICT_PASS)
        status = note_pass(interview, grade, err);
    return status;
}

static void print_planted(const struct interview *interview)
{
    struct mutants mutants;
    const struct mutant *mutant;
    struct err err = ERR_INIT;

    if (interview_mutant(interview, session_round(&interview->session),
                         &mutants, &mutant, &err) == 0) {
        printf("planted: %s\n", mutant->mistake);
        mutants_release(&mutants);
    }
}

static void print_after(const struct interview *interview,
                        const struct session_run *run,
                        const struct grade *grade)
{
    const struct session *session = &interview->session;
    const struct plan_round *round = session_round(session);

    if (run->late) {
        char *over =
            interview_time(run->used - (int64_t)session->minutes * 60000);

        printf("late by %s; taken all the same\n", over);
        free(over);
    }
    if (run->submitted && grade->verdict == VERDICT_PASS) {
        if (session->alone && round->kind == ROUND_HUNT)
            print_planted(interview);
        if (round->kind == ROUND_CODE && session->step < round->variants.count)
            puts("`kata interview next` changes the requirement");
    }
    interview_print_clock(interview, stdout);
    putchar('\n');
}

static int grade_run_of(struct interview *interview,
                        const struct session_run *run, const char *path,
                        struct err *err)
{
    struct grade_options options = {.first_failure = false};
    const struct report *report = report_find("term", NULL);
    struct grading grading;
    struct grade grade;
    int status;

    options.only[STAGE_TESTS] = !run->submitted;
    if (grading_open(&grading, &interview->context, path, grading_seed(), true,
                     err) < 0)
        return -1;
    status = grade_run(&grading.run, &options, &grade, err);
    if (status == 0) {
        status = grading_exit(&grade);
        if (!grade.cancelled && keep_result(interview, run, &grade, err) < 0)
            status = -1;
        if (!grade.cancelled && report->write(&grade, stdout) < 0)
            status = err_errno(err, "standard output");
        if (!grade.cancelled && status >= 0)
            print_after(interview, run, &grade);
        grade_release(&grade);
    }
    grading_close(&grading);
    return status;
}

/* Grades exactly what was kept. */
static int grade_kept(struct interview *interview, struct kata *kata,
                      const struct session_run *run, struct err *err)
{
    int lock, status;
    char *dir = temp_make("kata-interview", false, &lock, err), *path;

    if (!dir)
        return -1;
    path = xasprintf("%s/%s.c", dir, kata->snake);
    interview->context.kata = kata;
    status = path_write(path, run->source, strlen(run->source), 0644, err);
    if (status == 0)
        status = grade_run_of(interview, run, path, err);
    interview->context.kata = NULL;
    temp_remove(dir, lock);
    free(path);
    return status;
}

static int run_code(struct interview *interview, bool submitted,
                    struct err *err)
{
    struct session_run run = {.submitted = submitted};
    struct kata *kata = NULL;
    int status = interview_enter(interview, err);

    if (status == 0)
        status = interview_leave(interview,
                                 begin_run(interview, &kata, &run, err), err);
    if (status == 0 && kata && run.source) {
        proc_handle_signals();
        status = grade_kept(interview, kata, &run, err);
        if (status < 0 && proc_cancelled)
            status = EXIT_INTERRUPTED;
    }
    kata_free(kata);
    release_run(&run);
    return status;
}

static int run_test(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);

    if (status >= 0)
        return status;
    status = run_code(&interview, false, &err);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_test = {
    "interview test",
    "[ID]",
    "Build the code and run the tests; the code is kept as it is.",
    NULL,
    NULL,
    run_test};

/* Answers */

struct answer {
    const char *text; /* from the command line, or NULL */
    const char *met;
};

static int set_answer(int id, const char *value, void *data, struct err *err)
{
    struct answer *answer = data;

    (void)err;
    *(id == 'a' ? &answer->text : &answer->met) = value;
    return 0;
}

/* Reads what is typed up to an empty line; "" for nothing. */
static char *read_answer(void)
{
    struct str text = STR_INIT;
    char line[1000];

    fputs("Answer aloud, then note it in a few words; an empty line ends.\n> ",
          stdout);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) && line[0] != '\n') {
        str_add_visible(&text, line, strlen(line), sizeof line, true);
        fputs("> ", stdout);
        fflush(stdout);
    }
    while (text.length && text.text[text.length - 1] == '\n')
        str_chop(&text, 1);
    return str_detach(&text);
}

/* Was the point met? -1 where nothing more is typed. */
static int ask_met(const char *point)
{
    char line[100];

    putchar('\n');
    interview_print_markdown(point);
    for (;;) {
        fputs("met? [y/n] ", stdout);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin))
            return -1;
        if (line[0] == 'y' || line[0] == 'n')
            return line[0] == 'y';
    }
}

/* "1,3": is `number` among them? -1 where the list is no such list. */
static int is_listed(const char *list, size_t count, size_t number)
{
    bool found = false;

    if (strcmp(list, "none") == 0)
        return 0;
    for (const char *at = list;; at++) {
        char *end;
        long each = strtol(at, &end, 10);

        if (end == at || each < 1 || (size_t)each > count)
            return -1;
        found = found || (size_t)each == number;
        at = end;
        if (!*at)
            return found;
        if (*at != ',')
            return -1;
    }
}

/* How well a card was known, for the schedule. */
static enum rating rate_points(size_t met, size_t count)
{
    if (met == count)
        return RATING_EASY;
    if (met * 3 >= count * 2)
        return RATING_GOOD;
    return met * 3 >= count ? RATING_HARD : RATING_AGAIN;
}

static int record(struct interview *interview, enum event_kind kind,
                  const char *subject, const char *text, int64_t value,
                  struct err *err)
{
    if (interview_enter(interview, err) < 0)
        return -1;
    return interview_leave(interview,
                           session_event(interview->db, &interview->session,
                                         kind, subject, text, value, err),
                           err);
}

static int mark_points(struct interview *interview, const struct card *card,
                       const struct answer *answer, struct err *err)
{
    size_t met = 0;

    for (size_t i = 0; i < card->points.count; i++) {
        int yes = answer->met
                      ? is_listed(answer->met, card->points.count, i + 1)
                      : ask_met(card->points.items[i]);

        if (yes < 0)
            return interview_refuse(
                interview, err,
                "the points are not all marked; `kata "
                "interview submit` goes through them again");
        if (record(interview, EVENT_POINT, card->id, NULL,
                   (int64_t)(2 * i) + yes, err) < 0)
            return -1;
        met += (size_t)yes;
    }
    if (record(interview, EVENT_MARKED, card->id, NULL, (int64_t)met, err) < 0)
        return -1;
    printf("\n%zu of %zu points met\n", met, card->points.count);
    return schedule_add(interview->db, question_kind, card->id,
                        rate_points(met, card->points.count),
                        interview->now.wall, err);
}

static int take_answer(struct interview *interview, const struct card *card,
                       const struct answer *answer, struct err *err)
{
    char *text;
    int status;

    if (answer->text) {
        struct str visible = STR_INIT;

        str_add_visible(&visible, answer->text, strlen(answer->text),
                        ANSWER_MAX, true);
        text = str_detach(&visible);
    } else {
        interview_print_question(interview, err);
        text = read_answer();
    }
    status = record(interview, EVENT_ANSWER, card->id, text, 0, err);
    free(text);
    return status;
}

static void print_answers(const struct card *card, bool all)
{
    struct str text = STR_INIT;

    if (all) {
        card_markdown(card, true, &text);
    } else {
        str_add(&text, "Key points:\n\n");
        for (size_t i = 0; i < card->points.count; i++)
            str_addf(&text, "%zu. %s\n", i + 1, card->points.items[i]);
    }
    interview_print_markdown(text.text);
    str_release(&text);
}

/* The answer is kept before the points are shown, so one that was interrupted
   goes on with the points. */
static int answer_card(struct interview *interview, const struct card *card,
                       const struct answer *answer, struct err *err)
{
    const struct session *session = &interview->session;
    const struct event *given, *marked;
    struct events events;
    bool has_answer, is_marked;

    if (answer->met && is_listed(answer->met, card->points.count, 1) < 0)
        return interview_refuse(
            interview, err,
            "--met: expected numbers from 1 to %zu with commas "
            "between, or none, got '%s'",
            card->points.count, answer->met);
    if (session_events(interview->db, session->id, &events, err) < 0)
        return -1;
    given = events_last(&events, EVENT_ANSWER, (int64_t)session->round,
                        (int64_t)session->step);
    marked = events_last(&events, EVENT_MARKED, (int64_t)session->round,
                         (int64_t)session->step);
    has_answer = given != NULL;
    is_marked = marked != NULL;
    events_release(&events);
    if (is_marked)
        return interview_refuse(
            interview, err,
            "this question is answered; `kata interview next` "
            "goes on");
    if (!has_answer && take_answer(interview, card, answer, err) < 0)
        return -1;
    print_answers(card, false);
    if (mark_points(interview, card, answer, err) < 0)
        return -1;
    putchar('\n');
    print_answers(card, true);
    return 0;
}

static int answer_question(struct interview *interview,
                           const struct answer *answer, struct err *err)
{
    struct cards cards;
    const struct card *card;
    int status;

    if (!interview->session.alone)
        return interview_refuse(interview, err,
                                "the interviewer marks the answers; `kata "
                                "interview next` goes on");
    card = current_card(interview, &cards, err);
    if (!card)
        return -1;
    status = answer_card(interview, card, answer, err);
    cards_release(&cards);
    if (status == 0) {
        interview_print_clock(interview, stdout);
        puts("; `kata interview next` goes on");
    }
    return status;
}

static int run_submit(const struct cmd *cmd, int argc, char **argv)
{
    struct answer answer = {.text = NULL};
    struct interview interview;
    struct err err = ERR_INIT;
    int status =
        interview_open(cmd, argc, argv, set_answer, &answer, 0, &interview);
    bool concept;

    if (status >= 0)
        return status;
    concept = session_round(&interview.session)->kind == ROUND_CONCEPT;
    if (interview_must_run(&interview, &err) < 0)
        status = -1;
    else if (!concept && (answer.text || answer.met))
        status = cmd_usage(cmd, "this round wants code and no --answer");
    else if (concept)
        status = answer_question(&interview, &answer, &err);
    else
        status = run_code(&interview, true, &err);
    return interview_close(&interview, status, &err);
}

static const struct opt submit_options[] = {
    {'a', "answer", "TEXT", "the answer to the question, in a few words"},
    {'m', "met", "LIST", "the key points met, \"1,3\" or \"none\""},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_interview_submit = {
    "interview submit",
    "[ID]",
    "Hand in what the round asks for: code, a fix, or an answer.",
    "Code is graded with every stage, as often as wanted, and kept as it is.\n"
    "After the end of the time it is marked late. Exit status as that of\n"
    "`kata grade`.\n\n"
    "A question, alone, is answered in a few words. Then the key points are\n"
    "shown, and for each is asked whether it was met, unless --met says it.",
    submit_options,
    run_submit};

/* Hints */

int interview_guide(const struct interview *interview,
                    const struct plan_round *round, struct guide *guide,
                    struct err *err)
{
    struct kata *kata;
    int status;

    if (catalog_load(&interview->context.catalog, round->kata, &kata, err) < 0)
        return -1;
    status = guide_load(kata, guide, err);
    kata_free(kata);
    return status;
}

int interview_mutant(const struct interview *interview,
                     const struct plan_round *round, struct mutants *mutants,
                     const struct mutant **mutant, struct err *err)
{
    struct kata *kata;
    int status;

    *mutant = NULL;
    if (catalog_load(&interview->context.catalog, round->kata, &kata, err) < 0)
        return -1;
    status = mutants_load(kata, mutants, err);
    for (size_t i = 0; status == 0 && i < mutants->count; i++)
        if (strcmp(mutants->items[i].name, round->mutant) == 0)
            *mutant = &mutants->items[i];
    if (status == 0 && !*mutant) {
        mutants_release(mutants);
        status = err_set(err, "%s has no mutant '%s' any more", kata->slug,
                         round->mutant);
    }
    kata_free(kata);
    return status;
}

char *interview_hunt_hint(const struct mutant *mutant)
{
    return xasprintf(
        "The %s stage finds it: %s.\n",
        stage_name(mutant->stage < STAGE_COUNT ? mutant->stage : STAGE_TESTS),
        category_name(mutant->verdict));
}

/* The text of hint `number`, owned; NULL with an error where there are not so
   many. */
static char *hint_text(const struct interview *interview, size_t number,
                       struct err *err)
{
    const struct plan_round *round = session_round(&interview->session);
    const struct mutant *mutant;
    struct mutants mutants;
    struct guide guide;
    char *text = NULL;

    if (round->kind == ROUND_HUNT) {
        if (interview_mutant(interview, round, &mutants, &mutant, err) < 0)
            return NULL;
        if (number == 1 && mutant)
            text = interview_hunt_hint(mutant);
        mutants_release(&mutants);
    } else {
        if (interview_guide(interview, round, &guide, err) < 0)
            return NULL;
        if (number <= guide.hint_count)
            text = xasprintf("## %s\n\n%s\n", guide.hints[number - 1].title,
                             guide.hints[number - 1].text);
        guide_release(&guide);
    }
    if (!text)
        err_set(err, "there are no more hints");
    return text;
}

static size_t hints_open(const struct events *events, size_t round)
{
    size_t count = 0;

    for (size_t i = 0; i < events->count; i++)
        count += events->items[i].kind == EVENT_HINT &&
                 events->items[i].round == round;
    return count;
}

static int open_hint(struct interview *interview, char **text, size_t *number,
                     struct err *err)
{
    const struct session *session = &interview->session;
    struct events events;

    if (interview_must_run(interview, err) < 0)
        return -1;
    if (session_round(session)->kind == ROUND_CONCEPT)
        return interview_refuse(interview, err, "a question has no hints");
    if (session_events(interview->db, session->id, &events, err) < 0)
        return -1;
    *number = hints_open(&events, session->round) + 1;
    events_release(&events);
    *text = hint_text(interview, *number, err);
    if (!*text) {
        interview->misused = true;
        return -1;
    }
    return session_event(interview->db, session, EVENT_HINT,
                         session_round(session)->kata, NULL, (int64_t)*number,
                         err);
}

static int run_hint(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    char *text = NULL;
    size_t number = 0;
    int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);

    if (status >= 0)
        return status;
    status = interview_enter(&interview, &err);
    if (status == 0)
        status = interview_leave(
            &interview, open_hint(&interview, &text, &number, &err), &err);
    if (status == 0 && text) {
        interview_print_markdown(text);
        printf("\n(hint %zu, costs %d points)\n", number,
               guide_hint_cost(number));
    }
    free(text);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_hint = {
    "interview hint",
    "[ID]",
    "Open the next hint and note that it was given.",
    "In a pair the interviewer gives hints by this command, so that the\n"
    "report has them.",
    NULL,
    run_hint};
