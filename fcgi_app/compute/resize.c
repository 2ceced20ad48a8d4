/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a move. */
#include "config.h"

#include "fcgi_app/compute/resize.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/objects/hosts.h"

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
