/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schemas of nova's databases: which one a database has, and ours where there
 * is none.  An existing database is never migrated: that is nova-manage's.
 * Neighbours: schema/api.def and cell.def (the SQL), heads.def, base/release.def.
 */
#ifndef NOVA_DB_SCHEMA_H
#define NOVA_DB_SCHEMA_H

#include "fcgi_app/db/db.h"

struct release;

enum schema_kind {
    SCHEMA_API,
    SCHEMA_CELL,
};

enum schema_state {
    SCHEMA_IS_EMPTY,   /* no tables at all */
    SCHEMA_IS_OURS,    /* of a release that we equal */
    SCHEMA_IS_OLDER,   /* nova's, of an earlier release */
    SCHEMA_IS_NEWER,   /* nova's, of a later release */
    SCHEMA_IS_FOREIGN, /* tables that are not nova's, or a head that we do not know */
};

struct schema_found {
    enum schema_state state;
    const char *head; /* alembic's version, or NULL */
    const char *text; /* a sentence for the operator: what it is and what to do; on mem */
};

/* What the database has. One round trip. Faults: DBConnectionError, DBError. */
struct fault *schema_read(const struct context *context, const void *mem, struct db_link *link, enum schema_kind kind,
                          struct schema_found *found) FAULT_CHECK;

/*
 * Makes our schema in an empty database, and nothing where it is already.
 * Faults: DBSchemaMismatch (the words of schema_found) for any other, DBConnectionError, DBError.
 */
struct fault *schema_sync(const struct context *context, const void *mem, struct db_link *link,
                          enum schema_kind kind) FAULT_CHECK;

/*
 * For the start of a pool: are [api_database] and [database] of one release that we equal?  Writes that release to
 * *release (when not NULL).  A database that is not configured is not asked.
 * Faults: DBSchemaMismatch with a sentence for the operator, DBConnectionError, DBError.
 */
struct fault *db_check_heads(const struct context *context, const struct release **release) FAULT_CHECK;

#endif
