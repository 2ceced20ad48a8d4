/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with tags; see the header. */
#include "config.h"

#include "fcgi_app/compute/server_tags.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/target_notify.h"
#include "fcgi_app/rpc/notify.h"

#include <string.h>

static const struct instance_states steady = INSTANCE_STATES("active", "paused", "suspended", "stopped");

struct fault *server_tags_mapping(const struct context *context, const char *uuid,
                                  const struct instance_mapping **mapping)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, uuid);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &INSTANCE_MAPPING_BY_UUID, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, InstanceMappingNotFound, uuid);
    *mapping = rows.rows;
    return NULL;
}

/* NULL: in none yet. */
static struct fault *cell_of(const struct context *context, const struct instance_mapping *mapping,
                             const struct db_cell **cell)
{
    const struct db_cell *cells;
    size_t count;

    *cell = NULL;
    if (mapping->cell_id == DB_NULL_INT)
        return NULL;
    TRY(db_cells(context, &cells, &count));
    *cell = db_cell_by_id(cells, count, mapping->cell_id);
    return NULL;
}

/* The tags of a server, or the one that is named; none where it has it not. */
static struct fault *ask(const struct context *context, const struct instance_mapping *mapping, const char *tag,
                         struct server_tag_list *list)
{
    struct db_params params = { .count = 0 };
    const struct db_cell *cell;
    struct db_rows rows;

    TRY(cell_of(context, mapping, &cell));
    if (!cell)
        return fault_new(context->mem, InstanceNotFound, mapping->instance_uuid);
    db_param_text(&params, mapping->instance_uuid);
    db_param_text(&params, context->is_admin ? NULL : context->project_id);
    db_param_text(&params, tag);
    TRY(db_query(context, context->mem, cell->link, &SERVER_TAGS, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, InstanceNotFound, mapping->instance_uuid);
    *list = (struct server_tag_list){ rows.rows, rows.count };
    if (!list->rows[0].tag)
        list->count = 0;
    return NULL;
}

struct fault *server_tags_list(const struct context *context, const struct instance_mapping *mapping,
                               struct server_tag_list *list)
{
    return ask(context, mapping, NULL, list);
}

struct fault *server_tags_exists(const struct context *context, const struct instance_mapping *mapping, const char *tag,
                                 bool *exists)
{
    struct server_tag_list list = { NULL, 0 };
    struct fault *fault = ask(context, mapping, tag, &list);

    *exists = list.count > 0;
    return fault;
}

struct fault *server_tags_target(const struct context *context, const char *uuid, const char *action,
                                 struct target **target)
{
    TRY(target_find(context, uuid, INSTANCE_WITH_TAGS, target));
    return target_conflict(*target, target_check_states(*target, &steady, NULL, false, action));
}

/* Tells of the server with the tags that it has now; `added`: the last of them, NULL where none is new. */
static struct fault *tell(const struct context *context, struct target *target, const char *added)
{
    struct db_params params = { .count = 0 };
    struct instance_tag_row *tags;
    struct db_rows rows;
    size_t count = 0;

    if (!notify_wanted(context, NOTIFY_LEGACY) && !notify_wanted(context, NOTIFY_VERSIONED))
        return NULL;
    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, context->mem, target->cell->link, &INSTANCE_TAGS_OF, &params, &rows));
    tags = mem_array(context->mem, struct instance_tag_row, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const struct instance_tag_row *row = (const struct instance_tag_row *)rows.rows + i;

        if (!added || strcmp(row->tag, added) != 0)
            tags[count++] = *row;
    }
    if (added)
        tags[count++].tag = added;
    target->tags = tags;
    target->tag_count = count;
    target->context_copied = true;
    target_notify_update(context, target, "nova-api");
    return NULL;
}

struct fault *server_tags_add(const struct context *context, struct target *target, const char *tag)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, target->row->uuid);
    db_param_text(&params, tag);
    TRY(db_query(context, context->mem, target->cell->link, &SERVER_TAG_ADD, &params, &rows));
    return tell(context, target, tag);
}

struct fault *server_tags_set(const struct context *context, struct target *target, const char *const *tags,
                              size_t count)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { .count = 0 };
    struct db_answer kept, added;

    db_param_text(&params, target->row->uuid);
    db_param_texts(&params, context->mem, tags, count);
    db_batch_add(batch, target->cell->link, &SERVER_TAGS_KEEP, &params, &kept);
    if (count)
        db_batch_add(batch, target->cell->link, &SERVER_TAGS_ADD, &params, &added);
    TRY(db_batch_write(batch));
    return tell(context, target, NULL);
}

struct fault *server_tags_delete(const struct context *context, struct target *target, const char *tag)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, target->row->uuid);
    db_param_text(&params, tag);
    TRY(db_query(context, context->mem, target->cell->link, &SERVER_TAG_DELETE, &params, &rows));
    return rows.affected ? tell(context, target, NULL)
                         : fault_new(context->mem, InstanceTagNotFound, target->row->uuid, tag);
}
