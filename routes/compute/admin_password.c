/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module admin_password. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/admin_password.h"

/* clang-format off */
static const struct route admin_password_routes[] = {
    { "POST", "/servers/{id}/action", "changePassword", V_ALL, NULL, 202, .errors = { 404, 409, 501 },
      .body = admin_password_change_password_body,
      .policies = "os_compute_api:os-admin-password" },
    { 0 },
};
/* clang-format on */

const struct resource admin_password_resource = { "admin_password", admin_password_routes };
