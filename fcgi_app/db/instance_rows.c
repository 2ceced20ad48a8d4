/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of a whole server and of its conditional write; instance_columns.def has the columns. */
#include "config.h"

#include "fcgi_app/db/instance_rows.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- reading ---- */

#define DB_COLUMN_FOR_TEXT(name) COL_TEXT(struct instance_row, name)
#define DB_COLUMN_FOR_INT(name) COL_INT_NULL(struct instance_row, name)
#define DB_COLUMN_FOR_FLAG(name) COL_INT(struct instance_row, name)
#define DB_COLUMN_FOR_BOOL(name) COL_BOOL(struct instance_row, name)
#define DB_COLUMN_FOR_TIME(name) COL_TIME(struct instance_row, name)

static const struct db_column row_columns[] = {
#define COLUMN(type, name) DB_COLUMN_FOR_##type(name),
#include "fcgi_app/db/instance_columns.def"
    COL_INT_NULL(struct instance_row, cache_id),     COL_TIME(struct instance_row, cache_created_at),
    COL_TIME(struct instance_row, cache_updated_at), COL_TIME(struct instance_row, cache_deleted_at),
    COL_BYTES(struct instance_row, network_info),    COL_INT_NULL(struct instance_row, extra_id),
    COL_BYTES(struct instance_row, flavor),          COL_BYTES(struct instance_row, numa_topology),
    COL_BYTES(struct instance_row, pci_requests),    COL_BYTES(struct instance_row, device_metadata),
    COL_BYTES(struct instance_row, vcpu_model),      COL_BYTES(struct instance_row, migration_context),
    COL_BYTES(struct instance_row, keypairs),        COL_BYTES(struct instance_row, trusted_certs),
    COL_BYTES(struct instance_row, resources),
};

#define WANTED(bit, name) ", CASE WHEN ($3::integer & " #bit ") <> 0 THEN ex." #name " END AS " #name

const struct db_statement INSTANCE_ROW = {
    .name = "instance_row",
    .sql =
        "SELECT "
#define COLUMN(type, name) "i." #name ", "
#include "fcgi_app/db/instance_columns.def"
        "ic.id AS cache_id, ic.created_at AS cache_created_at, ic.updated_at AS cache_updated_at, ic.deleted_at AS "
        "cache_deleted_at, ic.network_info, "
        "ex.id AS extra_id" WANTED(2, flavor) WANTED(4, numa_topology) WANTED(8, pci_requests) WANTED(
            16, device_metadata) WANTED(32, vcpu_model) WANTED(64, migration_context) WANTED(128, keypairs)
            WANTED(256, trusted_certs) WANTED(
                512, resources) " FROM instances i LEFT JOIN instance_info_caches ic ON ic.instance_uuid = i.uuid AND "
                                "($3::integer & 1) <> 0 LEFT JOIN instance_extra ex ON ex.instance_uuid = i.uuid AND "
                                "($3::integer & 1022) <> 0 WHERE i.uuid = $1 AND CASE WHEN "
                                "($3::integer & 16384) <> 0 THEN i.hidden IS NOT TRUE ELSE i.deleted = 0 END AND "
                                "($2::text IS NULL OR i.project_id = $2)",
    .params = 3,
    .database = "cell",
    .columns = row_columns,
    .column_count = COUNT(row_columns),
    .row_size = sizeof(struct instance_row),
};
_Static_assert(INSTANCE_WITH_CACHE == 1 && INSTANCE_WITH_FLAVOR == 2 && INSTANCE_WITH_RESOURCES == 512 &&
                   INSTANCE_EVEN_DELETED == 16384,
               "the statement names these bits");

static const struct db_column text_columns[] = {
    COL_TEXT(struct instance_text, kind),
    COL_TEXT(struct instance_text, key),
    COL_TEXT(struct instance_text, value),
};

const struct db_statement INSTANCE_TEXTS = {
    .name = "instance_texts",
    .sql = "SELECT t.kind, t.key, t.value FROM (SELECT 'm' AS kind, m.id, m.key, m.value FROM instance_metadata m "
           "WHERE m.instance_uuid = $1 AND m.deleted = 0 UNION ALL SELECT 's', s.id, s.key, s.value "
           "FROM instance_system_metadata s WHERE s.instance_uuid = $1 AND s.deleted = 0) AS t ORDER BY t.kind, t.id",
    .params = 1,
    .database = "cell",
    .columns = text_columns,
    .column_count = COUNT(text_columns),
    .row_size = sizeof(struct instance_text),
};

