/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of flavors.  A list is put together from constant clauses; its
 * extra specs come as one JSON object a flavor, so that a list is one
 * statement and as many rows as flavors.  Neighbours: compute/flavors.c.
 */
#include "config.h"

#include "fcgi_app/db/flavors.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Extra specs stand in the order in which they were made. */
#define COLUMNS_BRIEF "f.flavorid, f.name, f.description"
#define COLUMNS_DETAIL                                                                                                 \
    COLUMNS_BRIEF ", f.memory_mb, f.vcpus, f.root_gb, f.ephemeral_gb, f.swap, f.rxtx_factor, f.disabled, f.is_public"
#define COLUMNS_EXTRA_SPECS                                                                                            \
    COLUMNS_DETAIL ", (SELECT json_object_agg(s.key, s.value ORDER BY s.id) FROM flavor_extra_specs s"                 \
                   " WHERE s.flavor_id = f.id) AS extra_specs"

static const struct db_column columns[] = {
    COL_TEXT(struct flavor, flavorid),    COL_TEXT(struct flavor, name),      COL_TEXT(struct flavor, description),
    COL_INT(struct flavor, memory_mb),    COL_INT(struct flavor, vcpus),      COL_INT(struct flavor, root_gb),
    COL_INT(struct flavor, ephemeral_gb), COL_INT(struct flavor, swap),       COL_DOUBLE(struct flavor, rxtx_factor),
    COL_BOOL(struct flavor, disabled),    COL_BOOL(struct flavor, is_public), COL_BYTES(struct flavor, extra_specs),
};
enum { BRIEF_COLUMNS = 3, DETAIL_COLUMNS = COUNT(columns) - 1, ALL_COLUMNS = COUNT(columns) };

#define LIST(text_name, column_list, number)                                                                           \
    {                                                                                                                  \
        .name = (text_name), .sql = "SELECT " column_list " FROM flavors f", .database = "api", .columns = columns,    \
        .column_count = (number), .row_size = sizeof(struct flavor)                                                    \
    }
const struct db_statement FLAVORS_BRIEF = LIST("flavors_brief", COLUMNS_BRIEF, BRIEF_COLUMNS);
const struct db_statement FLAVORS_DETAIL = LIST("flavors_detail", COLUMNS_DETAIL, DETAIL_COLUMNS);
const struct db_statement FLAVORS_EXTRA_SPECS = LIST("flavors_extra_specs", COLUMNS_EXTRA_SPECS, ALL_COLUMNS);

/* $1 flavorid, $2 is an administrator, $3 project: the same rows that the list's clauses let through. */
#define SEEN_BY_FLAVORID                                                                                               \
    " FROM flavors f WHERE f.flavorid = $1 AND ($2::boolean OR f.is_public OR EXISTS (SELECT 1 FROM flavor_projects p" \
    " WHERE p.flavor_id = f.id AND p.project_id = $3::text))"

const struct db_statement FLAVOR_MARKER = {
    .name = "flavor_marker",
    .sql = "SELECT f.flavorid" SEEN_BY_FLAVORID,
    .params = 3,
    .database = "api",
    .columns = columns,
    .column_count = 1,
    .row_size = sizeof(struct flavor),
};
const struct db_statement FLAVOR_BY_FLAVORID = {
    .name = "flavor_by_flavorid",
    .sql = "SELECT " COLUMNS_DETAIL SEEN_BY_FLAVORID,
    .params = 3,
    .database = "api",
    .columns = columns,
    .column_count = DETAIL_COLUMNS,
    .row_size = sizeof(struct flavor),
};
const struct db_statement FLAVOR_EXTRA_SPECS_BY_FLAVORID = {
    .name = "flavor_extra_specs_by_flavorid",
    .sql = "SELECT " COLUMNS_EXTRA_SPECS SEEN_BY_FLAVORID,
    .params = 3,
    .database = "api",
    .columns = columns,
    .column_count = ALL_COLUMNS,
    .row_size = sizeof(struct flavor),
};

/* ---- the list ---- */

const char *const flavors_sort_keys[] = {
    "created_at", "description", "disabled",    "ephemeral_gb", "flavorid",   "id",          "is_public", "memory_mb",
    "name",       "root_gb",     "rxtx_factor", "swap",         "updated_at", "vcpu_weight", "vcpus",     NULL,
};

/* The table's own text of the key, so that no caller's text goes into a statement; NULL: no such key. */
static const char *sort_column(const char *key)
{
    for (size_t i = 0; flavors_sort_keys[i]; i++)
        if (!strcmp(flavors_sort_keys[i], key))
            return flavors_sort_keys[i];
    return NULL;
}

/* A statement in the making: clauses after WHERE are joined by AND. */
struct list {
    struct strbuf sql;
    struct db_params params;
    const char *joint;
};

