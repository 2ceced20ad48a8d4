/* SPDX-License-Identifier: Apache-2.0 */
/* PUT of a server: its row, or the object in its build request. */
#include "config.h"

#include "fcgi_app/compute/update.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/deletes.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

static const void *member_of(const struct target *target, const struct instance_column *column)
{
    return (const char *)target->row + column->offset;
}

static json_t *value_of(const struct target *target, const struct instance_column *column)
{
    const void *at = member_of(target, column);

    if (column->type == INSTANCE_COLUMN_TEXT)
        return tree_text(*(const char *const *)at);
    if (column->type == INSTANCE_COLUMN_BOOL)
        return json_boolean(*(const bool *)at);
    return json_integer(*(const int64_t *)at);
}

/* What a server that is in no cell yet has besides what is stored, and none of it as a change. */
static struct fault *complete(const struct target *target, json_t *tree)
{
    static const char *const unset[] = { "terminated_at", "host", "node", "launched_at", "launched_on", "cell_name" };
    const struct build_request *request = target->request;
    json_t *tags;

    tree_forget(tree);
    if (!tree_get(tree, "deleted"))
        tree_put(tree, "deleted", json_false());
    if (!tree_get(tree, "hidden"))
        tree_put(tree, "hidden", json_false());
    tree_put(tree, "disable_terminate", json_false());
    for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
        tree_put(tree, unset[i], json_null());
    if (!tree_get(tree, "locked_by"))
        tree_put(tree, "locked_by", json_null());
    tree_put(tree, "created_at", tree_time(request->created_at));
    tree_put(tree, "updated_at", tree_time(request->updated_at));
    if (!request->tags) {
        tree_put(tree, "tags", tree_object("TagList"));
        return NULL;
    }
    TRY(json_read(target->mem, request->tags, strlen(request->tags), &tags));
    tree_forget(tags);
    tree_put(tree, "tags", json_incref(tags));
    return NULL;
}

/* The object in the build request with the changed members. */
static struct fault *save_request(const struct context *context, const struct target *target, bool *saved)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    struct strbuf text;
    json_t *tree;

    TRY(json_read(target->mem, target->request->instance, strlen(target->request->instance), &tree));
    TRY(complete(target, tree));
    for (size_t i = 0; i < target->changed_count; i++)
        tree_set(tree, target->changed[i]->name, value_of(target, target->changed[i]));
    strbuf_init(&text, target->mem, strlen(target->request->instance) + 500);
    json_put_tree(&text, tree);
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, text.data);
    db_param_time(&params, target->mem, clock_utc_usec());
    TRY(db_query(context, target->mem, db_api(context->worker->db), &BUILD_REQUEST_SET_INSTANCE, &params, &rows));
    *saved = rows.affected > 0;
    return NULL;
}

/* The changes of one target for another, which is the same server in its cell. */
static void carry_over(const struct target *from, struct target *to)
{
    for (size_t i = 0; i < from->changed_count; i++) {
        const struct instance_column *column = from->changed[i];
        const void *at = member_of(from, column);

        if (column->type == INSTANCE_COLUMN_TEXT)
            target_set_text(to, column->name, *(const char *const *)at);
        else if (column->type == INSTANCE_COLUMN_BOOL)
            target_set_bool(to, column->name, *(const bool *)at);
        else
            target_set_int(to, column->name, *(const int64_t *)at);
    }
}

struct fault *server_update(const struct context *context, struct target *target)
{
    struct target *placed;
    bool saved;

    if (!target->cell) {
        TRY(save_request(context, target, &saved));
        if (saved)
            return NULL;
        TRY(target_look_up(context, target->row->uuid, target->wants, &placed));
        if (!placed->cell)
            return fault_new(target->mem, InstanceNotFound, target->row->uuid);
        carry_over(target, placed);
        target = placed;
    }
    return target_save(context, target, &(struct target_guard){ 0 });
}
