/* SPDX-License-Identifier: Apache-2.0 */
/* /os-simple-tenant-usage, /os-simple-tenant-usage/{id}: the rows of upstream's module simple_tenant_usage. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/simple_tenant_usage.h"

/* clang-format off */
static const struct route simple_tenant_usage_routes[] = {
    { "GET", "/os-simple-tenant-usage", NULL, V_FROM(40), NULL, 200, .errors = { 400 },
      .query = simple_tenant_usage_index_query,
      .policies = "os_compute_api:os-simple-tenant-usage:list" },
    { "GET", "/os-simple-tenant-usage", NULL, V_UPTO(39), NULL, 200, .errors = { 400 },
      .query = simple_tenant_usage_index_query,
      .policies = "os_compute_api:os-simple-tenant-usage:list" },
    { "GET", "/os-simple-tenant-usage/{id}", NULL, V_FROM(40), NULL, 200, .errors = { 400 },
      .query = simple_tenant_usage_show_query,
      .policies = "os_compute_api:os-simple-tenant-usage:show" },
    { "GET", "/os-simple-tenant-usage/{id}", NULL, V_UPTO(39), NULL, 200, .errors = { 400 },
      .query = simple_tenant_usage_show_query,
      .policies = "os_compute_api:os-simple-tenant-usage:show" },
    { 0 },
};
/* clang-format on */

const struct resource simple_tenant_usage_resource = { "simple_tenant_usage", simple_tenant_usage_routes };
