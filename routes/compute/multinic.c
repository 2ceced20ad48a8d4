/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module multinic. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/multinic.h"

/* clang-format off */
static const struct route multinic_routes[] = {
    { "POST", "/servers/{id}/action", "addFixedIp", V_UPTO(43), NULL, 202, .errors = { 400, 404 },
      .body = multinic_add_fixed_ip_body,
      .policies = "os_compute_api:os-multinic:add" },
    { "POST", "/servers/{id}/action", "removeFixedIp", V_UPTO(43), NULL, 202, .errors = { 400, 404 },
      .body = multinic_remove_fixed_ip_body,
      .policies = "os_compute_api:os-multinic:remove" },
    { 0 },
};
/* clang-format on */

const struct resource multinic_resource = { "multinic", multinic_routes };
