/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a hypervisor by version; see the header.  Neighbour: routes/compute/hypervisors.c. */
#include "config.h"

#include "routes/views/hypervisors.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/hosts.h"
#include "fcgi_app/compute/servers.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

struct hypervisor_view {
    const struct call *call;
    const struct hypervisor *hypervisor;
    const struct hypervisor_shown *shown;
    const json_t *uptime;
};

static void put_state(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;

    (void)object;
    json_put_string(state->out, service_is_up(view->call->context, view->hypervisor->service.row) ? "up" : "down");
}

static void put_status(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;

    (void)object;
    json_put_string(state->out, view->hypervisor->service.row->disabled ? "disabled" : "enabled");
}

static void put_service(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;
    const struct service_row *service = view->hypervisor->service.row;

    JSON_PUT_LITERAL(state->out, "{\"id\": ");
    if (versions_hold((struct versions)V_FROM(53), state->version))
        json_put_string(state->out, service->uuid);
    else
        strbuf_put_int(state->out, service->id);
    JSON_PUT_LITERAL(state->out, ", \"host\": ");
    json_put_string(state->out, ((const struct compute_node *)object)->host);
    JSON_PUT_LITERAL(state->out, ", \"disabled_reason\": ");
    json_put_string(state->out, service->disabled_reason);
    JSON_PUT_LITERAL(state->out, "}");
}

/* A number that the host may not have told. */
#define PUT_NUMBER(member)                                                                                             \
    static void put_##member(const struct view_state *state, const void *object)                                       \
    {                                                                                                                  \
        int64_t value = ((const struct compute_node *)object)->member;                                                 \
                                                                                                                       \
        if (value == DB_NULL_INT)                                                                                      \
            json_put_null(state->out);                                                                                 \
        else                                                                                                           \
            strbuf_put_int(state->out, value);                                                                         \
    }
PUT_NUMBER(free_ram_mb)
PUT_NUMBER(free_disk_gb)
PUT_NUMBER(current_workload)
PUT_NUMBER(running_vms)
PUT_NUMBER(disk_available_least)

static void put_cpu_info(const struct view_state *state, const void *object)
{
    const char *text = ((const struct compute_node *)object)->cpu_info;

    if (text && *text)
        json_put_raw(state->out, text, strlen(text));
    else
        JSON_PUT_LITERAL(state->out, "{}");
}

static void put_uptime(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;

    (void)object;
    if (view->uptime)
        json_put_tree(state->out, view->uptime);
    else
        json_put_null(state->out);
}

static bool is_mine(const struct hypervisor_view *view, const struct host_instance *instance)
{
    return instance->instance.host && !strcmp(instance->instance.host, view->hypervisor->node->host);
}

static size_t count_servers(const struct hypervisor_view *view)
{
    const struct db_rows *rows = view->hypervisor->instances;
    size_t count = 0;

    for (size_t i = 0; rows && i < rows->count; i++)
        count += is_mine(view, (const struct host_instance *)rows->rows + i);
    return count;
}

static void put_servers(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;
    const struct db_rows *rows = view->hypervisor->instances;
    const char *joint = "";

    (void)object;
    JSON_PUT_LITERAL(state->out, "[");
    for (size_t i = 0; rows && i < rows->count; i++) {
        const struct host_instance *row = (const struct host_instance *)rows->rows + i;

        if (!is_mine(view, row))
            continue;
        strbuf_puts(state->out, joint);
        joint = ", ";
        JSON_PUT_LITERAL(state->out, "{\"name\": ");
        json_put_string(state->out, server_internal_name(view->call->context, view->call->mem, &row->instance));
        JSON_PUT_LITERAL(state->out, ", \"uuid\": ");
        json_put_string(state->out, row->instance.uuid);
        JSON_PUT_LITERAL(state->out, "}");
    }
    JSON_PUT_LITERAL(state->out, "]");
}

static bool shows_servers(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;

    (void)object;
    return count_servers(view) || (view->shown->servers && versions_hold((struct versions)V_FROM(75), state->version));
}

static bool shows_detail(const struct view_state *state, const void *object)
{
    (void)object;
    return ((const struct hypervisor_view *)state->data)->shown->detail;
}

static bool shows_uptime(const struct view_state *state, const void *object)
{
    const struct hypervisor_view *view = state->data;

    (void)object;
    return view->shown->uptime || (view->shown->detail && versions_hold((struct versions)V_FROM(88), state->version));
}

#define DETAIL_INT(name)                                                                                               \
    static void put_##name(const struct view_state *state, const void *object)                                         \
    {                                                                                                                  \
        strbuf_put_int(state->out, ((const struct compute_node *)object)->name);                                       \
    }
DETAIL_INT(hypervisor_version)
DETAIL_INT(vcpus)
DETAIL_INT(memory_mb)
DETAIL_INT(local_gb)
DETAIL_INT(vcpus_used)
DETAIL_INT(memory_mb_used)
DETAIL_INT(local_gb_used)

#define DETAIL_TEXT(name)                                                                                              \
    static void put_##name(const struct view_state *state, const void *object)                                         \
    {                                                                                                                  \
        json_put_string(state->out, ((const struct compute_node *)object)->name);                                      \
    }
DETAIL_TEXT(hypervisor_type)
DETAIL_TEXT(host_ip)

static void put_cpu_info_text(const struct view_state *state, const void *object)
{
    json_put_string(state->out, ((const struct compute_node *)object)->cpu_info);
}

