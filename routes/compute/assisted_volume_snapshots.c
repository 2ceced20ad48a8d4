/* SPDX-License-Identifier: Apache-2.0 */
/* /os-assisted-volume-snapshots, /os-assisted-volume-snapshots/{id}: the rows of upstream's module
 * assisted_volume_snapshots. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/assisted_volume_snapshots.h"

/* clang-format off */
static const struct route assisted_volume_snapshots_routes[] = {
    { "POST", "/os-assisted-volume-snapshots", NULL, V_ALL, NULL, 200, .errors = { 400 },
      .body = assisted_volume_snapshots_create_body,
      .policies = "os_compute_api:os-assisted-volume-snapshots:create" },
    { "DELETE", "/os-assisted-volume-snapshots/{id}", NULL, V_ALL, NULL, 204, .errors = { 400, 404 },
      .query = assisted_volume_snapshots_delete_query,
      .policies = "os_compute_api:os-assisted-volume-snapshots:delete" },
    { 0 },
};
/* clang-format on */

const struct resource assisted_volume_snapshots_resource = { "assisted_volume_snapshots",
                                                             assisted_volume_snapshots_routes };
