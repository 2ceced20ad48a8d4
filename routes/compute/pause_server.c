/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module pause_server. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route pause_server_routes[] = {
    { "POST", "/servers/{id}/action", "pause", V_ALL, NULL, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-pause-server:pause" },
    { "POST", "/servers/{id}/action", "unpause", V_ALL, NULL, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-pause-server:unpause" },
    { 0 },
};
/* clang-format on */

const struct resource pause_server_resource = { "pause_server", pause_server_routes };
