#include "cmd/awarding.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "base/path.h"
#include "judge/stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 12, MINUTE = 60, HOUR = 3600 };

static void tell(const struct strv *names, const char *what, const char *rest)
{
    if (names->count == 0)
        return;
    fprintf(stderr, "kata: %s ", what);
    for (size_t i = 0; i < names->count && i < NAMES_SHOWN; i++) {
        struct str shown = STR_INIT;

        str_add_visible(&shown, names->items[i], strlen(names->items[i]), 100,
                        false);
        fprintf(stderr, "%s%s", i ? ", " : "", shown.text);
        str_release(&shown);
    }
    if (names->count > NAMES_SHOWN)
        fprintf(stderr, " and %zu more", names->count - NAMES_SHOWN);
    fprintf(stderr, "%s\n", rest);
}

/* Is there a kata of that name, and does it have points? */
static int check_kata(const struct awarding *awarding,
                      const struct catalog *catalog, const char *slug,
                      struct err *err)
{
    const struct scheme_rules rules = scheme_rules(&awarding->scheme, slug);
    struct kata *kata = NULL;
    int status = catalog_load(catalog, slug, &kata, err);

    if (status == 0)
        status = award_check(&rules, kata, err);
    if (status < 0)
        err_context(err, "%s: katas.%s", awarding->path, slug);
    kata_free(kata);
    return status;
}

static int check_katas(const struct awarding *awarding,
                       const struct catalog *catalog, const char *only,
                       struct err *err)
{
    struct strv missing = STRV_INIT;
    int status = 0;

    for (size_t i = 0; i < awarding->scheme.count && status == 0; i++) {
        const char *slug = awarding->scheme.katas[i].slug;

        if (only && strcmp(slug, only) != 0 && !catalog_has(catalog, slug))
            strv_add(&missing, slug);
        else
            status = check_kata(awarding, catalog, slug, err);
    }
    tell(&missing, "the grading file names katas that are not here:", "");
    strv_release(&missing);
    return status;
}

int awarding_open(struct awarding *awarding, const struct catalog *catalog,
                  const char *slug, const char *grading, const char *submitted,
                  struct err *err)
{
    *awarding = (struct awarding){.path = grading, .submitted_path = submitted};
    if (!grading)
        return submitted ? err_set(err, "--submitted is for --grading, which "
                                        "is missing")
                         : 0;
    if (scheme_load(grading, &awarding->scheme, err) < 0) {
        awarding->path = NULL;
        return -1;
    }
    if (check_katas(awarding, catalog, slug, err) < 0)
        return -1;
    return submitted ? submitted_read(&awarding->submitted, submitted, err) : 0;
}

int awarding_read_times(struct awarding *awarding, const char *out,
                        struct err *err)
{
    static const char *const names[] = {"submitted.csv", ".kata/submitted.csv"};
    int status = 0;

    if (awarding->submitted.single)
        return err_set(err,
                       "%s: this is of one submission; for a class a CSV with "
                       "lines student,time is expected",
                       awarding->submitted_path);
    if (!awarding->path || awarding->submitted_path)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_join(out, names[i]);
        bool there = path_is_file(path);

        if (there)
            status = submitted_read(&awarding->submitted, path, err);
        free(path);
        if (there)
            break;
    }
    return status;
}

static void add_once(struct strv *names, const char *name)
{
    if (!strv_has(names, name))
        strv_add(names, name);
}

int awarding_apply(struct awarding *awarding, const char *student,
                   struct grade *grade, struct err *err)
{
    const int64_t *handed_in;

    if (!awarding->path)
        return 0;
    handed_in = submitted_find(&awarding->submitted, student);
    if (!student)
        student = awarding->submitted.owner;
    if (award_grade(&awarding->scheme, student, handed_in, grade, err) < 0)
        return err_context(err, "%s", awarding->path);
    if (student)
        add_once(&awarding->students, student);
    if (grade->award->lateness == LATENESS_UNKNOWN)
        add_once(&awarding->unknown, student ? student : "this submission");
    return 0;
}

static bool fits_any(const struct strv *students, const char *name)
{
    for (size_t i = 0; i < students->count; i++)
        if (scheme_is_student(students->items[i], name))
            return true;
    return false;
}

static void add_unfit(const struct awarding *awarding,
                      const struct scheme_late *late, struct strv *names)
{
    for (size_t i = 0; i < late->extension_count; i++)
        if (!fits_any(&awarding->students, late->extensions[i].student))
            add_once(names, late->extensions[i].student);
}

