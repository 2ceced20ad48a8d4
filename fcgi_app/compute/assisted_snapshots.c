/* SPDX-License-Identifier: Apache-2.0 */
/* Assisted snapshots; see the header. */
#include "config.h"

#include "fcgi_app/compute/assisted_snapshots.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/db/assisted_snapshots.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/rpc/rpc.h"

#include <string.h>

struct owner {
    const struct db_cell *cell;
    const struct instance_row *row;
};

/* The first cell that knows the volume counts; there it must be one server's alone. */
static struct fault *find_owner(const struct context *context, const char *volume_id, struct owner *owner)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { 0 }, of_instance = { 0 };
    const struct db_cell *cells;
    struct db_answer *answers;
    struct db_rows rows;
    size_t count, at = 0;

    TRY(db_cells(context, &cells, &count));
    db_param_text(&params, volume_id);
    answers = mem_array(context->mem, struct db_answer, count);
    for (size_t i = 0; i < count; i++)
        db_batch_add(batch, cells[i].link, &VOLUME_OWNERS, &params, &answers[i]);
    db_batch_run(batch, 0);
    for (size_t i = 0; i < count; i++)
        TRY(answers[i].fault);
    while (at < count && !answers[at].rows.count)
        at++;
    if (at == count)
        return fault_new(context->mem, VolumeBDMNotFound, volume_id);
    if (answers[at].rows.count > 1)
        return fault_new(context->mem, VolumeBDMIsMultiAttach, volume_id);
    db_param_text(&of_instance, ((const struct volume_owner *)answers[at].rows.rows)->instance_uuid);
    db_param_text(&of_instance, NULL);
    db_param_int(&of_instance, context->mem, 0);
    TRY(db_query(context, context->mem, cells[at].link, &INSTANCE_ROW, &of_instance, &rows));
    if (!rows.count)
        return fault_new(context->mem, VolumeBDMNotFound, volume_id);
    *owner = (struct owner){ &cells[at], rows.rows };
    return NULL;
}

/* It must be on a host, have run once, and nothing may be going on. */
static struct fault *check(const struct context *context, const struct instance_row *row, const char *method)
{
    if (text_is_empty(row->host))
        return fault_new(context->mem, InstanceNotReady, row->uuid);
    if (row->task_state)
        return fault_new(context->mem, InstanceInvalidState, row->uuid, "task_state", row->task_state, method);
    if (row->launched_at == DB_NO_TIME)
        return fault_new(context->mem, InstanceInvalidState, row->uuid, "None", row->vm_state ? row->vm_state : "None",
                         method);
    return NULL;
}

static struct fault *send(const struct context *context, const struct owner *owner, enum rpc_method method,
                          const char *volume_id, const char *snapshot_id, const char *info_name, const json_t *info)
{
    const struct rpc_target target = { .transport_url = owner->cell->transport_url, .server = owner->row->host };
    const struct instance_source source = { .row = owner->row, .wants = INSTANCE_WITHOUT_METADATA };
    struct rpc_args args;

    rpc_args_init(&args, context->mem);
    instance_object_put(rpc_arg(&args, "instance"), &source);
    rpc_arg_string(&args, "volume_id", volume_id);
    if (snapshot_id)
        rpc_arg_string(&args, "snapshot_id", snapshot_id);
    json_put_tree(rpc_arg(&args, info_name), info);
    return rpc_cast(context, &target, method, &args);
}

struct fault *assisted_snapshot_create(const struct context *context, const char *volume_id, const json_t *create_info)
{
    struct owner owner;

    TRY(find_owner(context, volume_id, &owner));
    TRY(check(context, owner.row, "do_volume_snapshot_create"));
    return send(context, &owner, RPC_volume_snapshot_create, volume_id, NULL, "create_info", create_info);
}

struct fault *assisted_snapshot_delete(const struct context *context, const char *volume_id, const char *snapshot_id,
                                       const json_t *delete_info)
{
    const json_t *merged = json_object_get(delete_info, "merge_target_file");
    struct owner owner;

    TRY(find_owner(context, volume_id, &owner));
    TRY(check(context, owner.row, "do_volume_snapshot_delete"));
    if (merged && !json_is_null(merged) && (!owner.row->vm_state || strcmp(owner.row->vm_state, "active")))
        return fault_new(context->mem, InstanceInvalidState, owner.row->uuid, "vm_state",
                         owner.row->vm_state ? owner.row->vm_state : "None", "volume_snapshot_delete");
    return send(context, &owner, RPC_volume_snapshot_delete, volume_id, snapshot_id, "delete_info", delete_info);
}