static const struct db_column service_columns[] = {
    COL_INT(struct instance_service_row, id),
    COL_TEXT(struct instance_service_row, uuid),
    COL_TEXT(struct instance_service_row, host),
    COL_TEXT(struct instance_service_row, binary),
    COL_TEXT(struct instance_service_row, topic),
    COL_INT(struct instance_service_row, report_count),
    COL_BOOL(struct instance_service_row, disabled),
    COL_TEXT(struct instance_service_row, disabled_reason),
    COL_TIME(struct instance_service_row, last_seen_up),
    COL_BOOL(struct instance_service_row, forced_down),
    COL_INT_NULL(struct instance_service_row, version),
    COL_TIME(struct instance_service_row, created_at),
    COL_TIME(struct instance_service_row, updated_at),
    COL_TIME(struct instance_service_row, deleted_at),
    COL_BOOL(struct instance_service_row, deleted),
};

#define SERVICES(text_name, clauses)                                                                                   \
    {                                                                                                                  \
        .name = (text_name),                                                                                           \
        .sql = "SELECT s.id, s.uuid, s.host, s.\"binary\", s.topic, s.report_count, s.disabled, s.disabled_reason, "   \
               "s.last_seen_up, s.forced_down, s.version, s.created_at, s.updated_at, s.deleted_at, s.deleted <> 0 "   \
               "AS deleted FROM services s JOIN instances i ON i.host = s.host WHERE i.uuid = $1 "                     \
               "AND s.\"binary\" = 'nova-compute'" clauses,                                                            \
        .params = 1, .database = "cell", .columns = service_columns, .column_count = COUNT(service_columns),           \
        .row_size = sizeof(struct instance_service_row)                                                                \
    }
const struct db_statement INSTANCE_SERVICES = SERVICES("instance_services", " ORDER BY s.deleted");
const struct db_statement INSTANCE_HOST_SERVICE = SERVICES("instance_host_service", " AND s.deleted = 0");

static const struct db_column tag_columns[] = { COL_TEXT(struct instance_tag_row, tag) };

const struct db_statement INSTANCE_TAGS_OF = {
    .name = "instance_tags_of",
    .sql = "SELECT tag FROM tags WHERE resource_id = $1 ORDER BY tag",
    .params = 1,
    .database = "cell",
    .columns = tag_columns,
    .column_count = COUNT(tag_columns),
    .row_size = sizeof(struct instance_tag_row),
};

static const struct db_column bdm_columns[] = {
    COL_INT(struct bdm_row, id),
    COL_TEXT(struct bdm_row, uuid),
    COL_TEXT(struct bdm_row, instance_uuid),
    COL_TEXT(struct bdm_row, source_type),
    COL_TEXT(struct bdm_row, destination_type),
    COL_TEXT(struct bdm_row, guest_format),
    COL_TEXT(struct bdm_row, device_type),
    COL_TEXT(struct bdm_row, disk_bus),
    COL_INT_NULL(struct bdm_row, boot_index),
    COL_TEXT(struct bdm_row, device_name),
    COL_BOOL(struct bdm_row, delete_on_termination),
    COL_TEXT(struct bdm_row, snapshot_id),
    COL_TEXT(struct bdm_row, volume_id),
    COL_INT_NULL(struct bdm_row, volume_size),
    COL_TEXT(struct bdm_row, image_id),
    COL_BOOL(struct bdm_row, no_device),
    COL_TEXT(struct bdm_row, connection_info),
    COL_TEXT(struct bdm_row, tag),
    COL_TEXT(struct bdm_row, attachment_id),
    COL_TEXT(struct bdm_row, volume_type),
    COL_BOOL(struct bdm_row, encrypted),
    COL_TEXT(struct bdm_row, encryption_secret_uuid),
    COL_TEXT(struct bdm_row, encryption_format),
    COL_TEXT(struct bdm_row, encryption_options),
    COL_TIME(struct bdm_row, created_at),
    COL_TIME(struct bdm_row, updated_at),
};

