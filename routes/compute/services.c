/* SPDX-License-Identifier: Apache-2.0 */
/* /os-services, /os-services/{id}: the rows of upstream's module services. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/services.h"

/* clang-format off */
static const struct route services_routes[] = {
    { "GET", "/os-services", NULL, V_ALL, NULL, 200, .errors = { 0 }, .query = services_index_query,
      .policies = "os_compute_api:os-services:list" },
    { "PUT", "/os-services/{id}", NULL, V_UPTO(52), NULL, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "PUT", "/os-services/{id}", NULL, V_FROM(53), NULL, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "DELETE", "/os-services/{id}", NULL, V_ALL, NULL, 204, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-services:delete" },
    { 0 },
};
/* clang-format on */

const struct resource services_resource = { "services", services_routes };
