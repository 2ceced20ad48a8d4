/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module pause_server. */
#include "config.h"

#include "routes/action.h"

static struct fault *pause_server(struct call *call)
{
    return action_simple(call, ACTION_PAUSE, "os_compute_api:os-pause-server:pause", ACTION_OF_PROJECT_AND_USER, NULL);
}

static struct fault *unpause_server(struct call *call)
{
    return action_simple(call, ACTION_UNPAUSE, "os_compute_api:os-pause-server:unpause", ACTION_OF_PROJECT, NULL);
}

/* clang-format off */
static const struct route pause_server_routes[] = {
    { "POST", "/servers/{id}/action", "pause", V_ALL, pause_server, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-pause-server:pause" },
    { "POST", "/servers/{id}/action", "unpause", V_ALL, unpause_server, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-pause-server:unpause" },
    { 0 },
};
/* clang-format on */

const struct resource pause_server_resource = { "pause_server", pause_server_routes };
