/* kata interview: which interview is meant, and the sub-commands. */
#include "cmd/interview.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/suggest.h"
#include "base/term.h"
#include "cmd/commands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As a candidate meets them, then the interviewer's. */
const struct cmd *const cmd_interview_table[] = {
    &cmd_interview_start,  &cmd_interview_list,
    &cmd_interview_status, &cmd_interview_clock,
    &cmd_interview_test,   &cmd_interview_submit,
    &cmd_interview_hint,   &cmd_interview_next,
    &cmd_interview_pause,  &cmd_interview_resume,
    &cmd_interview_finish, &cmd_interview_sheet,
    &cmd_interview_note,   &cmd_interview_rate,
    &cmd_interview_report, NULL};

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* The candidate's folder at or above the current one, owned, or NULL. */
static char *find_inside(int64_t *id, int64_t *started)
{
    char *dir = path_real("."), *up;

    while (dir && !(*id = folder_mark(dir, started))) {
        up = strcmp(dir, "/") == 0 ? NULL : path_dirname(dir);
        free(dir);
        dir = up;
    }
    return dir;
}

static bool has_database(const char *dir)
{
    char *path = path_join(dir, "progress.db");
    bool there = path_is_file(path);

    free(path);
    return there;
}

/* Inside a candidate's folder the work folder is the one above, wherever it was
   moved to; elsewhere that of every command. */
static char *find_work(const struct interview *interview)
{
    char *up;

    if (interview->inside) {
        up = path_dirname(interview->inside);
        if (has_database(up))
            return up;
        free(up);
    }
    return cmd_work_dir(&interview->context);
}

int interview_open_database(const struct cmd *cmd, int argc, char **argv,
                            int (*option)(int id, const char *value, void *data,
                                          struct err *err),
                            void *data, size_t max_operands,
                            struct interview *interview)
{
    struct str notice = STR_INIT;
    struct err err = ERR_INIT;
    int64_t id = 0, started = 0;
    int status;

    *interview = (struct interview){.id = 0};
    status = cmd_begin(cmd, argc, argv, option, data, false, max_operands,
                       &interview->context);
    if (status >= 0)
        return status;
    interview->inside = find_inside(&id, &started);
    interview->work = find_work(interview);
    if (moment_now(&interview->now, &err) < 0)
        status = cmd_usage(cmd, "%s", err.text);
    else if (db_open(interview->work, DB_WRITE, &interview->db, &notice, &err) <
             0)
        status = cmd_error(&err);
    if (notice.length)
        fprintf(stderr, "kata: %s\n", notice.text);
    str_release(&notice);
    if (status >= 0)
        interview_close(interview, status, &err);
    return status;
}

/* Is the folder that we are in one of this database's? */
static int check_mark(const struct interview *interview, int64_t started,
                      struct err *err)
{
    if (interview->session.started == started)
        return 0;
    return err_set(err,
                   "%s belongs to an interview of another work folder; set "
                   "KATA_HOME to that",
                   interview->inside);
}

static int choose_open(struct interview *interview, struct err *err)
{
    struct str open = STR_INIT;
    int64_t *ids;
    size_t count, found = 0;
    int status = session_list(interview->db, &ids, &count, err);

    for (size_t i = 0; i < count && status == 0; i++) {
        struct session session;

        status = session_load(interview->db, ids[i], &session, err);
        if (status == 0 && session.state != SESSION_FINISHED) {
            interview->id = session.id;
            str_addf(&open, "%s%" PRId64 " (%s)", found++ ? ", " : "",
                     session.id, session.candidate);
        }
        session_release(&session);
    }
    if (status == 0 && found == 0)
        status = err_set(err, "no interview is open; `kata interview start` "
                              "begins one, `kata interview list` shows those "
                              "that are over");
    if (status == 0 && found > 1)
        status = err_set(err,
                         "which interview? open are %s: name one, or go "
                         "into its folder",
                         open.text);
    free(ids);
    str_release(&open);
    return status;
}

