/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module migrate_server. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/migrate_server.h"

/* clang-format off */
static const struct route migrate_server_routes[] = {
    { "POST", "/servers/{id}/action", "migrate", V_ALL, NULL, 202, .errors = { 400, 403, 404, 409 },
      .body = migrate_server_migrate_body,
      .policies = "os_compute_api:os-migrate-server:migrate; "
                  "compute:servers:resize:cross_cell? (decides cross-cell)" },
    { "POST", "/servers/{id}/action", "os-migrateLive", V_ALL, NULL, 202, .errors = { 400, 403, 404, 409 },
      .body = migrate_server_migrate_live_body,
      .policies = "os_compute_api:os-migrate-server:migrate_live" },
    { 0 },
};
/* clang-format on */

const struct resource migrate_server_resource = { "migrate_server", migrate_server_routes };
