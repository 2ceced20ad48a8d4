/* SPDX-License-Identifier: Apache-2.0 */
/* /os-keypairs, /os-keypairs/{id}: the rows of upstream's module keypairs. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/keypairs.h"

/* clang-format off */
static const struct route keypairs_routes[] = {
    { "GET", "/os-keypairs", NULL, V_FROM(35), NULL, 200, .errors = { 400 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_BETWEEN(10, 34), NULL, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_BETWEEN(2, 9), NULL, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_ONLY(1), NULL, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "POST", "/os-keypairs", NULL, V_FROM(10), NULL, 201, .errors = { 400, 403, 409 }, .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "POST", "/os-keypairs", NULL, V_BETWEEN(2, 9), NULL, 201, .errors = { 400, 403, 409 },
      .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "POST", "/os-keypairs", NULL, V_ONLY(1), NULL, 200, .errors = { 400, 403, 409 }, .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "GET", "/os-keypairs/{id}", NULL, V_FROM(10), NULL, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "GET", "/os-keypairs/{id}", NULL, V_BETWEEN(2, 9), NULL, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "GET", "/os-keypairs/{id}", NULL, V_ONLY(1), NULL, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_ONLY(1), NULL, 202, .errors = { 404 }, .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_BETWEEN(2, 9), NULL, 204, .errors = { 404 },
      .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_FROM(10), NULL, 204, .errors = { 404 }, .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { 0 },
};
/* clang-format on */

const struct resource keypairs_resource = { "keypairs", keypairs_routes };
