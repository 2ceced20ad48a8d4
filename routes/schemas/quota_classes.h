/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module quota_classes: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_QUOTA_CLASSES_H
#define NOVA_ROUTES_SCHEMAS_QUOTA_CLASSES_H

#include "fcgi_app/json/schema.h"

/* PUT /os-quota-class-sets/{id} */
extern const struct schema_use quota_classes_update_body[];

#endif
