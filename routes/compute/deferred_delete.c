/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module deferred_delete. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route deferred_delete_routes[] = {
    { "POST", "/servers/{id}/action", "restore", V_ALL, NULL, 202, .errors = { 403, 404, 409 },
      .policies = "os_compute_api:os-deferred-delete:restore" },
    { "POST", "/servers/{id}/action", "forceDelete", V_ALL, NULL, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:os-deferred-delete:force" },
    { 0 },
};
/* clang-format on */

const struct resource deferred_delete_resource = { "deferred_delete", deferred_delete_routes };
