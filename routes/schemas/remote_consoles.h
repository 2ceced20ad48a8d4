/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module remote_consoles: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_REMOTE_CONSOLES_H
#define NOVA_ROUTES_SCHEMAS_REMOTE_CONSOLES_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action os-getVNCConsole */
extern const struct schema_use remote_consoles_get_vnc_console_body[];
/* POST /servers/{id}/action os-getSPICEConsole */
extern const struct schema_use remote_consoles_get_spice_console_body[];
/* POST /servers/{id}/action os-getRDPConsole */
extern const struct schema_use remote_consoles_get_rdp_console_body[];
/* POST /servers/{id}/action os-getSerialConsole */
extern const struct schema_use remote_consoles_get_serial_console_body[];
/* POST /servers/{server_id}/remote-consoles */
extern const struct schema_use remote_consoles_create_body[];

#endif
