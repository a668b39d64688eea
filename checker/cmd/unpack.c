/* kata unpack class|student DIR: unpacks the archive that is open as descriptor
   3, for `kata batch`, in the jail (batch/archive.h). */
#include "batch/unpack.h"
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

static int cmd_unpack_run(const struct cmd *cmd, int argc, char **argv)
{
    const struct unpack_limits *limits = &unpack_student;
    struct err err = ERR_INIT;
    json_t *refused = NULL, *answer;
    int status;

    if (argc != 3)
        return cmd_usage(cmd, "this is for `kata batch`");
    if (strcmp(argv[1], "class") == 0)
        limits = &unpack_class;
    if (unpack_run(3, argv[2], limits, &refused, &err) == 0)
        answer = json_pack("{s:o}", "refused", refused);
    else
        answer = json_pack("{s:s}", "error", err.text);
    if (!answer)
        answer = json_pack("{s:s}", "error", "a name that is not UTF-8");
    status = json_dumpf(answer, stdout, JSON_COMPACT);
    json_decref(answer);
    return status < 0 ? EXIT_ENVIRONMENT : EXIT_PASS;
}

const struct cmd cmd_unpack = {"unpack", "class|student DIR", NULL, NULL,
                               NULL,     cmd_unpack_run};
