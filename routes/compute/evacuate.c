/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module evacuate. */
#include "config.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/live.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/objects/hosts.h"
#include "routes/action.h"
#include "routes/schemas/evacuate.h"

#include <string.h>
#include <strings.h>

static bool is_true(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_true(value) || (text && strchr("tTyY1oO", *text) && strcasecmp(text, "off"));
}

/* The password that the rebuilt server gets; NULL: none, its disk stays. */
static struct fault *find_password(struct call *call, const json_t *wanted, int shared, const char **password)
{
    *password = json_string_value(json_object_get(wanted, "adminPass"));
    if (*password && shared > 0)
        return fault_http(call->mem, 400, "admin password can't be changed on existing disk");
    if (!*password && shared <= 0)
        *password = create_password(call->context);
    return NULL;
}

static struct fault *evacuate_server(struct call *call)
{
    static const enum fault_name bad[] = { FAULT_ComputeServiceInUse, FAULT_ForbiddenPortsWithAccelerator,
                                           FAULT_ExtendedResourceRequestOldCompute, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "evacuate");
    struct evacuation how = { .host = json_string_value(json_object_get(wanted, "host")),
                              .on_shared_storage = -1,
                              .force = -1 };
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], EVACUATE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-evacuate", ACTION_OF_PROJECT_AND_USER));
    if (call->version < 14) /* 2.14 */
        how.on_shared_storage = is_true(json_object_get(wanted, "onSharedStorage"));
    if (call->version >= 29) { /* 2.29 */
        how.force = is_true(json_object_get(wanted, "force"));
        if (how.force && !how.host)
            return fault_http(call->mem, 400, "Can't force to a non-provided destination");
    }
    TRY(find_password(call, wanted, how.on_shared_storage, &how.password));
    if (how.host) {
        struct service service;

        fault = host_service(call->context, how.host, &service);
        if (fault && (fault_is(fault, FAULT_ComputeHostNotFound) || fault_is(fault, FAULT_HostMappingNotFound)))
            return fault_http(call->mem, 404, "Compute host %s not found.", how.host);
        TRY(fault);
        how.cell = service.cell;
    }
    /* A server without a host is already where nobody asked for one. */
    if (how.host ? target->row->host && !strcmp(target->row->host, how.host) : !target->row->host)
        return fault_http(call->mem, 400, "The target host can't be the same one.");
    fault = server_evacuate(call->context, target, &how);
    TRY(target_conflict(target, action_fault_as(call, fault, 400, bad)));
    if (call->version < 14 && conf_bool(call->context->worker->conf, OPTION_api_enable_instance_password)) {
        strbuf_puts(call->out, "{\"adminPass\": ");
        json_put_string(call->out, how.password);
        strbuf_putc(call->out, '}');
    }
    return NULL;
}

/* clang-format off */
static const struct route evacuate_routes[] = {
    { "POST", "/servers/{id}/action", "evacuate", V_ALL, evacuate_server, 200, .errors = { 400, 403, 404, 409 },
      .body = evacuate_evacuate_body,
      .policies = "os_compute_api:os-evacuate" },
    { 0 },
};
/* clang-format on */

const struct resource evacuate_resource = { "evacuate", evacuate_routes };
