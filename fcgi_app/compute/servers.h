/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading servers: what a list and a show mean, over the API database and all
 * cells.  The HTTP side (schemas, links, views) is the routes' affair.
 *
 *   servers_filters.c   words of a query → conditions, order, page
 *   servers_building.c  the same words, tried on servers in no cell yet
 *   servers_list.c      building servers, all cells at once, cells that are down
 *   servers_merge.c     their batches, put in one order
 *   servers_show.c      one server
 *   servers_state.c     status, host status, zones, names: what rows mean
 * Source: nova-facts/db.md sections 3, 4, 7 and 9.
 */
#ifndef NOVA_COMPUTE_SERVERS_H
#define NOVA_COMPUTE_SERVERS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/instances.h"
#include "fcgi_app/http/query.h"

#include <stdbool.h>
#include <stddef.h>

/* A server as it is to be shown. */
struct server {
    const struct instance *instance;
    const struct instance_fault *fault; /* NULL: none */
    const char *status;
    const char *zone;        /* "" when unknown */
    const char *host_status; /* where INSTANCE_SERVICE was wanted */
    const char *group;       /* uuid; NULL: none (show only) */
    bool partial;            /* its cell is down: uuid, project and created_at are known */
};

struct servers {
    struct server *items;
    size_t count;
};

/* What a list is asked for. */
struct servers_query {
    const struct query *query; /* cleaned by the schema */
    int version;
    bool detail;
    unsigned wants; /* INSTANCE_… of the view */
    int64_t limit;
    const char *marker; /* NULL: from the start */
};

/* Faults: Http 400 and 403 with the contract's words, PolicyNotAuthorized, and what databases make of it. */
struct fault *servers_list(const struct context *context, const struct servers_query *query,
                           struct servers *servers) FAULT_CHECK;

/*
 * One server.  `partial` allows that of a cell that is down.  The group is looked up when `group` is set.
 * Faults: InstanceNotFound; NovaException when the cell does not answer.
 */
struct fault *servers_get(const struct context *context, const char *uuid, unsigned wants, bool partial, bool group,
                          struct server *server) FAULT_CHECK;

/* ---- what rows mean (servers_state.c) ---- */

const char *server_status(const struct instance *instance);
/* The states behind a status word, case-insensitive: adds to the lists of `states`; false: there is no such status. */
struct server_states {
    const char *vm_states[16];
    size_t vm_count;
    const char *task_states[32];
    size_t task_count;
    bool any_task; /* a vm_state's default status is among them */
};
bool server_states_add(struct server_states *states, const char *status);

/*
 * Fills host_status of each server: "UP", "DOWN", "MAINTENANCE", "UNKNOWN" or "".  In a list the first server of a
 * host speaks for all on it, as upstream has it (a deleted one knows no service).
 */
void servers_fill_host_status(const struct context *context, struct servers *servers);

/* Fills zone of each server: that of its host, else the one asked for. */
struct fault *servers_fill_zones(const struct context *context, struct servers *servers) FAULT_CHECK;

/* [DEFAULT] instance_name_template for this server; "" for one that waits for its scheduler. */
const char *server_internal_name(const struct context *context, const void *mem, const struct instance *instance);

/* SHA-224 of project and host in hex, 57 bytes with the NUL; "" without host. */
void server_host_id(const struct instance *instance, char out[57]);

#endif
