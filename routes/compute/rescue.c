/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module rescue. */
#include "config.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/rescue.h"
#include "fcgi_app/conf/conf.h"
#include "routes/action.h"
#include "routes/schemas/rescue.h"

static struct fault *unrescue_server(struct call *call)
{
    return action_simple(call, ACTION_UNRESCUE, "os_compute_api:os-unrescue", ACTION_OF_PROJECT, NULL);
}

/* The password is the caller's or a new one, and told where the operator allows it. */
static struct fault *rescue_server(struct call *call)
{
    static const enum fault_name conflicts[] = { FAULT_InvalidVolume, FAULT_COUNT };
    static const enum fault_name bad[] = { FAULT_InstanceNotRescuable, FAULT_UnsupportedRescueImage, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "rescue");
    const char *password = json_string_value(json_object_get(wanted, "adminPass"));
    const char *image = json_string_value(json_object_get(wanted, "rescue_image_ref"));
    struct target *target;
    struct fault *fault;

    if (!password)
        password = create_password(call->context);
    TRY(target_find(call->context, call->vars[0], RESCUE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-rescue", ACTION_OF_PROJECT_AND_USER));
    fault = server_rescue(call->context, target, password, image, call->version >= 87); /* 2.87 */
    fault = action_fault_as(call, fault, 409, conflicts);
    TRY(target_conflict(target, action_fault_as(call, fault, 400, bad)));
    strbuf_puts(call->out, "{");
    if (conf_bool(call->context->worker->conf, OPTION_api_enable_instance_password)) {
        strbuf_puts(call->out, "\"adminPass\": ");
        json_put_string(call->out, password);
    }
    strbuf_puts(call->out, "}");
    return NULL;
}

/* clang-format off */
static const struct route rescue_routes[] = {
    { "POST", "/servers/{id}/action", "rescue", V_ALL, rescue_server, 200, .errors = { 400, 404, 409, 501 },
      .body = rescue_rescue_body,
      .policies = "os_compute_api:os-rescue" },
    { "POST", "/servers/{id}/action", "unrescue", V_ALL, unrescue_server, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-unrescue" },
    { 0 },
};
/* clang-format on */

const struct resource rescue_resource = { "rescue", rescue_routes };
