/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones out of services: a zone is available when an enabled service is in
 * it.  Neighbour: routes/compute/availability_zone.c.
 */
#include "config.h"

#include "routes/views/availability_zones.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/views/services.h"

#include <stdlib.h>
#include <string.h>

struct zone {
    const char *name;
    bool available;
};

/* Available ones first, each kind by name. */
static int compare_zones(const void *a, const void *b)
{
    const struct zone *one = a, *other = b;

    if (one->available != other->available)
        return one->available ? -1 : 1;
    return strcmp(one->name, other->name);
}

static size_t collect(const struct services *services, struct zone *zones)
{
    size_t count = 0;

    for (size_t i = 0; i < services->count; i++) {
        const struct service *service = &services->items[i];
        size_t at = 0;

        while (at < count && strcmp(zones[at].name, service->zone))
            at++;
        if (at == count)
            zones[count++] = (struct zone){ service->zone, false };
        zones[at].available = zones[at].available || !service->row->disabled;
    }
    if (count)
        qsort(zones, count, sizeof(*zones), compare_zones);
    return count;
}

static bool is_shown(const struct service *service, const struct zone *zone)
{
    return !service->row->disabled && !services_is_api(service) && !strcmp(service->zone, zone->name);
}

static void put_available(const struct view_state *state, const void *object)
{
    json_put_bool(state->out, service_is_up(state->data, object));
}

/* Only enabled ones are shown. */
static void put_active(const struct view_state *state, const void *object)
{
    json_put_bool(state->out, !((const struct service_row *)object)->disabled);
}

static const struct view_field service_fields[] = {
    VIEW_CALL("available", put_available, V_ALL),
    VIEW_CALL("active", put_active, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct service_row, updated_at, V_ALL),
    VIEW_END,
};

static void put_service(const struct call *call, const struct service_row *row)
{
    const struct view_state state = { .out = call->out, .version = call->version, .data = call->context };
    struct view_plan plan;

    view_plan(&plan, service_fields, call->version);
    json_put_string(call->out, row->binary);
    JSON_PUT_LITERAL(call->out, ": ");
    view_put(&plan, &state, row);
}

static void put_hosts(const struct call *call, const struct services *services, const struct zone *zone)
{
    bool *done = mem_array(call->mem, bool, services->count);
    const char *joint = "";

    JSON_PUT_LITERAL(call->out, "{");
    for (size_t i = 0; i < services->count; i++) {
        const struct service *first = &services->items[i];
        const char *inner = "";

        if (done[i] || !is_shown(first, zone))
            continue;
        strbuf_puts(call->out, joint);
        json_put_string(call->out, first->row->host);
        JSON_PUT_LITERAL(call->out, ": {");
        for (size_t j = i; j < services->count; j++) {
            const struct service *service = &services->items[j];

            if (!is_shown(service, zone) || strcmp(service->row->host, first->row->host))
                continue;
            done[j] = true;
            strbuf_puts(call->out, inner);
            put_service(call, service->row);
            inner = ", ";
        }
        JSON_PUT_LITERAL(call->out, "}");
        joint = ", ";
    }
    JSON_PUT_LITERAL(call->out, "}");
}

void availability_zones_view(const struct call *call, const struct services *services, bool detail)
{
    const char *internal = conf_string(call->context->worker->conf, OPTION_DEFAULT_internal_service_availability_zone);
    struct zone *zones = mem_array(call->mem, struct zone, services->count);
    size_t count = collect(services, zones);
    const char *joint = "";

    JSON_PUT_LITERAL(call->out, "{\"availabilityZoneInfo\": [");
    for (size_t i = 0; i < count; i++) {
        if (!detail && !strcmp(zones[i].name, internal))
            continue;
        strbuf_puts(call->out, joint);
        joint = ", ";
        JSON_PUT_LITERAL(call->out, "{\"zoneName\": ");
        json_put_string(call->out, zones[i].name);
        JSON_PUT_LITERAL(call->out, ", \"zoneState\": {\"available\": ");
        json_put_bool(call->out, zones[i].available);
        JSON_PUT_LITERAL(call->out, "}, \"hosts\": ");
        if (detail && zones[i].available)
            put_hosts(call, services, &zones[i]);
        else
            json_put_null(call->out);
        JSON_PUT_LITERAL(call->out, "}");
    }
    JSON_PUT_LITERAL(call->out, "]}");
}
