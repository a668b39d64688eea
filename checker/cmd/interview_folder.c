/*
 * The candidate's folder, work/interview-ID/. It holds what the plan has shown
 * so far and nothing that is still to come:
 *
 *     README.md        what to expect, and the commands
 *     .interview       which interview this is
 *     1-concept/       question-1.md ...
 *     2-code/          README.md, SNAKE.h, SNAKE.c, compile_flags.txt;
 *                      before/ once the requirement has changed, change-N/
 *                      with the code of the N-th change once another has come
 *     3-bughunt/       README.md, brief.md, SNAKE.h, SNAKE.c, explanation.md
 *
 * Nothing is written through a symbolic link.
 */
#include "cmd/interview.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/temp.h"
#include "judge/mutant.h"
#include "kata/card.h"
#include "kata/comments.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static const char mark_name[] = ".interview";

static bool is_link(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

static int write_file(const char *dir, const char *name, const char *text,
                      struct err *err)
{
    char *path = path_join(dir, name);
    int status;

    if (is_link(path))
        status = err_set(err, "%s is a symbolic link; remove it", path);
    else
        status = path_write(path, text, strlen(text), 0644, err);
    free(path);
    return status;
}

static int copy_file(const char *from, const char *dir, const char *name,
                     struct err *err)
{
    struct str text = STR_INIT;
    int status = path_read(from, FILE_MAX, &text, err);

    if (status == 0)
        status = write_file(dir, name, text.text, err);
    str_release(&text);
    return status;
}

/* Writes a file that the candidate writes in, unless it is there. */
static int write_new(const char *dir, const char *name, const char *text,
                     struct err *err)
{
    char *path = path_join(dir, name);
    struct stat info;
    int status = 0;

    if (lstat(path, &info) < 0)
        status = write_file(dir, name, text, err);
    free(path);
    return status;
}

int64_t folder_mark(const char *dir, int64_t *started)
{
    char *path = path_join(dir, mark_name);
    struct str text = STR_INIT;
    int64_t id = 0;

    if (!is_link(path) && path_read(path, 100, &text, NULL) == 0 &&
        sscanf(text.text, "%10" SCNd64 " %18" SCNd64, &id, started) != 2)
        id = 0;
    str_release(&text);
    free(path);
    return id > 0 ? id : 0;
}

static char *usual_folder(const struct interview *interview)
{
    return xasprintf("%s/interview-%" PRId64, interview->work, interview->id);
}

/* A folder beside the usual one that was renamed; owned, or NULL. */
static char *renamed_folder(const struct interview *interview)
{
    struct strv names = STRV_INIT;
    char *found = NULL;

    path_list(interview->work, &names, NULL);
    for (size_t i = 0; i < names.count && !found; i++) {
        char *dir = path_join(interview->work, names.items[i]);
        int64_t started = 0;

        if (folder_mark(dir, &started) == interview->id &&
            started == interview->session.started)
            found = xstrdup(dir);
        free(dir);
    }
    strv_release(&names);
    return found;
}

char *interview_folder(const struct interview *interview, struct err *err)
{
    int64_t started = 0;
    char *dir;

    if (interview->inside &&
        folder_mark(interview->inside, &started) == interview->id &&
        started == interview->session.started)
        return xstrdup(interview->inside);
    dir = usual_folder(interview);
    if (folder_mark(dir, &started) == interview->id &&
        started == interview->session.started)
        return dir;
    free(dir);
    dir = renamed_folder(interview);
    if (!dir)
        err_set(err,
                "the folder of interview %" PRId64 " is not in %s; go into it "
                "where it is now, or have `kata interview resume %" PRId64
                "` make it anew",
                interview->id, interview->work, interview->id);
    return dir;
}

static void add_rounds(const struct session *session, struct str *text)
{
    static const char *const what[ROUND_KINDS] = {
        [ROUND_CONCEPT] = "questions, answered in words",
        [ROUND_CODE] = "a kata in C; once it passes, the requirement changes",
        [ROUND_HUNT] = "code with one bug: find it, explain it, fix it"};

    for (size_t i = 0; i < session->plan.count; i++)
        str_addf(text, "%zu. **%s**, %d minutes: %s\n", i + 1,
                 round_name(session->plan.rounds[i].kind),
                 session->plan.rounds[i].minutes,
                 what[session->plan.rounds[i].kind]);
}

static char *expectations(const struct interview *interview)
{
    const struct session *session = &interview->session;
    struct str text = STR_INIT;

    str_addf(&text, "# Interview %" PRId64 "\n\n%d minutes, level %s, in %zu ",
             interview->id, session->minutes, kata_level_name(session->level),
             session->plan.count);
    str_add(&text, session->plan.count == 1 ? "round:\n\n" : "rounds:\n\n");
    add_rounds(session, &text);
    str_add(&text,
            "\nThink aloud, ask what is unclear, and say what you leave out. "
            "The minutes of a\nround are advice; only the whole ends. What is "
            "handed in after that counts as\nlate and is looked at all the "
            "same.\n\nIn this folder:\n\n"
            "| command | what it does |\n|---|---|\n"
            "| `kata interview` | where you are, and what time is left |\n"
            "| `kata interview clock` | the clock, ticking |\n"
            "| `kata interview test` | builds and runs the tests |\n"
            "| `kata interview submit` | grades with every stage; in a round "
            "of questions, your answer |\n"
            "| `kata interview hint` | opens a hint, which costs points |\n"
            "| `kata interview next` | the next question, changed requirement "
            "or round |\n"
            "| `kata interview pause`, `resume` | stop the clock and go on |\n"
            "| `kata interview finish` | the end |\n");
    return str_detach(&text);
}

static int fill_folder(const struct interview *interview, const char *dir,
                       struct err *err)
{
    char *mark = xasprintf("%" PRId64 " %" PRId64 "\n", interview->id,
                           interview->session.started);
    char *text = expectations(interview);
    int status = write_file(dir, "README.md", text, err);

    if (status == 0)
        status = write_file(dir, mark_name, mark, err);
    free(mark);
    free(text);
    return status;
}

int folder_make(const struct interview *interview, struct err *err)
{
    char *dir = usual_folder(interview);
    int status;

    if (mkdir(dir, 0755) < 0)
        status = err_errno(err, "%s cannot be made", dir);
    else
        status = fill_folder(interview, dir, err);
    free(dir);
    return status;
}

int folder_remake(const struct interview *interview, struct err *err)
{
    char *dir = usual_folder(interview);
    struct stat info;
    int status = 0;

    if (lstat(dir, &info) == 0)
        status = err_set(err, "%s is in the way; move it aside", dir);
    else
        status = path_mkdirs(dir, 0755, err);
    if (status == 0)
        status = fill_folder(interview, dir, err);
    free(dir);
    return status;
}

char *folder_round(const struct interview *interview, const char *folder)
{
    const struct session *session = &interview->session;

    return xasprintf("%s/%zu-%s", folder, session->round + 1,
                     round_name(session_round(session)->kind));
}

char *folder_source(const struct interview *interview, const char *folder,
                    const struct kata *kata)
{
    char *dir = folder_round(interview, folder);
    char *path = xasprintf("%s/%s.c", dir, kata->snake);

    free(dir);
    return path;
}

int64_t folder_changed(const char *path)
{
    struct stat info;

    if (lstat(path, &info) < 0)
        return 0;
    return (int64_t)info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000;
}

int folder_read(const char *path, struct str *text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    char buffer[8192];
    ssize_t n = 0;

    if (fd < 0 && errno == ELOOP)
        return err_set(err, "%s is a symbolic link; put the file itself there",
                       path);
    if (fd < 0 && errno == ENOENT)
        return err_set(err,
                       "%s is not there; `kata interview resume` puts back "
                       "what it held at the last run",
                       path);
    if (fd < 0)
        return err_errno(err, "%s", path);
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return err_set(err, "%s is no regular file", path);
    }
    while (text->length <= FILE_MAX &&
           (n = read(fd, buffer, sizeof buffer)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        str_addn(text, buffer, n > 0 ? (size_t)n : 0);
    }
    close(fd);
    if (n < 0)
        return err_errno(err, "%s", path);
    if (text->length > FILE_MAX)
        return err_set(err, "%s is larger than 1 MiB", path);
    if (strlen(text->text) != text->length)
        return err_set(err, "%s holds a NUL byte: it is no C source", path);
    return 0;
}

/* What a step gives */

static int lay_question(const struct interview *interview, const char *dir,
                        struct err *err)
{
    const struct session *session = &interview->session;
    const struct plan_round *round = session_round(session);
    const char *id = round->questions.items[session->step];
    const struct card *card;
    struct cards cards;
    struct str text = STR_INIT;
    char *name = xasprintf("question-%zu.md", session->step + 1);
    int status = cards_load(interview->context.root, &cards, err);

    if (status == 0) {
        card = cards_find(&cards, id);
        if (card) {
            card_markdown(card, false, &text);
            status = write_file(dir, name, text.text, err);
        } else {
            status = err_set(err, "the question card %s is gone", id);
        }
        cards_release(&cards);
    }
    str_release(&text);
    free(name);
    return status;
}

static int lay_contract(const struct kata *kata, const char *dir,
                        const char *brief, struct err *err)
{
    char *header = kata_header(kata),
         *readme = path_join(kata->dir, "README.md");
    int status = copy_file(header, dir, path_base(header), err);

    if (status == 0)
        status = copy_file(readme, dir, brief, err);
    free(header);
    free(readme);
    return status;
}

/* Keeps what held before the requirement changed. */
static int lay_before(const struct kata *kata, const char *dir, struct err *err)
{
    char *before = path_join(dir, "before"), *header = kata_header(kata);
    char *old = path_join(dir, path_base(header));
    char *readme = path_join(dir, "README.md");
    int status = path_mkdirs(before, 0755, err);

    if (status == 0)
        status = copy_file(old, before, path_base(header), err);
    if (status == 0)
        status = copy_file(readme, before, "README.md", err);
    free(before);
    free(header);
    free(old);
    free(readme);
    return status;
}

/* Moves the code of the change before, with its contract, to change-N/; once,
   so that a step that is taken again takes nothing away. */
static int set_aside(const struct interview *interview, const struct kata *kata,
                     const char *dir, struct err *err)
{
    char *header = kata_header(kata), *name = xasprintf("%s.c", kata->snake);
    char *aside = xasprintf("%s/change-%zu", dir, interview->session.step - 1);
    char *from = path_join(dir, name), *to = path_join(aside, name);
    char *old = path_join(dir, path_base(header));
    char *readme = path_join(dir, "README.md");
    struct stat info;
    int status = 0;

    if (is_link(aside))
        status = err_set(err, "%s is a symbolic link; remove it", aside);
    else if (lstat(from, &info) == 0 && lstat(to, &info) < 0) {
        status = path_mkdirs(aside, 0755, err);
        if (status == 0)
            status = copy_file(old, aside, path_base(header), err);
        if (status == 0)
            status = copy_file(readme, aside, "README.md", err);
        if (status == 0 && rename(from, to) < 0)
            status = err_errno(err, "%s cannot be moved", from);
    }
    free(header);
    free(name);
    free(aside);
    free(from);
    free(to);
    free(old);
    free(readme);
    return status;
}

static int lay_code(const struct interview *interview, const struct kata *kata,
                    const char *dir, const char *source, struct err *err)
{
    static const char flags[] = "-std=c17\n-D_GNU_SOURCE\n-Wall\n-Wextra\n"
                                "-Wpedantic\n-Wshadow\n-Wconversion\n";
    char *stub = kata_stub(kata), *header = kata_header(kata);
    char *old = path_join(dir, path_base(header));
    struct str text = STR_INIT;
    int status = 0;

    if (interview->session.step > 0 && path_is_file(old) && !source)
        status = lay_before(kata, dir, err);
    if (status == 0)
        status = lay_contract(kata, dir, "README.md", err);
    if (status == 0)
        status = write_file(dir, "compile_flags.txt", flags, err);
    if (status == 0 && !source)
        status = path_read(stub, FILE_MAX, &text, err);
    if (status == 0)
        status =
            write_new(dir, path_base(stub), source ? source : text.text, err);
    str_release(&text);
    free(stub);
    free(header);
    free(old);
    return status;
}

static int find_mutant(const struct kata *kata, const char *name,
                       const char *dir, char **path, struct err *err)
{
    struct mutants mutants;

    if (mutants_load(kata, &mutants, err) < 0)
        return -1;
    *path = NULL;
    for (size_t i = 0; i < mutants.count && !*path; i++)
        if (strcmp(mutants.items[i].name, name) == 0 &&
            !(*path = mutant_apply(&mutants.items[i], kata, dir, err)))
            break;
    mutants_release(&mutants);
    return *path ? 0
                 : err_set(err, "%s has no mutant '%s' any more", kata->slug,
                           name);
}

/* The reference with its bug and without its comments. */
static int broken_source(const struct kata *kata, const char *mutant,
                         struct str *source, struct err *err)
{
    int lock, status = -1;
    char *dir = temp_make("kata-hunt", false, &lock, err), *path = NULL;
    struct str text = STR_INIT;

    if (!dir)
        return -1;
    if (find_mutant(kata, mutant, dir, &path, err) == 0 &&
        path_read(path, FILE_MAX, &text, err) == 0) {
        comments_strip(source, text.text, text.length);
        status = 0;
    }
    temp_remove(dir, lock);
    str_release(&text);
    free(path);
    return status;
}

static char *hunt_brief(const struct kata *kata)
{
    return xasprintf(
        "# Bug hunt: %s\n\n"
        "`%s.c` was right until somebody changed one thing in it. Its comments "
        "are gone, its\ncontract is `%s.h`, and `brief.md` is what was asked "
        "of "
        "whoever wrote it.\n\n"
        "1. Find the bug. Reading comes first; `kata interview test` and a "
        "debugger help.\n"
        "2. Explain it in `explanation.md`: where it is, which calls show it, "
        "what goes wrong.\n"
        "3. Fix it in `%s.c`, changing as little as you can, and `kata "
        "interview submit`.\n\n"
        "The tests may well pass as they are: a submission is graded with "
        "every stage.\n",
        kata->title, kata->snake, kata->snake, kata->snake);
}

static int lay_hunt(const struct interview *interview, const struct kata *kata,
                    const char *dir, const char *source, struct err *err)
{
    static const char explanation[] =
        "# Explanation\n\nWhere is it?\n\n\nWhich calls show it, and what goes "
        "wrong?\n\n\nHow did you find it, and what did you change?\n\n";
    char *brief = hunt_brief(kata), *name = xasprintf("%s.c", kata->snake);
    struct str broken = STR_INIT;
    int status = lay_contract(kata, dir, "brief.md", err);

    if (status == 0)
        status = write_file(dir, "README.md", brief, err);
    if (status == 0)
        status = write_new(dir, "explanation.md", explanation, err);
    if (status == 0 && !source)
        status = broken_source(kata, session_round(&interview->session)->mutant,
                               &broken, err);
    if (status == 0)
        status = write_new(dir, name, source ? source : broken.text, err);
    str_release(&broken);
    free(brief);
    free(name);
    return status;
}

static int lay_in(const struct interview *interview, const char *dir,
                  const char *source, struct err *err)
{
    enum round_kind kind = session_round(&interview->session)->kind;
    struct kata *kata;
    int status;

    if (is_link(dir))
        return err_set(err, "%s is a symbolic link; remove it", dir);
    if (path_mkdirs(dir, 0755, err) < 0)
        return -1;
    if (kind == ROUND_CONCEPT)
        return lay_question(interview, dir, err);
    if (interview_kata(interview, &kata, err) < 0)
        return -1;
    status = kind == ROUND_CODE ? lay_code(interview, kata, dir, source, err)
                                : lay_hunt(interview, kata, dir, source, err);
    kata_free(kata);
    return status;
}

int folder_set_aside(const struct interview *interview, struct err *err)
{
    char *folder = interview_folder(interview, err), *dir;
    struct kata *kata;
    int status = -1;

    if (!folder)
        return -1;
    dir = folder_round(interview, folder);
    if (interview_kata(interview, &kata, err) == 0) {
        status = set_aside(interview, kata, dir, err);
        kata_free(kata);
    }
    free(folder);
    free(dir);
    return status;
}

int folder_lay(const struct interview *interview, const char *source,
               struct err *err)
{
    char *folder = interview_folder(interview, err), *dir;
    int status;

    if (!folder)
        return -1;
    dir = folder_round(interview, folder);
    status = lay_in(interview, dir, source, err);
    free(folder);
    free(dir);
    return status;
}
