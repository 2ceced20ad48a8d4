/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module volumes: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_VOLUMES_H
#define NOVA_ROUTES_SCHEMAS_VOLUMES_H

#include "fcgi_app/json/schema.h"

/* GET /os-snapshots, GET /os-volumes */
extern const struct schema_use snapshots_index_query[];
/* POST /os-snapshots */
extern const struct schema_use snapshots_create_body[];
/* GET /os-snapshots/detail, GET /os-volumes/detail */
extern const struct schema_use snapshots_detail_query[];
/* POST /os-volumes */
extern const struct schema_use volumes_create_body[];
/* GET /servers/{server_id}/os-volume_attachments */
extern const struct schema_use volume_attachments_index_query[];
/* POST /servers/{server_id}/os-volume_attachments */
extern const struct schema_use volume_attachments_create_body[];
/* PUT /servers/{server_id}/os-volume_attachments/{id} */
extern const struct schema_use volume_attachments_update_body[];

#endif
