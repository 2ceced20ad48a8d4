/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module rescue. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/rescue.h"

/* clang-format off */
static const struct route rescue_routes[] = {
    { "POST", "/servers/{id}/action", "rescue", V_ALL, NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = rescue_rescue_body,
      .policies = "os_compute_api:os-rescue" },
    { "POST", "/servers/{id}/action", "unrescue", V_ALL, NULL, 202, .errors = { 404, 409, 501 },
      .policies = "os_compute_api:os-unrescue" },
    { 0 },
};
/* clang-format on */

const struct resource rescue_resource = { "rescue", rescue_routes };
