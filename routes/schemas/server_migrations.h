/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module server_migrations: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVER_MIGRATIONS_H
#define NOVA_ROUTES_SCHEMAS_SERVER_MIGRATIONS_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{server_id}/migrations/{id}/action force_complete */
extern const struct schema_use server_migrations_force_complete_body[];

#endif
