/* SPDX-License-Identifier: Apache-2.0 */
/* Cell mappings: written by the manage commands. */
#include "config.h"

#include "fcgi_app/db/cell_mappings.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char CELL0_UUID[] = "00000000-0000-0000-0000-000000000000";

static const struct db_column mapping_columns[] = {
    COL_INT(struct cell_mapping, id),
    COL_TEXT(struct cell_mapping, uuid),
    COL_TEXT(struct cell_mapping, name),
    COL_TEXT(struct cell_mapping, transport_url),
    COL_TEXT(struct cell_mapping, database_connection),
    COL_BOOL(struct cell_mapping, disabled),
};

const struct db_statement CELL_MAPPINGS_BY_NAME = {
    .name = "cell_mappings_by_name",
    .sql = "SELECT id, uuid, coalesce(name, '') AS name, transport_url, database_connection, disabled"
           " FROM cell_mappings ORDER BY coalesce(name, '') COLLATE \"C\", id",
    .database = "api",
    .columns = mapping_columns,
    .column_count = COUNT(mapping_columns),
    .row_size = sizeof(struct cell_mapping),
};

const struct db_statement CELL_MAPPING_CREATE = {
    .name = "cell_mapping_create",
    .sql = "INSERT INTO cell_mappings (created_at, uuid, name, transport_url, database_connection, disabled)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = 6,
    .database = "api",
    .write = true,
};

static struct fault *create(const struct context *context, const char *uuid, const char *name,
                            const char *transport_url, const char *url, bool disabled)
{
    struct db_params params = { 0 };

    db_param_time(&params, context->mem, clock_utc_usec());
    db_param_text(&params, uuid);
    db_param_text(&params, name);
    db_param_text(&params, transport_url);
    db_param_text(&params, url);
    db_param_bool(&params, disabled);
    return db_query(context, context->mem, db_api(context->worker->db), &CELL_MAPPING_CREATE, &params, NULL);
}

struct fault *cell_mappings_map_cell0(const struct context *context, const char *url, bool *made)
{
    const char *main_url = conf_string(context->worker->conf, OPTION_database_connection);
    struct fault *fault;

    if (!url) {
        size_t path = main_url ? strcspn(main_url, "?#") : 0;
        if (!path)
            return fault_text(context->mem, Internal,
                              "[database] connection is not set: --database_connection must say where cell0 is");
        url = mem_printf(context->mem, "%.*s_cell0%s", (int)path, main_url, main_url + path);
    }
    fault = create(context, CELL0_UUID, "cell0", "none:///", url, false);
    *made = !fault;
    return db_fault_is_duplicate(fault, "uniq_cell_mappings0uuid") ? NULL : fault;
}

struct fault *cell_mappings_create(const struct context *context, const char *name, const char *url,
                                   const char *transport_url, bool disabled, const char **uuid, bool *taken)
{
    const struct cell_mapping *mappings;
    size_t count;
    char fresh[37];

    *taken = false;
    TRY(cell_mappings_list(context, &mappings, &count));
    for (size_t i = 0; i < count && !*taken; i++)
        *taken =
            strcmp(mappings[i].transport_url, transport_url) == 0 || strcmp(mappings[i].database_connection, url) == 0;
    if (*taken)
        return NULL;
    text_uuid4(fresh);
    *uuid = mem_strdup(context->mem, fresh);
    return create(context, *uuid, name, transport_url, url, disabled);
}

struct fault *cell_mappings_list(const struct context *context, const struct cell_mapping **mappings, size_t *count)
{
    struct db_rows rows;

    TRY(db_query(context, context->mem, db_api(context->worker->db), &CELL_MAPPINGS_BY_NAME, NULL, &rows));
    *mappings = rows.rows;
    *count = rows.count;
    return NULL;
}
