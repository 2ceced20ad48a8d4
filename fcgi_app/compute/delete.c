/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting a server: which way it goes. Neighbours: delete_local.c, resize.h (a resized server is confirmed first). */
#include "config.h"

#include "fcgi_app/compute/delete.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/resize.h"
#include "fcgi_app/compute/target_notify.h"
#include "fcgi_app/db/deletes.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static bool is_text(const char *a, const char *b)
{
    return a && !strcmp(a, b);
}

struct fault *server_queue_for_delete(const struct context *context, const void *mem, const char *uuid, bool queued)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, uuid);
    db_param_bool(&params, queued);
    db_param_time(&params, mem, clock_utc_usec());
    return db_query(context, mem, db_api(context->worker->db), &INSTANCE_MAPPING_QUEUE, &params, &rows);
}

/* Marks the rows of its cell; *done is false where it has got a host meanwhile. InstanceNotFound when it is gone. */
static struct fault *destroy(const struct context *context, struct target *target, bool *done)
{
    const struct instance_state_row *found;
    int64_t now = clock_utc_usec();
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, target->row->uuid);
    db_param_time(&params, target->mem, now);
    db_param_bool(&params, !target->row->host);
    TRY(db_query(context, target->mem, target->cell->link, &INSTANCE_DESTROY, &params, &rows));
    *done = rows.count > 0;
    if (*done) {
        target->row->deleted_at = now;
        return NULL;
    }
    params.count = 1;
    TRY(db_query(context, target->mem, target->cell->link, &INSTANCE_STATE_NOW, &params, &rows));
    found = rows.rows;
    if (!rows.count || found->deleted)
        return fault_new(target->mem, InstanceNotFound, target->row->uuid);
    return NULL;
}

/* What is left to do for a server that no host had: placement, and the mapping's word. */
static struct fault *clean_up(const struct context *context, const struct target *target)
{
    struct fault *fault = server_release_allocation(context, target);

    if (fault && !fault_is(fault, FAULT_AllocationDeleteFailed))
        return fault;
    if (fault)
        log_info("Allocation delete failed during local delete cleanup.");
    return server_queue_for_delete(context, target->mem, target->row->uuid, true);
}

/*
 * A server without a host: its build request is taken away, or where that is gone already, its rows.  *done is false
 * when it has got a host between two looks: then *target is what it is now.
 */
static struct fault *delete_unplaced(const struct context *context, struct target **target, bool *done)
{
    const struct build_request_taken *taken;
    struct target *found = NULL, *first = *target;
    struct db_params params = { 0 };
    struct db_rows rows;
    struct fault *fault;

    db_param_text(&params, first->row->uuid);
    TRY(db_query(context, first->mem, db_api(context->worker->db), &BUILD_REQUEST_TAKE, &params, &rows));
    taken = rows.rows;
    if (rows.count)
        server_release_stored_volumes(context, first, taken->block_device_mappings);
    fault = target_look_up(context, first->row->uuid, first->wants, &found);
    if (fault && fault->name != FAULT_InstanceNotFound)
        return fault;
    *done = true;
    if (!fault && found->cell) {
        found->context_copied = true;
        target_notify_action(context, found, "delete.start", "delete", "start");
        fault = destroy(context, found, done);
        target_notify_action(context, found, "delete.end", "delete", "end");
        if (fault && fault->name != FAULT_InstanceNotFound)
            return fault;
        if (!fault && !*done) {
            *target = found;
            return NULL;
        }
    }
    *done = true;
    return clean_up(context, first);
}

struct going {
    struct target *target;
    enum delete_kind kind;
};

static void fill_terminate(struct rpc_args *args, const void *arg)
{
    const struct target *target = arg;

    bdm_list_put(rpc_arg(args, "bdms"), target->bdms, target->bdm_count);
}

