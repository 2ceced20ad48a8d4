/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One server.  The API database tells its cell; where there is but one cell
 * beside cell0, that is asked at the same time, and mostly it was right.
 * Source: nova-facts/db.md sections 3 and 7.
 */
#include "config.h"

#include "fcgi_app/compute/servers.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/objects/instance.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

struct search {
    const struct context *context;
    const void *mem;
    const char *uuid;
    unsigned wants;
    const char *project; /* the only one whose servers the caller may see, or NULL */
    struct db_params lookup_params, row_params;
    struct db_answer lookup, row;
    const struct db_cell *asked; /* the cell that `row` is of */
};

static void ask_cell(struct search *search, struct db_batch *batch, const struct db_cell *cell)
{
    search->asked = cell;
    search->row_params = (struct db_params){ 0 };
    db_batch_add(batch, cell->link, instance_by_uuid(search->wants, search->uuid, search->project, &search->row_params),
                 &search->row_params, &search->row);
}

static void ask_lookup(struct search *search, struct db_batch *batch, bool group)
{
    search->lookup_params = (struct db_params){ 0 };
    db_param_text(&search->lookup_params, search->uuid);
    /* without a wish for the group none is looked for: no project is "" */
    db_param_text(&search->lookup_params, !group                        ? ""
                                          : search->context->is_admin   ? NULL
                                          : search->context->project_id ? search->context->project_id
                                                                        : "");
    db_batch_add(batch, db_api(search->context->worker->db), &INSTANCE_LOOKUP, &search->lookup_params, &search->lookup);
}

static struct fault *not_found(const struct search *search)
{
    return fault_new(search->mem, InstanceNotFound, search->uuid);
}

static struct fault *of_down_cell(const struct search *search, const struct db_cell *cell,
                                  const struct instance_mapping *mapping, bool partial, struct server *server)
{
    const struct request_spec *spec;
    struct db_params params = { 0 };
    struct instance *instance;
    struct db_rows rows;

    if (!partial) {
        log_error("%s", search->row.fault->message);
        return fault_text(search->mem, NovaException,
                          "Cell %s is not responding or returned an exception, hence instance info is not available.",
                          cell->uuid);
    }
    if (mapping->queued_for_delete)
        return not_found(search);
    log_warning("Cell %s is not responding and hence only partial results are available from this cell.", cell->uuid);
    db_param_text(&params, search->uuid);
    TRY(db_query(search->context, search->mem, db_api(search->context->worker->db), &REQUEST_SPEC_BY_UUID, &params,
                 &rows));
    spec = rows.rows;
    instance = rows.count ? instance_from_spec(search->mem, mapping, spec->spec) : NULL;
    if (!instance)
        return not_found(search);
    instance_mapping_complete(search->context, mapping, instance->user_id);
    server->instance = instance;
    server->status = "UNKNOWN";
    server->partial = true;
    return NULL;
}

/* A building server, or NULL. */
static const struct instance *building(const struct search *search)
{
    struct build_request request;

    if (!instance_lookup_request(search->lookup.rows.rows, &request))
        return NULL;
    return instance_from_request(search->mem, &request);
}

static struct fault *ask_again(struct search *search, bool group)
{
    struct db_batch *batch = db_batch(search->context, search->mem);

    ask_lookup(search, batch, group);
    db_batch_run(batch, 0);
    if (search->lookup.fault)
        return search->lookup.fault;
    return search->lookup.rows.count ? NULL : not_found(search);
}

struct fault *servers_get(const struct context *context, const char *uuid, unsigned wants, bool partial, bool group,
                          struct server *server)
{
    struct search *search = mem_new(context->mem, struct search);
    const struct instance_lookup *lookup;
    const struct db_cell *cells, *cell;
    struct servers alone = { server, 1 };
    struct db_batch *batch;
    size_t count;

    *server = (struct server){ .zone = "" };
    search->context = context;
    search->mem = context->mem;
    search->uuid = uuid;
    search->wants = wants;
    if (!context->is_admin && context->user_id && context->project_id)
        search->project = context->project_id;
    if (!text_is_uuid_like(uuid))
        return not_found(search);
    TRY(db_cells(context, &cells, &count));

    batch = db_batch(context, search->mem);
    ask_lookup(search, batch, group);
    cell = db_only_cell(cells, count);
    if (cell)
        ask_cell(search, batch, cell);
    db_batch_run(batch, 0);
    if (search->lookup.fault)
        return search->lookup.fault;
    if (!search->lookup.rows.count)
        return not_found(search);
    lookup = search->lookup.rows.rows;
    if (lookup->mapping.cell_id == DB_NULL_INT) {
        server->instance = building(search);
        if (!server->instance) {
            /* it may have got its cell between two looks */
            TRY(ask_again(search, group));
            lookup = search->lookup.rows.rows;
            if (lookup->mapping.cell_id == DB_NULL_INT)
                return not_found(search);
            search->asked = NULL;
        }
    }
    server->group = lookup->group_uuid;
    if (!server->instance) {
        cell = db_cell_by_id(cells, count, lookup->mapping.cell_id);
        if (!cell)
            return not_found(search);
        if (search->asked != cell) {
            batch = db_batch(context, search->mem);
            ask_cell(search, batch, cell);
            db_batch_run(batch, 0);
        }
        if (search->row.fault)
            return of_down_cell(search, cell, &lookup->mapping, partial, server);
        if (!search->row.rows.count)
            return not_found(search);
        server->instance = search->row.rows.rows;
        instance_mapping_complete(search->context, &lookup->mapping, server->instance->user_id);
    }
    server->status = server_status(server->instance);
    if (server->instance->fault_code != DB_NULL_INT) {
        struct instance_fault *fault = mem_new(search->mem, struct instance_fault);

        *fault = (struct instance_fault){ server->instance->uuid, server->instance->fault_code,
                                          server->instance->fault_created_at, server->instance->fault_message,
                                          server->instance->fault_details };
        server->fault = fault;
    }
    if (wants & INSTANCE_SERVICE)
        servers_fill_host_status(context, &alone);
    return servers_fill_zones(context, &alone);
}
