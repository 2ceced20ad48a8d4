/* SPDX-License-Identifier: Apache-2.0 */
/* /os-hosts, /os-hosts/{id}, /os-hosts/{id}/reboot, …: the rows of upstream's module hosts. */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/compute/hosts.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/hosts.h"
#include "routes/views/hosts.h"

#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.openstack.compute.hosts");

#define RULE "os_compute_api:os-hosts:"

static struct fault *may(const struct call *call, const char *rule)
{
    return policy_check(call->context, rule, &(struct policy_target){ NULL, NULL });
}

static struct fault *hosts_index(struct call *call)
{
    struct services services;

    TRY(may(call, RULE "list"));
    TRY(services_list(call->context, false, &services));
    hosts_view_list(call, &services, query_get(&call->query, "zone"));
    return NULL;
}

static struct fault *hosts_show(struct call *call)
{
    struct host_resources held;
    struct fault *fault;

    TRY(may(call, RULE "show"));
    fault = host_resources(call->context, call->vars[0], &held);
    if (fault && (fault_is(fault, FAULT_ComputeHostNotFound) || fault_is(fault, FAULT_HostMappingNotFound)))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    hosts_view_show(call, call->vars[0], &held);
    return NULL;
}

/* ---- what a host is told to do ---- */

static struct fault *as_http(const struct call *call, struct fault *fault)
{
    if (!fault)
        return NULL;
    if (fault_is(fault, FAULT_NotImplementedError))
        return fault_http(call->mem, 501, "The requested functionality is not supported.");
    if (fault_is(fault, FAULT_HostNotFound) || fault_is(fault, FAULT_HostMappingNotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    if (fault_is(fault, FAULT_ComputeServiceUnavailable))
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

/* What the host answered must be one of two words. */
static struct fault *check_word(const struct call *call, const json_t *result, const char *one, const char *other)
{
    const char *word = json_string_value(result);
    struct strbuf text;

    if (word && (!strcmp(word, one) || !strcmp(word, other)))
        return NULL;
    if (!result || json_is_null(result))
        return fault_http(call->mem, 400, NULL);
    strbuf_init(&text, call->mem, 64);
    json_put_python_str(&text, result);
    return fault_http(call->mem, 400, "%s", text.data);
}

/* "enable", in any case, with white space around it. */
static bool is_enable(const json_t *value)
{
    const char *text = json_string_value(value) + strspn(json_string_value(value), " \t\n\r\f\v");

    return !strncasecmp(text, "enable", 6) && !text[6 + strspn(text + 6, " \t\n\r\f\v")];
}

static struct fault *hosts_update(struct call *call)
{
    const char *host = call->vars[0];
    const json_t *status = json_object_get(call->body, "status");
    const json_t *maintenance = json_object_get(call->body, "maintenance_mode");
    json_t *enabled = NULL, *maintained = NULL;

    TRY(may(call, RULE "update"));
    if (json_is_string(status)) {
        log_info("%s host %s.", is_enable(status) ? "Enabling" : "Disabling", host);
        TRY(as_http(call, host_set_enabled(call->context, host, is_enable(status), &enabled)));
        TRY(check_word(call, enabled, "enabled", "disabled"));
    }
    if (json_is_string(maintenance)) {
        log_info("Putting host %s in maintenance mode %s.", host, is_enable(maintenance) ? "True" : "False");
        TRY(as_http(call, host_maintain(call->context, host, is_enable(maintenance), &maintained)));
        TRY(check_word(call, maintained, "on_maintenance", "off_maintenance"));
    }
    hosts_view_update(call, host, enabled, maintained);
    return NULL;
}

static struct fault *power(const struct call *call, const char *rule, const char *action)
{
    json_t *result;

    TRY(may(call, rule));
    TRY(as_http(call, host_power(call->context, call->vars[0], action, &result)));
    hosts_view_power(call, call->vars[0], result);
    return NULL;
}

static struct fault *hosts_startup(struct call *call)
{
    return power(call, RULE "start", "startup");
}

static struct fault *hosts_shutdown(struct call *call)
{
    return power(call, RULE "shutdown", "shutdown");
}

static struct fault *hosts_reboot(struct call *call)
{
    return power(call, RULE "reboot", "reboot");
}

/* clang-format off */
static const struct route hosts_routes[] = {
    { "GET", "/os-hosts", NULL, V_UPTO(42), hosts_index, 200, .errors = { 0 }, .query = hosts_index_query,
      .policies = "os_compute_api:os-hosts:list" },
    { "GET", "/os-hosts/{id}", NULL, V_UPTO(42), hosts_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hosts:show" },
    { "PUT", "/os-hosts/{id}", NULL, V_UPTO(42), hosts_update, 200, .errors = { 400, 404, 501 }, .body = hosts_update_body,
      .policies = "os_compute_api:os-hosts:update" },
    { "GET", "/os-hosts/{id}/reboot", NULL, V_UPTO(42), hosts_reboot, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:reboot" },
    { "GET", "/os-hosts/{id}/shutdown", NULL, V_UPTO(42), hosts_shutdown, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:shutdown" },
    { "GET", "/os-hosts/{id}/startup", NULL, V_UPTO(42), hosts_startup, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:start" },
    { 0 },
};
/* clang-format on */

const struct resource hosts_resource = { "hosts", hosts_routes };
