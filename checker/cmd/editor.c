#include "cmd/editor.h"

#include "base/alloc.h"
#include "base/strv.h"
#include "exec/proc.h"

#include <pthread.h>
#include <stdlib.h>

static int run(const struct strv *argv, struct err *err)
{
    struct proc_spec spec = {.argv = argv->items, .tty = true};
    struct proc_result result;
    sigset_t stop, old;
    int status;

    /* Ctrl-Z stops the editor and us, whoever blocked it. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &old);
    status = proc_run(&spec, &result, err);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (status == 0 && (result.end != PROC_EXITED || result.code != 0)) {
        char *end = proc_describe(&result);

        status = err_set(err, "the editor ended with %s", end);
        free(end);
    }
    proc_result_release(&result);
    return status;
}

/* The variable is a piece of a command line, by custom. */
static int run_chosen(const char *editor, const char *path, struct err *err)
{
    struct strv argv = STRV_INIT;
    int status;

    strv_add_all(&argv, "sh", "-c", (char *)NULL);
    strv_addf(&argv, "%s \"$@\"", editor);
    strv_add_all(&argv, editor, path, (char *)NULL);
    status = run(&argv, err);
    strv_release(&argv);
    return status;
}

static const char *chosen(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

    if (visual && *visual)
        return visual;
    return editor && *editor ? editor : NULL;
}

int editor_open(const char *path, struct err *err)
{
    static const char *const usual[] = {"editor", "vi", "nano"};
    const char *editor = chosen();

    if (editor)
        return run_chosen(editor, path, err);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct strv argv = STRV_INIT;
        int status;

        if (!proc_exists(usual[i]))
            continue;
        strv_add_all(&argv, usual[i], path, (char *)NULL);
        status = run(&argv, err);
        strv_release(&argv);
        return status;
    }
    return err_set(err, "there is no editor: set EDITOR to yours");
}
