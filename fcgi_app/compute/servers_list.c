/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of servers: those that are in no cell yet, then the cells' merged.
 *
 * The API database and all cells are asked at once.  Only what must be known
 * before a cell can be asked makes a round trip of its own: a marker's sort
 * values, a flavor's number, the cells of a project.  One cell (beside cell0)
 * is asked for the whole page, several for a batch each, and again when a
 * batch is used up before the page is full.
 * Source: nova-facts/db.md sections 4 and 7.
 */
#include "config.h"

#include "fcgi_app/compute/servers_filters.h"

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

/* What one cell gives. */
struct stream {
    const struct db_cell *cell;
    struct instance_query query;
    struct db_params params;
    struct db_answer answer;
    struct instance **order; /* rows by position */
    size_t at, count;
    size_t taken; /* rows of earlier batches */
    bool asked;   /* its answer is under way */
    bool ended;   /* nothing more will come */
    bool passed;  /* its fault has had its turn in the merge */
    struct fault *fault;
};

struct listing {
    const struct context *context;
    const void *mem;
    const struct servers_query *asked;
    struct servers_search search;
    struct db_batch *batch;
    const char *marker; /* NULL once it is known to be a building server, or none was given */
    int64_t flavor_id;
    struct instance_marker *marker_row;
    int64_t marker_cell;
    struct instance **building;
    size_t building_count;
    struct stream *streams;
    size_t stream_count;
    struct stream **heap; /* of those with something left; NULL: the merge has not begun */
    size_t heap_count;
    bool taken; /* the heap's first gave its row */
    size_t real_cells;
    int64_t limit; /* for the cells: what building servers left over */
};

/* ---- what must be known first ---- */

struct first {
    struct db_params requests_params, flavor_params, mapping_params, cells_params;
    struct db_answer requests, flavor, mapping, cells;
    struct db_params *marker_params;
    struct db_answer *markers;
    bool requests_sent;
};

static bool elevated(const struct listing *listing)
{
    return listing->context->is_admin || listing->search.all_tenants;
}

/* Fixed addresses are the network service's to know, where it can search them: what it finds becomes uuids. */
static struct fault *ask_addresses(struct listing *listing)
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
static bool wants_requests(const struct listing *listing)
{
    return listing->asked->limit > 0 && !listing->search.deleted && !listing->search.address_asked;
}

static void send_requests(struct listing *listing, struct first *first)
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
static struct fault *read_requests(struct listing *listing, const struct first *first)
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

static struct fault *marker_not_found(const struct listing *listing)
{
    return fault_http(listing->mem, 400, "marker [%s] not found", listing->asked->marker);
}

static struct fault *read_marker(struct listing *listing, const struct first *first)
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
static struct fault *ask_first(struct listing *listing, struct first *first, bool *nothing)
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

/* ---- the cells ---- */

static int64_t batch_size(const struct listing *listing)
{
    const struct conf *conf = listing->context->worker->conf;
    int64_t cells = (int64_t)listing->stream_count, limit = listing->limit, size;

    if (listing->real_cells <= 1)
        return limit; /* cell0 holds few, and is asked along */
    if (strcmp(conf_string(conf, OPTION_api_instance_list_cells_batch_strategy), "fixed") == 0)
        size = conf_int(conf, OPTION_api_instance_list_cells_batch_fixed_size);
    else
        size = limit * 11 / (cells * 10);
    if (size > limit)
        size = limit;
    return size < 100 ? 100 : size;
}

static void ask_stream(struct listing *listing, struct stream *stream)
{
    int64_t left = listing->limit - (int64_t)stream->taken, size = batch_size(listing);

    stream->query.limit = size < left ? size : left;
    if (stream->query.limit <= 0) {
        stream->ended = true;
        return;
    }
    stream->params = (struct db_params){ 0 };
    db_batch_add(listing->batch, stream->cell->link, instances_page(listing->mem, &stream->query, &stream->params),
                 &stream->params, &stream->answer);
    stream->asked = true;
}

/* Rows in the order of their positions: joins may have mixed them. */
static void order_rows(struct listing *listing, struct stream *stream)
{
    size_t count = stream->answer.rows.count;

    stream->order = mem_array(listing->mem, struct instance *, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct instance *row = instances_row(&stream->query, &stream->answer.rows, i);
        size_t place = row->position > 0 && (size_t)row->position <= count ? (size_t)row->position - 1 : i;

        stream->order[place] = row;
    }
    stream->at = 0;
    stream->count = count;
}

static struct fault *take_answers(struct listing *listing)
{
    const struct conf *conf = listing->context->worker->conf;

    for (size_t i = 0; i < listing->stream_count; i++) {
        struct stream *stream = &listing->streams[i];

        if (!stream->asked)
            continue;
        stream->asked = false;
        stream->fault = stream->answer.fault;
        if (!stream->fault) {
            order_rows(listing, stream);
            stream->taken += stream->count;
            stream->ended = (int64_t)stream->count < stream->query.limit || (int64_t)stream->taken >= listing->limit;
            continue;
        }
        stream->ended = true;
        stream->at = stream->count = 0;
        if (!conf_bool(conf, OPTION_api_list_records_by_skipping_down_cells) && !listing->search.partial)
            return fault_text(listing->mem, NovaException,
                              "Cell %s is not responding but configuration indicates that we should fail.",
                              stream->cell->uuid);
        log_warning("Cell %s is not responding and hence is being omitted from the results (%s)", stream->cell->uuid,
                    stream->fault->message);
    }
    return NULL;
}

