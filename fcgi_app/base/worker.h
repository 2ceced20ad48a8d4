/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What outlives a request in one process, and where a request stands now.
 *
 * Each floor hangs its own long-lived state on the worker through a slot:
 * the members are opaque here, and opened at first use, so that a pool
 * starts before its peers do.  Nothing that matters lives here: a worker may
 * be killed at any instant.
 */
#ifndef NOVA_BASE_WORKER_H
#define NOVA_BASE_WORKER_H

#include <stdint.h>

struct conf;      /* fcgi_app/conf/conf.h: options, read-only while a request runs */
struct db;        /* fcgi_app/db/db.h: connections to the API database and the cells */
struct policies;  /* fcgi_app/policies/policies.h: rules */
struct rpc;       /* fcgi_app/rpc/rpc.h: connections to the message brokers */
struct clients;   /* fcgi_app/clients/: HTTP handles, catalogues */
struct scoreslot; /* fcgi_app/base/score.h: this worker's slot, in shared memory */
struct profiler;  /* fcgi_app/base/profiler.h: trace points, or NULL */

struct worker {
    const void *mem;
    struct conf *conf;
    struct db *db;
    struct policies *policies;
    struct rpc *rpc; /* NULL until the first message */
    struct clients *clients;
    struct scoreslot *slot;
    struct profiler *profiler; /* of the running request; NULL: no trace wanted */
};

#endif
