/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to hosts; see the header. */
#include "config.h"

#include "fcgi_app/compute/hosts.h"

#include "fcgi_app/objects/hosts.h"
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

struct fault *host_maintain(const struct context *context, const char *host, bool mode, json_t **result)
{
    struct service service;
    struct rpc_args args;

    TRY(host_service(context, host, &service));
    rpc_args_init(&args, context->mem);
    rpc_arg_string(&args, "host", host);
    rpc_arg_bool(&args, "mode", mode);
    return call_host(context, &service, RPC_host_maintenance_mode, &args, result);
}

struct fault *host_power(const struct context *context, const char *host, const char *action, json_t **result)
{
    struct service service;
    struct rpc_args args;

    TRY(host_service(context, host, &service));
    rpc_args_init(&args, context->mem);
    rpc_arg_string(&args, "action", action);
    return call_host(context, &service, RPC_host_power_action, &args, result);
}
