/* SPDX-License-Identifier: Apache-2.0 */
/* Zones and hosts that a new server is wanted in; see create.h.  Neighbours: db/create.h, clients/placement.h. */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/build_requests.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static const char *part(const char *text)
{
    return text_is_empty(text) ? NULL : text;
}

struct fault *create_zone_parse(const struct context *context, const char *text, struct create_place *place)
{
    const void *mem = context->mem;
    char **parts;
    size_t count = 0;

    place->zone = text;
    if (text && strchr(text, ':')) {
        const char *twin = strstr(text, "::");

        parts = text_split(mem, text, ':');
        while (parts[count])
            count++;
        if (count > 3)
            return fault_new(mem, InvalidInput, "Unable to parse availability_zone");
        place->zone = parts[0];
        if (count == 3 && twin) {
            /* "::node" and "zone::node"; of "::" beside another colon nothing else is left over. */
            place->zone = mem_strndup(mem, text, (size_t)(twin - text));
            place->node = twin + 2;
        } else {
            place->host = parts[1];
            place->node = count == 3 ? parts[2] : NULL;
        }
    }
    if (text_is_empty(place->zone))
        place->zone = conf_string(context->worker->conf, OPTION_DEFAULT_default_schedule_zone);
    return NULL;
}

struct fault *create_zone_of_host(const struct context *context, struct create_place *place)
{
    const char *by_default = conf_string(context->worker->conf, OPTION_DEFAULT_default_availability_zone);
    const char *zone = NULL;
    struct db_params params = { .count = 0 };
    const struct host_aggregate *aggregates;
    struct db_rows rows;
    bool is_default;

    db_param_text(&params, place->host);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &HOST_AGGREGATES, &params, &rows));
    aggregates = rows.rows;
    for (size_t i = 0; i < rows.count && !zone; i++)
        zone = part(aggregates[i].zone);
    is_default = place->zone && by_default && !strcmp(place->zone, by_default);
    if (!rows.count) {
        if (is_default)
            return NULL;
        log_warning("Requested availability zone '%s' but forced host '%s' does not belong to any availability zones; "
                    "ignoring requested availability zone to avoid bug #1934770",
                    place->zone ? place->zone : "None", place->host ? place->host : "None");
        place->zone = NULL;
        return NULL;
    }
    if ((place->zone && zone && !strcmp(place->zone, zone)) || (!place->zone && !zone) || (is_default && !zone))
        return NULL;
    log_warning("Requested availability zone '%s' but forced host '%s' does not belong to this availability zone; "
                "overwriting requested availability zone to avoid bug #1934770",
                place->zone ? place->zone : "None", place->host ? place->host : "None");
    place->zone = NULL;
    return NULL;
}

/* ---- is the zone there? ---- */

/* A host in several zones is of one that is called by all their names. */
static const char *zone_of(const void *mem, const struct host_zone *zones, size_t count, const char *host)
{
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(zones[i].host, host))
            continue;
        found = found ? mem_printf(mem, "%s,%s", found, zones[i].zone) : zones[i].zone;
    }
    return found;
}

struct fault *create_zone_available(const struct context *context, const char *zone)
{
    const struct conf *conf = context->worker->conf;
    const char *by_default = conf_string(conf, OPTION_DEFAULT_default_availability_zone);
    const char *internal = conf_string(conf, OPTION_DEFAULT_internal_service_availability_zone);
    const void *mem = context->mem;
    const struct db_cell *cells;
    struct db_answer zones, *services;
    struct db_params none = { .count = 0 };
    struct db_batch *batch;
    size_t count;

    TRY(db_cells(context, &cells, &count));
    services = mem_array(mem, struct db_answer, count);
    batch = db_batch(context, mem);
    db_batch_add(batch, db_api(context->worker->db), &HOST_ZONES, &none, &zones);
    for (size_t i = 0; i < count; i++)
        db_batch_add(batch, cells[i].link, &SERVICES_ENABLED, &none, &services[i]);
    db_batch_run(batch, 0);
    TRY(zones.fault);
    for (size_t i = 0; i < count; i++) {
        const struct enabled_service *rows = services[i].rows.rows;

        if (services[i].fault)
            continue;
        for (size_t k = 0; k < services[i].rows.count; k++) {
            const char *found = internal;

            if (rows[k].topic && !strcmp(rows[k].topic, "compute")) {
                found = zone_of(mem, zones.rows.rows, zones.rows.count, rows[k].host ? rows[k].host : "");
                if (!found)
                    found = by_default;
            }
            if (found && !strcmp(found, zone))
                return NULL;
        }
    }
    return fault_text(mem, InvalidRequest, "The requested availability zone is not available");
}

/* ---- is the host there? ---- */

static struct fault *check_node(const struct context *context, int64_t cell_id, const struct create_place *place)
{
    struct db_params params = { .count = 0 };
    const struct db_cell *cells, *cell;
    struct db_rows rows;
    size_t count;

    TRY(db_cells(context, &cells, &count));
    cell = db_cell_by_id(cells, count, cell_id);
    if (!cell)
        return fault_new(context->mem, ComputeHostNotFound, place->requested_host);
    db_param_text(&params, place->requested_host);
    db_param_text(&params, place->requested_node);
    TRY(db_query(context, context->mem, cell->link, &COMPUTE_NODE_OF_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, ComputeHostNotFound, place->requested_host);
    return NULL;
}

struct fault *create_place_check(const struct context *context, const struct create_place *place)
{
    const void *mem = context->mem;

    if (place->requested_host) {
        struct db_params params = { .count = 0 };
        struct db_rows rows;

        db_param_text(&params, place->requested_host);
        TRY(db_query(context, mem, db_api(context->worker->db), &HOST_CELL, &params, &rows));
        if (!rows.count) {
            log_warning("No host-to-cell mapping found for host %s.", place->requested_host);
            return fault_new(mem, ComputeHostNotFound, place->requested_host);
        }
        if (place->requested_node)
            return check_node(context, ((const struct host_cell *)rows.rows)->cell_id, place);
        return NULL;
    }
    if (place->requested_node) {
        struct placement_provider provider;
        struct fault *fault = placement_provider_by_name(context, mem, place->requested_node, &provider);

        if (fault && fault->name == FAULT_ResourceProviderNotFound)
            return fault_new(mem, ComputeHostNotFound, place->requested_node);
        return fault;
    }
    return NULL;
}