const struct db_statement BDMS_OF_INSTANCE = {
    .name = "bdms_of_instance",
    .sql = "SELECT id, uuid, instance_uuid, source_type, destination_type, guest_format, device_type, disk_bus, "
           "boot_index, device_name, delete_on_termination, snapshot_id, volume_id, volume_size, image_id, no_device, "
           "connection_info, tag, attachment_id, volume_type, encrypted, encryption_secret_uuid, encryption_format, "
           "encryption_options, created_at, updated_at FROM block_device_mapping WHERE instance_uuid = $1 "
           "AND deleted = 0 ORDER BY id",
    .params = 1,
    .database = "cell",
    .columns = bdm_columns,
    .column_count = COUNT(bdm_columns),
    .row_size = sizeof(struct bdm_row),
};

static const struct db_column state_columns[] = {
    COL_TEXT(struct instance_state_row, vm_state),
    COL_TEXT(struct instance_state_row, task_state),
    COL_TEXT(struct instance_state_row, host),
    COL_INT(struct instance_state_row, deleted),
};

const struct db_statement INSTANCE_STATE_NOW = {
    .name = "instance_state_now",
    .sql = "SELECT vm_state, task_state, host, deleted FROM instances WHERE uuid = $1",
    .params = 1,
    .database = "cell",
    .columns = state_columns,
    .column_count = COUNT(state_columns),
    .row_size = sizeof(struct instance_state_row),
};

/* ---- columns by name ---- */

static const struct instance_column columns[] = {
#define COLUMN(type, name) { #name, INSTANCE_COLUMN_##type, offsetof(struct instance_row, name) },
#include "fcgi_app/db/instance_columns.def"
};

const struct instance_column *instance_column(const char *name)
{
    for (size_t i = 0; i < COUNT(columns); i++)
        if (!strcmp(columns[i].name, name))
            return &columns[i];
    return NULL;
}

/* ---- writing ---- */

static const struct db_column written_columns[] = { COL_INT(struct instance_written, id) };

const struct db_statement INSTANCE_WRITE = {
    .name = "instance_write",
    .sql = "UPDATE instances SET updated_at = $2 WHERE uuid = $1 AND deleted = 0 RETURNING id",
    .params = 2,
    .database = "cell",
    .write = true,
    .columns = written_columns,
    .column_count = COUNT(written_columns),
    .row_size = sizeof(struct instance_written),
};

#define ACTION_COLUMNS                                                                                                 \
    "instance_actions (created_at, updated_at, action, instance_uuid, request_id, user_id, project_id, start_time, "   \
    "finish_time, deleted)"
#define EVENT_COLUMNS                                                                                                  \
    "instance_actions_events (created_at, updated_at, event, action_id, start_time, finish_time, result, host, "       \
    "details, traceback, deleted)"

const struct db_statement INSTANCE_ACTION_START = {
    .name = "instance_action_start",
    .sql = "INSERT INTO " ACTION_COLUMNS
           " VALUES ($8, COALESCE($7::timestamp, $6::timestamp), $1, $2, $3, $4, $5, $6, $7, 0)",
    .params = 8,
    .database = "cell",
    .write = true,
};

const struct db_statement INSTANCE_FAULT_ADD = {
    .name = "instance_fault_add",
    .sql = "INSERT INTO instance_faults (created_at, instance_uuid, code, message, details, host, deleted) VALUES ($1, "
           "$2, 500, $3, '', $4, 0)",
    .params = 4,
    .database = "cell",
    .write = true,
};

const struct db_statement INSTANCE_EVENT_PUT = {
    .name = "instance_event_put",
    .sql = "WITH action AS (UPDATE instance_actions SET updated_at = $6, message = CASE WHEN $7::text = 'Error' "
           "THEN 'Error' ELSE message END WHERE id = (SELECT a.id FROM instance_actions a WHERE a.instance_uuid = $1 "
           "AND a.request_id = $2 ORDER BY a.id DESC LIMIT 1) RETURNING id) INSERT INTO " EVENT_COLUMNS
           " SELECT $5, $6, $3, action.id, $5, $6, $7::text, $4, $8, $9, 0 FROM action",
    .params = 9,
    .database = "cell",
    .write = true,
};

