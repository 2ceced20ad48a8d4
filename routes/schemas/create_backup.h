/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module create_backup: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_CREATE_BACKUP_H
#define NOVA_ROUTES_SCHEMAS_CREATE_BACKUP_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action createBackup */
extern const struct schema_use create_backup_create_backup_body[];

#endif
