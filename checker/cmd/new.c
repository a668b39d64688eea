#include "base/alloc.h"
#include "cmd/commands.h"
#include "kata/scaffold.h"

#include <stdlib.h>
#include <string.h>

static void tell(const char *root, const char *topic, const char *slug)
{
    printf("made %s/katas/%s/%s\n"
           "and  %s/solutions/%s/%s\n\n"
           "Every file says what belongs there; `kata verify %s` says what is "
           "missing.\n",
           root, topic, slug, root, topic, slug, slug);
}

static int make(const struct cmd *cmd, const char *root, const char *name)
{
    const char *slash = strchr(name, '/');
    struct err err = ERR_INIT;
    char *topic;
    int status = EXIT_PASS;

    if (!slash)
        return cmd_usage(cmd, "expected TOPIC/SLUG, got '%s'", name);
    topic = xstrndup(name, (size_t)(slash - name));
    if (scaffold_check(root, topic, slash + 1, &err) < 0)
        status = cmd_usage(cmd, "%s", err.text);
    else if (scaffold_kata(root, topic, slash + 1, &err) < 0)
        status = cmd_error(&err);
    else
        tell(root, topic, slash + 1);
    free(topic);
    return status;
}

static int cmd_new_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, false, 1, &context);

    if (status >= 0)
        return status;
    if (context.operands.count == 0)
        status = cmd_usage(cmd, "expected TOPIC/SLUG");
    else
        status = make(cmd, context.root, context.operands.items[0]);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_new = {
    "new",
    "TOPIC/SLUG",
    "Make the files of a new kata, to be filled in.",
    "Topics are memory, objects, functions, errors, containers, algorithms,\n"
    "concurrency, async, patterns and systems. A slug is like 'lru-cache' and\n"
    "never changes. What is made compiles; `kata verify` then says what is\n"
    "missing.",
    NULL,
    cmd_new_run};
