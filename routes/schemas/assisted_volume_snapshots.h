/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module assisted_volume_snapshots: bodies and queries by version. Source:
 * nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_ASSISTED_VOLUME_SNAPSHOTS_H
#define NOVA_ROUTES_SCHEMAS_ASSISTED_VOLUME_SNAPSHOTS_H

#include "fcgi_app/json/schema.h"

/* POST /os-assisted-volume-snapshots */
extern const struct schema_use assisted_volume_snapshots_create_body[];
/* DELETE /os-assisted-volume-snapshots/{id} */
extern const struct schema_use assisted_volume_snapshots_delete_query[];

#endif
