/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of POST /servers; see the header.  Neighbours: compute/create*.c. */
#include "config.h"

#include "fcgi_app/db/create.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/json/json.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define COLUMNS(list, type) .columns = list, .column_count = COUNT(list), .row_size = sizeof(type)

/* ---- reads ---- */

static const struct db_column flavor_columns[] = {
    COL_INT(struct flavor_row, id),
    COL_TEXT(struct flavor_row, name),
    COL_INT(struct flavor_row, memory_mb),
    COL_INT(struct flavor_row, vcpus),
    COL_INT(struct flavor_row, root_gb),
    COL_INT(struct flavor_row, ephemeral_gb),
    COL_TEXT(struct flavor_row, flavorid),
    COL_INT(struct flavor_row, swap),
    COL_DOUBLE(struct flavor_row, rxtx_factor),
    COL_INT(struct flavor_row, vcpu_weight),
    COL_BOOL(struct flavor_row, disabled),
    COL_BOOL(struct flavor_row, is_public),
    COL_TEXT(struct flavor_row, description),
    COL_TIME(struct flavor_row, created_at),
    COL_TIME(struct flavor_row, updated_at),
    COL_TEXT(struct flavor_row, extra_specs_text),
};
const struct db_statement FLAVOR_WHOLE = {
    .name = "flavor_whole",
    .sql = "SELECT f.id, f.name, f.memory_mb, f.vcpus, f.root_gb, f.ephemeral_gb, f.flavorid, f.swap, f.rxtx_factor,"
           " f.vcpu_weight, f.disabled, f.is_public, f.description, f.created_at, f.updated_at,"
           " (SELECT json_object_agg(s.key, s.value ORDER BY s.id) FROM flavor_extra_specs s WHERE s.flavor_id = f.id)"
           " AS extra_specs_text FROM flavors f WHERE f.flavorid = $1 AND ($2::boolean OR f.is_public OR EXISTS"
           " (SELECT 1 FROM flavor_projects p WHERE p.flavor_id = f.id AND p.project_id = $3::text))",
    .params = 3,
    .database = "api",
    COLUMNS(flavor_columns, struct flavor_row),
};

static const struct db_column key_pair_columns[] = {
    COL_INT(struct key_pair_row, id),          COL_TEXT(struct key_pair_row, name),
    COL_TEXT(struct key_pair_row, user_id),    COL_TEXT(struct key_pair_row, fingerprint),
    COL_TEXT(struct key_pair_row, public_key), COL_TEXT(struct key_pair_row, type),
    COL_TIME(struct key_pair_row, created_at), COL_TIME(struct key_pair_row, updated_at),
};
const struct db_statement KEY_PAIR_OF_USER = {
    .name = "key_pair_of_user",
    .sql = "SELECT id, name, user_id, fingerprint, public_key, type::text, created_at, updated_at FROM key_pairs"
           " WHERE user_id = $1 AND name = $2",
    .params = 2,
    .database = "api",
    COLUMNS(key_pair_columns, struct key_pair_row),
};

static const struct db_column group_columns[] = {
    COL_INT(struct group_row, id),          COL_TEXT(struct group_row, user_id), COL_TEXT(struct group_row, project_id),
    COL_TEXT(struct group_row, uuid),       COL_TEXT(struct group_row, name),    COL_TEXT(struct group_row, policy),
    COL_TEXT(struct group_row, rules),      COL_TEXT(struct group_row, members), COL_TIME(struct group_row, created_at),
    COL_TIME(struct group_row, updated_at),
};
const struct db_statement GROUP_WHOLE = {
    .name = "group_whole",
    .sql = "SELECT g.id, g.user_id, g.project_id, g.uuid, g.name, p.policy, p.rules,"
           " (SELECT json_agg(m.instance_uuid ORDER BY m.id) FROM instance_group_member m WHERE m.group_id = g.id)"
           " AS members, g.created_at, g.updated_at FROM instance_groups g LEFT JOIN LATERAL"
           " (SELECT o.policy, o.rules FROM instance_group_policy o WHERE o.group_id = g.id ORDER BY o.id LIMIT 1) p"
           " ON true WHERE g.uuid = $1 AND ($2::text IS NULL OR g.project_id = $2)",
    .params = 2,
    .database = "api",
    COLUMNS(group_columns, struct group_row),
};

static const struct db_column aggregate_columns[] = { COL_INT(struct host_aggregate, id),
                                                      COL_TEXT(struct host_aggregate, zone) };
