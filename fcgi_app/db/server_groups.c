/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of server groups; see the header. */
#include "config.h"

#include "fcgi_app/db/server_groups.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* $1 project, NULL for any, '' for those of none, $2 uuid or NULL, $3 offset, $4 limit or NULL */
#define CHOSEN                                                                                                         \
    "SELECT g.id, g.uuid, g.name, g.user_id, g.project_id FROM instance_groups g"                                      \
    " WHERE ($1::text IS NULL OR g.project_id = $1 OR ($1 = '' AND g.project_id IS NULL)) AND ($2::text IS NULL OR "   \
    "g.uuid = $2)"                                                                                                     \
    " ORDER BY g.id OFFSET $3::bigint LIMIT $4::bigint"

static const struct db_column group_columns[] = {
    COL_INT(struct server_group, id),          COL_TEXT(struct server_group, uuid),
    COL_TEXT(struct server_group, name),       COL_TEXT(struct server_group, user_id),
    COL_TEXT(struct server_group, project_id), COL_TEXT(struct server_group, policy),
    COL_TEXT(struct server_group, rules),
};
const struct db_statement SERVER_GROUPS = {
    .name = "server_groups",
    .sql = "SELECT g.id, g.uuid, g.name, g.user_id, g.project_id, p.policy, p.rules FROM (" CHOSEN ") g"
           " LEFT JOIN LATERAL (SELECT q.policy, q.rules FROM instance_group_policy q WHERE q.group_id = g.id"
           " ORDER BY q.id LIMIT 1) p ON true ORDER BY g.id",
    .params = 4,
    .database = "api",
    .columns = group_columns,
    .column_count = COUNT(group_columns),
    .row_size = sizeof(struct server_group),
};

static const struct db_column member_columns[] = {
    COL_INT(struct server_group_member, group_id),
    COL_TEXT(struct server_group_member, instance_uuid),
    COL_INT_NULL(struct server_group_member, cell_id),
};
const struct db_statement SERVER_GROUP_MEMBERS = {
    .name = "server_group_members",
    .sql = "SELECT m.group_id, m.instance_uuid, im.cell_id FROM (" CHOSEN ") g"
           " JOIN instance_group_member m ON m.group_id = g.id"
           " JOIN instance_mappings im ON im.instance_uuid = m.instance_uuid ORDER BY m.group_id, im.id",
    .params = 4,
    .database = "api",
    .columns = member_columns,
    .column_count = COUNT(member_columns),
    .row_size = sizeof(struct server_group_member),
};

static const struct db_column server_columns[] = { COL_TEXT(struct server_group_server, uuid) };
const struct db_statement SERVER_GROUP_SERVERS = {
    .name = "server_group_servers",
    .sql = "SELECT uuid FROM instances WHERE uuid = ANY($1::text[]) AND deleted = 0"
           " AND (vm_state <> 'soft-delete' OR vm_state IS NULL) AND (NOT hidden OR hidden IS NULL)"
           " ORDER BY created_at DESC, id DESC",
    .params = 1,
    .database = "cell",
    .columns = server_columns,
    .column_count = COUNT(server_columns),
    .row_size = sizeof(struct server_group_server),
};

const struct db_statement SERVER_GROUP_CREATE = {
    .name = "server_group_create",
    .sql = "WITH g AS (INSERT INTO instance_groups (created_at, user_id, project_id, uuid, name)"
           " VALUES ($1::timestamp, $2, $3, $4, $5) RETURNING id)"
           " INSERT INTO instance_group_policy (created_at, policy, group_id, rules)"
           " SELECT $1::timestamp, $6, g.id, $7 FROM g",
    .params = 7,
    .database = "api",
    .write = true,
};
const struct db_statement SERVER_GROUP_DELETE = {
    .name = "server_group_delete",
    .sql = "WITH g AS (SELECT id FROM instance_groups WHERE uuid = $1 AND ($2::text IS NULL OR project_id = $2)),"
           " p AS (DELETE FROM instance_group_policy USING g WHERE group_id = g.id),"
           " m AS (DELETE FROM instance_group_member USING g WHERE group_id = g.id)"
           " DELETE FROM instance_groups USING g WHERE instance_groups.id = g.id",
    .params = 2,
    .database = "api",
    .write = true,
};

static void chosen_params(struct db_params *params, const void *mem, const char *project_id, const char *uuid,
                          int64_t offset, int64_t limit)
{
    params->count = 0;
    db_param_text(params, project_id);
    db_param_text(params, uuid);
    db_param_int(params, mem, offset);
    db_param_int(params, mem, limit);
}

struct fault *db_server_groups(const struct context *context, const void *mem, const char *project_id, const char *uuid,
                               int64_t offset, int64_t limit, struct db_rows *groups, struct db_rows *members)
{
    struct db_link *link = db_api(context->worker->db);
    struct db_batch *batch = db_batch(context, mem);
    struct db_answer group_answer, member_answer;
    struct db_params params;

    chosen_params(&params, mem, project_id, uuid, offset, limit);
    db_batch_add(batch, link, &SERVER_GROUPS, &params, &group_answer);
    db_batch_add(batch, link, &SERVER_GROUP_MEMBERS, &params, &member_answer);
    db_batch_run(batch, 0);
    TRY(group_answer.fault);
    TRY(member_answer.fault);
    *groups = group_answer.rows;
    *members = member_answer.rows;
    return NULL;
}

void db_server_group_servers(struct db_batch *batch, const void *mem, const struct db_cell *cell,
                             const char *const *uuids, size_t count, struct db_answer *answer)
{
    struct db_params *params = mem_new(mem, struct db_params);

    db_param_texts(params, mem, uuids, count);
    db_batch_add(batch, cell->link, &SERVER_GROUP_SERVERS, params, answer);
}

struct fault *db_server_group_create(const struct context *context, const void *mem, const struct server_group *group)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_time(&params, mem, clock_utc_usec());
    db_param_text(&params, group->user_id);
    db_param_text(&params, group->project_id);
    db_param_text(&params, group->uuid);
    db_param_text(&params, group->name);
    db_param_text(&params, group->policy);
    db_param_text(&params, group->rules);
    return db_query(context, mem, db_api(context->worker->db), &SERVER_GROUP_CREATE, &params, &rows);
}

struct fault *db_server_group_delete(const struct context *context, const void *mem, const char *project_id,
                                     const char *uuid)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, uuid);
    db_param_text(&params, project_id);
    TRY(db_query(context, mem, db_api(context->worker->db), &SERVER_GROUP_DELETE, &params, &rows));
    return rows.affected ? NULL : fault_new(mem, InstanceGroupNotFound, uuid);
}
