/* SPDX-License-Identifier: Apache-2.0 */
/* Live migrations; see the header. */
#include "config.h"

#include "fcgi_app/compute/live_migrations.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/db/host_checks.h"

#include <string.h>

static const struct instance_states active = INSTANCE_STATES("active");
static const struct instance_states migrating = INSTANCE_STATES("migrating");

static struct fault *find(const struct context *context, const struct target *target, const char *id,
                          const struct live_migration_row **migration)
{
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };

    db_param_text(&params, id);
    db_param_text(&params, target->row->uuid);
    /* what is no number, the database refuses, as the reference's */
    if (target->cell)
        TRY(db_query(context, context->mem, target->cell->link, &LIVE_MIGRATION_OF_INSTANCE, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, MigrationNotFoundForInstance, id, target->row->uuid);
    *migration = rows.rows;
    return NULL;
}

static struct fault *wrong_state(const struct context *context, const struct target *target, const char *id,
                                 const struct live_migration_row *migration, const char *method)
{
    return fault_new(context->mem, InvalidMigrationState, id, target->row->uuid,
                     migration->status ? migration->status : "None", method);
}

struct fault *live_migration_force(const struct context *context, struct target *target, const char *id)
{
    const struct live_migration_row *migration;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &active, &migrating, true, "force_complete"));
    TRY(find(context, target, id, &migration));
    if (!migration->status || strcmp(migration->status, "running"))
        return wrong_state(context, target, id, migration, "force complete");
    TRY(instance_action_start(context, target, "live_migration_force_complete"));
    return action_send(context, target, RPC_live_migration_force_complete, migration->source_compute, false, NULL,
                       NULL);
}

static void add_migration_id(struct rpc_args *args, const void *arg)
{
    rpc_arg_int(args, "migration_id", ((const struct live_migration_row *)arg)->id);
}

struct fault *live_migration_abort(const struct context *context, struct target *target, const char *id, bool queued)
{
    const struct live_migration_row *migration;
    const char *status;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, NULL, &migrating, true, "abort live migration"));
    TRY(find(context, target, id, &migration));
    status = migration->status ? migration->status : "";
    if (strcmp(status, "running") && !(queued && (!strcmp(status, "queued") || !strcmp(status, "preparing"))))
        return wrong_state(context, target, id, migration, "abort live migration");
    TRY(instance_action_start(context, target, "live_migration_cancel"));
    return action_send(context, target, RPC_live_migration_abort, NULL, false, add_migration_id, migration);
}
