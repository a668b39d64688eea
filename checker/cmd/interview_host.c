/* kata interview sheet, note, rate, report: what the interviewer does. */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/interview.h"
#include "report/interview.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_HTML = 256, OPT_FORMAT, TEXT_MAX = 4000 };

struct output {
    const char *html; /* a file, or NULL */
    bool json;
};

static int set_output(int id, const char *value, void *data, struct err *err)
{
    struct output *output = data;

    if (id == OPT_HTML) {
        output->html = value;
        return 0;
    }
    output->json = strcmp(value, "json") == 0;
    if (output->json || strcmp(value, "term") == 0)
        return 0;
    return err_set(err, "--format: expected term or json, got '%s'", value);
}

static int load(const struct interview *interview, struct material *material,
                struct err *err)
{
    return material_load(material, interview->db, interview->context.root,
                         &interview->context.catalog, &interview->session, err);
}

/* Brings the clock up to now for what is shown, without writing. */
static void look(struct interview *interview)
{
    if (interview->session.state != SESSION_FINISHED)
        timer_advance(&interview->session.timer, &interview->now);
}

static int write_page(const char *path, const struct str *page, struct err *err)
{
    return path_write(path, page->text, page->length, 0644, err);
}

/* sheet */

static int show_sheet(struct interview *interview, const struct output *output,
                      struct err *err)
{
    struct material material;
    struct str text = STR_INIT;
    int status = 0;

    look(interview);
    if (load(interview, &material, err) < 0)
        return -1;
    if (output->html) {
        sheet_html(&material, &text);
        status = write_page(output->html, &text, err);
    } else {
        sheet_markdown(&material, &text);
        interview_print_markdown(text.text);
    }
    material_release(&material);
    str_release(&text);
    return status;
}

static int run_sheet(const struct cmd *cmd, int argc, char **argv)
{
    struct output output = {.html = NULL};
    struct interview interview;
    struct err err = ERR_INIT;
    int status =
        interview_open(cmd, argc, argv, set_output, &output, 0, &interview);

    if (status >= 0)
        return status;
    return interview_close(&interview, show_sheet(&interview, &output, &err),
                           &err);
}

static const struct opt sheet_options[] = {
    {OPT_HTML, "html", "FILE", "write it as a page instead"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_interview_sheet = {
    "interview sheet",
    "[ID]",
    "Print all that the interviewer needs; the candidate must not see it.",
    "Opening words, questions with what strong, adequate and weak answers are, "
    "hints\nand what they cost, follow-ups, what the last run showed, and the "
    "rubric.",
    sheet_options,
    run_sheet};

/* note */

/* The text as it is kept: visible, without what a terminal would obey. */
static char *clean(const char *text)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), TEXT_MAX, true);
    return str_detach(&visible);
}

static int record(struct interview *interview, enum event_kind kind,
                  const char *subject, const char *text, int64_t value,
                  struct err *err)
{
    int status = interview_enter(interview, err);

    if (status < 0)
        return -1;
    return interview_leave(interview,
                           session_event(interview->db, &interview->session,
                                         kind, subject, text, value, err),
                           err);
}

/* The operands from `first` on, as one text; owned. */
static char *join(const struct strv *operands, size_t first)
{
    struct str text = STR_INIT;

    for (size_t i = first; i < operands->count; i++)
        str_addf(&text, "%s%s", i > first ? " " : "", operands->items[i]);
    return str_detach(&text);
}

