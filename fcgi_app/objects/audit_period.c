/* SPDX-License-Identifier: Apache-2.0 */
/* The periods of usage audits; see the header. */
#include "config.h"

#include "fcgi_app/objects/audit_period.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000LL

static int64_t midnight(int year, int month, int day)
{
    struct tm when = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };

    return (int64_t)timegm(&when) * SECOND;
}

/* Months and years begin at a day, or a month, that the option may name behind an @. */
static void month_before(int64_t now, int day, int64_t *begin, int64_t *end)
{
    time_t seconds = (time_t)(now / SECOND);
    struct tm today;
    int month, year;

    gmtime_r(&seconds, &today);
    year = today.tm_year + 1900;
    month = today.tm_mon + 1;
    *end = midnight(year, month, day);
    if (*end >= now) {
        year -= month == 1;
        month = month == 1 ? 12 : month - 1;
        *end = midnight(year, month, day);
    }
    year -= month == 1;
    month = month == 1 ? 12 : month - 1;
    *begin = midnight(year, month, day);
}

static void year_before(int64_t now, int month, int64_t *begin, int64_t *end)
{
    time_t seconds = (time_t)(now / SECOND);
    struct tm today;
    int year;

    gmtime_r(&seconds, &today);
    year = today.tm_year + 1900;
    year -= midnight(year, month, 1) >= now;
    *end = midnight(year, month, 1);
    *begin = midnight(year - 1, month, 1);
}

/* Days and hours begin at an hour, or a minute. */
static void span_before(int64_t now, int64_t span, int64_t offset, int64_t *begin, int64_t *end)
{
    *end = now / span * span + offset;
    if (*end >= now)
        *end -= span;
    *begin = *end - span;
}

void audit_period_before(const struct context *context, int64_t now, int64_t *begin, int64_t *end)
{
    const char *unit = conf_string(context->worker->conf, OPTION_DEFAULT_instance_usage_audit_period);
    const char *at = strchr(unit, '@');
    int offset = at ? atoi(at + 1) : 0;

    if (!strncmp(unit, "month", 5))
        month_before(now, offset ? offset : 1, begin, end);
    else if (!strncmp(unit, "year", 4))
        year_before(now, offset ? offset : 1, begin, end);
    else if (!strncmp(unit, "day", 3))
        span_before(now, 86400 * SECOND, offset * 3600 * SECOND, begin, end);
    else
        span_before(now, 3600 * SECOND, offset * 60 * SECOND, begin, end);
}
