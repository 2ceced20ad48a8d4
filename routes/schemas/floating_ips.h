/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module floating_ips: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_FLOATING_IPS_H
#define NOVA_ROUTES_SCHEMAS_FLOATING_IPS_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action addFloatingIp */
extern const struct schema_use floating_ips_add_floating_ip_body[];
/* POST /servers/{id}/action removeFloatingIp */
extern const struct schema_use floating_ips_remove_floating_ip_body[];

#endif
