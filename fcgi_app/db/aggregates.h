/* SPDX-License-Identifier: Apache-2.0 */
/* Host aggregates: rows, their hosts and their metadata. */
#ifndef NOVA_DB_AGGREGATES_H
#define NOVA_DB_AGGREGATES_H

#include "fcgi_app/db/db.h"

struct aggregate_row {
    int64_t id;
    const char *uuid;
    const char *name;
    int64_t created_at, updated_at;
    const char *hosts;    /* JSON array of texts, in the order in which they came */
    const char *metadata; /* JSON object of texts */
};
/* By id. */
extern const struct db_statement AGGREGATES_ALL;
/* $1 id */
extern const struct db_statement AGGREGATE_BY_ID;
/* $1 host: those in which it is */
extern const struct db_statement AGGREGATES_OF_HOST;

/* The zone that an aggregate is. */
struct aggregate_zone {
    int64_t id;
    const char *zone;
};
/* $1 hosts, an array: aggregates that are a zone and have one of them */
extern const struct db_statement AGGREGATE_ZONES_OF_HOSTS;

struct aggregate_count {
    int64_t count;
};
/* $1 hosts, an array: live servers of a cell on them */
extern const struct db_statement INSTANCE_COUNT_ON_HOSTS;

struct aggregate_made {
    int64_t id;
};
/* $1 now, $2 uuid, $3 name, $4 zone (NULL: none); no row where the name is taken */
extern const struct db_statement AGGREGATE_CREATE;
/* $1 id, $2 name, $3 now; nothing is written where it is the name already */
extern const struct db_statement AGGREGATE_RENAME;
/* $1 id, $2 keys, $3 values, $4 now */
extern const struct db_statement AGGREGATE_METADATA_PUT;
/* $1 id, $2 keys */
extern const struct db_statement AGGREGATE_METADATA_DROP;
/* $1 id: all metadata; then the aggregate */
extern const struct db_statement AGGREGATE_METADATA_DELETE;
extern const struct db_statement AGGREGATE_DELETE;
/* $1 id, $2 host, $3 now */
extern const struct db_statement AGGREGATE_ADD_HOST;
/* $1 id, $2 host */
extern const struct db_statement AGGREGATE_REMOVE_HOST;

#endif
