/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module console_output: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_CONSOLE_OUTPUT_H
#define NOVA_ROUTES_SCHEMAS_CONSOLE_OUTPUT_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action os-getConsoleOutput */
extern const struct schema_use console_output_get_console_output_body[];

#endif
