/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a move, either way. Neighbour: resize_start.c begins one. */
#include "config.h"

#include "fcgi_app/compute/resize.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/server_flavor.h"
#include "fcgi_app/compute/server_spec.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/tree.h"
#include "fcgi_app/quota/quota.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static const struct instance_states resized = INSTANCE_STATES("resized");
static const struct instance_states idle = INSTANCE_STATES(NULL);

/* The server's move of that status; NULL row: none. */
static struct fault *find_migration(const struct context *context, const struct target *target, const char *status,
                                    struct migration_row **migration)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, target->row->uuid);
    db_param_text(&params, status);
    TRY(db_query(context, target->mem, target->cell->link, &MIGRATION_BY_STATUS, &params, &rows));
    *migration = rows.count ? rows.rows : NULL;
    return NULL;
}

static struct fault *set_status(const struct context *context, const struct target *target,
                                struct migration_row *migration, const char *status)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    int64_t now = clock_utc_usec();

    db_param_int(&params, target->mem, migration->id);
    db_param_text(&params, status);
    db_param_time(&params, target->mem, now);
    TRY(db_query(context, target->mem, target->cell->link, &MIGRATION_SET_STATUS, &params, &rows));
    migration->status = status;
    migration->updated_at = now;
    return NULL;
}

/* ServiceUnavailable when the host that it came from cannot clean up. */
static struct fault *check_source_up(const struct context *context, const struct target *target,
                                     const struct migration_row *migration)
{
    const struct db_cell *cell = target->cell;
    struct db_params params = { 0 };
    struct db_rows rows;

    if (migration->cross_cell_move)
        TRY(host_cell(context, migration->source_compute, &cell));
    db_param_text(&params, migration->source_compute);
    db_param_text(&params, "nova-compute");
    TRY(db_query(context, target->mem, cell->link, &SERVICE_ON_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(target->mem, ComputeHostNotFound, migration->source_compute);
    return service_is_up(context, rows.rows) ? NULL : fault_new(target->mem, ServiceUnavailable);
}

static void fill_migration(struct rpc_args *args, const void *arg)
{
    migration_object_put(rpc_arg(args, "migration"), arg);
}

/* To the host that it came from, or, when that is in another cell, to the conductor. */
static struct fault *send_confirm(const struct context *context, const struct target *target,
                                  const struct migration_row *migration, bool called)
{
    struct rpc_target conductor = { 0 };
    struct rpc_args args;

    if (!migration->cross_cell_move)
        return action_send(context, target, RPC_confirm_resize, migration->source_compute, called, fill_migration,
                           migration);
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    fill_migration(&args, migration);
    return called ? rpc_call(context, &conductor, RPC_confirm_snapshot_based_resize, &args, NULL)
                  : rpc_cast(context, &conductor, RPC_confirm_snapshot_based_resize, &args);
}

struct fault *server_confirm_resize(const struct context *context, struct target *target)
{
    struct migration_row *migration;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &resized, &idle, true, "confirmResize"));
    TRY(find_migration(context, target, "finished", &migration));
    if (!migration)
        return fault_new(target->mem, MigrationNotFoundByStatus, target->row->uuid, "finished");
    TRY(check_source_up(context, target, migration));
    TRY(set_status(context, target, migration, "confirming"));
    TRY(target_save(context, target, &(struct target_guard){ .action = "confirmResize" }));
    return send_confirm(context, target, migration, false);
}

struct fault *server_confirm_before_delete(const struct context *context, struct target *target)
{
    struct migration_row *migration;

    TRY(find_migration(context, target, "finished", &migration));
    if (!migration)
        TRY(find_migration(context, target, "confirming", &migration));
    if (!migration) {
        log_info("Instance may have been confirmed during delete");
        return NULL;
    }
    TRY(target_save(context, target, &(struct target_guard){ .action = "confirmResize" }));
    return send_confirm(context, target, migration, true);
}

/* ---- back ---- */

static struct quota_server size_of(const struct flavor_row *flavor)
{
    return (struct quota_server){ .vcpus = flavor->vcpus,
                                  .memory_mb = flavor->memory_mb,
                                  .root_gb = flavor->root_gb,
                                  .ephemeral_gb = flavor->ephemeral_gb,
                                  .swap = flavor->swap };
}

/* The wish is for the old flavor again. */
static struct fault *respecify(const struct context *context, const struct target *target, json_t *old,
                               const struct flavor_row *flavor, struct server_spec *spec)
{
    json_t *topology = NULL, *image;

    if (json_integer_value(tree_get(server_spec_get(spec, "flavor"), "id")) == flavor->id)
        return NULL;
    TRY(server_image_meta(target, &image));
    TRY(hardware_numa(target->mem, flavor, image, &topology));
    server_spec_set(spec, "flavor", json_incref(old));
    server_spec_set(spec, "numa_topology", topology ? topology : json_null());
    return server_spec_save(context, target, spec);
}

struct reverting {
    const struct migration_row *migration;
    const struct server_spec *spec;
};

static void fill_revert(struct rpc_args *args, const void *arg)
{
    const struct reverting *reverting = arg;

    migration_object_put(rpc_arg(args, "migration"), reverting->migration);
    server_spec_put(reverting->spec, args);
}

static struct fault *send_revert(const struct context *context, const struct target *target,
                                 const struct reverting *reverting)
{
    struct rpc_target conductor = { 0 };
    struct rpc_args args;

    if (!reverting->migration->cross_cell_move)
        return action_send(context, target, RPC_revert_resize, reverting->migration->dest_compute, false, fill_revert,
                           reverting);
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    fill_migration(&args, reverting->migration);
    return rpc_cast(context, &conductor, RPC_revert_snapshot_based_resize, &args);
}

struct fault *server_revert_resize(const struct context *context, struct target *target)
{
    struct migration_row *migration;
    struct quota_server from, to;
    struct server_spec *spec;
    struct flavor_row *flavor;
    const char *zone;
    json_t *old;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &resized, &idle, true, "revertResize"));
    TRY(find_migration(context, target, "finished", &migration));
    if (!migration)
        return fault_new(target->mem, MigrationNotFoundByStatus, target->row->uuid, "finished");
    TRY(server_spec_load(context, target, &spec));
    old = server_flavor(target, "old");
    if (!old)
        return fault_new(target->mem, FlavorNotFound, "None");
    flavor = server_flavor_row(target, old);
    to = size_of(flavor);
    from = (struct quota_server){ .vcpus = target_flavor_int(target, "vcpus"),
                                  .memory_mb = target_flavor_int(target, "memory_mb") };
    TRY(quota_check_resize(context, &from, &to, true, target->row->project_id, target->row->user_id));
    TRY(host_find_zone(context, migration->source_compute, &zone));
    TRY(respecify(context, target, old, flavor, spec));
    target_set_text(target, "availability_zone", zone);
    target_set_text(target, "task_state", "resize_reverting");
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "revertResize" }));
    TRY(set_status(context, target, migration, "reverting"));
    return send_revert(context, target, &(struct reverting){ migration, spec });
}
