/* SPDX-License-Identifier: Apache-2.0 */
/* Services and hosts over all cells; see the header.  Statements: db/hosts.c. */
#include "config.h"

#include "fcgi_app/objects/hosts.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/build_requests.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.compute.api");

/* ---- zones ---- */

/* The zones of a host's aggregates, joined by commas; the default's where it is in none. */
static const char *zone_of(const struct context *context, const struct service_row *service,
                           const struct db_rows *zones)
{
    const struct conf *conf = context->worker->conf;
    const struct host_zone *row = zones->rows;
    struct strbuf joined;

    if (!service->topic || strcmp(service->topic, "compute"))
        return conf_string(conf, OPTION_DEFAULT_internal_service_availability_zone);
    strbuf_init(&joined, context->mem, 32);
    for (size_t i = 0; i < zones->count; i++) {
        bool known = false;

        if (!row[i].host || strcmp(row[i].host, service->host))
            continue;
        for (size_t j = 0; j < i && !known; j++)
            known = !strcmp(row[j].host, service->host) && !strcmp(row[j].zone, row[i].zone);
        if (known)
            continue;
        if (joined.length)
            strbuf_putc(&joined, ',');
        strbuf_puts(&joined, row[i].zone);
    }
    return joined.length ? joined.data : conf_string(conf, OPTION_DEFAULT_default_availability_zone);
}

struct fault *host_find_zone(const struct context *context, const char *host, const char **zone)
{
    const struct host_zone *row;
    struct db_rows zones;

    *zone = conf_string(context->worker->conf, OPTION_DEFAULT_default_availability_zone);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &HOST_ZONES, NULL, &zones));
    row = zones.rows;
    for (size_t i = 0; host && i < zones.count; i++)
        if (row[i].host && !strcmp(row[i].host, host)) {
            *zone = row[i].zone;
            return NULL;
        }
    return NULL;
}

struct fault *service_find_zone(const struct context *context, struct service *service)
{
    struct db_rows zones;

    TRY(db_query(context, context->mem, db_api(context->worker->db), &HOST_ZONES, NULL, &zones));
    service->zone = zone_of(context, service->row, &zones);
    return NULL;
}

/* ---- lists ---- */

/* What is known of the hosts of cells that did not answer. */
static struct fault *ask_mappings(const struct context *context, const struct db_cell *cells, size_t count,
                                  const struct db_answer *answers, struct db_answer *mappings)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params *params = mem_array(context->mem, struct db_params, count);
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (!answers[i].fault)
            continue;
        db_param_int(&params[i], context->mem, cells[i].id);
        db_batch_add(batch, db_api(context->worker->db), &HOST_MAPPINGS_OF_CELL, &params[i], &mappings[i]);
        any = true;
    }
    if (any)
        db_batch_run(batch, 0);
    for (size_t i = 0; i < count; i++)
        TRY(mappings[i].fault);
    return NULL;
}

static void add_partial(const struct context *context, struct services *services, const struct db_cell *cell,
                        const struct db_rows *mappings)
{
    const struct host_mapping_row *mapping = mappings->rows;

    for (size_t i = 0; i < mappings->count; i++) {
        struct service_row *row = mem_new(context->mem, struct service_row);

        row->host = mapping[i].host;
        row->binary = "nova-compute";
        services->items[services->count++] = (struct service){ row, cell, NULL, true };
    }
}

struct fault *services_list(const struct context *context, bool partial, struct services *services)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_answer zones, *answers, *mappings;
    const struct db_cell *cells;
    size_t cell_count, total = 0;

    TRY(db_cells(context, &cells, &cell_count));
    answers = mem_array(context->mem, struct db_answer, cell_count);
    mappings = mem_array(context->mem, struct db_answer, cell_count);
    for (size_t i = 0; i < cell_count; i++)
        db_batch_add(batch, cells[i].link, &SERVICES_ALL, NULL, &answers[i]);
    db_batch_add(batch, db_api(context->worker->db), &HOST_ZONES, NULL, &zones);
    db_batch_run(batch, 0);
    TRY(zones.fault);
    if (partial)
        TRY(ask_mappings(context, cells, cell_count, answers, mappings));
    for (size_t i = 0; i < cell_count; i++)
        total += answers[i].fault ? mappings[i].rows.count : answers[i].rows.count;
    *services = (struct services){ mem_array(context->mem, struct service, total), 0 };
    for (size_t i = 0; i < cell_count; i++) {
        const struct service_row *rows = answers[i].rows.rows;

        if (answers[i].fault) {
            log_warning("Cell %s is not responding and hence %s.", cells[i].uuid,
                        partial ? "only partial results are available from this cell" : "skipped from the results");
            add_partial(context, services, &cells[i], &mappings[i].rows);
            continue;
        }
        for (size_t j = 0; j < answers[i].rows.count; j++)
            services->items[services->count++] =
                (struct service){ &rows[j], &cells[i], zone_of(context, &rows[j], &zones.rows), false };
    }
    return NULL;
}