static struct fault *tell_host(const struct context *context, const struct target *target, enum delete_kind kind)
{
    if (kind == DELETE_SOFT)
        TRY(action_send(context, target, RPC_soft_delete_instance, NULL, false, NULL, NULL));
    else
        TRY(action_send(context, target, RPC_terminate_instance, NULL, false, fill_terminate, target));
    return server_queue_for_delete(context, target->mem, target->row->uuid, true);
}

/* Its host is down or there is none: what it has elsewhere is released here, then its rows go. */
static struct fault *release_local(const struct context *context, struct target *target, enum delete_kind kind)
{
    bool done;

    TRY(server_release_network(context, target));
    target->row->network_info = (struct db_bytes){ "[]", 2 };
    server_release_volumes(context, target, target->bdms, target->bdm_count);
    server_release_accelerators(context, target);
    TRY(server_release_allocation(context, target));
    target_set_text(target, "vm_state", kind == DELETE_SOFT ? "soft-delete" : "deleted");
    target_set_text(target, "task_state", NULL);
    target_set_time(target, "terminated_at", clock_utc_usec());
    TRY(target_save(context, target, &(struct target_guard){ 0 }));
    TRY(server_queue_for_delete(context, target->mem, target->row->uuid, true));
    return destroy(context, target, &done);
}

/* With word of it before and after, whether it went well or not. */
static struct fault *delete_local(const struct context *context, struct target *target, enum delete_kind kind)
{
    bool forced = kind == DELETE_FORCED;
    struct fault *fault;

    log_warning("The host %s of server %s is down, deleting from database", target->row->host ? target->row->host : "",
                target->row->uuid);
    target_notify_action(context, target, forced ? "force_delete.start" : "delete.start", forced ? NULL : "delete",
                         "start");
    fault = release_local(context, target, kind);
    target_notify_action(context, target, forced ? "force_delete.end" : "delete.end", forced ? NULL : "delete", "end");
    return fault;
}

static struct fault *delete_placed(const struct context *context, struct target *target, enum delete_kind kind)
{
    const char *task_state = kind == DELETE_SOFT ? "soft-deleting" : "deleting";
    bool going = is_text(target->row->task_state, "deleting") || is_text(target->row->task_state, "soft-deleting");
    bool resized = is_text(target->row->vm_state, "resized");
    bool up = target->row->host && target_host_is_up(context, target);

    if (is_text(target->row->vm_state, "shelved") || is_text(target->row->vm_state, "shelved_offloaded"))
        server_release_snapshot(context, target);
    target_set_text(target, "task_state", task_state);
    if (kind == DELETE_SOFT)
        target_set_time(target, "deleted_at", clock_utc_usec());
    target_set_int(target, "progress", 0);
    /* The row of the action goes with the save, but for a resized server, which has one before it. */
    TRY(target_save(context, target, &(struct target_guard){ .action = up && !going && !resized ? "delete" : NULL }));
    if (resized) {
        TRY(server_confirm_before_delete(context, target));
        if (kind == DELETE_SOFT) {
            target_set_text(target, "task_state", task_state);
            TRY(target_save(context, target, &(struct target_guard){ 0 }));
        }
        if (up && !going)
            TRY(target_save(context, target, &(struct target_guard){ .action = "delete" }));
    }
    if (!up)
        return delete_local(context, target, kind);
    if (going) {
        log_info("Instance %s is already in deleting state, ignoring this request", target->row->uuid);
        return NULL;
    }
    return tell_host(context, target, kind);
}

struct fault *server_delete(const struct context *context, struct target *target, enum delete_kind kind)
{
    bool unplaced = !target->row->host && !is_text(target->row->vm_state, "error") &&
                    !is_text(target->row->vm_state, "shelved_offloaded");
    struct fault *fault;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, NULL, NULL, kind == DELETE_SOFT, "delete"));
    if (target->row->disable_terminate) {
        log_info("instance termination disabled");
        return NULL;
    }
    if (unplaced) {
        bool done;

        TRY(delete_unplaced(context, &target, &done));
        if (done)
            return NULL;
    }
    fault = delete_placed(context, target, kind);
    return fault && fault->name == FAULT_InstanceNotFound ? NULL : fault;
}
