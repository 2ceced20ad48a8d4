/* SPDX-License-Identifier: Apache-2.0 */
/* Which server has a volume, for those who know the volume only. */
#ifndef NOVA_DB_ASSISTED_SNAPSHOTS_H
#define NOVA_DB_ASSISTED_SNAPSHOTS_H

#include "fcgi_app/db/db.h"

struct volume_owner {
    const char *instance_uuid;
};
/* $1 volume: live block device mappings of a cell */
extern const struct db_statement VOLUME_OWNERS;

#endif
