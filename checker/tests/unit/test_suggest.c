#include "base/suggest.h"

#include <criterion/criterion.h>

Test(suggest, distance_of_known_pairs)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } pairs[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"same", "same", 0},
        {"kitten", "sitting", 3},
        {"saturday", "sunday", 3},
        {"ab", "ba", 1},
        {"lru-cahce", "lru-cache", 1},
        {"grdae", "grade", 1},
        {"abcd", "badc", 2},
        /* Optimal string alignment edits no substring twice: 3, not 2. */
        {"ca", "abc", 3},
        {"flaw", "lawn", 2},
        {"a", "b", 1},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t there = suggest_distance(pairs[i].a, pairs[i].b);
        size_t back = suggest_distance(pairs[i].b, pairs[i].a);

        cr_assert_eq(there, pairs[i].distance, "%s, %s: %zu", pairs[i].a,
                     pairs[i].b, there);
        cr_assert_eq(back, there, "%s, %s: not symmetric", pairs[i].a,
                     pairs[i].b);
    }
}

static const char *best_of(const char *typed, const char *const *candidates)
{
    struct suggest suggest = SUGGEST_INIT(typed);

    for (; *candidates; candidates++)
        suggest_offer(&suggest, *candidates);
    return suggest.best;
}

static const char *const slugs[] = {"closures", "lru-cache", "hash-table",
                                    "merge-sort", NULL};

Test(suggest, finds_the_nearest)
{
    cr_assert_str_eq(best_of("lru-cahce", slugs), "lru-cache");
    cr_assert_str_eq(best_of("closure", slugs), "closures");
    cr_assert_str_eq(best_of("hashtable", slugs), "hash-table");
    cr_assert_str_eq(best_of("mergesrt", slugs), "merge-sort");
}

Test(suggest, a_beginning_is_one_mistake)
{
    cr_assert_str_eq(best_of("lru", slugs), "lru-cache");
    cr_assert_null(best_of("l", slugs), "one letter says too little");
}

Test(suggest, nothing_near_is_nothing)
{
    cr_assert_null(best_of("quaternion", slugs));
    cr_assert_null(best_of("", slugs));
    cr_assert_null(best_of("xy", slugs));
}

Test(suggest, the_nearer_wins_in_either_order)
{
    static const char *const far_first[] = {"rests", "test", NULL};
    static const char *const near_first[] = {"test", "rests", NULL};

    cr_assert_str_eq(best_of("tests", far_first), "rests");
    cr_assert_str_eq(best_of("tes", far_first), "test");
    cr_assert_str_eq(best_of("tes", near_first), "test");
}

Test(suggest, the_first_of_equals_stays)
{
    static const char *const equal[] = {"grape", "grade", NULL};

    cr_assert_str_eq(best_of("graxe", equal), "grape");
}
