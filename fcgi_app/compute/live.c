/* SPDX-License-Identifier: Apache-2.0 */
/* Live migration and evacuation. Neighbours: resize.h for cold moves, server_spec.h for what the scheduler is told. */
#include "config.h"

#include "fcgi_app/compute/live.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/server_spec.h"
#include "fcgi_app/compute/target_notify.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/hosts.h"

static const struct instance_states running = INSTANCE_STATES("active", "paused");
static const struct instance_states evacuable = INSTANCE_STATES("active", "stopped", "error");
static const struct instance_states idle = INSTANCE_STATES(NULL);

static void put_maybe(struct rpc_args *args, const char *name, int value)
{
    if (value < 0)
        rpc_arg_null(args, name);
    else
        rpc_arg_bool(args, name, value > 0);
}

/* The first compute node of a host in the server's cell. */
static struct fault *find_node(const struct context *context, const struct target *target, const char *host,
                               const struct compute_node **node)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, host);
    TRY(db_query(context, target->mem, target->cell->link, &COMPUTE_NODES_OF_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(target->mem, ComputeHostNotFound, host);
    *node = rows.rows;
    return NULL;
}

static void put_hint(struct rpc_args *args, const char *host)
{
    struct strbuf *out = rpc_arg(args, "scheduler_hint");

    strbuf_puts(out, "{\"host\": ");
    json_put_string(out, host);
    strbuf_putc(out, '}');
}

/* The migration may go on for all that: whoever looks at the server is told that nobody answered. */
static struct fault *note_silence(const struct context *context, const struct target *target)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_time(&params, target->mem, clock_utc_usec());
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, "MessagingTimeout");
    db_param_text(&params, conf_string(context->worker->conf, OPTION_DEFAULT_host));
    return db_query(context, target->mem, target->cell->link, &INSTANCE_FAULT_ADD, &params, &rows);
}

struct fault *server_live_migrate(const struct context *context, struct target *target,
                                  const struct live_migration *how)
{
    const struct compute_node *node = NULL;
    struct rpc_target conductor = { 0 };
    const char *host = how->host;
    struct server_spec *spec;
    struct rpc_args args;
    struct fault *fault;

    TRY(target_reject(context, target,
                      REJECT_EXTENDED_REQUEST | REJECT_PORT_ACCELERATORS | REJECT_VDPA | REJECT_ACCELERATORS |
                          REJECT_VTPM,
                      (struct reject_until){ .vdpa = 63 }, "live-migration"));
    TRY(target_reject(context, target, REJECT_SEV, (struct reject_until){ 0 }, "live-migration"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &running, &idle, true, "os-migrateLive"));
    if (host)
        TRY(find_node(context, target, host, &node));
    TRY(server_spec_load(context, target, &spec));
    target_set_text(target, "task_state", "migrating");
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "live-migration" }));
    if (!how->force && host) {
        /* the scheduler is asked whether that host will do */
        host = NULL;
        server_spec_set_destination(spec, node->host, node->hypervisor_hostname, -1);
    }
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    put_hint(&args, host);
    if (!how->waited) {
        put_maybe(&args, "block_migration", how->block_migration);
        put_maybe(&args, "disk_over_commit", how->disk_over_commit);
        server_spec_put(spec, &args);
        return rpc_cast(context, &conductor, RPC_live_migrate_instance, &args);
    }
    rpc_arg_bool(&args, "live", true);
    rpc_arg_bool(&args, "rebuild", false);
    rpc_arg_null(&args, "flavor");
    put_maybe(&args, "block_migration", how->block_migration);
    put_maybe(&args, "disk_over_commit", how->disk_over_commit);
    rpc_arg_null(&args, "reservations");
    rpc_arg_bool(&args, "clean_shutdown", true);
    server_spec_put(spec, &args);
    rpc_arg_null(&args, "host_list");
    fault = rpc_call(context, &conductor, RPC_migrate_server, &args, NULL);
    if (fault && fault_is(fault, FAULT_MessagingTimeout))
        TRY(note_silence(context, target));
    return fault;
}

/* ---- evacuation ---- */

/* What the host that has failed will find when it comes back. */
static struct fault *record(const struct context *context, const struct target *target, const char *host)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    char text[37];

    text_uuid4(text);
    db_param_time(&params, target->mem, clock_utc_usec());
    db_param_text(&params, text);
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, target->row->host);
    db_param_text(&params, target->row->node);
    db_param_text(&params, host);
    db_param_text(&params, context->user_id);
    db_param_text(&params, context->project_id);
    return db_query(context, target->mem, target->cell->link, &MIGRATION_EVACUATE, &params, &rows);
}

struct fault *server_evacuate(const struct context *context, struct target *target, const struct evacuation *how)
{
    static const char *const nulls[] = { "injected_files", "image_ref", "orig_image_ref", "orig_sys_metadata", "bdms" };
    struct rpc_target conductor = { 0 };
    const struct compute_node *node;
    const char *host = how->host;
    struct server_spec *spec;
    struct rpc_args args;

    TRY(target_reject(context, target,
                      REJECT_EXTENDED_REQUEST | REJECT_PORT_ACCELERATORS | REJECT_ACCELERATORS | REJECT_VTPM,
                      (struct reject_until){ .accelerators = 53 }, "evacuate"));
    TRY(target_check_states(target, &evacuable, NULL, true, "evacuate"));
    /* Upstream goes on in the cell of the host that was named, where the server's own host may be unknown. */
    if (!target->service_count || (how->cell && how->cell != target->cell))
        return fault_new(target->mem, ComputeHostNotFound, target->row->host ? target->row->host : "None");
    if (target_host_is_up(context, target))
        return fault_new(target->mem, ComputeServiceInUse, target->row->host);
    TRY(server_spec_load(context, target, &spec));
    target_set_text(target, "task_state", "rebuilding");
    TRY(target_save(context, target, &(struct target_guard){ .action = "evacuate" }));
    TRY(record(context, target, host));
    target->context_copied = true;
    target_notify_action(context, target, "evacuate", "evacuate", NULL);
    if (!how->force && host) {
        TRY(find_node(context, target, host, &node));
        host = NULL;
        server_spec_set_destination(spec, node->host, node->hypervisor_hostname, -1);
    }
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    rpc_arg_string(&args, "new_pass", how->password);
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        rpc_arg_null(&args, nulls[i]);
    rpc_arg_bool(&args, "recreate", true);
    put_maybe(&args, "on_shared_storage", how->on_shared_storage);
    rpc_arg_bool(&args, "preserve_ephemeral", false);
    rpc_arg_string(&args, "host", host);
    server_spec_put(spec, &args);
    rpc_arg_bool(&args, "reimage_boot_volume", false);
    return rpc_cast(context, &conductor, RPC_rebuild_instance, &args);
}
