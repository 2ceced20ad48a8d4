/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to hosts; see the header. */
#include "config.h"

#include "fcgi_app/compute/hosts.h"

#include "fcgi_app/objects/failure_notifications.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/rpc/rpc.h"

static struct fault *call_host(const struct context *context, const struct service *service, enum rpc_method method,
                               const struct rpc_args *args, json_t **result)
{
    const struct rpc_target target = { .transport_url = service->cell->transport_url, .server = service->row->host };

    return rpc_call(context, &target, method, args, result);
}

struct fault *host_uptime(const struct context *context, const char *host, json_t **uptime)
{
    struct service service;

    TRY(host_service(context, host, &service));
    if (!service_is_up(context, service.row))
        return fault_new(context->mem, ComputeServiceUnavailable, host);
    return call_host(context, &service, RPC_get_host_uptime, NULL, uptime);
}

struct fault *host_enable(const struct context *context, const char *host, bool enabled, json_t **result)
{
    struct service service;
    struct rpc_args args;

    TRY(host_service(context, host, &service));
    rpc_args_init(&args, context->mem);
    rpc_arg_bool(&args, "enabled", enabled);
    return call_host(context, &service, RPC_set_host_enabled, &args, result);
}

static struct fault *set_enabled(const struct context *context, const char *host, bool enabled, json_t **result)
{
    const struct notified_host told = { host, "enabled", .truth = enabled };
    struct service service;

    TRY(host_service(context, host, &service));
    notify_host(context, "set_enabled.start", &told);
    TRY(host_enable(context, host, enabled, result));
    notify_host(context, "set_enabled.end", &told);
    return NULL;
}

struct fault *host_set_enabled(const struct context *context, const char *host, bool enabled, json_t **result)
{
    const struct failing_arg args[] = { { .text = host }, FAILING_TRUTH(enabled) };

    return notify_failure(context, FAILING_SET_ENABLED, set_enabled(context, host, enabled, result), args);
}

static struct fault *maintain(const struct context *context, const char *host, bool mode, json_t **result)
{
    const struct notified_host told = { host, "mode", .truth = mode };
    struct service service;
    struct rpc_args args;

    TRY(host_service(context, host, &service));
    rpc_args_init(&args, context->mem);
    rpc_arg_string(&args, "host", host);
    rpc_arg_bool(&args, "mode", mode);
    notify_host(context, "set_maintenance.start", &told);
    TRY(call_host(context, &service, RPC_host_maintenance_mode, &args, result));
    notify_host(context, "set_maintenance.end", &told);
    return NULL;
}

struct fault *host_maintain(const struct context *context, const char *host, bool mode, json_t **result)
{
    const struct failing_arg args[] = { { .text = host }, FAILING_TRUTH(mode) };

    return notify_failure(context, FAILING_SET_MAINTENANCE, maintain(context, host, mode, result), args);
}

static struct fault *power(const struct context *context, const char *host, const char *action, json_t **result)
{
    const struct notified_host told = { host, "action", .word = action };
    struct service service;
    struct rpc_args args;

    TRY(host_service(context, host, &service));
    rpc_args_init(&args, context->mem);
    rpc_arg_string(&args, "action", action);
    notify_host(context, "power_action.start", &told);
    TRY(call_host(context, &service, RPC_host_power_action, &args, result));
    notify_host(context, "power_action.end", &told);
    return NULL;
}

struct fault *host_power(const struct context *context, const char *host, const char *action, json_t **result)
{
    const struct failing_arg args[] = { { .text = host }, { .text = action } };

    return notify_failure(context, FAILING_POWER_ACTION, power(context, host, action, result), args);
}

struct fault *host_resources(const struct context *context, const char *host, struct host_resources *resources)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params of_host = { 0 }, on_host = { 0 };
    struct db_answer nodes, instances;
    const struct compute_node *node;
    const struct db_cell *cell;

    TRY(host_cell(context, host, &cell));
    db_param_text(&of_host, host);
    db_param_texts(&on_host, context->mem, &host, 1);
    db_batch_add(batch, cell->link, &COMPUTE_NODES_OF_HOST, &of_host, &nodes);
    db_batch_add(batch, cell->link, &INSTANCES_ON_HOSTS, &on_host, &instances);
    db_batch_run(batch, 0);
    TRY(nodes.fault);
    TRY(instances.fault);
    if (!nodes.rows.count)
        return fault_new(context->mem, ComputeHostNotFound, host);
    node = nodes.rows.rows;
    *resources = (struct host_resources){
        .total = { node->vcpus, node->memory_mb, node->local_gb },
        .used = { node->vcpus_used, node->memory_mb_used, node->local_gb_used },
        .instances = instances.rows,
    };
    return NULL;
}
