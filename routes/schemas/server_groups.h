/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module server_groups: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVER_GROUPS_H
#define NOVA_ROUTES_SCHEMAS_SERVER_GROUPS_H

#include "fcgi_app/json/schema.h"

/* GET /os-server-groups */
extern const struct schema_use server_groups_index_query[];
/* POST /os-server-groups */
extern const struct schema_use server_groups_create_body[];

#endif
