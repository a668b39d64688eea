/* Parts of pages about grades: report/page.c is one grade's page,
   report/class.c that of a class. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "judge/result.h"
#include "report/html.h"

/* One finding, framed: what, where, and its table of calls. */
void page_finding(struct markup *page, const struct finding *finding);

#endif
