/* SPDX-License-Identifier: Apache-2.0 */
/* Audits of usage; see the header. */
#include "config.h"

#include "fcgi_app/compute/audit.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/hosts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000LL

/* ---- periods ---- */

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

static void last_period(const struct context *context, int64_t now, int64_t *begin, int64_t *end)
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

/* ---- hosts ---- */

static bool has(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static bool has_log(const struct audit *audit, const char *host)
{
    for (size_t i = 0; i < audit->log_count; i++)
        if (!strcmp(audit->logs[i].host, host))
            return true;
    return false;
}

static void sum(const struct context *context, const struct db_rows *services, struct audit *audit)
{
    const struct service_row *service = services->rows;

    audit->hosts = mem_array(context->mem, const char *, services->count + 1);
    audit->missing = mem_array(context->mem, const char *, services->count + 1);
    for (size_t i = 0; i < services->count; i++) {
        if (!service[i].topic || strcmp(service[i].topic, "compute") || !service[i].host ||
            has(audit->hosts, audit->host_count, service[i].host))
            continue;
        audit->hosts[audit->host_count++] = service[i].host;
        if (!has_log(audit, service[i].host))
            audit->missing[audit->missing_count++] = service[i].host;
    }
    for (size_t i = 0; i < audit->log_count; i++) {
        audit->done += !strcmp(audit->logs[i].state, "DONE");
        audit->running += !strcmp(audit->logs[i].state, "RUNNING");
        audit->errors += audit->logs[i].errors;
        audit->instances += audit->logs[i].task_items;
    }
}

struct fault *audit_find(const struct context *context, int64_t before, struct audit *audit)
{
    struct db_link *main = db_main(context->worker->db);
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_answer logs, services;
    struct db_params params = { 0 };

    *audit = (struct audit){ 0 };
    last_period(context, before, &audit->begin, &audit->end);
    db_param_text(&params, "instance_usage_audit");
    db_param_time(&params, context->mem, audit->begin);
    db_param_time(&params, context->mem, audit->end);
    db_batch_add(batch, main, &TASK_LOGS, &params, &logs);
    db_batch_add(batch, main, &SERVICES_ALL, NULL, &services);
    db_batch_run(batch, 0);
    TRY(logs.fault);
    TRY(services.fault);
    audit->logs = logs.rows.rows;
    audit->log_count = logs.rows.count;
    sum(context, &services.rows, audit);
    return NULL;
}
