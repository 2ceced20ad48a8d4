/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cell a server is in: `instance_mappings` of the API database, and in
 * the same statement what else the API database knows of one server.
 * Source: nova-facts/db.md sections 3, 4 and 7.
 */
#ifndef NOVA_DB_INSTANCE_MAPPINGS_H
#define NOVA_DB_INSTANCE_MAPPINGS_H

#include "fcgi_app/db/db.h"

struct instance_mapping {
    const char *instance_uuid;
    int64_t cell_id; /* DB_NULL_INT: in no cell yet */
    const char *project_id;
    const char *user_id; /* NULL in old rows */
    bool queued_for_delete;
    int64_t created_at;
};

/* A mapping with the build request of a server that is in no cell yet, and the server's group. */
struct instance_lookup {
    struct instance_mapping mapping;
    int64_t request_id; /* DB_NULL_INT: no build request */
    const char *request_instance;
    const char *request_tags;
    int64_t request_created_at;
    int64_t request_updated_at;
    const char *group_uuid; /* NULL: in no group that the caller may see */
};

/* The build request that came with a lookup; false: the server has none. */
struct build_request;
bool instance_lookup_request(const struct instance_lookup *lookup, struct build_request *request);

/*
 * Old mappings lack the user; upstream completes them when a server is looked for.  `user_id` is that of the server
 * (may be NULL: nothing is done); what fails is logged.
 */
void instance_mapping_complete(const struct context *context, const struct instance_mapping *mapping,
                               const char *user_id);

/* $1 uuid */
extern const struct db_statement INSTANCE_MAPPING_BY_UUID;
/* $1 uuids, an array */
extern const struct db_statement INSTANCE_MAPPINGS_BY_UUIDS;
/* struct instance_lookup; $1 uuid, $2 project whose groups may be seen (NULL: all) */
extern const struct db_statement INSTANCE_LOOKUP;
/* The servers of a cell that are not being deleted; $1 cell's id, $2 project (NULL: all), $3 limit. */
extern const struct db_statement INSTANCE_MAPPINGS_OF_CELL;
/* $1 uuid, $2 user, $3 now: old rows have no user. */
extern const struct db_statement INSTANCE_MAPPING_SET_USER;
/* struct instance_mapping with cell_id alone: the cells in which a project has servers; $1 project. */
extern const struct db_statement INSTANCE_MAPPING_CELLS_OF_PROJECT;

#endif
