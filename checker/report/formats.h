/* The formats, one file each; report/table.c lists them. */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

extern const struct report report_term, report_json, report_gcc;

#endif
