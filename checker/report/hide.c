#include "judge/stage.h"
#include "report/formats.h"

static char because[] = "hidden by the instructor";
static char not_run[] = "not run";

/* The stage that decided the verdict, or STAGE_COUNT. */
static int deciding(const struct grade *grade)
{
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i] && grade->stages[i].category != CATEGORY_NONE &&
            grade->stages[i].category == grade->category)
            return i;
    return STAGE_COUNT;
}

static void hide(struct report_view *view, int stage)
{
    view->grade.stages[stage] = (struct stage_result){
        .id = (enum stage_id)stage, .reason = because, .hidden = true};
    view->award.stages[stage] = view->award.stages_max[stage] = 0;
    view->award.awarded[stage] = 0;
}

void report_hide(const struct grade *grade, struct report_view *view)
{
    int stage = deciding(grade);
    bool any = false;

    *view = (struct report_view){.grade = *grade};
    if (!grade->award)
        return;
    view->award = *grade->award;
    view->grade.award = &view->award;
    if (stage < STAGE_COUNT && report_is_hidden(grade, (enum stage_id)stage))
        view->grade.category = CATEGORY_NONE;
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i] && report_is_hidden(grade, (enum stage_id)i)) {
            hide(view, i);
            any = true;
        }
    /* "an earlier stage failed" would tell of a hidden one. */
    for (int i = 0; any && i < STAGE_COUNT; i++)
        if (view->grade.stages[i].status == STATUS_SKIP &&
            !view->grade.stages[i].hidden)
            view->grade.stages[i].reason = not_run;
}
