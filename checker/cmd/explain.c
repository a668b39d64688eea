/* kata explain: what a category of findings is and how people fix it, from
   docs/explain/CATEGORY.md. */
#include "base/suggest.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "judge/prose.h"
#include "report/report.h"
#include "store/findings.h"

#include <stdlib.h>
#include <string.h>

static void print_list(const char *root)
{
    for (int i = CATEGORY_NONE + 1; i < CATEGORY_COUNT; i++) {
        char *summary = prose_explain_summary(root, (enum category)i);

        printf("  %-14s  %s\n", category_name((enum category)i),
               summary ? summary : "there is no page");
        free(summary);
    }
    printf("\n`kata explain CATEGORY` tells more of each.\n");
}

static int unknown(const struct cmd *cmd, const char *name)
{
    struct suggest suggest = SUGGEST_INIT(name);

    for (int i = CATEGORY_NONE + 1; i < CATEGORY_COUNT; i++)
        suggest_offer(&suggest, category_name((enum category)i));
    if (suggest.best)
        return cmd_usage(cmd, "there is no category '%s'; did you mean '%s'?",
                         name, suggest.best);
    return cmd_usage(cmd,
                     "there is no category '%s'; `kata explain` lists "
                     "them",
                     name);
}

/* The newest of the learner's own findings of that category. */
static void show_own(const struct cmd_context *context, enum category category)
{
    struct db *db = attempt_db(context, DB_READ);
    struct findings findings = FINDINGS_INIT;
    struct err err = ERR_INIT;

    if (findings_of(db, category, &findings, &err) < 0) {
        fprintf(stderr, "kata: warning: %s\n", err.text);
    } else if (findings.count) {
        printf("\nThe last of yours, in %s:\n\n", findings.items[0].kata);
        term_finding(&findings.items[0].finding, stdout);
    }
    findings_release(&findings);
    db_close(db);
}

static int explain(const struct cmd *cmd, const struct cmd_context *context,
                   const char *name)
{
    enum category category = category_from_name(name);
    struct err err = ERR_INIT;
    char *path;
    int status;

    if (category == CATEGORY_COUNT)
        return unknown(cmd, name);
    path = prose_explain_page(context->root, category);
    status = cmd_show_page(path, &err) < 0 ? cmd_error(&err) : EXIT_PASS;
    free(path);
    if (status == EXIT_PASS)
        show_own(context, category);
    return status;
}

static int cmd_explain_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, false, 1, &context);

    if (status >= 0)
        return status;
    status = EXIT_PASS;
    if (context.operands.count == 0)
        print_list(context.root);
    else
        status = explain(cmd, &context, context.operands.items[0]);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_explain = {
    "explain",
    "[CATEGORY]",
    "Explain a category of findings: what it is and how to fix it.",
    "Without CATEGORY: lists them. A grade names the category of each failed\n"
    "stage. Where a grade of yours has found one, the last is shown.",
    NULL,
    cmd_explain_run};
