/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module rescue. */
#include "config.h"

#include "routes/action.h"
#include "routes/schemas/rescue.h"

static struct fault *unrescue_server(struct call *call)
{
    return action_simple(call, ACTION_UNRESCUE, "os_compute_api:os-unrescue", ACTION_OF_PROJECT, NULL);
}

/* clang-format off */
static const struct route rescue_routes[] = {
    { "POST", "/servers/{id}/action", "rescue", V_ALL, NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = rescue_rescue_body,
      .policies = "os_compute_api:os-rescue" },
    { "POST", "/servers/{id}/action", "unrescue", V_ALL, unrescue_server, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-unrescue" },
    { 0 },
};
/* clang-format on */

const struct resource rescue_resource = { "rescue", rescue_routes };
