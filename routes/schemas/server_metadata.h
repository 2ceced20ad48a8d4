/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module server_metadata: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVER_METADATA_H
#define NOVA_ROUTES_SCHEMAS_SERVER_METADATA_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{server_id}/metadata */
extern const struct schema_use server_metadata_create_body[];
/* PUT /servers/{server_id}/metadata */
extern const struct schema_use server_metadata_update_all_body[];
/* PUT /servers/{server_id}/metadata/{id} */
extern const struct schema_use server_metadata_update_body[];

#endif
