/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of host aggregates.  Neighbour above: compute/aggregates.c. Source: nova-facts/tables.tsv, db.md
 * section 9. */
#include "config.h"

#include "fcgi_app/db/aggregates.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column aggregate_columns[] = {
    COL_INT(struct aggregate_row, id),          COL_TEXT(struct aggregate_row, uuid),
    COL_TEXT(struct aggregate_row, name),       COL_TIME(struct aggregate_row, created_at),
    COL_TIME(struct aggregate_row, updated_at), COL_TEXT(struct aggregate_row, hosts),
    COL_TEXT(struct aggregate_row, metadata),
};
#define AGGREGATES(text_name, clauses, number)                                                                         \
    {                                                                                                                  \
        .name = (text_name),                                                                                           \
        .sql = "SELECT a.id, a.uuid, a.name, a.created_at, a.updated_at,"                                              \
               " (SELECT coalesce(json_agg(h.host ORDER BY h.id), '[]') FROM aggregate_hosts h"                        \
               " WHERE h.aggregate_id = a.id)::text AS hosts,"                                                         \
               " (SELECT coalesce(json_object_agg(m.key, m.value ORDER BY m.id), '{}') FROM aggregate_metadata m"      \
               " WHERE m.aggregate_id = a.id)::text AS metadata FROM aggregates a" clauses,                            \
        .params = (number), .database = "api", .columns = aggregate_columns, .column_count = COUNT(aggregate_columns), \
        .row_size = sizeof(struct aggregate_row)                                                                       \
    }
const struct db_statement AGGREGATES_ALL = AGGREGATES("aggregates_all", " ORDER BY a.id", 0);
const struct db_statement AGGREGATE_BY_ID = AGGREGATES("aggregate_by_id", " WHERE a.id = $1::bigint", 1);
const struct db_statement AGGREGATES_OF_HOST =
    AGGREGATES("aggregates_of_host",
               " WHERE EXISTS (SELECT 1 FROM aggregate_hosts o WHERE o.aggregate_id = a.id AND o.host = $1)"
               " ORDER BY a.id",
               1);

static const struct db_column zone_columns[] = {
    COL_INT(struct aggregate_zone, id),
    COL_TEXT(struct aggregate_zone, zone),
};
const struct db_statement AGGREGATE_ZONES_OF_HOSTS = {
    .name = "aggregate_zones_of_hosts",
    .sql = "SELECT m.aggregate_id AS id, m.value AS zone FROM aggregate_metadata m WHERE m.key = 'availability_zone'"
           " AND EXISTS (SELECT 1 FROM aggregate_hosts h WHERE h.aggregate_id = m.aggregate_id AND h.host = ANY($1))"
           " ORDER BY m.aggregate_id",
    .params = 1,
    .database = "api",
    .columns = zone_columns,
    .column_count = COUNT(zone_columns),
    .row_size = sizeof(struct aggregate_zone),
};

static const struct db_column count_columns[] = { COL_INT(struct aggregate_count, count) };
const struct db_statement INSTANCE_COUNT_ON_HOSTS = {
    .name = "instance_count_on_hosts",
    .sql = "SELECT count(*) AS count FROM instances WHERE deleted = 0 AND host = ANY($1)",
    .params = 1,
    .database = "cell",
    .columns = count_columns,
    .column_count = COUNT(count_columns),
    .row_size = sizeof(struct aggregate_count),
};

/* ---- writes ---- */

static const struct db_column made_columns[] = { COL_INT(struct aggregate_made, id) };
const struct db_statement AGGREGATE_CREATE = {
    .name = "aggregate_create",
    .sql = "WITH made AS (INSERT INTO aggregates (created_at, uuid, name) VALUES ($1::timestamp, $2, $3)"
           " ON CONFLICT DO NOTHING RETURNING id), zoned AS (INSERT INTO aggregate_metadata (created_at, aggregate_id,"
           " key, value) SELECT $1::timestamp, id, 'availability_zone', $4::varchar FROM made"
           " WHERE $4::varchar IS NOT NULL) SELECT id FROM made",
    .params = 4,
    .database = "api",
    .write = true,
    .columns = made_columns,
    .column_count = COUNT(made_columns),
    .row_size = sizeof(struct aggregate_made),
};
#define WRITE(text_name, text, number)                                                                                 \
    {                                                                                                                  \
        .name = (text_name), .sql = (text), .params = (number), .database = "api", .write = true                       \
    }
const struct db_statement AGGREGATE_RENAME =
    WRITE("aggregate_rename", "UPDATE aggregates SET name = $2, updated_at = $3 WHERE id = $1 AND name <> $2", 3);
const struct db_statement AGGREGATE_METADATA_PUT =
    WRITE("aggregate_metadata_put",
          "INSERT INTO aggregate_metadata AS m (created_at, aggregate_id, key, value)"
          " SELECT $4::timestamp, $1::integer, n.key, n.value FROM unnest($2::varchar[], $3::varchar[])"
          " AS n (key, value) ON CONFLICT (aggregate_id, key) DO UPDATE SET value = excluded.value, updated_at = $4"
          " WHERE m.value <> excluded.value",
          4);
const struct db_statement AGGREGATE_METADATA_DROP =
    WRITE("aggregate_metadata_drop", "DELETE FROM aggregate_metadata WHERE aggregate_id = $1 AND key = ANY($2)", 2);
const struct db_statement AGGREGATE_METADATA_DELETE =
    WRITE("aggregate_metadata_delete", "DELETE FROM aggregate_metadata WHERE aggregate_id = $1", 1);
const struct db_statement AGGREGATE_DELETE = WRITE("aggregate_delete", "DELETE FROM aggregates WHERE id = $1", 1);
const struct db_statement AGGREGATE_ADD_HOST =
    WRITE("aggregate_add_host", "INSERT INTO aggregate_hosts (created_at, host, aggregate_id) VALUES ($3, $2, $1)", 3);
const struct db_statement AGGREGATE_REMOVE_HOST =
    WRITE("aggregate_remove_host", "DELETE FROM aggregate_hosts WHERE aggregate_id = $1 AND host = $2", 2);
