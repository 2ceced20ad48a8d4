/* SPDX-License-Identifier: Apache-2.0 */
/* Server groups of the API database, with their policy and members. Neighbour: compute/server_groups.h above. */
#ifndef NOVA_DB_SERVER_GROUPS_H
#define NOVA_DB_SERVER_GROUPS_H

#include "fcgi_app/db/db.h"

/* A group. Deleting takes its policy and members with it. */
struct server_group {
    int64_t id;
    const char *uuid;
    const char *name;
    const char *user_id;
    const char *project_id;
    const char *policy; /* NULL: none */
    const char *rules;  /* JSON object text of strings, or NULL */
    /* filled by compute/: the members that still exist */
    const char *const *members;
    size_t member_count;
};

/* A member and the cell in which it is; members without a mapping are not there. */
struct server_group_member {
    int64_t group_id;
    const char *instance_uuid;
    int64_t cell_id; /* DB_NULL_INT: in none yet */
};

/* A server of a cell that is not deleted. */
struct server_group_server {
    const char *uuid;
};

extern const struct db_statement SERVER_GROUPS, SERVER_GROUP_MEMBERS, SERVER_GROUP_SERVERS, SERVER_GROUP_CREATE,
    SERVER_GROUP_DELETE;

/*
 * Groups by id and their members: of a project (NULL: of all), or the one with that uuid (NULL: all); one round trip.
 * `offset` and `limit` bound the groups.
 */
struct fault *db_server_groups(const struct context *context, const void *mem, const char *project_id, const char *uuid,
                               int64_t offset, int64_t limit, struct db_rows *groups,
                               struct db_rows *members) FAULT_CHECK;
/* Those of the servers of a cell that are not deleted, newest first; added to a batch. */
void db_server_group_servers(struct db_batch *batch, const void *mem, const struct db_cell *cell,
                             const char *const *uuids, size_t count, struct db_answer *answer);
struct fault *db_server_group_create(const struct context *context, const void *mem,
                                     const struct server_group *group) FAULT_CHECK;
/* Faults: InstanceGroupNotFound. NULL project: any. */
struct fault *db_server_group_delete(const struct context *context, const void *mem, const char *project_id,
                                     const char *uuid) FAULT_CHECK;

#endif
