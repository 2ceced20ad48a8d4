/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of hosts.  Neighbours: services.c has what a program does with its own record; objects/hosts.c reads
 * these over all cells.  Source: nova-facts/tables.tsv, db.md section 9.
 */
#include "config.h"

#include "fcgi_app/db/hosts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- services ---- */

#define SERVICE_COLUMNS                                                                                                \
    "id, uuid, host, \"binary\", topic, disabled, disabled_reason, forced_down, version, report_count,"                \
    " created_at, updated_at, last_seen_up"
static const struct db_column service_columns[] = {
    COL_INT(struct service_row, id),
    COL_TEXT(struct service_row, uuid),
    COL_TEXT(struct service_row, host),
    COL_TEXT(struct service_row, binary),
    COL_TEXT(struct service_row, topic),
    COL_BOOL(struct service_row, disabled),
    COL_TEXT(struct service_row, disabled_reason),
    COL_BOOL(struct service_row, forced_down),
    COL_INT(struct service_row, version),
    COL_INT(struct service_row, report_count),
    COL_TIME(struct service_row, created_at),
    COL_TIME(struct service_row, updated_at),
    COL_TIME(struct service_row, last_seen_up),
};
#define SERVICES(text_name, clauses, number)                                                                           \
    {                                                                                                                  \
        .name = (text_name), .sql = "SELECT " SERVICE_COLUMNS " FROM services WHERE deleted = 0" clauses,              \
        .params = (number), .database = "cell", .columns = service_columns, .column_count = COUNT(service_columns),    \
        .row_size = sizeof(struct service_row)                                                                         \
    }
const struct db_statement SERVICES_ALL = SERVICES("services_all", " ORDER BY id", 0);
const struct db_statement SERVICE_BY_ID = SERVICES("service_by_id", " AND id = $1", 1);
const struct db_statement SERVICE_BY_UUID = SERVICES("service_by_uuid", " AND uuid = $1", 1);
const struct db_statement SERVICE_ON_HOST =
    SERVICES("service_on_host", " AND host = $1 AND \"binary\" = $2 LIMIT 1", 2);
const struct db_statement COMPUTE_SERVICES_ON_HOSTS =
    SERVICES("compute_services_on_hosts", " AND host = ANY($1) AND \"binary\" = 'nova-compute'", 1);

static const struct db_column saved_columns[] = { COL_TIME(struct service_saved, updated_at) };
const struct db_statement SERVICE_SET = {
    .name = "service_set",
    .sql = "WITH changed AS (UPDATE services SET disabled = $2, disabled_reason = $3, forced_down = $4,"
           " updated_at = $5 WHERE id = $1 AND deleted = 0 AND (disabled, disabled_reason, forced_down)"
           " IS DISTINCT FROM ($2, $3::varchar, $4) RETURNING updated_at)"
           " SELECT coalesce((SELECT updated_at FROM changed), (SELECT updated_at FROM services WHERE id = $1))"
           " AS updated_at",
    .params = 5,
    .database = "cell",
    .write = true,
    .columns = saved_columns,
    .column_count = COUNT(saved_columns),
    .row_size = sizeof(struct service_saved),
};
const struct db_statement SERVICE_DELETE = {
    .name = "service_delete",
    .sql = "UPDATE services SET deleted = id, deleted_at = $2, updated_at = updated_at WHERE id = $1 AND deleted = 0",
    .params = 2,
    .database = "cell",
    .write = true,
};
const struct db_statement COMPUTE_NODES_DELETE = {
    .name = "compute_nodes_delete",
    .sql = "UPDATE compute_nodes SET deleted = id, deleted_at = $2, updated_at = updated_at"
           " WHERE deleted = 0 AND (service_id = $1 OR host = $3)",
    .params = 3,
    .database = "cell",
    .write = true,
};

/* ---- mappings ---- */