/* ---- state ---- */

bool service_is_up(const struct context *context, const struct service_row *service)
{
    int64_t seen = service->last_seen_up != DB_NO_TIME ? service->last_seen_up : service->created_at;
    int64_t span = conf_int(context->worker->conf, OPTION_DEFAULT_service_down_time) * 1000000;

    if (service->forced_down || seen == DB_NO_TIME)
        return false;
    return llabs(clock_utc_usec() - seen) <= span;
}

/* ---- one ---- */

/* One statement in all cells; a cell that fails spoils it, as nobody can say what it has. */
static struct fault *ask_cells(const struct context *context, const struct db_statement *statement,
                               const struct db_params *params, const struct db_cell **cells, size_t *cell_count,
                               struct db_answer **answers)
{
    struct db_batch *batch = db_batch(context, context->mem);

    TRY(db_cells(context, cells, cell_count));
    *answers = mem_array(context->mem, struct db_answer, *cell_count);
    for (size_t i = 0; i < *cell_count; i++)
        db_batch_add(batch, (*cells)[i].link, statement, params, &(*answers)[i]);
    db_batch_run(batch, 0);
    for (size_t i = 0; i < *cell_count; i++)
        TRY((*answers)[i].fault);
    return NULL;
}

/* The one row that the cells have; NULL row: none. A uuid is taken where it is found first. */
static struct fault *find_in_cells(const struct context *context, const struct db_statement *statement,
                                   const struct db_params *params, bool first, struct service *service)
{
    const struct db_cell *cells;
    struct db_answer *answers;
    size_t count;

    *service = (struct service){ 0 };
    TRY(ask_cells(context, statement, params, &cells, &count, &answers));
    for (size_t i = 0; i < count; i++) {
        if (!answers[i].rows.count)
            continue;
        if (service->row)
            return first ? NULL : fault_new(context->mem, ServiceNotUnique);
        *service = (struct service){ .row = answers[i].rows.rows, .cell = &cells[i] };
    }
    return NULL;
}

struct fault *service_find(const struct context *context, const char *id, struct service *service)
{
    bool is_uuid = text_is_uuid_like(id);
    struct db_params params = { 0 };

    db_param_text(&params, id);
    TRY(find_in_cells(context, is_uuid ? &SERVICE_BY_UUID : &SERVICE_BY_ID, &params, is_uuid, service));
    return service->row ? NULL : fault_new(context->mem, ServiceNotFound, id);
}

struct fault *host_cell(const struct context *context, const char *host, const struct db_cell **cell)
{
    struct db_params params = { 0 };
    const struct db_cell *cells;
    struct db_rows rows;
    size_t count;

    db_param_text(&params, host);
    TRY(db_cells(context, &cells, &count));
    TRY(db_query(context, context->mem, db_api(context->worker->db), &HOST_MAPPING_BY_HOST, &params, &rows));
    *cell = rows.count ? db_cell_by_id(cells, count, ((const struct host_mapping_row *)rows.rows)->cell_id) : NULL;
    return *cell ? NULL : fault_new(context->mem, HostMappingNotFound, host);
}

struct fault *host_service(const struct context *context, const char *host, struct service *service)
{
    struct db_params params = { 0 };
    const struct db_cell *cell;
    struct db_rows rows;

    TRY(host_cell(context, host, &cell));
    db_param_text(&params, host);
    db_param_text(&params, "nova-compute");
    TRY(db_query(context, context->mem, cell->link, &SERVICE_ON_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, ComputeHostNotFound, host);
    *service = (struct service){ .row = rows.rows, .cell = cell };
    return NULL;
}

struct fault *host_service_anywhere(const struct context *context, const char *host, struct service *service)
{
    struct fault *fault = host_service(context, host, service);
    struct db_params params = { 0 };

    if (!fault || !fault_is(fault, FAULT_HostMappingNotFound))
        return fault;
    db_param_text(&params, host);
    db_param_text(&params, "nova-compute");
    TRY(find_in_cells(context, &SERVICE_ON_HOST, &params, false, service));
    return service->row ? NULL : fault_new(context->mem, ComputeHostNotFound, host);
}
