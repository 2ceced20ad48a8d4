/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of servers: those that are in no cell yet, then the cells' merged.
 *
 * The API database and all cells are asked at once.  Only what must be known
 * before a cell can be asked makes a round trip of its own: a marker's sort
 * values, a flavor's number, the cells of a project.  How cells are asked in
 * batches and their rows are put in order: servers_merge.c.
 * Source: nova-facts/db.md sections 4 and 7.
 */
#include "config.h"

#include "fcgi_app/compute/servers_list.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/network.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/objects/instance.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.compute.multi_cell_list");

/* ---- what must be known first ---- */

struct first {
    struct db_params requests_params, flavor_params, mapping_params, cells_params;
    struct db_answer requests, flavor, mapping, cells;
    struct db_params *marker_params;
    struct db_answer *markers;
    bool requests_sent;
};

static bool elevated(const struct servers_listing *listing)
{
    return listing->context->is_admin || listing->search.all_tenants;
}

/* Fixed addresses are the network service's to know, where it can search them: what it finds becomes uuids. */
static struct fault *ask_addresses(struct servers_listing *listing)
{
    struct servers_search *search = &listing->search;
    const struct search_option *uuids = servers_search_find(search, "uuid");
    size_t count = 0, found_count = 0, more;
    const char *const *found;
    const char **all;
    bool can;

    while (search->addresses[count])
        count++;
    if (search->nothing || !count || !network_is_there(listing->context))
        return NULL;
    TRY(network_servers_by_address(listing->context, listing->mem, search->addresses, count, &can, &found));
    if (!can)
        return NULL;
    while (found[found_count])
        found_count++;
    more = !uuids ? 0 : uuids->value ? *uuids->value != '\0' : uuids->value_count;
    all = mem_array(listing->mem, const char *, found_count + more + 1);
    if (found_count)
        memcpy(all, found, found_count * sizeof(*all));
    if (more)
        memcpy(all + found_count, uuids->value ? &uuids->value : uuids->values, more * sizeof(*all));
    search->nothing = !found_count;
    search->addresses[0] = NULL;
    servers_search_set(search, "uuid", all, found_count + more);
    return NULL;
}

/* Building servers have no addresses and are not deleted. */
static bool wants_requests(const struct servers_listing *listing)
{
    return listing->asked->limit > 0 && !listing->search.deleted && !listing->search.address_asked;
}

static void send_requests(struct servers_listing *listing, struct first *first)
{
    if (!wants_requests(listing))
        return;
    db_param_text(&first->requests_params, elevated(listing) ? NULL : listing->context->project_id);
    db_batch_add(listing->batch, db_api(listing->context->worker->db), &BUILD_REQUESTS_ALL, &first->requests_params,
                 &first->requests);
    first->requests_sent = true;
}

struct requested {
    struct instance *instance;
    int64_t id;
    const struct servers_search *search;
};

static int compare_requested(const void *a, const void *b)
{
    const struct requested *one = a, *other = b;
    int order = servers_search_compare(one->search, one->instance, one->id, other->instance, other->id);

    return order ? order : (one->id > other->id) - (one->id < other->id);
}

/* Building servers that pass, in order, from behind the marker, at most the page. */
static struct fault *read_requests(struct servers_listing *listing, const struct first *first)
{
    const struct build_request *rows = first->requests.rows.rows;
    size_t count = first->requests.rows.count, kept = 0, from = 0;
    struct requested *list;

    if (!first->requests_sent)
        return NULL;
    if (first->requests.fault)
        return first->requests.fault;
    if (!count)
        return NULL;
    list = mem_array(listing->mem, struct requested, count);
    for (size_t i = 0; i < count; i++) {
        struct instance *instance = instance_from_request(listing->mem, &rows[i]);

        if (instance && servers_search_passes(listing->mem, &listing->search, listing->flavor_id, instance))
            list[kept++] = (struct requested){ instance, rows[i].id, &listing->search };
    }
    if (kept > 1)
        qsort(list, kept, sizeof(*list), compare_requested);
    if (listing->marker) {
        while (from < kept && strcmp(list[from].instance->uuid, listing->marker))
            from++;
        if (from == kept)
            return NULL; /* the marker is in a cell, and behind all of these */
        from++;
        listing->marker = NULL;
    }
    listing->building = mem_array(listing->mem, struct instance *, kept + 1);
    for (size_t i = from; i < kept && (int64_t)listing->building_count < listing->asked->limit; i++)
        listing->building[listing->building_count++] = list[i].instance;
    return NULL;
}

