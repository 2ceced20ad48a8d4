/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of quotas.  Limits of all owners come in one statement; counts of
 * a project and of a user come in one row.  Neighbour above: quota/quota.c.
 * Source: nova-facts/db.md section 9.
 */
#include "config.h"

#include "fcgi_app/db/quotas.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column limit_columns[] = {
    COL_INT(struct quota_limit_row, owner),
    COL_TEXT(struct quota_limit_row, resource),
    COL_INT(struct quota_limit_row, hard_limit),
};
const struct db_statement QUOTA_LIMITS = {
    .name = "quota_limits",
    .sql = "SELECT 0 AS owner, resource, hard_limit::bigint AS hard_limit FROM project_user_quotas"
           " WHERE project_id = $1 AND user_id = $2 AND hard_limit IS NOT NULL"
           " UNION ALL SELECT 1, resource, hard_limit FROM quotas WHERE project_id = $1 AND hard_limit IS NOT NULL"
           " UNION ALL SELECT 2, resource, hard_limit FROM quota_classes"
           " WHERE class_name = $3 AND hard_limit IS NOT NULL"
           " UNION ALL SELECT 3, resource, sum(hard_limit) FROM project_user_quotas WHERE project_id = $1"
           " GROUP BY resource",
    .params = 3,
    .database = "api",
    .columns = limit_columns,
    .column_count = COUNT(limit_columns),
    .row_size = sizeof(struct quota_limit_row),
};

static const struct db_column instance_columns[] = {
    COL_INT(struct quota_instance_counts, instances),  COL_INT(struct quota_instance_counts, cores),
    COL_INT(struct quota_instance_counts, ram),        COL_INT(struct quota_instance_counts, user_instances),
    COL_INT(struct quota_instance_counts, user_cores), COL_INT(struct quota_instance_counts, user_ram),
};
const struct db_statement QUOTA_INSTANCE_COUNTS = {
    .name = "quota_instance_counts",
    .sql = "SELECT count(*) AS instances, coalesce(sum(vcpus), 0) AS cores, coalesce(sum(memory_mb), 0) AS ram,"
           " count(*) FILTER (WHERE user_id = $2) AS user_instances,"
           " coalesce(sum(vcpus) FILTER (WHERE user_id = $2), 0) AS user_cores,"
           " coalesce(sum(memory_mb) FILTER (WHERE user_id = $2), 0) AS user_ram FROM instances"
           " WHERE project_id = $1 AND deleted = 0 AND (vm_state <> 'soft-delete' OR vm_state IS NULL)"
           " AND (NOT hidden OR hidden IS NULL)",
    .params = 2,
    .database = "cell",
    .columns = instance_columns,
    .column_count = COUNT(instance_columns),
    .row_size = sizeof(struct quota_instance_counts),
};

static const struct db_column count_columns[] = {
    COL_INT(struct quota_counts, of_project),
    COL_INT(struct quota_counts, of_user),
};
#define COUNTS(text_name, text, number)                                                                                \
    {                                                                                                                  \
        .name = (text_name), .sql = (text), .params = (number), .database = "api", .columns = count_columns,           \
        .column_count = COUNT(count_columns), .row_size = sizeof(struct quota_counts)                                  \
    }
const struct db_statement QUOTA_SERVER_GROUP_COUNTS =
    COUNTS("quota_server_group_counts",
           "SELECT count(*) AS of_project, count(*) FILTER (WHERE user_id = $2) AS of_user FROM instance_groups"
           " WHERE project_id = $1",
           2);
const struct db_statement QUOTA_MAPPING_COUNTS =
    COUNTS("quota_mapping_counts",
           "SELECT count(*) AS of_project, count(*) FILTER (WHERE user_id = $2) AS of_user FROM instance_mappings"
           " WHERE project_id = $1 AND queued_for_delete = false",
           2);
const struct db_statement QUOTA_KEY_PAIR_COUNT = COUNTS(
    "quota_key_pair_count", "SELECT 0::bigint AS of_project, count(*) AS of_user FROM key_pairs WHERE user_id = $1", 1);