static int choose(const struct cmd *cmd, struct interview *interview)
{
    struct strv *operands = &interview->context.operands;
    struct err err = ERR_INIT;
    int64_t started = 0;
    char *dir;
    bool inside = false;

    if (operands->count && is_number(operands->items[0])) {
        long long id;

        if (opt_number(operands->items[0], 1, INT32_MAX, &id, "ID", &err) < 0)
            return cmd_usage(cmd, "%s", err.text);
        interview->id = id;
        strv_remove(operands, 0);
    } else if (interview->inside) {
        dir = find_inside(&interview->id, &started);
        free(dir);
        inside = true;
    } else if (choose_open(interview, &err) < 0) {
        return cmd_usage(cmd, "%s", err.text);
    }
    if (session_load(interview->db, interview->id, &interview->session, &err) <
        0)
        return cmd_usage(cmd, "%s; `kata interview list` shows them", err.text);
    if (inside && check_mark(interview, started, &err) < 0)
        return cmd_error(&err);
    return -1;
}

int interview_open(const struct cmd *cmd, int argc, char **argv,
                   int (*option)(int id, const char *value, void *data,
                                 struct err *err),
                   void *data, size_t max_operands, struct interview *interview)
{
    int status = interview_open_database(cmd, argc, argv, option, data,
                                         max_operands + 1, interview);
    struct err err = ERR_INIT;

    if (status >= 0)
        return status;
    status = choose(cmd, interview);
    if (status < 0 && interview->context.operands.count > max_operands)
        status = cmd_usage(cmd, "too many operands: '%s'",
                           interview->context.operands.items[max_operands]);
    if (status >= 0)
        interview_close(interview, status, &err);
    return status;
}

int interview_close(struct interview *interview, int status, struct err *err)
{
    if (status < 0) {
        status = cmd_error(err);
        if (interview->misused)
            status = EXIT_USAGE;
    }
    session_release(&interview->session);
    db_close(interview->db);
    free(interview->work);
    free(interview->inside);
    cmd_release(&interview->context);
    *interview = (struct interview){.id = 0};
    return status;
}

/* When the candidate's file was last known to be as it is. */
static int64_t known_change(const struct interview *interview,
                            const struct events *events, int64_t *used)
{
    int64_t round = (int64_t)interview->session.round;
    const struct event *edit = events_last(events, EVENT_EDIT, round, -1);
    const struct event *start = events_last(events, EVENT_ROUND, round, -1);

    if (events->count)
        *used = events->items[events->count - 1].used;
    if (edit && (!start || edit >= start))
        return edit->value;
    return start ? start->value : 0;
}

/* An edit is noted at the time when the file was saved, as far as the clocks
   and what was noted before allow. */
static int note_edit(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;
    int64_t changed, used, least = 0;
    struct events events;
    struct kata *kata = NULL;
    char *folder, *path = NULL;
    int status;

    if (session->state != SESSION_RUNNING ||
        session_round(session)->kind == ROUND_CONCEPT)
        return 0;
    folder = interview_folder(interview, NULL);
    if (folder && interview_kata(interview, &kata, NULL) == 0)
        path = folder_source(interview, folder, kata);
    changed = path ? folder_changed(path) : 0;
    status = session_events(interview->db, session->id, &events, err);
    if (status == 0) {
        if (changed && changed != known_change(interview, &events, &least)) {
            used = session->timer.used - (interview->now.wall - changed);
            used = used < least ? least : used;
            if (used > session->timer.used)
                used = session->timer.used;
            status = session_event_at(interview->db, session, EVENT_EDIT,
                                      path_base(path), used, changed, err);
        }
        events_release(&events);
    }
    kata_free(kata);
    free(folder);
    free(path);
    return status;
}