/* A name that is written in another way than in the results would otherwise
   have no effect and nobody would see it. */
static void tell_unfit(const struct awarding *awarding)
{
    struct strv extensions = STRV_INIT, times = STRV_INIT;

    add_unfit(awarding, &awarding->scheme.all.late, &extensions);
    for (size_t i = 0; i < awarding->scheme.count; i++)
        add_unfit(awarding, &awarding->scheme.katas[i].late, &extensions);
    for (size_t i = 0; i < awarding->submitted.count; i++)
        if (!awarding->submitted.items[i].used)
            strv_add(&times, awarding->submitted.items[i].student);
    tell(&extensions, "extensions of", ": no such student here");
    tell(&times, "times of", ": no such student here");
    strv_release(&extensions);
    strv_release(&times);
}

void awarding_tell(const struct awarding *awarding, bool whole_class)
{
    if (!awarding->path)
        return;
    tell(&awarding->unknown,
         "not known when it was handed in, so the late "
         "rules are not applied:",
         "");
    if (whole_class)
        tell_unfit(awarding);
}

void awarding_close(struct awarding *awarding)
{
    scheme_release(&awarding->scheme);
    submitted_release(&awarding->submitted);
    strv_release(&awarding->students);
    strv_release(&awarding->unknown);
}

/* kata verify --grading */

static void describe_late(const struct scheme_late *late)
{
    const char *unit = late->each == HOUR ? "hour" : "day";
    char deadline[MOMENT_SIZE];

    moment_write(late->deadline, deadline);
    printf("    deadline %s", deadline);
    if (late->grace)
        printf(", %" PRId64 " min grace", late->grace / MINUTE);
    if (late->percent > 0)
        printf(", %.4g %% each started %s", late->percent, unit);
    if (late->percent > 0 && late->cap < 100)
        printf(", at most %.4g %%", late->cap);
    if (late->last == 0)
        printf(", nothing counts after that");
    else if (late->last > 0)
        printf(", nothing counts after %lld %s%s", late->last, unit,
               late->last == 1 ? "" : "s");
    putchar('\n');
    for (size_t i = 0; i < late->extension_count; i++) {
        const struct scheme_extension *extension = &late->extensions[i];
        struct str shown = STR_INIT;

        str_add_visible(&shown, extension->student, strlen(extension->student),
                        100, false);
        moment_write(extension->deadline, deadline);
        printf("    %s: %s\n", shown.text, deadline);
        str_release(&shown);
    }
}

static void describe_points(const struct scheme_rules *rules,
                            const struct kata *kata)
{
    double weights[STAGE_COUNT] = {0}, points[STAGE_COUNT];
    const char *between = "    ";

    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage *stage = &stage_table[i];

        if (!kata || !stage->applies || stage->applies(kata))
            weights[i] = rules->has_weights || !kata ? rules->weights[i]
                                                     : kata->weights[i];
    }
    award_split(rules->points, weights, NULL, points);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (points[i] > 0) {
            printf("%s%s %.8g", between, stage_name((enum stage_id)i),
                   points[i]);
            between = ", ";
        }
    if (*between == ',')
        putchar('\n');
    for (int i = 0; i < STAGE_COUNT; i++)
        if (rules->visibility[i] != VISIBILITY_VISIBLE)
            printf("    %s: %s\n", stage_name((enum stage_id)i),
                   visibility_name(rules->visibility[i]));
}

static int describe(const struct awarding *awarding,
                    const struct catalog *catalog, const char *slug,
                    struct err *err)
{
    const struct scheme_rules rules =
        scheme_rules(&awarding->scheme, slug ? slug : "");
    struct kata *kata = NULL;

    if (slug && catalog_load(catalog, slug, &kata, err) < 0)
        return -1;
    printf("  %s: %.8g points\n", slug ? slug : "any other kata", rules.points);
    describe_points(&rules, kata);
    if (rules.has_late)
        describe_late(&rules.late);
    else
        printf("    no deadline\n");
    kata_free(kata);
    return 0;
}

int awarding_verify(const struct catalog *catalog, const char *path,
                    struct err *err)
{
    struct awarding awarding;
    int status = awarding_open(&awarding, catalog, NULL, path, NULL, err);

    if (status == 0)
        printf("%s holds; times are in UTC\n", path);
    for (size_t i = 0; i < awarding.scheme.count && status == 0; i++)
        status =
            describe(&awarding, catalog, awarding.scheme.katas[i].slug, err);
    if (status == 0)
        status = describe(&awarding, catalog, NULL, err);
    awarding_close(&awarding);
    return status;
}
