/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server was asked for, as later verbs read it, change it and send it
 * to the conductor: the RequestSpec of its row in the API database.
 * Neighbours: objects/request_spec.h makes the first one.
 * Source: nova-facts/rpc.md section 4, captures/rpc.jsonl.
 */
#ifndef NOVA_COMPUTE_SERVER_SPEC_H
#define NOVA_COMPUTE_SERVER_SPEC_H

#include "fcgi_app/compute/target.h"
#include "fcgi_app/rpc/rpc.h"

#include <jansson.h>

struct server_spec {
    json_t *fields;          /* by name, on the target's mem; what upstream has not set is not there */
    const char *changed[24]; /* names that were set since it was read */
    size_t changed_count;
};

/* Faults: RequestSpecNotFound; the database's. */
struct fault *server_spec_load(const struct context *context, const struct target *target,
                               struct server_spec **spec) FAULT_CHECK;

/* A field's value, borrowed; NULL: not set. */
const json_t *server_spec_get(const struct server_spec *spec, const char *field);
/* Sets a field; takes over `value`. */
void server_spec_set(struct server_spec *spec, const char *field, json_t *value);
/* Where it shall go, NULL: anywhere; `cross_cell`: -1 does not say. */
void server_spec_set_destination(struct server_spec *spec, const char *host, const char *node, int cross_cell);

/* As the argument "request_spec" of a message. */
void server_spec_put(const struct server_spec *spec, struct rpc_args *args);

/* Writes it back, without what belongs to one request; nothing where nothing was set. */
struct fault *server_spec_save(const struct context *context, const struct target *target,
                               struct server_spec *spec) FAULT_CHECK;

#endif
