/* --format json and jsonl: the kata-result/1 object of docs/result-format.md,
   and the same on one line. */
#include "report/formats.h"

static int write_json(const struct grade *grade, FILE *out)
{
    return report_dump(grade_to_json(grade), JSON_INDENT(2), out);
}

static int write_line(const struct grade *grade, FILE *out)
{
    return report_dump(grade_to_json(grade), JSON_COMPACT, out);
}

static int write_lines(const struct report_entry *entries, size_t count,
                       FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        json_t *json = grade_to_json(entries[i].grade);

        json_object_set_new(json, "name", report_text(entries[i].name));
        if (report_dump(json, JSON_COMPACT, out) < 0)
            return -1;
    }
    return 0;
}

const struct report report_json = {"json", "one kata-result/1 object",
                                   write_json, NULL, true};
const struct report report_jsonl = {
    "jsonl", "the same on one line, to be appended to others", write_line,
    write_lines, true};
