#include "store/timer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(timer);

static struct moment at(int64_t wall, int64_t running, const char *boot)
{
    struct moment moment = {.wall = wall * 1000, .running = running * 1000};

    snprintf(moment.boot, sizeof moment.boot, "%s", boot);
    return moment;
}

static int64_t advance(struct timer *timer, int64_t wall, int64_t running,
                       const char *boot)
{
    struct moment now = at(wall, running, boot);

    return timer_advance(timer, &now);
}

static struct timer started(int64_t wall, int64_t running)
{
    struct moment now = at(wall, running, "one");
    struct timer timer;

    timer_start(&timer, &now);
    return timer;
}

Test(timer, counts_what_has_passed)
{
    struct timer timer = started(1000, 50);

    cr_assert_eq(advance(&timer, 1060, 110, "one"), 0);
    cr_assert_eq(timer.used, 60000);
    cr_assert_eq(advance(&timer, 1060, 110, "one"), 0);
    cr_assert_eq(timer.used, 60000);
    timer.paused = true;
    cr_assert_eq(advance(&timer, 2000, 1050, "one"), 0);
    cr_assert_eq(timer.used, 60000);
    timer.paused = false;
    cr_assert_eq(advance(&timer, 2010, 1060, "one"), 0);
    cr_assert_eq(timer.used, 70000);
}

Test(timer, gives_nothing_away_when_the_clock_is_set)
{
    struct timer timer = started(10000, 50);

    cr_assert_eq(advance(&timer, 6400, 110, "one"), -3660000);
    cr_assert_eq(timer.used, 60000);
    cr_assert_eq(advance(&timer, 16400, 170, "one"), 9940000);
    cr_assert_eq(timer.used, 120000);
    cr_assert_eq(advance(&timer, 16461, 230, "one"), 0,
                 "a second of drift is no change");
    cr_assert_eq(timer.used, 180000);
}

Test(timer, goes_on_through_a_restart_of_the_machine)
{
    struct timer timer = started(1000, 50);

    cr_assert_eq(advance(&timer, 1300, 20, "two"), 0);
    cr_assert_eq(timer.used, 300000);
    cr_assert_eq(advance(&timer, 1200, 900, "three"), -100000);
    cr_assert_eq(timer.used, 300000);
    cr_assert_eq(advance(&timer, 1210, 910, "three"), 0);
    cr_assert_eq(timer.used, 310000);
}

/* Without a name for the start of the machine there is only the wall clock. */
Test(timer, falls_back_on_the_wall_clock)
{
    struct moment now = at(1000, 50, "");
    struct timer timer;

    timer_start(&timer, &now);
    cr_assert_eq(advance(&timer, 1100, 60, ""), 0);
    cr_assert_eq(timer.used, 100000);
    cr_assert_eq(advance(&timer, 1050, 70, ""), -50000);
    cr_assert_eq(timer.used, 100000);
}

Test(timer, reads_the_clocks)
{
    struct moment first, second;
    struct err err = ERR_INIT;

    unsetenv("KATA_CLOCK");
    cr_assert_eq(moment_now(&first, &err), 0);
    cr_assert_eq(moment_now(&second, &err), 0);
    cr_assert_geq(second.running, first.running);
    cr_assert_gt(first.wall, 1700000000000);
    cr_assert_not(first.fake);
    cr_assert_str_eq(first.boot, second.boot);
    cr_assert_gt(strlen(first.boot), 30, "'%s'", first.boot);
}

Test(timer, takes_a_clock_from_a_test)
{
    static const char *const wrong[] = {
        "x",    "12x",    "-1",   "1:",      "1:x",
        "1:2:", "1:2:B?", "1:-2", "1:2:a:b", "99999999999999999999"};
    struct moment now;
    struct err err = ERR_INIT;

    setenv("KATA_CLOCK", "1800000000", 1);
    cr_assert_eq(moment_now(&now, &err), 0);
    cr_assert_eq(now.wall, 1800000000000);
    cr_assert_eq(now.running, 1800000000000);
    cr_assert(now.fake);
    setenv("KATA_CLOCK", "1800000000:77:boot-2", 1);
    cr_assert_eq(moment_now(&now, &err), 0);
    cr_assert_eq(now.running, 77000);
    cr_assert_str_eq(now.boot, "boot-2");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err_clear(&err);
        setenv("KATA_CLOCK", wrong[i], 1);
        cr_assert_eq(moment_now(&now, &err), -1, "%s", wrong[i]);
    }
    unsetenv("KATA_CLOCK");
}
