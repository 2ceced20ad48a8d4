/* SPDX-License-Identifier: Apache-2.0 */
/* /os-quota-sets/{id}, /os-quota-sets/{id}/detail, /os-quota-sets/{id}/defaults: the rows of upstream's module
 * quota_sets. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/quota_sets.h"

/* clang-format off */
static const struct route quota_sets_routes[] = {
    { "GET", "/os-quota-sets/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 400 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "GET", "/os-quota-sets/{id}", NULL, V_BETWEEN(36, 56), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "GET", "/os-quota-sets/{id}", NULL, V_FROM(57), NULL, 200, .errors = { 400 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_BETWEEN(36, 56), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_FROM(57), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "DELETE", "/os-quota-sets/{id}", NULL, V_ALL, NULL, 202, .errors = { 0 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:delete" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_UPTO(35), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_BETWEEN(36, 56), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_FROM(57), NULL, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_UPTO(35), NULL, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_BETWEEN(36, 56), NULL, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_FROM(57), NULL, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { 0 },
};
/* clang-format on */

const struct resource quota_sets_resource = { "quota_sets", quota_sets_routes };
