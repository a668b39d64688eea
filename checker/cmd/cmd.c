#include "cmd/cmd.h"

#include "base/alloc.h"
#include "base/markdown.h"
#include "base/path.h"
#include "base/term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES_MAX = 1 << 20, PAGE_COLUMNS_MAX = 80 };

const char *cmd_last_name(const struct cmd *cmd)
{
    const char *space = strrchr(cmd->name, ' ');

    return space ? space + 1 : cmd->name;
}

int cmd_usage(const struct cmd *cmd, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "kata %s: ", cmd->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\ntry 'kata %s -h'\n", cmd->name);
    return EXIT_USAGE;
}

int cmd_error(const struct err *err)
{
    fprintf(stderr, "kata: %s\n", err->text);
    return EXIT_ENVIRONMENT;
}

void cmd_help(const struct cmd *cmd, FILE *out)
{
    fprintf(out, "usage: kata %s%s%s%s\n\n", cmd->name,
            cmd->options ? " [OPTION]..." : "", *cmd->operands ? " " : "",
            cmd->operands);
    if (cmd->summary)
        fprintf(out, "%s\n\n", cmd->summary);
    if (cmd->details)
        fprintf(out, "%s\n\n", cmd->details);
    opt_help(cmd->options, out);
}

/* Reads the options; the operands stay in the parser. Returns -1 to go on. */
static int read_options(const struct cmd *cmd, struct opt_parser *parser,
                        int (*option)(int id, const char *value, void *data,
                                      struct err *err),
                        void *data)
{
    struct err err = ERR_INIT;
    int id;

    while ((id = opt_next(parser, &err)) > 0) {
        if (id == 'h') {
            cmd_help(cmd, stdout);
            return EXIT_PASS;
        }
        if (option && option(id, parser->value, data, &err) < 0)
            break;
    }
    return err.set ? cmd_usage(cmd, "%s", err.text) : -1;
}

static int find_kata(const struct cmd *cmd, struct cmd_context *context)
{
    struct err err = ERR_INIT;

    if (context->operands.count == 0)
        return cmd_usage(cmd, "which kata? `kata list` shows them");
    if (catalog_load(&context->catalog, context->operands.items[0],
                     &context->kata, &err) < 0) {
        cmd_error(&err);
        return catalog_has(&context->catalog, context->operands.items[0])
                   ? EXIT_ENVIRONMENT
                   : EXIT_USAGE;
    }
    strv_remove(&context->operands, 0);
    return -1;
}

int cmd_begin(const struct cmd *cmd, int argc, char **argv,
              int (*option)(int id, const char *value, void *data,
                            struct err *err),
              void *data, bool takes_slug, size_t max_operands,
              struct cmd_context *context)
{
    struct opt_parser parser;
    struct err err = ERR_INIT;
    int status;

    *context = (struct cmd_context){.root = NULL};
    opt_start(&parser, cmd->options, argc, argv);
    status = read_options(cmd, &parser, option, data);
    strv_copy(&context->operands, &parser.operands);
    opt_release(&parser);
    if (status < 0 && context->operands.count > max_operands + takes_slug)
        status = cmd_usage(cmd, "too many operands: '%s'",
                           context->operands.items[max_operands + takes_slug]);
    if (status < 0) {
        context->root = catalog_root(&err);
        if (!context->root ||
            catalog_open(context->root, &context->catalog, &err) < 0)
            status = cmd_error(&err);
    }
    if (status < 0 && takes_slug)
        status = find_kata(cmd, context);
    if (status >= 0)
        cmd_release(context);
    return status;
}

void cmd_release(struct cmd_context *context)
{
    kata_free(context->kata);
    catalog_release(&context->catalog);
    strv_release(&context->operands);
    free(context->root);
    *context = (struct cmd_context){.root = NULL};
}

int cmd_show_page(const char *path, struct err *err)
{
    struct str text = STR_INIT, out = STR_INIT;
    int width = term_width(stdout);
    int status = path_read(path, PAGE_BYTES_MAX, &text, err);

    if (status == 0) {
        markdown_render(&out, text.text, text.length,
                        width < PAGE_COLUMNS_MAX ? width : PAGE_COLUMNS_MAX,
                        term_colour(stdout));
        fwrite(out.text, 1, out.length, stdout);
    }
    str_release(&text);
    str_release(&out);
    return status;
}

char *cmd_work_dir(const struct cmd_context *context)
{
    const char *home = getenv("KATA_HOME");
    char *work = path_join(context->root, "work"), *probe;

    if (home && *home) {
        free(work);
        return xstrdup(home);
    }
    /* An installed program keeps attempts where it is started. */
    probe = path_join(context->root, "Makefile");
    if (!path_is_file(probe)) {
        free(work);
        work = xstrdup("work");
    }
    free(probe);
    return work;
}

char *cmd_attempt_dir(const struct cmd_context *context)
{
    char *work = cmd_work_dir(context);
    char *dir = path_join(work, context->kata->slug);

    free(work);
    return dir;
}

char *cmd_submission(const struct cmd_context *context, const char *file)
{
    char *dir, *path;

    if (file)
        return xstrdup(file);
    dir = cmd_attempt_dir(context);
    path = xasprintf("%s/%s.c", dir, context->kata->snake);
    free(dir);
    return path;
}
