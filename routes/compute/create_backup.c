/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module create_backup. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/create_backup.h"

/* clang-format off */
static const struct route create_backup_routes[] = {
    { "POST", "/servers/{id}/action", "createBackup", V_ALL, NULL, 202, .errors = { 400, 403, 404, 409 },
      .body = create_backup_create_backup_body,
      .policies = "os_compute_api:os-create-backup" },
    { 0 },
};
/* clang-format on */

const struct resource create_backup_resource = { "create_backup", create_backup_routes };
