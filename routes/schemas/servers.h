/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of servers; neighbours: routes/compute/servers.c. Source: nova-facts/schemas.tsv, servers.*. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVERS_H
#define NOVA_ROUTES_SCHEMAS_SERVERS_H

#include "fcgi_app/json/schema.h"

/* GET /servers and /servers/detail */
extern const struct schema_use servers_query[];

/* POST /servers */
extern const struct schema_use servers_create_body[];
/* PUT /servers/{id} */
extern const struct schema_use servers_update_body[];
/* POST /servers/{id}/action reboot */
extern const struct schema_use servers_reboot_body[];
/* POST /servers/{id}/action resize */
extern const struct schema_use servers_resize_body[];
/* POST /servers/{id}/action rebuild */
extern const struct schema_use servers_rebuild_body[];
/* POST /servers/{id}/action createImage */
extern const struct schema_use servers_create_image_body[];
/* POST /servers/{id}/action trigger_crash_dump */
extern const struct schema_use servers_trigger_crash_dump_body[];

#endif
