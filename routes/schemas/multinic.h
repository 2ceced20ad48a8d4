/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module multinic: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_MULTINIC_H
#define NOVA_ROUTES_SCHEMAS_MULTINIC_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action addFixedIp */
extern const struct schema_use multinic_add_fixed_ip_body[];
/* POST /servers/{id}/action removeFixedIp */
extern const struct schema_use multinic_remove_fixed_ip_body[];

#endif
