/*
 * kata doctor: what is installed, what is missing, and what each missing thing
 * costs. .ci/packages is held against this table by `make lint`.
 */
#include "base/alloc.h"
#include "base/path.h"
#include "base/term.h"
#include "cmd/commands.h"
#include "exec/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct need {
    const char *file;    /* a program in PATH, or an absolute path */
    const char *package; /* Debian's */
    bool required;       /* nothing can be graded without it */
    const char *cost;    /* what is lost without it */
};

static const struct need needs[] = {
    {"gcc", "gcc", true, "nothing can be built"},
    {"ld", "binutils", true, "nothing can be linked"},
    {"objcopy", "binutils", true, "no oracle, memory and growth stages"},
    {"/usr/include/criterion/criterion.h", "libcriterion-dev", true,
     "no tests stage"},
    {"/usr/include/valgrind/valgrind.h", "valgrind", true,
     "the agent cannot be built"},
    {"valgrind", "valgrind", true, "no memory and growth stages"},
    {"bwrap", "bubblewrap", false, "no sandbox: only your own code is graded"},
    {"clang-format", "clang-format", false, "the style stage cannot run"},
    {"gdb", "gdb", false, "no `kata replay --debug`"},
    {"diff", "diffutils", false, "no `kata diff`, no differences in reports"},
    {"patch", "patch", false, "no `kata verify` and no bug hunts"},
    {"python3", "python3", false, "`kata verify` cannot ask CPython"},
    {"gnuplot", "gnuplot-nox", false, "pages have no plots"},
    {"sim_c", "similarity-tester", false,
     "a class report compares no submissions"},
};

/* Is the program in PATH, or the file there? */
static bool is_there(const char *file)
{
    const char *path = getenv("PATH");
    struct strv dirs = STRV_INIT;
    char *copy;
    bool found = false;

    if (*file == '/')
        return path_is_file(file);
    copy = xstrdup(path && *path ? path : "/usr/bin:/bin");
    for (char *c = copy; *c; c++)
        *c = *c == ':' ? '\n' : *c;
    strv_add_lines(&dirs, copy);
    for (size_t i = 0; i < dirs.count && !found; i++) {
        char *program = path_join(dirs.items[i], file);

        found = path_is_file(program) && access(program, X_OK) == 0;
        free(program);
    }
    strv_release(&dirs);
    free(copy);
    return found;
}

static void say(bool ok, bool required, const char *what, const char *how)
{
    bool colour = term_colour(stdout);
    enum term_style style = ok ? TERM_GREEN : required ? TERM_RED : TERM_YELLOW;

    printf("  %s%-8s%s %-36s %s\n", term_style(colour, style),
           ok ? "ok" : "missing", term_style(colour, TERM_PLAIN), what, how);
}

/* Without one the jail is still a jail, so it is nothing missing. */
static void say_group(const struct sandbox *sandbox)
{
    struct cgroups groups;
    struct err why = ERR_INIT;
    char *text;

    if (sandbox->groups.dir) {
        say(true, false, "control group", sandbox->groups.dir);
        return;
    }
    cgroups_open(&groups, "", &why);
    cgroups_release(&groups);
    text = xasprintf("none (%s): memory is looked at every 50 ms", why.text);
    say(true, false, "control group", text);
    free(text);
}

/* Few need one, so what is not there is nothing missing, and nothing to be
   installed. */
static void say_engines(void)
{
    static const struct {
        const char *program, *without;
    } engines[] = {
        {"sbatch", "none (slurm-client): no `kata batch --engine slurm`"},
        {"parallel", "none (parallel): no `kata batch --engine parallel`"}};

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        say(true, false, engines[i].program,
            is_there(engines[i].program) ? "" : engines[i].without);
}

static int check_all(void)
{
    struct strv install = STRV_INIT;
    struct sandbox sandbox;
    struct err err = ERR_INIT;
    const char *why = NULL;
    bool usable = true;

    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        const struct need *need = &needs[i];
        bool ok = is_there(need->file);

        say(ok, need->required, need->file, ok ? "" : need->cost);
        usable = usable && (ok || !need->required);
        if (!ok && !strv_has(&install, need->package))
            strv_add(&install, need->package);
    }
    say_engines();
    if (sandbox_open(&sandbox, &err) == 0) {
        say(true, false, "sandbox", sandbox_name(&sandbox));
        say_group(&sandbox);
    } else {
        say(false, false, "sandbox",
            "only your own code is graded, with your "
            "own rights");
        why = err.text;
    }
    sandbox_close(&sandbox);
    if (why)
        printf("\n%s\n", why);
    if (install.count) {
        printf("\nsudo apt-get install");
        for (size_t i = 0; i < install.count; i++)
            printf(" %s", install.items[i]);
        putchar('\n');
    }
    strv_release(&install);
    return usable ? EXIT_PASS : EXIT_ENVIRONMENT;
}

static int cmd_doctor_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, false, 0, &context);

    if (status >= 0)
        return status;
    printf("katas in %s: %zu\n", context.root, context.catalog.count);
    status = check_all();
    cmd_release(&context);
    return status;
}

const struct cmd cmd_doctor = {
    "doctor",
    "",
    "Say what is installed, what is missing, and what it costs.",
    NULL,
    NULL,
    cmd_doctor_run};
