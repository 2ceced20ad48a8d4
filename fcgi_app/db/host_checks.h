/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps a host from being changed or forgotten: migrations that are not over; and where a server moves. */
#ifndef NOVA_DB_HOST_CHECKS_H
#define NOVA_DB_HOST_CHECKS_H

#include "fcgi_app/db/db.h"

struct host_check {
    int64_t count;
};
/* $1 host: evacuations from it that are done, but not closed by it */
extern const struct db_statement EVACUATIONS_DONE;
/* $1 host: migrations from or to its compute nodes that are in progress */
extern const struct db_statement MIGRATIONS_IN_PROGRESS_OF_HOST;

/* Between which hosts a server moves; $1 id of the migration */
struct migration_hosts {
    const char *source_compute, *dest_compute;
    bool cross_cell_move;
};
extern const struct db_statement MIGRATION_HOSTS;

/* A migration of a server; $1 id, $2 the server's uuid */
struct live_migration_row {
    int64_t id;
    const char *status, *source_compute;
};
extern const struct db_statement LIVE_MIGRATION_OF_INSTANCE;

#endif
