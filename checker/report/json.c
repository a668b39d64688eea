/* --format json: the kata-result/1 object of docs/result-format.md. */
#include "report/formats.h"

static int write_json(const struct grade *grade, FILE *out)
{
    json_t *json = grade_to_json(grade);
    int status = json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

    json_decref(json);
    return status < 0 || fputc('\n', out) == EOF ? -1 : 0;
}

const struct report report_json = {"json", "one kata-result/1 object",
                                   write_json};
