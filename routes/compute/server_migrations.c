/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/migrations, /servers/{server_id}/migrations/{id}, /servers/{server_id}/migrations/{id}/action:
 * the rows of upstream's module server_migrations. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/server_migrations.h"

/* clang-format off */
static const struct route server_migrations_routes[] = {
    { "GET", "/servers/{server_id}/migrations", NULL, V_FROM(23), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:servers:migrations:index" },
    { "GET", "/servers/{server_id}/migrations/{id}", NULL, V_FROM(23), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:servers:migrations:show" },
    { "DELETE", "/servers/{server_id}/migrations/{id}", NULL, V_FROM(24), NULL, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:servers:migrations:delete" },
    { "POST", "/servers/{server_id}/migrations/{id}/action", "force_complete", V_FROM(22), NULL, 202,
      .errors = { 400, 403, 404, 409 }, .body = server_migrations_force_complete_body,
      .policies = "os_compute_api:servers:migrations:force_complete" },
    { 0 },
};
/* clang-format on */

const struct resource server_migrations_resource = { "server_migrations", server_migrations_routes };
