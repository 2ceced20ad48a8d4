/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/metadata, /servers/{server_id}/metadata/{id}: the rows of upstream's module server_metadata. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/server_metadata.h"

/* clang-format off */
static const struct route server_metadata_routes[] = {
    { "GET", "/servers/{server_id}/metadata", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:server-metadata:index" },
    { "POST", "/servers/{server_id}/metadata", NULL, V_ALL, NULL, 200, .errors = { 403, 404, 409 },
      .body = server_metadata_create_body,
      .policies = "os_compute_api:server-metadata:create" },
    { "PUT", "/servers/{server_id}/metadata", NULL, V_ALL, NULL, 200, .errors = { 403, 404, 409 },
      .body = server_metadata_update_all_body,
      .policies = "os_compute_api:server-metadata:update_all" },
    { "GET", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:server-metadata:show" },
    { "PUT", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, NULL, 200, .errors = { 400, 403, 404, 409 },
      .body = server_metadata_update_body,
      .policies = "os_compute_api:server-metadata:update" },
    { "DELETE", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, NULL, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:server-metadata:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_metadata_resource = { "server_metadata", server_metadata_routes };
