/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of projects, users and classes, and what is counted against them. */
#ifndef NOVA_DB_QUOTAS_H
#define NOVA_DB_QUOTAS_H

#include "fcgi_app/db/db.h"

/* Whose a limit is; a row of the lower number goes before one of the higher. */
enum quota_owner {
    QUOTA_OWNER_USER,
    QUOTA_OWNER_PROJECT,
    QUOTA_OWNER_CLASS,
    QUOTA_OWNER_ALL_USERS, /* the sum over all users of the project */
};

struct quota_limit_row {
    int64_t owner; /* enum quota_owner */
    const char *resource;
    int64_t hard_limit;
};
/* $1 project, $2 user (NULL: none), $3 class */
extern const struct db_statement QUOTA_LIMITS;

/* Live, not hidden servers of a project, and of a user among them. */
struct quota_instance_counts {
    int64_t instances, cores, ram;
    int64_t user_instances, user_cores, user_ram;
};
/* $1 project, $2 user (NULL: its numbers are 0); a cell's */
extern const struct db_statement QUOTA_INSTANCE_COUNTS;

struct quota_counts {
    int64_t of_project;
    int64_t of_user;
};
/* $1 project, $2 user: server groups */
extern const struct db_statement QUOTA_SERVER_GROUP_COUNTS;
/* $1 project, $2 user: servers by their mappings, deleted ones left out */
extern const struct db_statement QUOTA_MAPPING_COUNTS;
/* $1 user: key pairs; of_project is 0 */
extern const struct db_statement QUOTA_KEY_PAIR_COUNT;
/* $1 uuids, an array; $2 user: which of these servers are the user's, by mappings; of_project is 0 */
extern const struct db_statement QUOTA_MEMBER_COUNT;

/* Are there mappings from before they knew user and deletion?  $1 project, NULL: of any. */
struct quota_unmigrated {
    bool unmigrated;
};
extern const struct db_statement QUOTA_UNMIGRATED_MAPPINGS;

struct quota_member {
    const char *uuid;
};
/* $1 uuids, an array; $2 user: live servers of a cell */
extern const struct db_statement QUOTA_MEMBERS_IN_CELL;
/* the same of build requests */
extern const struct db_statement QUOTA_MEMBERS_BUILDING;

/* Writes: $1 project, $2 resource, $3 limit, $4 now; user's: $5 user. */
extern const struct db_statement QUOTA_SET_PROJECT;
extern const struct db_statement QUOTA_SET_USER;
/* $1 class, $2 resource, $3 limit, $4 now: changes all such rows, or adds one where there is none */
extern const struct db_statement QUOTA_SET_CLASS;
/* $1 project */
extern const struct db_statement QUOTA_DELETE_PROJECT;
extern const struct db_statement QUOTA_DELETE_USERS;
/* $1 project, $2 user */
extern const struct db_statement QUOTA_DELETE_USER;

#endif
