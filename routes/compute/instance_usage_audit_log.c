/* SPDX-License-Identifier: Apache-2.0 */
/* /os-instance_usage_audit_log, /os-instance_usage_audit_log/{id}: the rows of upstream's module
 * instance_usage_audit_log. */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/audit.h"
#include "fcgi_app/compute/usage.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"

#include <string.h>

static void put_time(struct strbuf *out, int64_t usec)
{
    char text[27];

    clock_format_python(usec, text);
    text[10] = ' ';
    json_put_string(out, text);
}

static void put_log(struct strbuf *out, const struct audit *audit)
{
    const char *joint = "";

    JSON_PUT_LITERAL(out, "{");
    for (size_t i = 0; i < audit->log_count; i++) {
        const struct task_log_row *log = &audit->logs[i];

        strbuf_puts(out, joint);
        joint = ", ";
        json_put_string(out, log->host);
        JSON_PUT_LITERAL(out, ": {\"state\": ");
        json_put_string(out, log->state);
        strbuf_printf(out, ", \"instances\": %lld, \"errors\": %lld, \"message\": ", (long long)log->task_items,
                      (long long)log->errors);
        json_put_string(out, log->message);
        JSON_PUT_LITERAL(out, "}");
    }
    JSON_PUT_LITERAL(out, "}");
}

static struct fault *answer(const struct call *call, const char *key, int64_t before)
{
    struct strbuf *out = call->out;
    struct audit audit;

    TRY(audit_find(call->context, before, &audit));
    strbuf_printf(out, "{\"%s\": {\"period_beginning\": ", key);
    put_time(out, audit.begin);
    JSON_PUT_LITERAL(out, ", \"period_ending\": ");
    put_time(out, audit.end);
    strbuf_printf(out,
                  ", \"num_hosts\": %zu, \"num_hosts_done\": %zu, \"num_hosts_running\": %zu"
                  ", \"num_hosts_not_run\": %zu, \"hosts_not_run\": [",
                  audit.host_count, audit.done, audit.running, audit.missing_count);
    for (size_t i = 0; i < audit.missing_count; i++) {
        strbuf_puts(out, i ? ", " : "");
        json_put_string(out, audit.missing[i]);
    }
    strbuf_printf(out, "], \"total_instances\": %lld, \"total_errors\": %lld, \"overall_status\": \"",
                  (long long)audit.instances, (long long)audit.errors);
    if (audit.done == audit.host_count)
        JSON_PUT_LITERAL(out, "ALL");
    else
        strbuf_printf(out, "%zu of %zu", audit.done, audit.host_count);
    strbuf_printf(out, " hosts done. %lld errors.\", \"log\": ", (long long)audit.errors);
    put_log(out, &audit);
    JSON_PUT_LITERAL(out, "}}");
    return NULL;
}

static struct fault *instance_usage_audit_log_index(struct call *call)
{
    TRY(policy_check(call->context, "os_compute_api:os-instance-usage-audit-log:list",
                     &(struct policy_target){ NULL, NULL }));
    return answer(call, "instance_usage_audit_logs", clock_utc_usec());
}

/* "2026-11-22 08:55:37", with a fraction or without. */
static bool read_before(const struct call *call, int64_t *usec)
{
    const char *text = call->vars[0];

    if (strchr(text, 'T'))
        return false;
    return usage_parse_time(strchr(text, '.') ? text : mem_printf(call->mem, "%s.0", text), usec);
}

static struct fault *instance_usage_audit_log_show(struct call *call)
{
    int64_t before;

    TRY(policy_check(call->context, "os_compute_api:os-instance-usage-audit-log:show",
                     &(struct policy_target){ NULL, NULL }));
    if (!read_before(call, &before))
        return fault_http(call->mem, 400, "Invalid timestamp for date %s", call->vars[0]);
    return answer(call, "instance_usage_audit_log", before);
}

/* clang-format off */
static const struct route instance_usage_audit_log_routes[] = {
    { "GET", "/os-instance_usage_audit_log", NULL, V_ALL, instance_usage_audit_log_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-instance-usage-audit-log:list" },
    { "GET", "/os-instance_usage_audit_log/{id}", NULL, V_ALL, instance_usage_audit_log_show, 200, .errors = { 400 },
      .policies = "os_compute_api:os-instance-usage-audit-log:show" },
    { 0 },
};
/* clang-format on */

const struct resource instance_usage_audit_log_resource = { "instance_usage_audit_log",
                                                            instance_usage_audit_log_routes };