static struct fault *marker_not_found(const struct servers_listing *listing)
{
    return fault_http(listing->mem, 400, "marker [%s] not found", listing->asked->marker);
}

static struct fault *read_marker(struct servers_listing *listing, const struct first *first)
{
    const struct instance_mapping *mapping = first->mapping.rows.rows;

    if (!listing->marker)
        return NULL;
    if (first->mapping.fault)
        return first->mapping.fault;
    if (!first->mapping.rows.count || mapping->cell_id == DB_NULL_INT)
        return marker_not_found(listing);
    for (size_t i = 0; i < listing->stream_count; i++)
        if (listing->streams[i].cell->id == mapping->cell_id) {
            if (first->markers[i].fault)
                return first->markers[i].fault;
            if (!first->markers[i].rows.count)
                break;
            listing->marker_row = first->markers[i].rows.rows;
            listing->marker_cell = mapping->cell_id;
            return NULL;
        }
    return marker_not_found(listing);
}

/* Asks for what must be known first; *nothing is set when the page is empty whatever comes. */
static struct fault *ask_first(struct servers_listing *listing, struct first *first, bool *nothing)
{
    const struct context *context = listing->context;
    struct db_link *api = db_api(context->worker->db);
    bool per_project = conf_bool(context->worker->conf, OPTION_api_instance_list_per_project_cells) &&
                       !elevated(listing) && context->project_id;

    if (!listing->marker && !listing->search.flavor && !per_project)
        return NULL;
    listing->batch = db_batch(context, listing->mem);
    if (listing->search.flavor) {
        db_param_text(&first->flavor_params, listing->search.flavor);
        db_param_text(&first->flavor_params, elevated(listing) ? NULL : context->project_id);
        db_batch_add(listing->batch, api, &FLAVOR_NUMBER, &first->flavor_params, &first->flavor);
    }
    if (per_project) {
        db_param_text(&first->cells_params, context->project_id);
        db_batch_add(listing->batch, api, &INSTANCE_MAPPING_CELLS_OF_PROJECT, &first->cells_params, &first->cells);
    }
    if (listing->marker) {
        struct instance_query *sorted = mem_new(listing->mem, struct instance_query);

        memcpy(sorted->sort, listing->search.sort, sizeof(sorted->sort));
        sorted->sort_count = listing->search.sort_count;
        db_param_text(&first->mapping_params, listing->marker);
        db_batch_add(listing->batch, api, &INSTANCE_MAPPING_BY_UUID, &first->mapping_params, &first->mapping);
        first->markers = mem_array(listing->mem, struct db_answer, listing->stream_count);
        first->marker_params = mem_array(listing->mem, struct db_params, listing->stream_count);
        for (size_t i = 0; i < listing->stream_count; i++)
            db_batch_add(listing->batch, listing->streams[i].cell->link,
                         instances_marker(listing->mem, sorted, listing->marker, &first->marker_params[i]),
                         &first->marker_params[i], &first->markers[i]);
        send_requests(listing, first);
    }
    db_batch_run(listing->batch, 0);

    if (listing->search.flavor) {
        if (first->flavor.fault)
            return first->flavor.fault;
        if (!first->flavor.rows.count) {
            *nothing = true;
            return NULL;
        }
        listing->flavor_id = ((const struct flavor_number *)first->flavor.rows.rows)->id;
    }
    if (per_project) {
        const struct instance_mapping *cells = first->cells.rows.rows;
        size_t kept = 0;

        if (first->cells.fault)
            return first->cells.fault;
        for (size_t i = 0; i < listing->stream_count; i++) {
            bool there = listing->marker != NULL; /* the marker's values were asked of each: keep their places */

            for (size_t j = 0; j < first->cells.rows.count && !there; j++)
                there = cells[j].cell_id == listing->streams[i].cell->id;
            if (there)
                listing->streams[kept++] = listing->streams[i];
        }
        listing->stream_count = kept;
    }
    if (first->requests_sent)
        TRY(read_requests(listing, first));
    return read_marker(listing, first);
}

