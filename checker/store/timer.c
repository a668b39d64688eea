#include "store/timer.h"

#include "base/path.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Clocks that are corrected little by little drift apart by this much. */
enum { DRIFT_MS = 2000 };

static int64_t read_clock(clockid_t id)
{
    struct timespec time = {.tv_sec = 0};

    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A number of at most eleven digits, and what comes after it. */
static bool take_seconds(const char **text, int64_t *ms)
{
    size_t n = strspn(*text, "0123456789");

    *ms = strtoll(*text, NULL, 10) * 1000;
    *text += n;
    return n >= 1 && n <= 11;
}

static int fake_now(const char *text, struct moment *now, struct err *err)
{
    const char *at = text;
    bool ok;

    *now = (struct moment){.boot = "test", .fake = true};
    ok = take_seconds(&at, &now->wall);
    now->running = now->wall;
    if (ok && *at == ':') {
        at++;
        ok = take_seconds(&at, &now->running);
    }
    if (ok && *at == ':') {
        size_t n = strspn(++at, "abcdefghijklmnopqrstuvwxyz0123456789-");

        ok = n > 0 && n < sizeof now->boot;
        snprintf(now->boot, sizeof now->boot, "%s", at);
        at += n;
    }
    if (ok && !*at)
        return 0;
    return err_set(err,
                   "$KATA_CLOCK: expected WALL[:RUNNING[:BOOT]] in seconds, "
                   "got '%s'",
                   text);
}

int moment_now(struct moment *now, struct err *err)
{
    const char *fake = getenv("KATA_CLOCK");
    struct str boot = STR_INIT;

    if (fake && *fake)
        return fake_now(fake, now, err);
    *now = (struct moment){.wall = read_clock(CLOCK_REALTIME),
                           .running = read_clock(CLOCK_BOOTTIME)};
    if (path_read("/proc/sys/kernel/random/boot_id", 64, &boot, NULL) == 0)
        snprintf(now->boot, sizeof now->boot, "%.*s",
                 (int)strcspn(boot.text, "\n"), boot.text);
    str_release(&boot);
    return 0;
}

void timer_start(struct timer *timer, const struct moment *now)
{
    *timer = (struct timer){.since = *now};
}

int64_t timer_advance(struct timer *timer, const struct moment *now)
{
    const struct moment *since = &timer->since;
    bool same = *now->boot && strcmp(now->boot, since->boot) == 0 &&
                now->running >= since->running;
    int64_t wall = now->wall - since->wall;
    int64_t passed = same ? now->running - since->running : wall;
    int64_t change = wall - passed;

    if (passed < 0) {
        change = passed;
        passed = 0;
    }
    if (!timer->paused)
        timer->used += passed;
    timer->since = *now;
    return change > DRIFT_MS || change < -DRIFT_MS ? change : 0;
}
