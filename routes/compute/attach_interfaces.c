/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-interface, /servers/{server_id}/os-interface/{id}: the rows of upstream's module
 * attach_interfaces. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/attach_interfaces.h"

/* clang-format off */
static const struct route attach_interfaces_routes[] = {
    { "GET", "/servers/{server_id}/os-interface", NULL, V_ALL, NULL, 200, .errors = { 404, 501 },
      .policies = "os_compute_api:os-attach-interfaces:list" },
    { "POST", "/servers/{server_id}/os-interface", NULL, V_ALL, NULL, 200, .errors = { 400, 403, 404, 409, 500, 501 },
      .body = attach_interfaces_create_body,
      .policies = "os_compute_api:os-attach-interfaces:create; os_compute_api:os-attach-interfaces:show; "
                  "network:attach_external_network? (external net)" },
    { "GET", "/servers/{server_id}/os-interface/{id}", NULL, V_ALL, NULL, 200, .errors = { 403, 404 },
      .policies = "os_compute_api:os-attach-interfaces:show" },
    { "DELETE", "/servers/{server_id}/os-interface/{id}", NULL, V_ALL, NULL, 202, .errors = { 400, 404, 409, 501 },
      .policies = "os_compute_api:os-attach-interfaces:delete" },
    { 0 },
};
/* clang-format on */

const struct resource attach_interfaces_resource = { "attach_interfaces", attach_interfaces_routes };
