/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the network information of servers; see the header. */
#include "config.h"

#include "fcgi_app/db/info_caches.h"

static const struct db_column columns[] = { COL_BYTES(struct info_cache, network_info) };

const struct db_statement INFO_CACHE_READ = {
    .name = "info_cache_read",
    .sql = "SELECT network_info FROM instance_info_caches WHERE instance_uuid = $1 AND deleted = 0",
    .params = 1,
    .database = "cell",
    .columns = columns,
    .column_count = 1,
    .row_size = sizeof(struct info_cache),
};
const struct db_statement INFO_CACHE_SAVE = {
    .name = "info_cache_save",
    .sql = "WITH known AS (SELECT id FROM instance_info_caches WHERE instance_uuid = $1), changed AS (UPDATE "
           "instance_info_caches c SET network_info = $2, updated_at = $3 FROM known WHERE c.id = known.id AND "
           "c.network_info IS DISTINCT FROM $2) INSERT INTO instance_info_caches (created_at, deleted, instance_uuid, "
           "network_info) SELECT $3, 0, $1, $2 WHERE NOT EXISTS (SELECT 1 FROM known) ON CONFLICT DO NOTHING",
    .params = 3,
    .database = "cell",
    .write = true,
};