const struct db_statement INSTANCE_FLAVOR_SET = {
    .name = "instance_flavor_set",
    .sql = "UPDATE instance_extra SET flavor = $2, updated_at = $3 WHERE instance_uuid = $1",
    .params = 3,
    .database = "cell",
    .write = true,
};

const struct db_statement INSTANCE_METADATA_DELETE = {
    .name = "instance_metadata_delete",
    .sql = "UPDATE instance_metadata SET deleted = id, deleted_at = $3 WHERE instance_uuid = $1 AND key = $2 "
           "AND deleted = 0",
    .params = 3,
    .database = "cell",
    .write = true,
};

struct writing {
    struct strbuf sql;
    struct db_params *params;
    const void *mem;
    const struct instance_write *write;
    unsigned now, uuid;
};

static unsigned put_value(struct writing *writing, const struct instance_column *column)
{
    const char *at = (const char *)writing->write->row + column->offset;

    switch (column->type) {
    case INSTANCE_COLUMN_TEXT:
        return db_param_text(writing->params, *(const char *const *)(const void *)at);
    case INSTANCE_COLUMN_BOOL:
        return db_param_bool(writing->params, *(const bool *)(const void *)at);
    case INSTANCE_COLUMN_TIME:
        return db_param_time(writing->params, writing->mem, *(const int64_t *)(const void *)at);
    default:
        return db_param_int(writing->params, writing->mem, *(const int64_t *)(const void *)at);
    }
}

/* What a parameter must be cast to where its column does not tell: enums and addresses. */
static const char *cast_of(const struct instance_column *column)
{
    if (!strcmp(column->name, "locked_by"))
        return "::instances0locked_by";
    if (!strncmp(column->name, "access_ip_", strlen("access_ip_")))
        return "::inet";
    return "";
}

static void put_states(struct writing *writing, const char *column, const struct instance_states *states)
{
    const char **items;
    size_t count = 0;
    bool null = false;

    if (!states || !states->count)
        return;
    items = mem_array(writing->mem, const char *, states->count);
    for (size_t i = 0; i < states->count; i++)
        if (states->items[i])
            items[count++] = states->items[i];
        else
            null = true;
    strbuf_puts(&writing->sql, " AND (");
    if (null)
        strbuf_printf(&writing->sql, "%s IS NULL", column);
    if (count) {
        unsigned number = db_param_texts(writing->params, writing->mem, items, count);

        strbuf_printf(&writing->sql, "%s%s = ANY($%u::text[])", null ? " OR " : "", column, number);
    }
    strbuf_puts(&writing->sql, ")");
}

static void put_texts(struct writing *writing, const char *table, const char *tag, bool soft, const char *const *keys,
                      const char *const *values, size_t count, const char *const *drop, size_t drop_count)
{
    struct strbuf *sql = &writing->sql;

    if (count) {
        unsigned key_number = db_param_texts(writing->params, writing->mem, keys, count);
        unsigned value_number = db_param_texts(writing->params, writing->mem, values, count);

        strbuf_printf(sql,
                      ", %s_new AS (SELECT saved.uuid, n.key, n.value, n.at FROM saved, "
                      "unnest($%u::text[], $%u::text[]) WITH ORDINALITY AS n(key, value, at))",
                      tag, key_number, value_number);
        strbuf_printf(sql,
                      ", %s_put AS (UPDATE %s t SET value = n.value, updated_at = $%u FROM %s_new n WHERE "
                      "t.instance_uuid = n.uuid AND t.key = n.key AND t.deleted = 0)",
                      tag, table, writing->now, tag);
        strbuf_printf(sql,
                      ", %s_add AS (INSERT INTO %s (created_at, instance_uuid, key, value, deleted) SELECT $%u, "
                      "n.uuid, n.key, n.value, 0 FROM %s_new n WHERE NOT EXISTS (SELECT 1 FROM %s t WHERE "
                      "t.instance_uuid = n.uuid AND t.key = n.key AND t.deleted = 0) ORDER BY n.at)",
                      tag, table, writing->now, tag, table);
    }
    if (drop_count) {
        unsigned number = db_param_texts(writing->params, writing->mem, drop, drop_count);

        if (soft)
            strbuf_printf(
                sql,
                ", %s_drop AS (UPDATE %s t SET deleted = t.id, deleted_at = $%u, updated_at = $%u FROM saved WHERE "
                "t.instance_uuid = saved.uuid AND t.deleted = 0 AND t.key = ANY($%u::text[]))",
                tag, table, writing->now, writing->now, number);
        else
            strbuf_printf(sql,
                          ", %s_drop AS (DELETE FROM %s t USING saved WHERE t.instance_uuid = saved.uuid AND "
                          "t.deleted = 0 AND t.key = ANY($%u::text[]))",
                          tag, table, number);
    }
}