static int run_note(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct err err = ERR_INIT;
    int status =
        interview_open(cmd, argc, argv, NULL, NULL, SIZE_MAX / 2, &interview);
    char *joined, *text;

    if (status >= 0)
        return status;
    joined = join(&interview.context.operands, 0);
    text = clean(joined);
    if (text[strspn(text, " \n")] == '\0') {
        status = cmd_usage(cmd, "a note of what? kata interview note ID TEXT");
    } else {
        status = record(&interview, EVENT_NOTE, NULL, text, 0, &err);
        if (status == 0) {
            char *time = interview_time(interview.session.timer.used);

            printf("noted at %s of interview %" PRId64 "\n", time,
                   interview.id);
            free(time);
        }
    }
    free(joined);
    free(text);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_note = {"interview note",
                                       "[ID] TEXT...",
                                       "Keep what you see, with the time.",
                                       NULL,
                                       NULL,
                                       run_note};

/* rate */

static int unknown_criterion(const struct cmd *cmd,
                             const struct criteria *criteria, const char *name)
{
    struct str names = STR_INIT;
    int status;

    for (size_t i = 0; i < criteria->count; i++)
        str_addf(&names, "%s'%s'", i ? ", " : "", criteria->items[i].name);
    status = cmd_usage(cmd, "there is no criterion '%s'; there are %s", name,
                       names.text);
    str_release(&names);
    return status;
}

static int rate(const struct cmd *cmd, struct interview *interview,
                const struct criteria *criteria, struct err *err)
{
    const struct strv *operands = &interview->context.operands;
    const struct criterion *criterion =
        criteria_find(criteria, operands->items[0]);
    long long mark;
    char *joined, *why;
    int status;

    if (!criterion)
        return unknown_criterion(cmd, criteria, operands->items[0]);
    if (opt_number(operands->items[1], 1, GUIDE_MARKS, &mark, "MARK", err) < 0)
        return cmd_usage(cmd, "%s", err->text);
    joined = join(operands, 2);
    why = clean(joined);
    status = record(interview, EVENT_RATE, criterion->name, *why ? why : NULL,
                    mark, err);
    if (status == 0) {
        const char *anchor = criterion->anchors[mark - 1];

        printf("%s: %lld of %d%s%s\n", criterion->name, mark, GUIDE_MARKS,
               anchor ? ": " : "", anchor ? anchor : "");
    }
    free(joined);
    free(why);
    return status;
}

static int run_rate(const struct cmd *cmd, int argc, char **argv)
{
    struct interview interview;
    struct material material;
    struct criteria criteria;
    struct err err = ERR_INIT;
    int status =
        interview_open(cmd, argc, argv, NULL, NULL, SIZE_MAX / 2, &interview);

    if (status >= 0)
        return status;
    if (load(&interview, &material, &err) < 0)
        return interview_close(&interview, -1, &err);
    criteria_list(&material, &criteria);
    if (interview.context.operands.count < 2)
        status = cmd_usage(cmd, "rate what, and how? kata interview rate ID "
                                "CRITERION MARK [WHY]");
    else
        status = rate(cmd, &interview, &criteria, &err);
    criteria_release(&criteria);
    material_release(&material);
    return interview_close(&interview, status, &err);
}

const struct cmd cmd_interview_rate = {
    "interview rate",
    "[ID] CRITERION MARK [WHY]...",
    "Give a mark from 1 to 4; the last one counts.",
    "CRITERION is one of the rubric's (problem-solving, c-and-memory, "
    "correctness,\nconcurrency, communication), question-1 ... or bug-hunt; "
    "the "
    "start of a name is\nenough. The sheet says what each mark means.",
    NULL,
    run_rate};

/* report */

static int show_report(struct interview *interview, const struct output *output,
                       struct err *err)
{
    struct material material;
    struct str text = STR_INIT;
    json_t *report;
    int status = 0;

    look(interview);
    if (load(interview, &material, err) < 0)
        return -1;
    report = interview_to_json(&material);
    if (output->html) {
        interview_html(report, &text);
        status = write_page(output->html, &text, err);
        str_reset(&text);
    }
    if (output->json) {
        json_dumpf(report, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        putchar('\n');
    } else if (!output->html) {
        interview_text(report, &text);
        fwrite(text.text, 1, text.length, stdout);
    }
    json_decref(report);
    material_release(&material);
    str_release(&text);
    return status;
}

static int run_report(const struct cmd *cmd, int argc, char **argv)
{
    struct output output = {.html = NULL};
    struct interview interview;
    struct err err = ERR_INIT;
    int status =
        interview_open(cmd, argc, argv, set_output, &output, 0, &interview);

    if (status >= 0)
        return status;
    return interview_close(&interview, show_report(&interview, &output, &err),
                           &err);
}

static const struct opt report_options[] = {
    {OPT_HTML, "html", "FILE", "write one self-contained page, printable"},
    {OPT_FORMAT, "format", "FORMAT", "term (default) or json"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_interview_report = {
    "interview report",
    "[ID]",
    "Show the score card: results, runs, marks, what to practise.",
    "The page has what the terminal has no room for: the timeline as a plot, "
    "the code\nat each run with the differences, and growth.",
    report_options,
    run_report};
