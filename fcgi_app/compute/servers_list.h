/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of compute/: a listing of servers under way, between servers_list.c,
 * which knows what is asked and what becomes of the rows, and
 * servers_merge.c, which asks the cells batch by batch and orders what they
 * give.
 */
#ifndef NOVA_COMPUTE_SERVERS_LIST_H
#define NOVA_COMPUTE_SERVERS_LIST_H

#include "fcgi_app/compute/servers_filters.h"

/* What one cell gives. */
struct servers_stream {
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

struct servers_listing {
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
    struct servers_stream *streams;
    size_t stream_count;
    struct servers_stream **heap; /* of those with something left; NULL: the merge has not begun */
    size_t heap_count;
    bool taken; /* the heap's first gave its row */
    size_t real_cells;
    int64_t limit; /* for the cells: what building servers left over */
};

/* Adds the stream's next batch to listing->batch, or marks it ended where the page needs no more of it. */
void servers_merge_ask(struct servers_listing *listing, struct servers_stream *stream);

/*
 * Takes what the batch that ran gave each stream that was asked.  A cell that
 * failed is left out with a warning; fault: NovaException where the options
 * want none left out.
 */
struct fault *servers_merge_take(struct servers_listing *listing) FAULT_CHECK;

/* The next server of all cells in order, until NULL; cells may be asked again.  Faults: those of servers_merge_take().
 */
struct fault *servers_merge_next(struct servers_listing *listing, const struct instance **instance) FAULT_CHECK;

#endif
