/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module evacuate. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/evacuate.h"

/* clang-format off */
static const struct route evacuate_routes[] = {
    { "POST", "/servers/{id}/action", "evacuate", V_ALL, NULL, 200, .errors = { 400, 403, 404, 409 },
      .body = evacuate_evacuate_body,
      .policies = "os_compute_api:os-evacuate" },
    { 0 },
};
/* clang-format on */

const struct resource evacuate_resource = { "evacuate", evacuate_routes };
