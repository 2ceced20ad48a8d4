/* SPDX-License-Identifier: Apache-2.0 */
/* /extensions, /extensions/{id}: the rows of upstream's module extension_info. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route extension_info_routes[] = {
    { "GET", "/extensions", NULL, V_ALL, NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:extensions" },
    { "GET", "/extensions/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:extensions" },
    { 0 },
};
/* clang-format on */

const struct resource extension_info_resource = { "extension_info", extension_info_routes };
