#include "base/moment.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char moment_expected[] =
    "a time with its offset from UTC, like \"2026-03-01T23:59:59+01:00\"";

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970 to the first of January. */
static int64_t days_before(int year)
{
    int64_t y = year - 1;

    return 365 * (y - 1969) + (y / 4 - 1969 / 4) - (y / 100 - 1969 / 100) +
           (y / 400 - 1969 / 400);
}

/* Exactly `n` digits at *at, in low ... high; -1 else. */
static int take(const char **at, int n, int low, int high)
{
    int number = 0;

    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)**at))
            return -1;
        number = 10 * number + (*(*at)++ - '0');
    }
    return number >= low && number <= high ? number : -1;
}

static bool take_mark(const char **at, const char *marks)
{
    if (!**at || !strchr(marks, **at))
        return false;
    (*at)++;
    return true;
}

static int64_t take_date(const char **at)
{
    int year, month, day;
    int64_t days;

    year = take(at, 4, 1970, 9999);
    if (year < 0 || !take_mark(at, "-"))
        return -1;
    month = take(at, 2, 1, 12);
    if (month < 0 || !take_mark(at, "-"))
        return -1;
    day = take(at, 2, 1, days_of_month(year, month));
    if (day < 0)
        return -1;
    days = days_before(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += days_of_month(year, m);
    return days;
}

static int take_clock(const char **at)
{
    int hour, minute, second;

    hour = take(at, 2, 0, 23);
    if (hour < 0 || !take_mark(at, ":"))
        return -1;
    minute = take(at, 2, 0, 59);
    if (minute < 0 || !take_mark(at, ":"))
        return -1;
    second = take(at, 2, 0, 59);
    if (second < 0)
        return -1;
    if (take_mark(at, ".")) {
        if (!isdigit((unsigned char)**at))
            return -1;
        while (isdigit((unsigned char)**at))
            (*at)++;
    }
    return hour * HOUR + minute * MINUTE + second;
}

static int take_offset(const char **at, int *offset)
{
    bool west = **at == '-';
    int hours, minutes;

    *offset = 0;
    if (take_mark(at, "Zz"))
        return 0;
    if (!take_mark(at, "+-"))
        return -1;
    hours = take(at, 2, 0, 14);
    if (hours < 0)
        return -1;
    take_mark(at, ":");
    minutes = take(at, 2, 0, 59);
    if (minutes < 0)
        return -1;
    *offset = (west ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
    return 0;
}

int moment_read(const char *text, int64_t *seconds)
{
    int64_t days = take_date(&text);
    int clock, offset;

    if (days < 0 || !take_mark(&text, "Tt "))
        return -1;
    clock = take_clock(&text);
    take_mark(&text, " ");
    if (clock < 0 || take_offset(&text, &offset) < 0 || *text)
        return -1;
    *seconds = days * DAY + clock - offset;
    return 0;
}

void moment_write(int64_t seconds, char text[MOMENT_SIZE])
{
    int64_t days = seconds / DAY;
    int clock = (int)(seconds % DAY), year = 1970, month = 1;

    if (clock < 0) {
        clock += DAY;
        days--;
    }
    year += (int)(days / 366);
    while (days >= days_before(year + 1))
        year++;
    while (days < days_before(year))
        year--;
    days -= days_before(year);
    while (days >= days_of_month(year, month))
        days -= days_of_month(year, month++);
    snprintf(text, MOMENT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
             (int)days + 1, clock / HOUR, clock / MINUTE % 60, clock % MINUTE);
}