const struct db_statement HOST_AGGREGATES = {
    .name = "host_aggregates",
    .sql = "SELECT h.aggregate_id AS id, m.value AS zone FROM aggregate_hosts h LEFT JOIN aggregate_metadata m"
           " ON m.aggregate_id = h.aggregate_id AND m.key = 'availability_zone' WHERE h.host = $1"
           " ORDER BY h.aggregate_id",
    .params = 1,
    .database = "api",
    COLUMNS(aggregate_columns, struct host_aggregate),
};

static const struct db_column host_cell_columns[] = { COL_INT(struct host_cell, cell_id) };
const struct db_statement HOST_CELL = {
    .name = "host_cell",
    .sql = "SELECT cell_id FROM host_mappings WHERE host = $1",
    .params = 1,
    .database = "api",
    COLUMNS(host_cell_columns, struct host_cell),
};

static const struct db_column compute_columns[] = { COL_TEXT(struct compute_host, host) };
const struct db_statement COMPUTE_NODE_OF_HOST = {
    .name = "compute_node_of_host",
    .sql = "SELECT host FROM compute_nodes WHERE host = $1 AND hypervisor_hostname = $2 AND deleted = 0 LIMIT 1",
    .params = 2,
    .database = "cell",
    COLUMNS(compute_columns, struct compute_host),
};

static const struct db_column service_columns[] = { COL_TEXT(struct enabled_service, host),
                                                    COL_TEXT(struct enabled_service, topic) };
const struct db_statement SERVICES_ENABLED = {
    .name = "services_enabled",
    .sql = "SELECT host, topic FROM services WHERE deleted = 0 AND NOT coalesce(disabled, false)",
    .params = 0,
    .database = "cell",
    COLUMNS(service_columns, struct enabled_service),
};

struct fault *db_flavor_whole(const struct context *context, const void *mem, const char *flavorid,
                              const struct flavor_row **flavor)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;
    struct flavor_row *row;

    db_param_text(&params, flavorid);
    db_param_bool(&params, context->is_admin);
    db_param_text(&params, context->project_id);
    TRY(db_query(context, mem, db_api(context->worker->db), &FLAVOR_WHOLE, &params, &rows));
    if (!rows.count)
        return fault_new(mem, FlavorNotFound, flavorid);
    row = rows.rows;
    if (!row->extra_specs_text)
        row->extra_specs_text = "{}";
    TRY(json_read(mem, row->extra_specs_text, strlen(row->extra_specs_text), &row->extra_specs));
    *flavor = row;
    return NULL;
}

/* ---- writes ---- */

static const struct db_column written_columns[] = { COL_INT(struct written_row, id) };

const struct db_statement REQUEST_SPEC_CREATE = {
    .name = "request_spec_create",
    .sql = "INSERT INTO request_specs (created_at, instance_uuid, spec) VALUES ($1, $2, $3) RETURNING id",
    .params = 3,
    .database = "api",
    .write = true,
    COLUMNS(written_columns, struct written_row),
};
const struct db_statement BUILD_REQUEST_CREATE = {
    .name = "build_request_create",
    .sql = "INSERT INTO build_requests (created_at, instance_uuid, project_id, instance, block_device_mappings, tags)"
           " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    .params = 6,
    .database = "api",
    .write = true,
    COLUMNS(written_columns, struct written_row),
};
const struct db_statement INSTANCE_MAPPING_CREATE = {
    .name = "instance_mapping_create",
    .sql = "INSERT INTO instance_mappings (created_at, instance_uuid, project_id, user_id, queued_for_delete)"
           " VALUES ($1, $2, $3, $4, false)",
    .params = 4,
    .database = "api",
    .write = true,
};
const struct db_statement GROUP_MEMBER_CREATE = {
    .name = "group_member_create",
    .sql = "INSERT INTO instance_group_member (created_at, instance_uuid, group_id) VALUES ($1, $2, $3::integer)",
    .params = 3,
    .database = "api",
    .write = true,
};

#define DELETE_BY_UUIDS(text_name, table)                                                                              \
    {                                                                                                                  \
        .name = (text_name), .sql = "DELETE FROM " table " WHERE instance_uuid = ANY($1)", .params = 1,                \
        .database = "api", .write = true                                                                               \
    }
const struct db_statement REQUEST_SPECS_DELETE = DELETE_BY_UUIDS("request_specs_delete", "request_specs");
const struct db_statement BUILD_REQUESTS_DELETE = DELETE_BY_UUIDS("build_requests_delete", "build_requests");
const struct db_statement INSTANCE_MAPPINGS_DELETE = DELETE_BY_UUIDS("instance_mappings_delete", "instance_mappings");
const struct db_statement GROUP_MEMBERS_DELETE = {
    .name = "group_members_delete",
    .sql = "DELETE FROM instance_group_member WHERE instance_uuid = ANY($1) AND group_id = $2::integer",
    .params = 2,
    .database = "api",
    .write = true,
};
