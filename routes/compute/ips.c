/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/ips, /servers/{server_id}/ips/{id}: the rows of upstream's module ips. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route ips_routes[] = {
    { "GET", "/servers/{server_id}/ips", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:ips:index" },
    { "GET", "/servers/{server_id}/ips/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:ips:show" },
    { 0 },
};
/* clang-format on */

const struct resource ips_resource = { "ips", ips_routes };