/* Makes the last row of a used-up batch the marker of the next one. */
static void go_on_behind(struct listing *listing, struct stream *stream)
{
    const struct instance *last = stream->order[stream->count - 1];
    struct instance_marker *marker = mem_new(listing->mem, struct instance_marker);

    marker->uuid = last->uuid;
    for (size_t i = 0; i < stream->query.sort_count; i++)
        marker->values[i] = instance_sort_value(last, i);
    stream->query.marker = marker;
}

/* Cells whose batch is used up are asked again, together. */
static struct fault *refill(struct listing *listing)
{
    bool some = false;

    for (size_t i = 0; i < listing->stream_count; i++) {
        struct stream *stream = &listing->streams[i];

        if (stream->at < stream->count || stream->ended)
            continue;
        if (!some)
            listing->batch = db_batch(listing->context, listing->mem);
        some = true;
        go_on_behind(listing, stream);
        ask_stream(listing, stream);
    }
    if (!some)
        return NULL;
    db_batch_run(listing->batch, 0);
    return take_answers(listing);
}

static const char *sort_text(const struct listing *listing, const struct stream *stream, size_t key)
{
    const struct instance *row = stream->order[stream->at];

    if (key < stream->query.value_count)
        return instance_sort_value(row, key);
    return listing->search.sort[key].key == instance_sort_find("uuid") ? row->uuid : "";
}

/* A cell that failed takes its turn before all rows, and gives none. */
static bool is_failure(const struct stream *stream)
{
    return stream->fault && !stream->passed;
}

static bool comes_before(const struct listing *listing, const struct stream *a, const struct stream *b)
{
    if (is_failure(a) || is_failure(b))
        return is_failure(a);
    for (size_t i = 0; i < listing->search.merge_count; i++) {
        const struct instance_sort *sort = &listing->search.sort[i];
        const char *left = sort_text(listing, a, i), *right = sort_text(listing, b, i);
        int order;

        if (!i && !a->query.value_count) {
            int64_t x = a->order[a->at]->created_at, y = b->order[b->at]->created_at;

            order = (x > y) - (x < y);
        } else if (!left || !right) {
            order = !left - !right; /* NULL is above all values, as PostgreSQL has it */
        } else if (instance_sort_is_number(sort->key)) {
            long long x = strtoll(left, NULL, 10), y = strtoll(right, NULL, 10);

            order = (x > y) - (x < y);
        } else {
            order = strcmp(left, right);
        }
        if (order)
            return sort->descending ? order > 0 : order < 0;
    }
    return false;
}

/*
 * The merge.  Rows with equal keys (only several sort keys with fewer
 * directions leave uuid out) come in the order that upstream's heap gives
 * them, so ours moves its entries the same way: sink to a leaf by the lesser
 * child (the right one of equals), then rise while strictly less.
 */
static void settle(struct listing *listing, size_t start)
{
    struct stream **heap = listing->heap, *entry = heap[start];
    size_t at = start;

    while (at < listing->heap_count / 2) {
        size_t child = 2 * at + 1;

        if (child + 1 < listing->heap_count && !comes_before(listing, heap[child], heap[child + 1]))
            child++;
        heap[at] = heap[child];
        at = child;
    }
    while (at > start && comes_before(listing, entry, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = entry;
}

static void begin_merge(struct listing *listing)
{
    listing->heap = mem_array(listing->mem, struct stream *, listing->stream_count + 1);
    for (size_t i = 0; i < listing->stream_count; i++)
        if (is_failure(&listing->streams[i]) || listing->streams[i].count)
            listing->heap[listing->heap_count++] = &listing->streams[i];
    for (size_t i = listing->heap_count / 2; i-- > 0;)
        settle(listing, i);
}

/* Moves on behind the row that the heap's first gave. */
static struct fault *move_on(struct listing *listing)
{
    struct stream *first = listing->heap[0];

    listing->taken = false;
    if (first->at == first->count && !first->ended)
        TRY(refill(listing));
    if (first->at == first->count)
        listing->heap[0] = listing->heap[--listing->heap_count];
    if (listing->heap_count)
        settle(listing, 0);
    return NULL;
}

/* The next server of all cells in order; NULL: there is none. */
static struct fault *next_server(struct listing *listing, const struct instance **instance)
{
    *instance = NULL;
    if (!listing->heap)
        begin_merge(listing);
    if (listing->taken)
        TRY(move_on(listing));
    while (listing->heap_count && is_failure(listing->heap[0])) {
        listing->heap[0]->passed = true;
        TRY(move_on(listing));
    }
    if (listing->heap_count) {
        struct stream *first = listing->heap[0];

        *instance = first->order[first->at++];
        listing->taken = true;
    }
    return NULL;
}

static void prepare_streams(struct listing *listing)
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
        struct stream *stream = &listing->streams[i];

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
static struct fault *put_partial(struct listing *listing, struct servers *servers)
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

static struct fault *collect(struct listing *listing, struct servers *servers)
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

        TRY(next_server(listing, &instance));
        if (!instance)
            break;
        add_server(servers, &seen, instance);
    }
    return NULL;
}

struct fault *servers_list(const struct context *context, const struct servers_query *query, struct servers *servers)
{
    struct listing *listing = mem_new(context->mem, struct listing);
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
    listing->streams = mem_array(listing->mem, struct stream, listing->stream_count + 1);
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
        struct stream *stream = &listing->streams[i];

        /* the walk in other cells begins behind the marker's values too: uuid is among the keys */
        ask_stream(listing, stream);
    }
    db_batch_run(listing->batch, 0);
    TRY(take_answers(listing));
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