static struct strbuf *clause(struct list *list)
{
    strbuf_puts(&list->sql, list->joint);
    list->joint = " AND ";
    return &list->sql;
}

/* Public, or the project has access to it. */
static void seen_by_project(struct list *list, const char *project_id)
{
    strbuf_printf(clause(list),
                  "(f.is_public OR EXISTS (SELECT 1 FROM flavor_projects p WHERE p.flavor_id = f.id AND p.project_id = "
                  "$%u))",
                  db_param_text(&list->params, project_id));
}

/*
 * Behind the marker: its key and id are compared with.  Where its key is NULL only the id counts, as in the
 * reference's paging.
 */
static void behind_marker(struct list *list, const char *column, bool descending, const char *marker)
{
    const char *sign = descending ? "<" : ">";

    strbuf_printf(clause(list),
                  "EXISTS (SELECT 1 FROM flavors m WHERE m.flavorid = $%u AND (f.%s %s m.%s OR"
                  " ((f.%s = m.%s OR m.%s IS NULL) AND f.id %s m.id)))",
                  db_param_text(&list->params, marker), column, sign, column, column, column, column, sign);
}

static const struct db_statement *list_statement(const struct context *context, const void *mem,
                                                 const struct db_statement *model, const struct flavor_filter *filter,
                                                 const char *column, struct list *list)
{
    const char *direction = filter->descending ? "DESC" : "ASC";

    strbuf_init(&list->sql, mem, 1024);
    strbuf_puts(&list->sql, model->sql);
    list->joint = " WHERE ";
    if (!context->is_admin)
        seen_by_project(list, context->project_id);
    if (filter->has_min_memory_mb)
        strbuf_printf(clause(list), "f.memory_mb >= $%u::bigint",
                      db_param_int(&list->params, mem, filter->min_memory_mb));
    if (filter->has_min_root_gb)
        strbuf_printf(clause(list), "f.root_gb >= $%u::bigint", db_param_int(&list->params, mem, filter->min_root_gb));
    if (filter->enabled_only)
        strbuf_puts(clause(list), "NOT f.disabled");
    if (filter->is_public == FLAVOR_PUBLIC && context->is_admin)
        seen_by_project(list, context->project_id);
    if (filter->is_public == FLAVOR_NOT_PUBLIC)
        strbuf_puts(clause(list), "NOT f.is_public");
    if (filter->marker)
        behind_marker(list, column, filter->descending, filter->marker);
    strbuf_printf(&list->sql, " ORDER BY f.%s %s, f.id %s LIMIT $%u::bigint", column, direction, direction,
                  db_param_int(&list->params, mem, filter->limit));
    return db_statement_dynamic(mem, model, list->sql.data, list->params.count);
}

static void flavorid_params(const struct context *context, const char *flavorid, struct db_params *params)
{
    db_param_text(params, flavorid);
    db_param_bool(params, context->is_admin);
    db_param_text(params, context->project_id);
}

struct fault *db_flavors_list(const struct context *context, const void *mem, enum flavor_depth depth,
                              const struct flavor_filter *filter, struct db_rows *rows)
{
    static const struct db_statement *const models[] = {
        [FLAVOR_BRIEF] = &FLAVORS_BRIEF,
        [FLAVOR_DETAIL] = &FLAVORS_DETAIL,
        [FLAVOR_EXTRA_SPECS] = &FLAVORS_EXTRA_SPECS,
    };
    struct db_link *link = db_api(context->worker->db);
    const char *column = sort_column(filter->sort_key);
    struct list list = { .params = { .count = 0 } };
    struct db_params marker_params = { .count = 0 };
    struct db_answer flavors, marker;
    struct db_batch *batch;

    if (!column)
        return fault_new(mem, InvalidSortKey);
    batch = db_batch(context, mem);
    if (filter->marker) {
        flavorid_params(context, filter->marker, &marker_params);
        db_batch_add(batch, link, &FLAVOR_MARKER, &marker_params, &marker);
    }
    db_batch_add(batch, link, list_statement(context, mem, models[depth], filter, column, &list), &list.params,
                 &flavors);
    db_batch_run(batch, 0);
    if (filter->marker) {
        TRY(marker.fault);
        if (!marker.rows.count)
            return fault_new(mem, MarkerNotFound, filter->marker);
    }
    *rows = flavors.rows;
    return flavors.fault;
}

struct fault *db_flavor_get(const struct context *context, const void *mem, const char *flavorid, bool extra_specs,
                            const struct flavor **flavor)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    flavorid_params(context, flavorid, &params);
    TRY(db_query(context, mem, db_api(context->worker->db),
                 extra_specs ? &FLAVOR_EXTRA_SPECS_BY_FLAVORID : &FLAVOR_BY_FLAVORID, &params, &rows));
    if (!rows.count)
        return fault_new(mem, FlavorNotFound, flavorid);
    *flavor = rows.rows;
    return NULL;
}
