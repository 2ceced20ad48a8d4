/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that no scheduler has placed yet: `build_requests` of the API
 * database.  The server itself is a serialised object in the row, which
 * objects/instance.h reads.
 * Source: nova-facts/db.md sections 3 to 5.
 */
#ifndef NOVA_DB_BUILD_REQUESTS_H
#define NOVA_DB_BUILD_REQUESTS_H

#include "fcgi_app/db/db.h"

struct build_request {
    int64_t id;
    const char *instance_uuid;
    const char *instance; /* JSON of an Instance object; NULL is a broken row */
    const char *tags;     /* JSON of a TagList object, or NULL */
    int64_t created_at;
    int64_t updated_at;
};

/* All of a project ($1), or of everybody ($1 NULL), by id. */
extern const struct db_statement BUILD_REQUESTS_ALL;

/* The wish that a server was built from; $1 uuid. */
struct request_spec {
    const char *spec; /* JSON of a RequestSpec object */
};
extern const struct db_statement REQUEST_SPEC_BY_UUID;
/* The same with the number of its row; $1 uuid. */
struct request_spec_row {
    int64_t id;
    const char *spec;
};
extern const struct db_statement REQUEST_SPEC_WHOLE;
/* $1 uuid, $2 spec, $3 now */
extern const struct db_statement REQUEST_SPEC_SET;

/* The number of a flavor, for filters: $1 flavorid, $2 project that must have access (NULL: any). */
struct flavor_number {
    int64_t id;
};
extern const struct db_statement FLAVOR_NUMBER;

/* Availability zones by host, aggregates in the order of their ids. */
struct host_zone {
    const char *host;
    const char *zone;
};
extern const struct db_statement HOST_ZONES;

#endif
