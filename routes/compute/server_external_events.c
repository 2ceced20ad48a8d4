/* SPDX-License-Identifier: Apache-2.0 */
/* /os-server-external-events: the rows of upstream's module server_external_events. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/server_external_events.h"

/* clang-format off */
static const struct route server_external_events_routes[] = {
    { "POST", "/os-server-external-events", NULL, V_ALL, NULL, 200, .errors = { 403 },
      .body = server_external_events_create_body,
      .policies = "os_compute_api:os-server-external-events:create" },
    { 0 },
};
/* clang-format on */

const struct resource server_external_events_resource = { "server_external_events", server_external_events_routes };