static void put_extras(struct writing *writing)
{
    const struct instance_write *write = writing->write;

    if (!write->extra_count)
        return;
    strbuf_printf(&writing->sql, ", extra AS (UPDATE instance_extra e SET updated_at = $%u", writing->now);
    for (size_t i = 0; i < write->extra_count; i++)
        strbuf_printf(&writing->sql, ", %s = $%u", write->extra_columns[i],
                      db_param_text(writing->params, write->extra_values[i]));
    strbuf_puts(&writing->sql, " FROM saved WHERE e.instance_uuid = saved.uuid)");
}

static void put_action(struct writing *writing)
{
    const struct instance_write *write = writing->write;
    struct db_params *params = writing->params;
    struct strbuf *sql = &writing->sql;
    unsigned action, request, user, project, start, finish;

    if (!write->action)
        return;
    action = db_param_text(params, write->action);
    request = db_param_text(params, write->request_id);
    user = db_param_text(params, write->user_id);
    project = db_param_text(params, write->action_project_id);
    start = db_param_time(params, writing->mem, write->start_time);
    finish = db_param_time(params, writing->mem, write->finish_time);
    strbuf_printf(sql,
                  ", action AS (INSERT INTO " ACTION_COLUMNS " SELECT $%u, COALESCE($%u::timestamp, $%u), $%u, "
                  "saved.uuid, $%u, $%u, $%u, $%u, $%u::timestamp, 0 FROM saved RETURNING id)",
                  writing->now, write->event ? writing->now : finish, start, action, request, user, project, start,
                  finish);
    if (!write->event)
        return;
    strbuf_printf(sql,
                  ", event AS (INSERT INTO " EVENT_COLUMNS " SELECT $%u, $%u, $%u, action.id, $%u, $%u, 'Success', "
                  "$%u, NULL, NULL, 0 FROM action)",
                  writing->now, writing->now, db_param_text(params, write->event->name), writing->now, writing->now,
                  db_param_text(params, write->event->host));
}

const struct db_statement *instance_write(const void *mem, const struct instance_write *write, struct db_params *params)
{
    struct writing writing = { .params = params, .mem = mem, .write = write };
    struct strbuf *sql = &writing.sql;

    strbuf_init(sql, mem, 1024);
    writing.uuid = db_param_text(params, write->uuid);
    writing.now = db_param_time(params, mem, write->now);
    strbuf_printf(sql, "WITH saved AS (UPDATE instances SET updated_at = $%u::timestamp", writing.now);
    for (size_t i = 0; i < write->column_count; i++)
        strbuf_printf(sql, ", %s = $%u%s", write->columns[i]->name, put_value(&writing, write->columns[i]),
                      cast_of(write->columns[i]));
    strbuf_printf(sql, " WHERE uuid = $%u AND deleted = 0", writing.uuid);
    if (write->project_id)
        strbuf_printf(sql, " AND project_id = $%u", db_param_text(params, write->project_id));
    put_states(&writing, "vm_state", write->vm_states);
    put_states(&writing, "task_state", write->task_states);
    if (write->no_host)
        strbuf_puts(sql, " AND host IS NULL");
    strbuf_puts(sql, " RETURNING id, uuid)");
    put_texts(&writing, "instance_system_metadata", "system", false, write->system_put_keys, write->system_put_values,
              write->system_put_count, write->system_drop_keys, write->system_drop_count);
    put_texts(&writing, "instance_metadata", "meta", true, write->meta_put_keys, write->meta_put_values,
              write->meta_put_count, write->meta_drop_keys, write->meta_drop_count);
    put_extras(&writing);
    put_action(&writing);
    strbuf_puts(sql, " SELECT id FROM saved");
    return db_statement_dynamic(mem, &INSTANCE_WRITE, sql->data, params->count);
}
