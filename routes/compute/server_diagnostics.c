/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/diagnostics: the rows of upstream's module server_diagnostics. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route server_diagnostics_routes[] = {
    { "GET", "/servers/{server_id}/diagnostics", NULL, V_ALL, NULL, 200, .errors = { 400, 404, 409, 501 },
      .policies = "os_compute_api:os-server-diagnostics" },
    { 0 },
};
/* clang-format on */

const struct resource server_diagnostics_resource = { "server_diagnostics", server_diagnostics_routes };
