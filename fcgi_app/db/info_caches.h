/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cell keeps of a server's ports, for lists and hosts: network information as JSON text.
 * Neighbours: compute/network_cache.h makes it; deletes.h empties it.
 * Source: nova-facts/db.md section 6; outbound.md section 4.1.
 */
#ifndef NOVA_DB_INFO_CACHES_H
#define NOVA_DB_INFO_CACHES_H

#include "fcgi_app/db/db.h"

struct info_cache {
    struct db_bytes network_info; /* JSON array; NULL: nothing is known */
};
/* $1 uuid; no row: there is no cache */
extern const struct db_statement INFO_CACHE_READ;

/*
 * $1 uuid, $2 JSON, $3 now: a row that says the same already stays as it is; one that is not there is made.
 * Fault: DBReferenceError when the cell has no such server.
 */
extern const struct db_statement INFO_CACHE_SAVE;

#endif
