/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module migrate_server: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_MIGRATE_SERVER_H
#define NOVA_ROUTES_SCHEMAS_MIGRATE_SERVER_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action migrate */
extern const struct schema_use migrate_server_migrate_body[];
/* POST /servers/{id}/action os-migrateLive */
extern const struct schema_use migrate_server_migrate_live_body[];

#endif
