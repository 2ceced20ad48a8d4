/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module attach_interfaces: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_ATTACH_INTERFACES_H
#define NOVA_ROUTES_SCHEMAS_ATTACH_INTERFACES_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{server_id}/os-interface */
extern const struct schema_use attach_interfaces_create_body[];

#endif
