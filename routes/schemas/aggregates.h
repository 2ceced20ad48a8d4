/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module aggregates: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_AGGREGATES_H
#define NOVA_ROUTES_SCHEMAS_AGGREGATES_H

#include "fcgi_app/json/schema.h"

/* POST /os-aggregates */
extern const struct schema_use aggregates_create_body[];
/* PUT /os-aggregates/{id} */
extern const struct schema_use aggregates_update_body[];
/* POST /os-aggregates/{id}/action add_host */
extern const struct schema_use aggregates_add_host_body[];
/* POST /os-aggregates/{id}/action remove_host */
extern const struct schema_use aggregates_remove_host_body[];
/* POST /os-aggregates/{id}/action set_metadata */
extern const struct schema_use aggregates_set_metadata_body[];
/* POST /os-aggregates/{id}/images */
extern const struct schema_use aggregates_images_body[];

#endif
