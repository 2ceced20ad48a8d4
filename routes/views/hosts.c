/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts; see the header.  Neighbour: routes/compute/hosts.c. */
#include "config.h"

#include "routes/views/hosts.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "routes/views/services.h"

void hosts_view_list(const struct call *call, const struct services *services, const char *zone)
{
    const char *joint = "";

    JSON_PUT_LITERAL(call->out, "{\"hosts\": [");
    for (size_t i = 0; i < services->count; i++) {
        const struct service *service = &services->items[i];

        if (service->row->disabled || services_is_api(service) || (!text_is_empty(zone) && strcmp(service->zone, zone)))
            continue;
        strbuf_puts(call->out, joint);
        joint = ", ";
        JSON_PUT_LITERAL(call->out, "{\"host_name\": ");
        json_put_string(call->out, service->row->host);
        JSON_PUT_LITERAL(call->out, ", \"service\": ");
        json_put_string(call->out, service->row->topic);
        JSON_PUT_LITERAL(call->out, ", \"zone\": ");
        json_put_string(call->out, service->zone);
        JSON_PUT_LITERAL(call->out, "}");
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

static void put_resource(const struct call *call, const char *host, const char *project,
                         const struct host_amounts *amounts)
{
    JSON_PUT_LITERAL(call->out, "{\"resource\": {\"host\": ");
    json_put_string(call->out, host);
    JSON_PUT_LITERAL(call->out, ", \"project\": ");
    json_put_string(call->out, project);
    strbuf_printf(call->out, ", \"cpu\": %lld, \"memory_mb\": %lld, \"disk_gb\": %lld}}", (long long)amounts->cpu,
                  (long long)amounts->memory_mb, (long long)amounts->disk_gb);
}

void hosts_view_show(const struct call *call, const char *host, const struct host_resources *held)
{
    const struct host_instance *rows = held->instances.rows;
    const char **projects = mem_array(call->mem, const char *, held->instances.count + 1);
    struct host_amounts *amounts = mem_array(call->mem, struct host_amounts, held->instances.count + 1);
    struct host_amounts most = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < held->instances.count; i++) {
        const struct host_instance *row = &rows[i];
        const char *project = row->instance.project_id ? row->instance.project_id : "";
        struct host_amounts *sums[2] = { &most };
        size_t at = 0;

        while (at < count && strcmp(projects[at], project))
            at++;
        if (at == count)
            projects[count++] = project;
        sums[1] = &amounts[at];
        for (size_t j = 0; j < 2; j++) {
            sums[j]->cpu += row->vcpus;
            sums[j]->memory_mb += row->memory_mb;
            sums[j]->disk_gb += row->root_gb + row->ephemeral_gb;
        }
    }
    JSON_PUT_LITERAL(call->out, "{\"host\": [");
    put_resource(call, host, "(total)", &held->total);
    JSON_PUT_LITERAL(call->out, ", ");
    put_resource(call, host, "(used_now)", &held->used);
    JSON_PUT_LITERAL(call->out, ", ");
    put_resource(call, host, "(used_max)", &most);
    for (size_t i = 0; i < count; i++) {
        JSON_PUT_LITERAL(call->out, ", ");
        put_resource(call, host, projects[i], &amounts[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

void hosts_view_update(const struct call *call, const char *host, const json_t *status, const json_t *maintenance)
{
    JSON_PUT_LITERAL(call->out, "{\"host\": ");
    json_put_string(call->out, host);
    if (status) {
        JSON_PUT_LITERAL(call->out, ", \"status\": ");
        json_put_tree(call->out, status);
    }
    if (maintenance) {
        JSON_PUT_LITERAL(call->out, ", \"maintenance_mode\": ");
        json_put_tree(call->out, maintenance);
    }
    JSON_PUT_LITERAL(call->out, "}");
}

void hosts_view_power(const struct call *call, const char *host, const json_t *result)
{
    JSON_PUT_LITERAL(call->out, "{\"host\": ");
    json_put_string(call->out, host);
    JSON_PUT_LITERAL(call->out, ", \"power_action\": ");
    if (result)
        json_put_tree(call->out, result);
    else
        json_put_null(call->out);
    JSON_PUT_LITERAL(call->out, "}");
}
