/* SPDX-License-Identifier: Apache-2.0 */
/* /os-snapshots, /os-snapshots/detail, /os-snapshots/{id}, …: the rows of upstream's module volumes. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/volumes.h"

/* clang-format off */
static const struct route volumes_routes[] = {
    { "GET", "/os-snapshots", NULL, V_UPTO(35), NULL, 200, .errors = { 0 }, .query = snapshots_index_query,
      .policies = "os_compute_api:os-volumes:snapshots:list" },
    { "POST", "/os-snapshots", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 403 }, .body = snapshots_create_body,
      .policies = "os_compute_api:os-volumes:snapshots:create" },
    { "GET", "/os-snapshots/detail", NULL, V_UPTO(35), NULL, 200, .errors = { 0 }, .query = snapshots_detail_query,
      .policies = "os_compute_api:os-volumes:snapshots:detail" },
    { "GET", "/os-snapshots/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:snapshots:show" },
    { "DELETE", "/os-snapshots/{id}", NULL, V_UPTO(35), NULL, 202, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:snapshots:delete" },
    { "GET", "/os-volumes", NULL, V_UPTO(35), NULL, 200, .errors = { 0 }, .query = snapshots_index_query,
      .policies = "os_compute_api:os-volumes:list" },
    { "POST", "/os-volumes", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 403, 404 }, .body = volumes_create_body,
      .policies = "os_compute_api:os-volumes:create" },
    { "GET", "/os-volumes/detail", NULL, V_UPTO(35), NULL, 200, .errors = { 0 }, .query = snapshots_detail_query,
      .policies = "os_compute_api:os-volumes:detail" },
    { "GET", "/os-volumes/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:show" },
    { "DELETE", "/os-volumes/{id}", NULL, V_UPTO(35), NULL, 202, .errors = { 400, 404 },
      .policies = "os_compute_api:os-volumes:delete" },
    { "GET", "/servers/{server_id}/os-volume_attachments", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .query = volume_attachments_index_query,
      .policies = "os_compute_api:os-volumes-attachments:index" },
    { "POST", "/servers/{server_id}/os-volume_attachments", NULL, V_ALL, NULL, 200, .errors = { 400, 403, 404, 409 },
      .body = volume_attachments_create_body,
      .policies = "os_compute_api:os-volumes-attachments:create" },
    { "GET", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes-attachments:show" },
    { "PUT", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, NULL, 202, .errors = { 400, 404, 409 },
      .body = volume_attachments_update_body,
      .policies = "os_compute_api:os-volumes-attachments:swap; os_compute_api:os-volumes-attachments:update" },
    { "DELETE", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, NULL, 202,
      .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-volumes-attachments:delete" },
    { 0 },
};
/* clang-format on */

const struct resource volumes_resource = { "volumes", volumes_routes };
