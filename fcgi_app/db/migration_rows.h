/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A move of a server, whole: for verbs that end or turn one, and the bus' Migration object.
 * Source: nova-facts/tables.tsv, objects.tsv (Migration 1.7).
 */
#ifndef NOVA_DB_MIGRATION_ROWS_H
#define NOVA_DB_MIGRATION_ROWS_H

#include "fcgi_app/db/db.h"

struct migration_row {
    int64_t id;
    const char *uuid, *source_compute, *dest_compute, *source_node, *dest_node, *dest_host;
    int64_t old_instance_type_id, new_instance_type_id;
    const char *instance_uuid, *status, *migration_type;
    bool hidden;
    int64_t memory_total, memory_processed, memory_remaining, disk_total, disk_processed, disk_remaining;
    bool cross_cell_move;
    const char *user_id, *project_id;
    int64_t created_at, updated_at;
};
/* $1 server's uuid, $2 status */
extern const struct db_statement MIGRATION_BY_STATUS;
/*
 * Those that pass, NULL passing all: $1 status, $2 host (source or target), $3 source host,
 * $4 node (source or target), $5 type, $6 server, $7 user, $8 project, $9 and $10 first and last time of change,
 * $11 uuid.  MIGRATIONS_ALL by id; MIGRATIONS_PAGE newest first behind a marker: $12 its time (NULL: from the start),
 * $13 its id, $14 its uuid, and $15 of them at most.
 */
extern const struct db_statement MIGRATIONS_ALL, MIGRATIONS_PAGE;
/* $1 uuid */
extern const struct db_statement MIGRATION_BY_UUID;
/* $1 id, $2 server's uuid */
extern const struct db_statement MIGRATION_OF_INSTANCE;
/* Its live migrations that are queued or under way, by id; $1 server's uuid */
extern const struct db_statement LIVE_MIGRATIONS_OF_INSTANCE;
/* $1 id, $2 status, $3 now */
extern const struct db_statement MIGRATION_SET_STATUS;
/* An evacuation: $1 now, $2 uuid, $3 server, $4 source host, $5 source node, $6 target host or NULL, $7 user, $8
 * project */
extern const struct db_statement MIGRATION_EVACUATE;

#endif
