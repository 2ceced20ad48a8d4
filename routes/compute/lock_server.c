/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module lock_server. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/lock_server.h"

/* clang-format off */
static const struct route lock_server_routes[] = {
    { "POST", "/servers/{id}/action", "lock", V_ALL, NULL, 202, .errors = { 404 }, .body = lock_server_lock_body,
      .policies = "os_compute_api:os-lock-server:lock" },
    { "POST", "/servers/{id}/action", "unlock", V_ALL, NULL, 202, .errors = { 404 },
      .policies = "os_compute_api:os-lock-server:unlock; "
                  "os_compute_api:os-lock-server:unlock:unlock_override (only if locked_by is not the caller kind)" },
    { 0 },
};
/* clang-format on */

const struct resource lock_server_resource = { "lock_server", lock_server_routes };
