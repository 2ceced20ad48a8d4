/* SPDX-License-Identifier: Apache-2.0 */
/* /os-server-groups, /os-server-groups/{id}: the rows of upstream's module server_groups. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/server_groups.h"

/* clang-format off */
static const struct route server_groups_routes[] = {
    { "GET", "/os-server-groups", NULL, V_ALL, NULL, 200, .errors = { 0 }, .query = server_groups_index_query,
      .policies = "os_compute_api:os-server-groups:index; "
                  "os_compute_api:os-server-groups:index:all_projects (all_projects query, is_admin)" },
    { "POST", "/os-server-groups", NULL, V_ALL, NULL, 200, .errors = { 400, 403, 409 },
      .body = server_groups_create_body,
      .policies = "os_compute_api:os-server-groups:create" },
    { "GET", "/os-server-groups/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-groups:show" },
    { "DELETE", "/os-server-groups/{id}", NULL, V_ALL, NULL, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-groups:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_groups_resource = { "server_groups", server_groups_routes };
