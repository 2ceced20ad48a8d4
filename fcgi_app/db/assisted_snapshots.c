/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of assisted snapshots.  Neighbour above: compute/assisted_snapshots.c. */
#include "config.h"

#include "fcgi_app/db/assisted_snapshots.h"

static const struct db_column owner_columns[] = { COL_TEXT(struct volume_owner, instance_uuid) };
const struct db_statement VOLUME_OWNERS = {
    .name = "volume_owners",
    .sql = "SELECT instance_uuid FROM block_device_mapping WHERE deleted = 0 AND volume_id = $1 ORDER BY id",
    .params = 1,
    .database = "cell",
    .columns = owner_columns,
    .column_count = 1,
    .row_size = sizeof(struct volume_owner),
};
