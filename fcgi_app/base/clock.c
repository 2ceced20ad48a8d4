/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/clock.h"

#include <string.h>
#include <time.h>

int64_t clock_utc_usec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

uint64_t clock_monotonic_usec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned yoe = (unsigned)(year - era * 400);
    unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + (int64_t)doe - 719468;
}

static void date_of(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned doe = (unsigned)(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = (int)((int64_t)yoe + era * 400 + (*month <= 2));
}

static char *put_digits(char *out, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

/* Writes 19 bytes, `between` in the middle; returns the microseconds left over. */
static unsigned put_seconds(int64_t usec, char between, char *out)
{
    int64_t seconds = usec / 1000000;
    int64_t rest = usec % 1000000;
    int64_t days;
    unsigned month, day, of_day;
    int year;

    if (rest < 0) {
        rest += 1000000;
        seconds--;
    }
    days = seconds / 86400;
    if (seconds % 86400 < 0)
        days--;
    of_day = (unsigned)(seconds - days * 86400);
    date_of(days, &year, &month, &day);
    out = put_digits(out, (unsigned)year, 4);
    *out++ = '-';
    out = put_digits(out, month, 2);
    *out++ = '-';
    out = put_digits(out, day, 2);
    *out++ = between;
    out = put_digits(out, of_day / 3600, 2);
    *out++ = ':';
    out = put_digits(out, of_day / 60 % 60, 2);
    *out++ = ':';
    put_digits(out, of_day % 60, 2);
    return (unsigned)rest;
}

void clock_format_iso(int64_t usec, char out[21])
{
    put_seconds(usec, 'T', out);
    memcpy(out + 19, "Z", 2);
}

static void put_fraction(unsigned rest, char *out)
{
    *out++ = '.';
    out = put_digits(out, rest, 6);
    *out = '\0';
}

void clock_format_python(int64_t usec, char out[27])
{
    unsigned rest = put_seconds(usec, 'T', out);

    out[19] = '\0';
    if (rest)
        put_fraction(rest, out + 19);
}

void clock_format_sql(int64_t usec, char out[27])
{
    put_fraction(put_seconds(usec, ' ', out), out + 19);
}

static bool take_digits(const char **text, const char *end, int width, unsigned *value)
{
    *value = 0;
    if (end - *text < width)
        return false;
    for (int i = 0; i < width; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (unsigned)(**text - '0');
    }
    return true;
}

static bool take_char(const char **text, const char *end, char c)
{
    if (*text == end || **text != c)
        return false;
    (*text)++;
    return true;
}

bool clock_parse_sql(const char *text, size_t length, int64_t *usec)
{
    const char *end = text + length;
    unsigned year, month, day, hour, minute, second, fraction = 0;

    if (!take_digits(&text, end, 4, &year) || !take_char(&text, end, '-') || !take_digits(&text, end, 2, &month) ||
        !take_char(&text, end, '-') || !take_digits(&text, end, 2, &day) || !take_char(&text, end, ' ') ||
        !take_digits(&text, end, 2, &hour) || !take_char(&text, end, ':') || !take_digits(&text, end, 2, &minute) ||
        !take_char(&text, end, ':') || !take_digits(&text, end, 2, &second))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    if (take_char(&text, end, '.'))
        for (unsigned scale = 100000; text < end && *text >= '0' && *text <= '9'; text++, scale /= 10)
            fraction += (unsigned)(*text - '0') * scale;
    if (text != end)
        return false;
    *usec = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60000000 + (int64_t)second * 1000000 + fraction;
    return true;
}