int interview_enter(struct interview *interview, struct err *err)
{
    int status;

    if (moment_now(&interview->now, err) < 0 ||
        db_begin(interview->db, err) < 0)
        return -1;
    session_release(&interview->session);
    status =
        session_load(interview->db, interview->id, &interview->session, err);
    if (status == 0 && interview->session.state != SESSION_FINISHED) {
        status = session_advance(interview->db, &interview->session,
                                 &interview->now, err);
        if (status == 0)
            status = note_edit(interview, err);
    }
    return status == 0 ? 0 : db_finish(interview->db, status, err);
}

int interview_leave(struct interview *interview, int status, struct err *err)
{
    if (status == 0)
        status = session_save(interview->db, &interview->session, err);
    return db_finish(interview->db, status, err);
}

int interview_refuse(struct interview *interview, struct err *err,
                     const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    interview->misused = true;
    err_set(err, "%s", text ? text : format);
    free(text);
    return -1;
}

int interview_must_run(struct interview *interview, struct err *err)
{
    const struct session *session = &interview->session;

    if (session->state == SESSION_FINISHED)
        return interview_refuse(interview, err,
                                "interview %" PRId64
                                " is finished; `kata interview "
                                "report %" PRId64 "` shows how it went",
                                session->id, session->id);
    if (session->state == SESSION_PAUSED)
        return interview_refuse(interview, err,
                                "interview %" PRId64
                                " is paused; `kata interview "
                                "resume` goes on",
                                session->id);
    return 0;
}

int interview_kata(const struct interview *interview, struct kata **kata,
                   struct err *err)
{
    const struct session *session = &interview->session;
    const char *slug = session_kata(session_round(session), session->step);

    *kata = NULL;
    if (!slug)
        return err_set(err, "this round has questions and no code");
    return catalog_load(&interview->context.catalog, slug, kata, err);
}

char *interview_time(int64_t ms)
{
    const char *sign = ms < 0 ? "-" : "";
    int64_t seconds = (ms < 0 ? -ms : ms) / 1000;

    return xasprintf("%s%" PRId64 ":%02d", sign, seconds / 60,
                     (int)(seconds % 60));
}

static void print_help(FILE *out)
{
    fputs("usage: kata interview [COMMAND] [ARGUMENT]...\n\n"
          "Mock interviews, alone or in a pair. Without COMMAND: where the "
          "interview is and\nwhat time is left.\n\n",
          out);
    for (size_t i = 0; cmd_interview_table[i]; i++)
        fprintf(out, "  %-7s %s\n", cmd_last_name(cmd_interview_table[i]),
                cmd_interview_table[i]->summary);
    fputs("\nID may be left out inside the candidate's folder, and where one "
          "interview is\nopen. `kata interview COMMAND -h` tells more of "
          "each.\n\n",
          out);
    opt_help(NULL, out);
}

static int unknown(const char *name)
{
    struct suggest suggest = SUGGEST_INIT(name);

    for (size_t i = 0; cmd_interview_table[i]; i++)
        suggest_offer(&suggest, cmd_last_name(cmd_interview_table[i]));
    fprintf(stderr, "kata interview: there is no command '%s'", name);
    if (suggest.best)
        fprintf(stderr, "; did you mean '%s'?", suggest.best);
    fputs("\ntry 'kata interview -h'\n", stderr);
    return EXIT_USAGE;
}

static int cmd_interview_run(const struct cmd *cmd, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    (void)cmd;
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0) {
        print_help(stdout);
        return EXIT_PASS;
    }
    if (!*name || is_number(name))
        return cmd_interview_status.run(&cmd_interview_status, argc, argv);
    for (size_t i = 0; cmd_interview_table[i]; i++)
        if (strcmp(cmd_last_name(cmd_interview_table[i]), name) == 0)
            return cmd_interview_table[i]->run(cmd_interview_table[i], argc - 1,
                                               argv + 1);
    return unknown(name);
}

const struct cmd cmd_interview = {
    "interview",
    "[COMMAND] [ARGUMENT]...",
    "Hold a mock interview, alone or in a pair.",
    "Its commands are listed by `kata interview -h`.",
    NULL,
    cmd_interview_run};