const struct db_statement QUOTA_MEMBER_COUNT =
    COUNTS("quota_member_count",
           "SELECT 0::bigint AS of_project, count(*) AS of_user FROM instance_mappings"
           " WHERE instance_uuid = ANY($1) AND queued_for_delete = false AND user_id = $2",
           2);

static const struct db_column unmigrated_columns[] = { COL_BOOL(struct quota_unmigrated, unmigrated) };
const struct db_statement QUOTA_UNMIGRATED_MAPPINGS = {
    .name = "quota_unmigrated_mappings",
    .sql = "SELECT EXISTS (SELECT 1 FROM instance_mappings WHERE (queued_for_delete IS NULL OR"
           " (user_id IS NULL AND queued_for_delete = false)) AND ($1::text IS NULL OR project_id = $1)) AS unmigrated",
    .params = 1,
    .database = "api",
    .columns = unmigrated_columns,
    .column_count = COUNT(unmigrated_columns),
    .row_size = sizeof(struct quota_unmigrated),
};

static const struct db_column member_columns[] = { COL_TEXT(struct quota_member, uuid) };
const struct db_statement QUOTA_MEMBERS_IN_CELL = {
    .name = "quota_members_in_cell",
    .sql = "SELECT uuid FROM instances WHERE uuid = ANY($1) AND user_id = $2 AND deleted = 0",
    .params = 2,
    .database = "cell",
    .columns = member_columns,
    .column_count = COUNT(member_columns),
    .row_size = sizeof(struct quota_member),
};
const struct db_statement QUOTA_MEMBERS_BUILDING = {
    .name = "quota_members_building",
    .sql = "SELECT b.instance_uuid AS uuid FROM build_requests b JOIN instance_mappings m"
           " ON m.instance_uuid = b.instance_uuid WHERE b.instance_uuid = ANY($1)"
           " AND b.instance::json -> 'nova_object.data' ->> 'user_id' = $2",
    .params = 2,
    .database = "api",
    .columns = member_columns,
    .column_count = COUNT(member_columns),
    .row_size = sizeof(struct quota_member),
};

#define WRITE(text_name, text, number)                                                                                 \
    {                                                                                                                  \
        .name = (text_name), .sql = (text), .params = (number), .database = "api", .write = true                       \
    }
const struct db_statement QUOTA_SET_PROJECT =
    WRITE("quota_set_project",
          "INSERT INTO quotas (created_at, project_id, resource, hard_limit) VALUES ($4::timestamp, $1, $2, $3)"
          " ON CONFLICT (project_id, resource) DO UPDATE SET hard_limit = excluded.hard_limit, updated_at = $4",
          4);
const struct db_statement QUOTA_SET_USER =
    WRITE("quota_set_user",
          "INSERT INTO project_user_quotas (created_at, user_id, project_id, resource, hard_limit)"
          " VALUES ($4::timestamp, $5, $1, $2, $3) ON CONFLICT (user_id, project_id, resource)"
          " DO UPDATE SET hard_limit = excluded.hard_limit, updated_at = $4",
          5);
const struct db_statement QUOTA_SET_CLASS =
    WRITE("quota_set_class",
          "WITH changed AS (UPDATE quota_classes SET hard_limit = $3, updated_at = $4"
          " WHERE class_name = $1 AND resource = $2 RETURNING id)"
          " INSERT INTO quota_classes (created_at, class_name, resource, hard_limit)"
          " SELECT $4::timestamp, $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM changed)",
          4);
const struct db_statement QUOTA_DELETE_PROJECT =
    WRITE("quota_delete_project", "DELETE FROM quotas WHERE project_id = $1", 1);
const struct db_statement QUOTA_DELETE_USERS =
    WRITE("quota_delete_users", "DELETE FROM project_user_quotas WHERE project_id = $1", 1);
const struct db_statement QUOTA_DELETE_USER =
    WRITE("quota_delete_user", "DELETE FROM project_user_quotas WHERE project_id = $1 AND user_id = $2", 2);
