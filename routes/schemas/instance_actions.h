/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module instance_actions: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_INSTANCE_ACTIONS_H
#define NOVA_ROUTES_SCHEMAS_INSTANCE_ACTIONS_H

#include "fcgi_app/json/schema.h"

/* GET /servers/{server_id}/os-instance-actions */
extern const struct schema_use instance_actions_index_query[];

#endif
