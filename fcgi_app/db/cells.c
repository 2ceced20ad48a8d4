/* SPDX-License-Identifier: Apache-2.0 */
/* The list of cells: read once a process, kept until SIGHUP. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

static const char CELL0_UUID[] = "00000000-0000-0000-0000-000000000000";

struct cell_row {
    int64_t id;
    const char *uuid;
    const char *name;
    const char *transport_url;
    const char *database_connection;
    bool disabled;
};

static const struct db_column cell_columns[] = {
    COL_INT(struct cell_row, id),
    COL_TEXT(struct cell_row, uuid),
    COL_TEXT(struct cell_row, name),
    COL_TEXT(struct cell_row, transport_url),
    COL_TEXT(struct cell_row, database_connection),
    COL_BOOL(struct cell_row, disabled),
};

const struct db_statement CELL_MAPPINGS_ALL = {
    .name = "cell_mappings_all",
    .sql = "SELECT id, uuid, name, transport_url, database_connection, disabled FROM cell_mappings ORDER BY id",
    .database = "api",
    .columns = cell_columns,
    .column_count = sizeof(cell_columns) / sizeof(cell_columns[0]),
    .row_size = sizeof(struct cell_row),
};

void cells_forget(struct db *db)
{
    talloc_free(db->cells_mem);
    db->cells_mem = NULL;
    db->cells = NULL;
    db->cell_count = 0;
}

static void put_cell(struct db *db, const void *mem, struct db_cell *cell, const struct cell_row *row)
{
    const char *main_url = conf_string(db->conf, OPTION_database_connection);
    const char *transport_url = conf_string(db->conf, OPTION_DEFAULT_transport_url);
    const char *url = row->database_connection ? row->database_connection : "";

    *cell = (struct db_cell){
        .id = row->id,
        .uuid = mem_strdup(mem, row->uuid),
        .name = row->name ? mem_strdup(mem, row->name) : NULL,
        .disabled = row->disabled,
        .is_cell0 = strcmp(row->uuid, CELL0_UUID) == 0,
    };
    cell->transport_url = mem_strdup(mem, db_url_expand(mem, row->transport_url ? row->transport_url : "",
                                                        text_is_empty(transport_url) ? NULL : transport_url));
    url = db_url_expand(mem, url, text_is_empty(main_url) ? NULL : main_url);
    cell->link = link_of(db,
                         mem_printf(mem, "database of cell %s%s%s%s", row->uuid, row->name ? "(" : "",
                                    row->name ? row->name : "", row->name ? ")" : ""),
                         url, true);
    cell->link->cell = true;
}

struct fault *db_cells(const struct context *context, const struct db_cell **cells, size_t *count)
{
    struct db *db = context->worker->db;
    const struct cell_row *rows;
    struct db_rows found;

    if (!db->cell_count) {
        TRY(db_query(context, context->mem, db->api, &CELL_MAPPINGS_ALL, NULL, &found));
        cells_forget(db);
        rows = found.rows;
        if (found.count) {
            db->cells_mem = mem_context(db->mem, "cells");
            db->cells = mem_array(db->cells_mem, struct db_cell, found.count);
            for (size_t i = 0; i < found.count; i++)
                put_cell(db, db->cells_mem, &db->cells[i], &rows[i]);
            db->cell_count = found.count;
        }
    }
    *cells = db->cells;
    *count = db->cell_count;
    return NULL;
}

const struct db_cell *db_cell_by_id(const struct db_cell *cells, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].id == id)
            return &cells[i];
    return NULL;
}

const struct db_cell *db_only_cell(const struct db_cell *cells, size_t count)
{
    const struct db_cell *only = NULL;

    for (size_t i = 0; i < count; i++) {
        if (cells[i].is_cell0)
            continue;
        if (only)
            return NULL;
        only = &cells[i];
    }
    return only;
}