static const struct view_field fields[] = {
    VIEW_INT("id", struct compute_node, id, V_UPTO(52)),
    VIEW_STRING("id", struct compute_node, uuid, V_FROM(53)),
    VIEW_STRING("hypervisor_hostname", struct compute_node, hypervisor_hostname, V_ALL),
    VIEW_CALL("state", put_state, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_WHEN("hypervisor_type", put_hypervisor_type, shows_detail, V_ALL),
    VIEW_WHEN("hypervisor_version", put_hypervisor_version, shows_detail, V_ALL),
    VIEW_WHEN("host_ip", put_host_ip, shows_detail, V_ALL),
    VIEW_WHEN("service", put_service, shows_detail, V_ALL),
    VIEW_WHEN("vcpus", put_vcpus, shows_detail, V_UPTO(87)),
    VIEW_WHEN("memory_mb", put_memory_mb, shows_detail, V_UPTO(87)),
    VIEW_WHEN("local_gb", put_local_gb, shows_detail, V_UPTO(87)),
    VIEW_WHEN("vcpus_used", put_vcpus_used, shows_detail, V_UPTO(87)),
    VIEW_WHEN("memory_mb_used", put_memory_mb_used, shows_detail, V_UPTO(87)),
    VIEW_WHEN("local_gb_used", put_local_gb_used, shows_detail, V_UPTO(87)),
    VIEW_WHEN("free_ram_mb", put_free_ram_mb, shows_detail, V_UPTO(87)),
    VIEW_WHEN("free_disk_gb", put_free_disk_gb, shows_detail, V_UPTO(87)),
    VIEW_WHEN("current_workload", put_current_workload, shows_detail, V_UPTO(87)),
    VIEW_WHEN("running_vms", put_running_vms, shows_detail, V_UPTO(87)),
    VIEW_WHEN("disk_available_least", put_disk_available_least, shows_detail, V_UPTO(87)),
    VIEW_WHEN("cpu_info", put_cpu_info_text, shows_detail, V_UPTO(27)),
    VIEW_WHEN("cpu_info", put_cpu_info, shows_detail, V_BETWEEN(28, 87)),
    VIEW_WHEN("uptime", put_uptime, shows_uptime, V_ALL),
    VIEW_WHEN("servers", put_servers, shows_servers, V_ALL),
    VIEW_END,
};

/* What a host that cannot be asked, or does not know, is shown with: null. */
static struct fault *ask_uptime(const struct call *call, const char *host, const json_t **uptime)
{
    struct fault *fault = host_uptime(call->context, host, (json_t **)uptime);

    if (fault && (fault_is(fault, FAULT_NotImplementedError) || fault_is(fault, FAULT_ComputeServiceUnavailable) ||
                  fault_is(fault, FAULT_HostMappingNotFound) || fault_is(fault, FAULT_HostNotFound))) {
        *uptime = NULL;
        return NULL;
    }
    return fault;
}

struct fault *hypervisors_view_put(const struct call *call, const struct hypervisor *hypervisor,
                                   const struct hypervisor_shown *shown)
{
    struct hypervisor_view view = { call, hypervisor, shown, shown->uptime };
    const struct view_state state = { .out = call->out, .version = call->version, .data = &view };
    struct view_plan plan;

    if (!shown->uptime && shows_uptime(&state, NULL))
        TRY(ask_uptime(call, hypervisor->node->host, &view.uptime));
    view_plan(&plan, fields, call->version);
    view_put(&plan, &state, hypervisor->node);
    return NULL;
}

struct fault *hypervisors_view_list(const struct call *call, const struct hypervisors *list,
                                    const struct hypervisor_shown *shown, bool links)
{
    const struct compute_node *last = NULL;
    size_t count = 0;

    JSON_PUT_LITERAL(call->out, "{\"hypervisors\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].service.row)
            continue; /* its service is gone, and the node will go */
        if (count++)
            JSON_PUT_LITERAL(call->out, ", ");
        TRY(hypervisors_view_put(call, &list->items[i], shown));
        last = list->items[i].node;
    }
    JSON_PUT_LITERAL(call->out, "]");
    if (links && last)
        links_put_next(call, "hypervisors", shown->detail ? "os-hypervisors/detail" : "os-hypervisors", count,
                       versions_hold((struct versions)V_FROM(53), call->version)
                           ? last->uuid
                           : mem_printf(call->mem, "%lld", (long long)last->id));
    JSON_PUT_LITERAL(call->out, "}");
    return NULL;
}

void hypervisors_view_statistics(const struct call *call, const struct compute_node_sums *sums)
{
    static const struct view_field sum_fields[] = {
        VIEW_INT("count", struct compute_node_sums, count, V_ALL),
        VIEW_INT("vcpus", struct compute_node_sums, vcpus, V_ALL),
        VIEW_INT("memory_mb", struct compute_node_sums, memory_mb, V_ALL),
        VIEW_INT("local_gb", struct compute_node_sums, local_gb, V_ALL),
        VIEW_INT("vcpus_used", struct compute_node_sums, vcpus_used, V_ALL),
        VIEW_INT("memory_mb_used", struct compute_node_sums, memory_mb_used, V_ALL),
        VIEW_INT("local_gb_used", struct compute_node_sums, local_gb_used, V_ALL),
        VIEW_INT("free_ram_mb", struct compute_node_sums, free_ram_mb, V_ALL),
        VIEW_INT("free_disk_gb", struct compute_node_sums, free_disk_gb, V_ALL),
        VIEW_INT("current_workload", struct compute_node_sums, current_workload, V_ALL),
        VIEW_INT("running_vms", struct compute_node_sums, running_vms, V_ALL),
        VIEW_INT("disk_available_least", struct compute_node_sums, disk_available_least, V_ALL),
        VIEW_END,
    };
    const struct view_state state = { .out = call->out, .version = call->version };
    struct view_plan plan;

    view_plan(&plan, sum_fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"hypervisor_statistics\": ");
    view_put(&plan, &state, sums);
    JSON_PUT_LITERAL(call->out, "}");
}
