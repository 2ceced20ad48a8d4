/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module server_tags: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVER_TAGS_H
#define NOVA_ROUTES_SCHEMAS_SERVER_TAGS_H

#include "fcgi_app/json/schema.h"

/* PUT /servers/{server_id}/tags */
extern const struct schema_use server_tags_update_all_body[];
/* PUT /servers/{server_id}/tags/{id} */
extern const struct schema_use server_tags_update_body[];

#endif
