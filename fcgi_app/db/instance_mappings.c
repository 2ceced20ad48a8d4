/* SPDX-License-Identifier: Apache-2.0 */
/* Statements over `instance_mappings`, and what a lookup of a server brings with it. */
#include "config.h"

#include "fcgi_app/db/instance_mappings.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/build_requests.h"

LOG_MODULE("nova.compute.api");

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column mapping_columns[] = {
    COL_TEXT(struct instance_mapping, instance_uuid),     COL_INT_NULL(struct instance_mapping, cell_id),
    COL_TEXT(struct instance_mapping, project_id),        COL_TEXT(struct instance_mapping, user_id),
    COL_BOOL(struct instance_mapping, queued_for_delete), COL_TIME(struct instance_mapping, created_at),
};

#define MAPPING "im.instance_uuid, im.cell_id, im.project_id, im.user_id, im.queued_for_delete, im.created_at"

const struct db_statement INSTANCE_MAPPING_BY_UUID = {
    .name = "instance_mapping_by_uuid",
    .sql = "SELECT " MAPPING " FROM instance_mappings im WHERE im.instance_uuid = $1",
    .params = 1,
    .database = "api",
    .columns = mapping_columns,
    .column_count = COUNT(mapping_columns),
    .row_size = sizeof(struct instance_mapping),
};

/* Names are those of the SELECT list, offsets those of the struct within. */
#define COL_MAPPING(kind, member)                                                                                      \
    {                                                                                                                  \
#member, DB_##kind,                                                                                            \
            (unsigned short)(offsetof(struct instance_lookup, mapping) + offsetof(struct instance_mapping, member))    \
    }

static const struct db_column lookup_columns[] = {
    COL_MAPPING(TEXT, instance_uuid),
    COL_MAPPING(INT_NULL, cell_id),
    COL_MAPPING(TEXT, project_id),
    COL_MAPPING(TEXT, user_id),
    COL_MAPPING(BOOL, queued_for_delete),
    COL_MAPPING(TIME, created_at),
    COL_INT_NULL(struct instance_lookup, request_id),
    COL_TEXT(struct instance_lookup, request_instance),
    COL_TEXT(struct instance_lookup, request_tags),
    COL_TIME(struct instance_lookup, request_created_at),
    COL_TIME(struct instance_lookup, request_updated_at),
    COL_TEXT(struct instance_lookup, group_uuid),
};

const struct db_statement INSTANCE_LOOKUP = {
    .name = "instance_lookup",
    .sql = "SELECT " MAPPING ", br.id AS request_id, br.instance AS request_instance, br.tags AS request_tags, "
           "br.created_at AS request_created_at, br.updated_at AS request_updated_at, "
           "(SELECT g.uuid FROM instance_group_member m JOIN instance_groups g ON g.id = m.group_id "
           "WHERE m.instance_uuid = $1 AND ($2::text IS NULL OR g.project_id = $2) ORDER BY m.id LIMIT 1) "
           "AS group_uuid FROM instance_mappings im LEFT JOIN build_requests br "
           "ON br.instance_uuid = im.instance_uuid AND im.cell_id IS NULL WHERE im.instance_uuid = $1",
    .params = 2,
    .database = "api",
    .columns = lookup_columns,
    .column_count = COUNT(lookup_columns),
    .row_size = sizeof(struct instance_lookup),
};

const struct db_statement INSTANCE_MAPPINGS_BY_UUIDS = {
    .name = "instance_mappings_by_uuids",
    .sql = "SELECT " MAPPING " FROM instance_mappings im WHERE im.instance_uuid = ANY($1)",
    .params = 1,
    .database = "api",
    .columns = mapping_columns,
    .column_count = COUNT(mapping_columns),
    .row_size = sizeof(struct instance_mapping),
};

const struct db_statement INSTANCE_MAPPINGS_OF_CELL = {
    .name = "instance_mappings_of_cell",
    .sql = "SELECT " MAPPING " FROM instance_mappings im WHERE im.cell_id = $1 AND ($2::text IS NULL OR "
           "im.project_id = $2) AND (im.queued_for_delete = false OR im.queued_for_delete IS NULL) "
           "ORDER BY im.id LIMIT $3",
    .params = 3,
    .database = "api",
    .columns = mapping_columns,
    .column_count = COUNT(mapping_columns),
    .row_size = sizeof(struct instance_mapping),
};

const struct db_statement INSTANCE_MAPPING_SET_USER = {
    .name = "instance_mapping_set_user",
    .sql = "UPDATE instance_mappings SET user_id = $2, updated_at = $3 WHERE instance_uuid = $1 AND user_id IS NULL",
    .params = 3,
    .database = "api",
    .write = true,
};

static const struct db_column cell_columns[] = { COL_INT_NULL(struct instance_mapping, cell_id) };

const struct db_statement INSTANCE_MAPPING_CELLS_OF_PROJECT = {
    .name = "instance_mapping_cells_of_project",
    .sql = "SELECT DISTINCT cell_id FROM instance_mappings WHERE project_id = $1 AND cell_id IS NOT NULL",
    .params = 1,
    .database = "api",
    .columns = cell_columns,
    .column_count = COUNT(cell_columns),
    .row_size = sizeof(struct instance_mapping),
};

bool instance_lookup_request(const struct instance_lookup *lookup, struct build_request *request)
{
    if (lookup->request_id == DB_NULL_INT)
        return false;
    *request = (struct build_request){
        .id = lookup->request_id,
        .instance_uuid = lookup->mapping.instance_uuid,
        .instance = lookup->request_instance,
        .tags = lookup->request_tags,
        .created_at = lookup->request_created_at,
        .updated_at = lookup->request_updated_at,
    };
    return true;
}

void instance_mapping_complete(const struct context *context, const struct instance_mapping *mapping,
                               const char *user_id)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    struct fault *fault;

    if (mapping->user_id || !user_id)
        return;
    db_param_text(&params, mapping->instance_uuid);
    db_param_text(&params, user_id);
    db_param_time(&params, context->mem, clock_utc_usec());
    fault = db_query(context, context->mem, db_api(context->worker->db), &INSTANCE_MAPPING_SET_USER, &params, &rows);
    if (fault)
        log_warning("The user of server %s could not be put into its mapping: %s", mapping->instance_uuid,
                    fault->message);
}
