/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a server that goes or changes: its build request, what a cell keeps of it,
 * its mapping's word that it is about to go.
 * Source: nova-facts/db.md sections 6.4 and 6.5.
 */
#ifndef NOVA_DB_DELETES_H
#define NOVA_DB_DELETES_H

#include "fcgi_app/db/db.h"

/* In the API database; $1 uuid.  Returns the devices of the request that it took away; no row: there was none. */
struct build_request_taken {
    const char *block_device_mappings; /* JSON of a BlockDeviceMappingList object, or NULL */
};
extern const struct db_statement BUILD_REQUEST_TAKE;

/* In the API database: $1 uuid, $2 the server's object, $3 now */
extern const struct db_statement BUILD_REQUEST_SET_INSTANCE;

/* In the API database: $1 uuid, $2 is it queued for delete, $3 now */
extern const struct db_statement INSTANCE_MAPPING_QUEUE;

/*
 * In a cell: marks a server and everything that belongs to it as deleted, and returns its id; no row: it is not there,
 * or (with $3) has a host by now.  $1 uuid, $2 now, $3 only without a host
 */
struct instance_destroyed {
    int64_t id;
};
extern const struct db_statement INSTANCE_DESTROY;

/* In a cell: marks a server's block device mappings as deleted; $1 uuid, $2 now */
extern const struct db_statement BDMS_DESTROY;
/* In a cell: its ports are gone, so is what was known of them; $1 uuid, $2 now */
extern const struct db_statement NETWORK_FORGET;

#endif
