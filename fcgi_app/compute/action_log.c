/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what was done to a server; see the header. */
#include "config.h"

#include "fcgi_app/compute/action_log.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/target.h"
#include "fcgi_app/db/instance_mappings.h"

/* The server of that uuid in the cell of its mapping, deleted or not; nothing is said when it is not there. */
static struct fault *look_up(const struct context *context, const char *uuid, struct action_owner *owner)
{
    struct db_params params = { .count = 0 };
    const struct instance_mapping *mapping;
    const struct action_server *server;
    const struct db_cell *cells, *cell;
    struct db_rows rows;
    size_t count;

    db_param_text(&params, uuid);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &INSTANCE_MAPPING_BY_UUID, &params, &rows));
    mapping = rows.rows;
    if (!rows.count || mapping->cell_id == DB_NULL_INT)
        return NULL;
    TRY(db_cells(context, &cells, &count));
    cell = db_cell_by_id(cells, count, mapping->cell_id);
    if (!cell)
        return NULL;
    if (!context_is_someone(context)) /* the ordinary search says what the cell's table says to them */
        return NULL;
    db_param_text(&params, context->is_admin ? NULL : context->project_id);
    TRY(db_query(context, context->mem, cell->link, &ACTION_SERVER, &params, &rows));
    server = rows.rows;
    if (rows.count)
        *owner = (struct action_owner){ mapping->instance_uuid, server->project_id, cell };
    return NULL;
}

struct fault *action_log_owner(const struct context *context, const char *uuid, bool deleted,
                               struct action_owner *owner)
{
    struct target *target;

    *owner = (struct action_owner){ 0 };
    if (deleted)
        TRY(look_up(context, uuid, owner));
    if (owner->uuid)
        return NULL;
    TRY(target_find(context, uuid, 0, &target));
    *owner = (struct action_owner){ target->row->uuid, target->row->project_id, target->cell };
    return NULL;
}

struct fault *action_log_list(const struct context *context, const struct action_owner *owner,
                              const struct action_search *search, struct action_list *list)
{
    struct db_params params = { .count = 0 }, marker_params = { .count = 0 };
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_answer page, marker;

    *list = (struct action_list){ 0 };
    if (search->limit == 0)
        return NULL;
    if (!owner->cell)
        return search->marker ? fault_new(context->mem, MarkerNotFound, "None") : NULL;
    db_param_text(&params, owner->uuid);
    db_param_time(&params, context->mem, search->changes_since);
    db_param_time(&params, context->mem, search->changes_before);
    db_param_text(&params, search->marker);
    db_param_int(&params, context->mem, search->limit);
    db_batch_add(batch, owner->cell->link, &ACTIONS_PAGE, &params, &page);
    if (search->marker) {
        db_param_text(&marker_params, owner->uuid);
        db_param_text(&marker_params, search->marker);
        db_batch_add(batch, owner->cell->link, &ACTION_BY_REQUEST, &marker_params, &marker);
    }
    db_batch_run(batch, 0);
    TRY(page.fault);
    if (search->marker) {
        TRY(marker.fault);
        if (!marker.rows.count)
            return fault_new(context->mem, MarkerNotFound,
                             "None"); /* sic: the reference looks it up into the same name */
    }
    *list = (struct action_list){ page.rows.rows, page.rows.count };
    return NULL;
}

struct fault *action_log_get(const struct context *context, const struct action_owner *owner, const char *request_id,
                             const struct action_row **action, struct action_event_list *events)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { .count = 0 };
    struct db_answer found, happened;

    *action = NULL;
    *events = (struct action_event_list){ 0 };
    if (!owner->cell)
        return NULL;
    db_param_text(&params, owner->uuid);
    db_param_text(&params, request_id);
    db_batch_add(batch, owner->cell->link, &ACTION_BY_REQUEST, &params, &found);
    db_batch_add(batch, owner->cell->link, &ACTION_EVENTS, &params, &happened);
    db_batch_run(batch, 0);
    TRY(found.fault);
    TRY(happened.fault);
    if (found.rows.count)
        *action = found.rows.rows;
    *events = (struct action_event_list){ happened.rows.rows, happened.rows.count };
    return NULL;
}