static const struct db_column mapping_columns[] = {
    COL_TEXT(struct host_mapping_row, host),
    COL_INT(struct host_mapping_row, cell_id),
};
#define MAPPINGS(text_name, clauses, number)                                                                           \
    {                                                                                                                  \
        .name = (text_name), .sql = "SELECT host, cell_id FROM host_mappings" clauses, .params = (number),             \
        .database = "api", .columns = mapping_columns, .column_count = COUNT(mapping_columns),                         \
        .row_size = sizeof(struct host_mapping_row)                                                                    \
    }
const struct db_statement HOST_MAPPING_BY_HOST = MAPPINGS("host_mapping_by_host", " WHERE host = $1", 1);
const struct db_statement HOST_MAPPINGS_BY_HOSTS = MAPPINGS("host_mappings_by_hosts", " WHERE host = ANY($1)", 1);
const struct db_statement HOST_MAPPINGS_ALL = MAPPINGS("host_mappings_all", "", 0);
const struct db_statement HOST_MAPPINGS_OF_CELL =
    MAPPINGS("host_mappings_of_cell", " WHERE cell_id = $1 ORDER BY id", 1);
const struct db_statement HOST_MAPPING_DELETE = {
    .name = "host_mapping_delete",
    .sql = "DELETE FROM host_mappings WHERE host = $1",
    .params = 1,
    .database = "api",
    .write = true,
};

/* ---- hypervisors ---- */

static const struct db_column node_columns[] = {
    COL_INT(struct compute_node, id),
    COL_TEXT(struct compute_node, uuid),
    COL_TEXT(struct compute_node, host),
    COL_TEXT(struct compute_node, hypervisor_hostname),
    COL_TEXT(struct compute_node, hypervisor_type),
    COL_INT(struct compute_node, hypervisor_version),
    COL_INT(struct compute_node, vcpus),
    COL_INT(struct compute_node, memory_mb),
    COL_INT(struct compute_node, local_gb),
    COL_INT(struct compute_node, vcpus_used),
    COL_INT(struct compute_node, memory_mb_used),
    COL_INT(struct compute_node, local_gb_used),
    COL_INT_NULL(struct compute_node, free_ram_mb),
    COL_INT_NULL(struct compute_node, free_disk_gb),
    COL_INT_NULL(struct compute_node, current_workload),
    COL_INT_NULL(struct compute_node, running_vms),
    COL_INT_NULL(struct compute_node, disk_available_least),
    COL_TEXT(struct compute_node, cpu_info),
    COL_TEXT(struct compute_node, host_ip),
};
/* Rows from before compute nodes had a host are of their service's. */
#define NODES(text_name, clauses, number)                                                                              \
    {                                                                                                                  \
        .name = (text_name),                                                                                           \
        .sql = "SELECT n.id, n.uuid, coalesce(n.host, (SELECT s.host FROM services s WHERE s.id = n.service_id"        \
               " AND s.deleted = 0)) AS host, n.hypervisor_hostname, n.hypervisor_type, n.hypervisor_version, n.vcpus" \
               ", n.memory_mb, n.local_gb, n.vcpus_used, n.memory_mb_used, n.local_gb_used, n.free_ram_mb"             \
               ", n.free_disk_gb, n.current_workload, n.running_vms, n.disk_available_least, n.cpu_info"               \
               ", host(n.host_ip) AS host_ip FROM compute_nodes n WHERE n.deleted = 0" clauses,                        \
        .params = (number), .database = "cell", .columns = node_columns, .column_count = COUNT(node_columns),          \
        .row_size = sizeof(struct compute_node)                                                                        \
    }
const struct db_statement COMPUTE_NODES_PAGE =
    NODES("compute_nodes_page", " AND ($1::bigint IS NULL OR n.id > $1) ORDER BY n.id LIMIT $2::bigint", 2);
const struct db_statement COMPUTE_NODES_BY_NAME =
    NODES("compute_nodes_by_name", " AND n.hypervisor_hostname LIKE $1 ORDER BY n.id", 1);
const struct db_statement COMPUTE_NODES_OF_HOST = NODES("compute_nodes_of_host", " AND n.host = $1 ORDER BY n.id", 1);
const struct db_statement COMPUTE_NODE_BY_ID = NODES("compute_node_by_id", " AND n.id = $1::bigint", 1);
const struct db_statement COMPUTE_NODE_BY_UUID = NODES("compute_node_by_uuid", " AND n.uuid = $1", 1);

