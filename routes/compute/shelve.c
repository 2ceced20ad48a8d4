/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module shelve. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/shelve.h"

/* clang-format off */
static const struct route shelve_routes[] = {
    { "POST", "/servers/{id}/action", "shelve", V_ALL, NULL, 202, .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-shelve:shelve" },
    { "POST", "/servers/{id}/action", "shelveOffload", V_ALL, NULL, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-shelve:shelve_offload" },
    { "POST", "/servers/{id}/action", "unshelve", V_ALL, NULL, 202, .errors = { 400, 404, 409 },
      .body = shelve_unshelve_body,
      .policies = "os_compute_api:os-shelve:unshelve; "
                  "os_compute_api:os-shelve:unshelve_to_host (>=2.91, body has host)" },
    { 0 },
};
/* clang-format on */

const struct resource shelve_resource = { "shelve", shelve_routes };
