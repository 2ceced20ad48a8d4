/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module suspend_server. */
#include "config.h"

#include "routes/action.h"

static struct fault *suspend_server(struct call *call)
{
    return action_simple(call, ACTION_SUSPEND, "os_compute_api:os-suspend-server:suspend", ACTION_OF_PROJECT_AND_USER,
                         NULL);
}

static struct fault *resume_server(struct call *call)
{
    return action_simple(call, ACTION_RESUME, "os_compute_api:os-suspend-server:resume", ACTION_OF_PROJECT, NULL);
}

/* clang-format off */
static const struct route suspend_server_routes[] = {
    { "POST", "/servers/{id}/action", "suspend", V_ALL, suspend_server, 202, .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-suspend-server:suspend" },
    { "POST", "/servers/{id}/action", "resume", V_ALL, resume_server, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:os-suspend-server:resume" },
    { 0 },
};
/* clang-format on */

const struct resource suspend_server_resource = { "suspend_server", suspend_server_routes };
