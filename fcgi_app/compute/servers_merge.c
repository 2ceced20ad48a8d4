/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers of several cells in one order.  One cell (beside cell0) is asked
 * for the whole page, several for a batch each, and again, together, when a
 * batch is used up before the page is full.  For servers_list.c, by
 * servers_list.h.
 * Source: nova-facts/db.md sections 4 and 7.
 */
#include "config.h"

#include "fcgi_app/compute/servers_list.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/objects/instance.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.compute.multi_cell_list");

static int64_t batch_size(const struct servers_listing *listing)
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

void servers_merge_ask(struct servers_listing *listing, struct servers_stream *stream)
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
static void order_rows(struct servers_listing *listing, struct servers_stream *stream)
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

struct fault *servers_merge_take(struct servers_listing *listing)
{
    const struct conf *conf = listing->context->worker->conf;

    for (size_t i = 0; i < listing->stream_count; i++) {
        struct servers_stream *stream = &listing->streams[i];

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
static void go_on_behind(struct servers_listing *listing, struct servers_stream *stream)
{
    const struct instance *last = stream->order[stream->count - 1];
    struct instance_marker *marker = mem_new(listing->mem, struct instance_marker);

    marker->uuid = last->uuid;
    for (size_t i = 0; i < stream->query.sort_count; i++)
        marker->values[i] = instance_sort_value(last, i);
    stream->query.marker = marker;
}

/* Cells whose batch is used up are asked again, together. */
static struct fault *refill(struct servers_listing *listing)
{
    bool some = false;

    for (size_t i = 0; i < listing->stream_count; i++) {
        struct servers_stream *stream = &listing->streams[i];

        if (stream->at < stream->count || stream->ended)
            continue;
        if (!some)
            listing->batch = db_batch(listing->context, listing->mem);
        some = true;
        go_on_behind(listing, stream);
        servers_merge_ask(listing, stream);
    }
    if (!some)
        return NULL;
    db_batch_run(listing->batch, 0);
    return servers_merge_take(listing);
}

static const char *sort_text(const struct servers_listing *listing, const struct servers_stream *stream, size_t key)
{
    const struct instance *row = stream->order[stream->at];

    if (key < stream->query.value_count)
        return instance_sort_value(row, key);
    return listing->search.sort[key].key == instance_sort_find("uuid") ? row->uuid : "";
}

/* A cell that failed takes its turn before all rows, and gives none. */
static bool is_failure(const struct servers_stream *stream)
{
    return stream->fault && !stream->passed;
}

static bool comes_before(const struct servers_listing *listing, const struct servers_stream *a,
                         const struct servers_stream *b)
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
static void settle(struct servers_listing *listing, size_t start)
{
    struct servers_stream **heap = listing->heap, *entry = heap[start];
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

static void begin_merge(struct servers_listing *listing)
{
    listing->heap = mem_array(listing->mem, struct servers_stream *, listing->stream_count + 1);
    for (size_t i = 0; i < listing->stream_count; i++)
        if (is_failure(&listing->streams[i]) || listing->streams[i].count)
            listing->heap[listing->heap_count++] = &listing->streams[i];
    for (size_t i = listing->heap_count / 2; i-- > 0;)
        settle(listing, i);
}

/* Moves on behind the row that the heap's first gave. */
static struct fault *move_on(struct servers_listing *listing)
{
    struct servers_stream *first = listing->heap[0];

    listing->taken = false;
    if (first->at == first->count && !first->ended)
        TRY(refill(listing));
    if (first->at == first->count)
        listing->heap[0] = listing->heap[--listing->heap_count];
    if (listing->heap_count)
        settle(listing, 0);
    return NULL;
}

struct fault *servers_merge_next(struct servers_listing *listing, const struct instance **instance)
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
        struct servers_stream *first = listing->heap[0];

        *instance = first->order[first->at++];
        listing->taken = true;
    }
    return NULL;
}
