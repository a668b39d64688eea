#include "batch/name.h"

#include "batch/metadata.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void parses(const char *entry, const char *student, const char *file)
{
    struct name name;

    name_parse(entry, &name);
    cr_assert_str_eq(name.student, student);
    if (file)
        cr_assert(name.file && strcmp(name.file, file) == 0, "%s: %s", entry,
                  name.file ? name.file : "no file");
    else
        cr_assert_null(name.file, "%s: %s", entry, name.file);
    name_release(&name);
}

Test(name, knows_moodle)
{
    parses("Ada Lovelace_12_assignsubmission_file_", "Ada Lovelace_12", "");
    parses("Ada Lovelace_12_assignsubmission_file", "Ada Lovelace_12", "");
    parses("A_B_12_assignsubmission_file_lru_cache.c", "A_B_12", "lru_cache.c");
    parses("A_assignsubmission_file_x.c", "A_assignsubmission_file_x.c", NULL);
    parses("_12_assignsubmission_file_x.c", "_12_assignsubmission_file_x.c",
           NULL);
}

Test(name, knows_canvas)
{
    parses("lovelaceada_12_34_lru_cache.c", "lovelaceada_12", "lru_cache.c");
    parses("lovelaceada_LATE_12_34_a-1.c", "lovelaceada_12", "a-1.c");
    parses("ada_lru_cache.c", "ada_lru_cache.c", NULL);
    parses("ada_12_34_", "ada_12_34_", NULL);
}

Test(name, knows_versions)
{
    cr_assert_eq(name_version("lru_cache.c", "lru_cache"), 0);
    cr_assert_eq(name_version("lru_cache-12.c", "lru_cache"), 12);
    cr_assert_eq(name_version("lru_cache (2).c", "lru_cache"), 2);
    cr_assert_eq(name_version("lru_cache(2).c", "lru_cache"), 2);
    cr_assert_eq(name_version("lru_cache2.c", "lru_cache"), -1);
    cr_assert_eq(name_version("lru_cache-.c", "lru_cache"), -1);
    cr_assert_eq(name_version("lru_cache (2.c", "lru_cache"), -1);
    cr_assert_eq(name_version("lru_cache.cc", "lru_cache"), -1);
}

Test(name, takes_the_assignment_off_a_repository)
{
    cr_assert_str_eq(name_of_repository("hw-ada", "hw-submissions", NULL),
                     "ada");
    cr_assert_str_eq(name_of_repository("lru-cache-ada", "x", "lru-cache"),
                     "ada");
    cr_assert_str_eq(name_of_repository("hw-", "hw-submissions", NULL), "hw-");
}

Test(name, finds_the_student_before_the_file)
{
    char *student = name_before("ada_lru_cache.c", "lru_cache");

    cr_assert_str_eq(student, "ada");
    free(student);
    cr_assert_null(name_before("lru_cache.c", "lru_cache"));
    cr_assert_null(name_before("adalru_cache.c", "lru_cache"));
}

static void names(const char *student, const char *file)
{
    char *made = name_file(student);

    cr_assert(strncmp(made, file, strlen(file)) == 0, "%s", made);
    cr_assert_eq(strcmp(made, file) == 0, strcmp(student, file) == 0);
    cr_assert(strlen(made) < 200);
    free(made);
}

Test(name, makes_names_that_are_safe_and_differ)
{
    char *a = name_file("a/b"), *b = name_file("a:b"), *c = name_file("");

    names("Ada Lovelace_12", "Ada Lovelace_12");
    names("Zo\xc3\xab", "Zo\xc3\xab");
    names("../x", "_._x");
    names("-rf", "_rf");
    names("a\x1b[2J", "a_");
    cr_assert_str_neq(a, b);
    cr_assert(*c);
    free(a);
    free(b);
    free(c);
}

static const char yaml[] = "---\n"
                           "submission_1:\n"
                           "  :submitters:\n"
                           "  - :name: Ada Lovelace\n"
                           "    :sid: '7'\n"
                           "    :email: ada@example.com\n"
                           "  - :name: \"Bob\"\n"
                           "  :results:\n"
                           "  - :name: not a person\n"
                           "    :created_at: 1999-01-01 00:00:00 Z\n"
                           "  :created_at: 2018-07-01 21:22:32.365935000 Z\n"
                           "submission_12:\n"
                           "  :submitters:\n"
                           "  - :email: eve@example.com\n";

Test(metadata, tells_whose_a_folder_is)
{
    char *pair = metadata_students(yaml, "submission_1");
    char *eve = metadata_students(yaml, "submission_12");

    cr_assert_str_eq(pair, "Ada Lovelace + Bob");
    cr_assert_str_eq(eve, "eve@example.com");
    cr_assert_null(metadata_students(yaml, "submission_2"));
    free(pair);
    free(eve);
}

Test(metadata, tells_when_it_was_handed_in)
{
    char *time = metadata_time(yaml, "submission_1");

    cr_assert_str_eq(time, "2018-07-01 21:22:32.365935000 Z");
    cr_assert_null(metadata_time(yaml, "submission_12"));
    cr_assert_null(metadata_time(yaml, "submission_2"));
    cr_assert_null(metadata_time("", "submission_1"));
    free(time);
}
