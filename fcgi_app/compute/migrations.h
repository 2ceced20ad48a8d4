/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves of servers, read: all of the cloud, and the live migrations of one.
 * Neighbours: live_migrations.h changes live migrations; db/migration_rows.h.
 * Source: nova-facts/db.md section 7 (lists across cells), microversions.md (2.23, 2.59, 2.66, 2.80).
 */
#ifndef NOVA_COMPUTE_MIGRATIONS_H
#define NOVA_COMPUTE_MIGRATIONS_H

#include "fcgi_app/compute/target.h"
#include "fcgi_app/db/migration_rows.h"

/* What is looked for; NULL and DB_NO_TIME: anything. */
struct migration_search {
    const char *status, *host, *source_compute, *node, *type, *instance_uuid, *user_id, *project_id, *uuid;
    int64_t changes_since, changes_before;
    bool sorted; /* newest first in pages; else by cell and id, all of them */
    int64_t limit;
    const char *marker; /* uuid; NULL: from the start */
};

struct migration_list {
    const struct migration_row **rows;
    size_t count;
};

/* Faults: MarkerNotFound; NovaException for a cell that is down where none may be; unsorted, that cell's. */
struct fault *migrations_list(const struct context *context, const struct migration_search *search,
                              struct migration_list *list) FAULT_CHECK;

/* The live migrations of a server that are queued or under way. */
struct fault *migrations_of_server(const struct context *context, const struct target *target,
                                   struct migration_list *list) FAULT_CHECK;
/* One migration of a server, of whatever kind; NULL: there is none. */
struct fault *migration_of_server(const struct context *context, const struct target *target, const char *id,
                                  const struct migration_row **migration) FAULT_CHECK;

/* What kind it is; that of old rows, which do not say, is told by their flavors. */
const char *migration_kind(const struct migration_row *migration);
/* Is it a live migration that is queued or under way? */
bool migration_is_live(const struct migration_row *migration);

#endif
