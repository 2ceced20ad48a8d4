/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of servers that go. One statement destroys the rows of a cell: they go together or not at all. */
#include "config.h"

#include "fcgi_app/db/deletes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column taken_columns[] = { COL_TEXT(struct build_request_taken, block_device_mappings) };

const struct db_statement BUILD_REQUEST_TAKE = {
    .name = "build_request_take",
    .sql = "DELETE FROM build_requests WHERE instance_uuid = $1 RETURNING block_device_mappings",
    .params = 1,
    .database = "api",
    .write = true,
    .columns = taken_columns,
    .column_count = COUNT(taken_columns),
    .row_size = sizeof(struct build_request_taken),
};

const struct db_statement BUILD_REQUEST_SET_INSTANCE = {
    .name = "build_request_set_instance",
    .sql = "UPDATE build_requests SET instance = $2, updated_at = $3 WHERE instance_uuid = $1",
    .params = 3,
    .database = "api",
    .write = true,
};

const struct db_statement INSTANCE_MAPPING_QUEUE = {
    .name = "instance_mapping_queue",
    .sql = "UPDATE instance_mappings SET queued_for_delete = $2, updated_at = $3 WHERE instance_uuid = $1 AND "
           "queued_for_delete IS DISTINCT FROM $2",
    .params = 3,
    .database = "api",
    .write = true,
};

/* The rows of a table that belong to the server, soft-deleted. */
#define DESTROY(name, table, column)                                                                                   \
    ", " name " AS (UPDATE " table " t SET deleted = t.id, deleted_at = $2 FROM gone WHERE t." column                  \
    " = gone.uuid AND t.deleted = 0)"

static const struct db_column destroyed_columns[] = { COL_INT(struct instance_destroyed, id) };

const struct db_statement INSTANCE_DESTROY = {
    .name = "instance_destroy",
    .sql =
        "WITH gone AS (UPDATE instances SET deleted = id, deleted_at = $2 WHERE uuid = $1 AND deleted = 0 AND "
        "(NOT $3::boolean OR host IS NULL) RETURNING id, uuid)" DESTROY("d1", "security_group_instance_association",
                                                                        "instance_uuid")
            DESTROY("d2", "instance_info_caches", "instance_uuid") DESTROY("d3", "instance_metadata", "instance_uuid")
                DESTROY("d4", "instance_faults", "instance_uuid") DESTROY("d5", "instance_extra", "instance_uuid")
                    DESTROY("d6", "instance_system_metadata", "instance_uuid")
                        DESTROY("d7", "block_device_mapping", "instance_uuid")
                            DESTROY("d8", "migrations", "instance_uuid")
                                DESTROY("d9", "virtual_interfaces", "instance_uuid")
                                    DESTROY("d10", "instance_id_mappings",
                                            "uuid") ", d11 AS (DELETE FROM tags t USING gone WHERE t.resource_id = "
                                                    "gone.uuid), d12 AS (DELETE FROM console_auth_tokens t USING gone "
                                                    "WHERE t.instance_uuid = gone.uuid) SELECT id FROM gone",
    .params = 3,
    .database = "cell",
    .write = true,
    .columns = destroyed_columns,
    .column_count = COUNT(destroyed_columns),
    .row_size = sizeof(struct instance_destroyed),
};

const struct db_statement BDMS_DESTROY = {
    .name = "bdms_destroy",
    .sql = "UPDATE block_device_mapping SET deleted = id, deleted_at = $2 WHERE instance_uuid = $1 AND deleted = 0",
    .params = 2,
    .database = "cell",
    .write = true,
};

const struct db_statement NETWORK_FORGET = {
    .name = "network_forget",
    .sql = "WITH vifs AS (UPDATE virtual_interfaces SET deleted = id, deleted_at = $2 WHERE instance_uuid = $1 AND "
           "deleted = 0) UPDATE instance_info_caches SET network_info = '[]', updated_at = $2 WHERE instance_uuid = $1 "
           "AND network_info IS DISTINCT FROM '[]'",
    .params = 2,
    .database = "cell",
    .write = true,
};
