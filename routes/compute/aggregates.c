/* SPDX-License-Identifier: Apache-2.0 */
/* /os-aggregates, /os-aggregates/{id}, /os-aggregates/{id}/action, …: the rows of upstream's module aggregates. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/aggregates.h"

/* clang-format off */
static const struct route aggregates_routes[] = {
    { "GET", "/os-aggregates", NULL, V_ALL, NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-aggregates:index" },
    { "POST", "/os-aggregates", NULL, V_ALL, NULL, 200, .errors = { 400, 409 }, .body = aggregates_create_body,
      .policies = "os_compute_api:os-aggregates:create" },
    { "GET", "/os-aggregates/{id}", NULL, V_ALL, NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-aggregates:show" },
    { "PUT", "/os-aggregates/{id}", NULL, V_ALL, NULL, 200, .errors = { 400, 404, 409 }, .body = aggregates_update_body,
      .policies = "os_compute_api:os-aggregates:update" },
    { "DELETE", "/os-aggregates/{id}", NULL, V_ALL, NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-aggregates:delete" },
    { "POST", "/os-aggregates/{id}/action", "add_host", V_ALL, NULL, 200, .errors = { 400, 404, 409 },
      .body = aggregates_add_host_body,
      .policies = "os_compute_api:os-aggregates:add_host" },
    { "POST", "/os-aggregates/{id}/action", "remove_host", V_ALL, NULL, 200, .errors = { 400, 404, 409 },
      .body = aggregates_remove_host_body,
      .policies = "os_compute_api:os-aggregates:remove_host" },
    { "POST", "/os-aggregates/{id}/action", "set_metadata", V_ALL, NULL, 200, .errors = { 400, 404 },
      .body = aggregates_set_metadata_body,
      .policies = "os_compute_api:os-aggregates:set_metadata" },
    { "POST", "/os-aggregates/{id}/images", NULL, V_FROM(81), NULL, 202, .errors = { 400, 404 },
      .body = aggregates_images_body,
      .policies = "compute:aggregates:images" },
    { 0 },
};
/* clang-format on */

const struct resource aggregates_resource = { "aggregates", aggregates_routes };
