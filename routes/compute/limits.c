/* SPDX-License-Identifier: Apache-2.0 */
/* /limits: the rows of upstream's module limits. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/limits.h"

/* clang-format off */
static const struct route limits_routes[] = {
    { "GET", "/limits", NULL, V_UPTO(35), NULL, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_BETWEEN(36, 38), NULL, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_BETWEEN(39, 56), NULL, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_FROM(57), NULL, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { 0 },
};
/* clang-format on */

const struct resource limits_resource = { "limits", limits_routes };