static void prepare_streams(struct servers_listing *listing)
{
    struct instance_query common = { .wants = listing->asked->wants };

    servers_search_conditions(listing->mem, listing->context, &listing->search, listing->flavor_id, &common);
    listing->real_cells = 0;
    for (size_t i = 0; i < listing->stream_count; i++)
        listing->real_cells += !listing->streams[i].cell->is_cell0;
    /* texts of sort keys: none where the row has them anyway, all where a batch may have to go on */
    common.value_count = common.sort_count;
    if (listing->real_cells <= 1 && listing->search.usual_order)
        common.value_count = listing->asked->detail ? 0 : 1;
    for (size_t i = 0; i < listing->stream_count; i++) {
        struct servers_stream *stream = &listing->streams[i];

        stream->query = common;
        stream->query.marker = listing->marker ? listing->marker_row : NULL;
    }
}

/* ---- after the cells ---- */

/* A server that is being moved between cells may stand in both: the first is kept. */
struct seen {
    const char **slots;
    size_t size;
};

static bool seen_before(struct seen *seen, const char *uuid)
{
    size_t hash = 5381;

    for (const char *c = uuid; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (size_t at = hash & (seen->size - 1);; at = (at + 1) & (seen->size - 1)) {
        if (!seen->slots[at]) {
            seen->slots[at] = uuid;
            return false;
        }
        if (strcmp(seen->slots[at], uuid) == 0)
            return true;
    }
}

static void add_server(struct servers *servers, struct seen *seen, const struct instance *instance)
{
    if (seen->slots && seen_before(seen, instance->uuid))
        return;
    servers->items[servers->count++] = (struct server){ .instance = instance, .zone = "" };
}

/* Servers of cells that do not answer, as far as the API database knows them: they come first. */
static struct fault *put_partial(struct servers_listing *listing, struct servers *servers)
{
    const struct context *context = listing->context;
    const struct search_option *project = servers_search_find(&listing->search, "project_id");
    int64_t left = listing->limit > (int64_t)servers->count ? listing->limit - (int64_t)servers->count : 0;
    struct server *items = NULL;
    size_t count = 0;

    for (size_t i = 0; i < listing->stream_count && left > 0; i++) {
        const struct instance_mapping *mappings;
        struct db_params params = { 0 };
        struct db_rows rows;

        if (!listing->streams[i].fault)
            continue;
        log_warning("Cell %s is not responding and hence only partial results are available from this cell if any.",
                    listing->streams[i].cell->uuid);
        db_param_int(&params, listing->mem, listing->streams[i].cell->id);
        db_param_text(&params, listing->search.all_tenants ? NULL : project ? project->value : context->project_id);
        db_param_int(&params, listing->mem, left);
        TRY(db_query(context, listing->mem, db_api(context->worker->db), &INSTANCE_MAPPINGS_OF_CELL, &params, &rows));
        mappings = rows.rows;
        items = mem_grow(listing->mem, items, struct server, count + rows.count + servers->count);
        for (size_t j = 0; j < rows.count; j++) {
            struct instance *instance = mem_new(listing->mem, struct instance);

            instance->uuid = mappings[j].instance_uuid;
            instance->project_id = mappings[j].project_id;
            instance->created_at = mappings[j].created_at;
            items[count++] = (struct server){ .instance = instance, .status = "UNKNOWN", .zone = "", .partial = true };
        }
        left -= (int64_t)rows.count;
    }
    if (!count)
        return NULL;
    memcpy(&items[count], servers->items, sizeof(*items) * servers->count);
    *servers = (struct servers){ items, count + servers->count };
    return NULL;
}

/* Why servers failed: asked of the process's own cell database, as upstream does. */
static struct fault *fill_faults(const struct context *context, const void *mem, struct servers *servers)
{
    const char **uuids = mem_array(mem, const char *, servers->count + 1);
    const struct instance_fault *faults;
    struct db_params params = { 0 };
    struct db_rows rows;
    size_t count = 0;

    for (size_t i = 0; i < servers->count; i++) {
        struct server *server = &servers->items[i];

        if (server->partial)
            continue;
        server->status = server_status(server->instance);
        if (strcmp(server->status, "ERROR") == 0 || strcmp(server->status, "DELETED") == 0)
            uuids[count++] = server->instance->uuid;
    }
    if (!count)
        return NULL;
    db_param_texts(&params, mem, uuids, count);
    TRY(db_query(context, mem, db_main(context->worker->db), &INSTANCE_FAULTS_LATEST, &params, &rows));
    faults = rows.rows;
    for (size_t i = 0; i < rows.count; i++)
        for (size_t j = 0; j < servers->count; j++)
            if (strcmp(servers->items[j].instance->uuid, faults[i].instance_uuid) == 0) {
                servers->items[j].fault = &faults[i];
                break;
            }
    return NULL;
}

static struct fault *collect(struct servers_listing *listing, struct servers *servers)
{
    struct seen seen = { 0 };
    size_t room = listing->building_count;
    bool alone = listing->building_count == 0;
    size_t filled = 0;

    for (size_t i = 0; i < listing->stream_count; i++)
        filled += listing->streams[i].count > 0;
    alone = alone && filled <= 1 && listing->real_cells <= 1;
    room += (size_t)listing->limit;
    servers->items = mem_array(listing->mem, struct server, room + 1);
    if (!alone) {
        for (seen.size = 16; seen.size < room * 2; seen.size *= 2)
            ;
        seen.slots = mem_array(listing->mem, const char *, seen.size);
    }
    for (size_t i = 0; i < listing->building_count; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there are building_count of them */
        add_server(servers, &seen, listing->building[i]);
    for (int64_t i = 0; i < listing->limit; i++) {
        const struct instance *instance;

        TRY(servers_merge_next(listing, &instance));
        if (!instance)
            break;
        add_server(servers, &seen, instance);
    }
    return NULL;
}

struct fault *servers_list(const struct context *context, const struct servers_query *query, struct servers *servers)
{
    struct servers_listing *listing = mem_new(context->mem, struct servers_listing);
    struct first *first = mem_new(context->mem, struct first);
    const struct db_cell *cells;
    bool nothing = false;

    *servers = (struct servers){ 0 };
    listing->context = context;
    listing->mem = context->mem;
    listing->asked = query;
    listing->marker = query->marker && *query->marker ? query->marker : NULL;
    TRY(servers_search_read(context, query, &listing->search));
    TRY(ask_addresses(listing));
    if (listing->search.nothing)
        return NULL;
    TRY(db_cells(context, &cells, &listing->stream_count));
    listing->streams = mem_array(listing->mem, struct servers_stream, listing->stream_count + 1);
    for (size_t i = 0; i < listing->stream_count; i++)
        listing->streams[i].cell = &cells[i];

    TRY(ask_first(listing, first, &nothing));
    if (nothing)
        return NULL;
    listing->limit = query->limit - (int64_t)listing->building_count;
    prepare_streams(listing);
    listing->batch = db_batch(context, listing->mem);
    if (!first->requests_sent)
        send_requests(listing, first);
    for (size_t i = 0; i < listing->stream_count; i++) {
        struct servers_stream *stream = &listing->streams[i];

        /* the walk in other cells begins behind the marker's values too: uuid is among the keys */
        servers_merge_ask(listing, stream);
    }
    db_batch_run(listing->batch, 0);
    TRY(servers_merge_take(listing));
    if (!listing->building && !listing->marker_row) {
        TRY(read_requests(listing, first));
        listing->limit = query->limit - (int64_t)listing->building_count;
    }
    TRY(collect(listing, servers));
    if (query->detail) {
        TRY(fill_faults(context, listing->mem, servers));
        TRY(servers_fill_zones(context, servers));
        if (query->wants & INSTANCE_SERVICE)
            servers_fill_host_status(context, servers);
    }
    if (listing->search.partial)
        TRY(put_partial(listing, servers));
    return NULL;
}
