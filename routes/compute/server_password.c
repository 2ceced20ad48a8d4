/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-server-password: the rows of upstream's module server_password. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route server_password_routes[] = {
    { "GET", "/servers/{server_id}/os-server-password", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-password:show" },
    { "DELETE", "/servers/{server_id}/os-server-password", NULL, V_ALL, NULL, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-password:clear" },
    { 0 },
};
/* clang-format on */

const struct resource server_password_resource = { "server_password", server_password_routes };