static const struct db_column instance_columns[] = {
    COL_INT_NULL(struct host_instance, instance.id),
    COL_TEXT(struct host_instance, instance.uuid),
    COL_TEXT(struct host_instance, instance.display_name),
    COL_TEXT(struct host_instance, instance.hostname),
    COL_TEXT(struct host_instance, instance.project_id),
    COL_TEXT(struct host_instance, instance.user_id),
    COL_TEXT(struct host_instance, instance.host),
    COL_TEXT(struct host_instance, instance.node),
    COL_TEXT(struct host_instance, instance.image_ref),
    COL_TEXT(struct host_instance, instance.key_name),
    COL_TEXT(struct host_instance, instance.reservation_id),
    COL_INT(struct host_instance, instance.launch_index),
    COL_INT(struct host_instance, vcpus),
    COL_INT(struct host_instance, memory_mb),
    COL_INT(struct host_instance, root_gb),
    COL_INT(struct host_instance, ephemeral_gb),
};
const struct db_statement INSTANCES_ON_HOSTS = {
    .name = "instances_on_hosts",
    .sql = "SELECT i.id AS \"instance.id\", i.uuid AS \"instance.uuid\", i.display_name AS \"instance.display_name\""
           ", i.hostname AS \"instance.hostname\", i.project_id AS \"instance.project_id\""
           ", i.user_id AS \"instance.user_id\", i.host AS \"instance.host\", i.node AS \"instance.node\""
           ", i.image_ref AS \"instance.image_ref\", i.key_name AS \"instance.key_name\""
           ", i.reservation_id AS \"instance.reservation_id\", i.launch_index AS \"instance.launch_index\""
           ", i.vcpus, i.memory_mb, i.root_gb, i.ephemeral_gb FROM instances i"
           " WHERE i.deleted = 0 AND i.host = ANY($1) ORDER BY i.id",
    .params = 1,
    .database = "cell",
    .columns = instance_columns,
    .column_count = COUNT(instance_columns),
    .row_size = sizeof(struct host_instance),
};

static const struct db_column sum_columns[] = {
    COL_INT(struct compute_node_sums, count),         COL_INT(struct compute_node_sums, vcpus),
    COL_INT(struct compute_node_sums, memory_mb),     COL_INT(struct compute_node_sums, local_gb),
    COL_INT(struct compute_node_sums, vcpus_used),    COL_INT(struct compute_node_sums, memory_mb_used),
    COL_INT(struct compute_node_sums, local_gb_used), COL_INT(struct compute_node_sums, free_ram_mb),
    COL_INT(struct compute_node_sums, free_disk_gb),  COL_INT(struct compute_node_sums, current_workload),
    COL_INT(struct compute_node_sums, running_vms),   COL_INT(struct compute_node_sums, disk_available_least),
};
const struct db_statement COMPUTE_NODE_SUMS = {
    .name = "compute_node_sums",
    .sql = "SELECT count(*) AS count, sum(n.vcpus) AS vcpus, sum(n.memory_mb) AS memory_mb, sum(n.local_gb) AS local_gb"
           ", sum(n.vcpus_used) AS vcpus_used, sum(n.memory_mb_used) AS memory_mb_used"
           ", sum(n.local_gb_used) AS local_gb_used, sum(n.free_ram_mb) AS free_ram_mb"
           ", sum(n.free_disk_gb) AS free_disk_gb, sum(n.current_workload) AS current_workload"
           ", sum(n.running_vms) AS running_vms, sum(n.disk_available_least) AS disk_available_least"
           " FROM compute_nodes n JOIN services s ON (n.host = s.host OR n.service_id = s.id)"
           " WHERE n.deleted = 0 AND NOT s.disabled AND s.\"binary\" = 'nova-compute' AND s.deleted = 0",
    .params = 0,
    .database = "cell",
    .columns = sum_columns,
    .column_count = COUNT(sum_columns),
    .row_size = sizeof(struct compute_node_sums),
};
