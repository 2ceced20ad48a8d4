/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What POST /servers reads and writes in the API database: the flavor whole,
 * a key pair, a server group, hosts and their zones; and the three rows that
 * stand for a server until a cell takes it, with its membership of a group.
 * Neighbours: objects/build_request.c and request_spec.c write what goes into
 * the rows; build_requests.h and instance_mappings.h read them back.
 * Source: nova-facts/db.md section 5.
 */
#ifndef NOVA_DB_CREATE_H
#define NOVA_DB_CREATE_H

#include "fcgi_app/db/db.h"

#include <jansson.h>

/* A flavor with everything that the Flavor object has. */
struct flavor_row {
    int64_t id;
    const char *name;
    int64_t memory_mb;
    int64_t vcpus;
    int64_t root_gb;
    int64_t ephemeral_gb;
    const char *flavorid;
    int64_t swap;
    double rxtx_factor;
    int64_t vcpu_weight;
    bool disabled;
    bool is_public;
    const char *description;
    int64_t created_at;
    int64_t updated_at;
    const char *extra_specs_text; /* JSON object, or NULL */
    json_t *extra_specs;          /* the same, read; never NULL after db_flavor_whole() */
};
/* $1 flavorid, $2 is an administrator, $3 project */
extern const struct db_statement FLAVOR_WHOLE;
/* Faults: FlavorNotFound. */
struct fault *db_flavor_whole(const struct context *context, const void *mem, const char *flavorid,
                              const struct flavor_row **flavor) FAULT_CHECK;

struct key_pair_row {
    int64_t id;
    const char *name;
    const char *user_id;
    const char *fingerprint;
    const char *public_key;
    const char *type;
    int64_t created_at;
    int64_t updated_at;
};
/* $1 user, $2 name */
extern const struct db_statement KEY_PAIR_OF_USER;

/* A server group as the InstanceGroup object has it. */
struct group_row {
    int64_t id;
    const char *user_id;
    const char *project_id;
    const char *uuid;
    const char *name;
    const char *policy;  /* or NULL */
    const char *rules;   /* JSON object, or NULL */
    const char *members; /* JSON list of uuids */
    int64_t created_at;
    int64_t updated_at;
};
/* $1 uuid, $2 project whose groups may be seen (NULL: all) */
extern const struct db_statement GROUP_WHOLE;

/* The aggregates of a host, with their zones. */
struct host_aggregate {
    int64_t id;
    const char *zone; /* or NULL */
};
/* $1 host */
extern const struct db_statement HOST_AGGREGATES;

struct host_cell {
    int64_t cell_id;
};
/* $1 host */
extern const struct db_statement HOST_CELL;

struct compute_host {
    const char *host;
};
/* In a cell: $1 host, $2 node. */
extern const struct db_statement COMPUTE_NODE_OF_HOST;
/* In a cell: each service's host and topic, those that are not disabled. */
struct enabled_service {
    const char *host;
    const char *topic;
};
extern const struct db_statement SERVICES_ENABLED;

/* ---- writes ---- */

struct written_row {
    int64_t id;
};
/* $1 now, $2 uuid, $3 spec */
extern const struct db_statement REQUEST_SPEC_CREATE;
/* $1 now, $2 uuid, $3 project, $4 instance, $5 devices, $6 tags */
extern const struct db_statement BUILD_REQUEST_CREATE;
/* $1 now, $2 uuid, $3 project, $4 user */
extern const struct db_statement INSTANCE_MAPPING_CREATE;
/* $1 now, $2 uuid, $3 group's id */
extern const struct db_statement GROUP_MEMBER_CREATE;

/* $1 uuids */
extern const struct db_statement REQUEST_SPECS_DELETE;
extern const struct db_statement BUILD_REQUESTS_DELETE;
extern const struct db_statement INSTANCE_MAPPINGS_DELETE;
/* $1 uuids, $2 group's id */
extern const struct db_statement GROUP_MEMBERS_DELETE;

#endif
