/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators write of flavors: rows, extra specs, who has access. Neighbours: flavors.h reads,
 * compute/flavor_writes.h. */
#ifndef NOVA_DB_FLAVOR_WRITES_H
#define NOVA_DB_FLAVOR_WRITES_H

#include "fcgi_app/db/db.h"

/* $1 now, $2 name, $3 memory_mb, $4 vcpus, $5 swap, $6 flavorid, $7 rxtx_factor, $8 root_gb, $9 ephemeral_gb,
 * $10 is_public, $11 description */
extern const struct db_statement FLAVOR_CREATE;
/* $1 flavorid, $2 description, $3 now */
extern const struct db_statement FLAVOR_DESCRIBE;
/* $1 flavorid; extra specs and access go with it */
extern const struct db_statement FLAVOR_DELETE;

/* A flavor and one of the projects with access, NULL: none has; in the order in which they were given it. */
struct flavor_access {
    int64_t id; /* of the flavor */
    bool is_public;
    const char *project_id;
};
/* $1 flavorid, $2 is an administrator, $3 project: as flavors are seen */
extern const struct db_statement FLAVOR_ACCESS;
/* $1 flavor's id, $2 project, $3 now */
extern const struct db_statement FLAVOR_ACCESS_ADD;
/* $1 flavor's id, $2 project */
extern const struct db_statement FLAVOR_ACCESS_REMOVE;

/* $1 flavorid, $2 keys, $3 values, $4 now */
extern const struct db_statement FLAVOR_SPECS_PUT;
/* $1 flavorid, $2 key */
extern const struct db_statement FLAVOR_SPEC_DELETE;

#endif
