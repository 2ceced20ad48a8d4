/* SPDX-License-Identifier: Apache-2.0 */
/* A soft-deleted server comes back, if its project has room for it. Neighbour: delete.c. */
#include "config.h"

#include "fcgi_app/compute/delete.h"

#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/quota/quota.h"

static const struct instance_states soft_deleted = INSTANCE_STATES("soft-delete");
static const struct instance_states idle = INSTANCE_STATES(NULL);

struct fault *server_restore(const struct context *context, struct target *target)
{
    struct quota_server size = {
        .vcpus = target_flavor_int(target, "vcpus"),
        .memory_mb = target_flavor_int(target, "memory_mb"),
        .root_gb = target_flavor_int(target, "root_gb"),
        .ephemeral_gb = target_flavor_int(target, "ephemeral_gb"),
        .swap = target_flavor_int(target, "swap"),
        .extra_specs = target_extra_specs(target),
        .boots_from_volume = target_is_volume_backed(target),
    };
    bool placed = target->row->host != NULL;
    int64_t allowed;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &soft_deleted, &idle, true, "restore"));
    TRY(quota_check_servers(context, &size, 1, 1, target->row->project_id, target->row->user_id, &allowed));
    if (placed)
        target_set_text(target, "task_state", "restoring");
    else {
        target_set_text(target, "vm_state", "active");
        target_set_text(target, "task_state", NULL);
    }
    target_set_time(target, "deleted_at", DB_NO_TIME);
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "restore" }));
    if (placed)
        TRY(action_send(context, target, RPC_restore_instance, NULL, false, NULL, NULL));
    return server_queue_for_delete(context, target->mem, target->row->uuid, false);
}
