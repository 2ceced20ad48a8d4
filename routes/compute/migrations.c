/* SPDX-License-Identifier: Apache-2.0 */
/* /os-migrations: the rows of upstream's module migrations. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/migrations.h"

/* clang-format off */
static const struct route migrations_routes[] = {
    { "GET", "/os-migrations", NULL, V_UPTO(22), NULL, 200, .errors = { 0 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_BETWEEN(23, 58), NULL, 200, .errors = { 0 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_BETWEEN(59, 65), NULL, 200, .errors = { 400 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_FROM(66), NULL, 200, .errors = { 400 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { 0 },
};
/* clang-format on */

const struct resource migrations_resource = { "migrations", migrations_routes };
