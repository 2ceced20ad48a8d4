/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-instance-actions, /servers/{server_id}/os-instance-actions/{id}: the rows of upstream's
 * module instance_actions. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/instance_actions.h"

/* clang-format off */
static const struct route instance_actions_routes[] = {
    { "GET", "/servers/{server_id}/os-instance-actions", NULL, V_UPTO(57), NULL, 200, .errors = { 404 },
      .query = instance_actions_index_query,
      .policies = "os_compute_api:os-instance-actions:list" },
    { "GET", "/servers/{server_id}/os-instance-actions", NULL, V_FROM(58), NULL, 200, .errors = { 400, 404 },
      .query = instance_actions_index_query,
      .policies = "os_compute_api:os-instance-actions:list" },
    { "GET", "/servers/{server_id}/os-instance-actions/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-instance-actions:show; os_compute_api:os-instance-actions:events?; "
                  "os_compute_api:os-instance-actions:events:details?" },
    { 0 },
};
/* clang-format on */

const struct resource instance_actions_resource = { "instance_actions", instance_actions_routes };
