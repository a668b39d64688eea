#include "base/path.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

const struct report *const report_table[] = {
    &report_term,    &report_json,      &report_gcc,
    &report_jsonl,   &report_junit,     &report_tap,
    &report_sarif,   &report_github,    &report_markdown,
    &report_html,    &report_classroom, &report_gradescope,
    &report_check50, &report_csv,       NULL};

const struct report *report_find(const char *name, struct err *err)
{
    struct str names = STR_INIT;

    for (size_t i = 0; report_table[i]; i++)
        if (strcmp(report_table[i]->name, name) == 0)
            return report_table[i];
    for (size_t i = 0; report_table[i]; i++)
        str_addf(&names, "%s%s", i ? ", " : "", report_table[i]->name);
    err_set(err, "there is no format '%s' (%s)", name, names.text);
    str_release(&names);
    return NULL;
}

int report_write(const struct report *report, const struct grade *grade,
                 FILE *out)
{
    struct report_view view;

    if (report->whole || !grade->award)
        return report->write(grade, out);
    report_hide(grade, &view);
    return report->write(&view.grade, out);
}

int report_save(const struct report *report, const struct grade *grade,
                const char *path, struct err *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory;
    int status;

    if (!path) {
        if (report_write(report, grade, stdout) < 0 || fflush(stdout) != 0)
            return err_errno(err, "standard output");
        return 0;
    }
    memory = open_memstream(&text, &length);
    if (!memory)
        return err_errno(err, "memory for the report");
    status = report_write(report, grade, memory);
    if (fclose(memory) != 0 || status < 0)
        status = err_errno(err, "the %s report", report->name);
    else
        status = path_write(path, text, length, 0644, err);
    free(text);
    return status;
}
