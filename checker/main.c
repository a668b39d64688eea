#include "base/suggest.h"
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

static void print_help(FILE *out)
{
    fputs("usage: kata COMMAND [ARGUMENT]...\n\n"
          "Interview katas in C: solve, grade, discuss.\n\n",
          out);
    for (size_t i = 0; cmd_table[i]; i++)
        if (cmd_table[i]->summary)
            fprintf(out, "  %-10s %s\n", cmd_table[i]->name,
                    cmd_table[i]->summary);
    fputs("\n`kata COMMAND -h` tells more of each.\n", out);
}

static int unknown(const char *name)
{
    struct suggest suggest = SUGGEST_INIT(name);

    for (size_t i = 0; cmd_table[i]; i++)
        if (cmd_table[i]->summary)
            suggest_offer(&suggest, cmd_table[i]->name);
    fprintf(stderr, "kata: there is no command '%s'", name);
    if (suggest.best)
        fprintf(stderr, "; did you mean '%s'?", suggest.best);
    fputs("\n`kata -h` lists them\n", stderr);
    return EXIT_USAGE;
}

/* What was printed has to have arrived: a full disk is no success. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("kata: standard output");
    return EXIT_ENVIRONMENT;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0 ||
        strcmp(name, "help") == 0) {
        print_help(stdout);
        return finish(EXIT_PASS);
    }
    if (!*name) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; cmd_table[i]; i++)
        if (strcmp(cmd_table[i]->name, name) == 0)
            return finish(cmd_table[i]->run(cmd_table[i], argc - 1, argv + 1));
    return unknown(name);
}
