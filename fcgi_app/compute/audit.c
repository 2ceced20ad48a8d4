/* SPDX-License-Identifier: Apache-2.0 */
/* Audits of usage; see the header. */
#include "config.h"

#include "fcgi_app/compute/audit.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/hosts.h"
#include "fcgi_app/objects/audit_period.h"

#include <string.h>

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
    audit_period_before(context, before, &audit->begin, &audit->end);
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
