/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/tags, /servers/{server_id}/tags/{id}: the rows of upstream's module server_tags. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/server_tags.h"

/* clang-format off */
static const struct route server_tags_routes[] = {
    { "GET", "/servers/{server_id}/tags", NULL, V_FROM(26), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-tags:index" },
    { "PUT", "/servers/{server_id}/tags", NULL, V_FROM(26), NULL, 200, .errors = { 404, 409 },
      .body = server_tags_update_all_body,
      .policies = "os_compute_api:os-server-tags:update_all" },
    { "DELETE", "/servers/{server_id}/tags", NULL, V_FROM(26), NULL, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:os-server-tags:delete_all" },
    { "GET", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), NULL, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-tags:show" },
    { "PUT", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), NULL, 201, .errors = { 400, 404, 409 },
      .body = server_tags_update_body,
      .policies = "os_compute_api:os-server-tags:update" },
    { "DELETE", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), NULL, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:os-server-tags:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_tags_resource = { "server_tags", server_tags_routes };
