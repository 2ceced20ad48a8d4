/* SPDX-License-Identifier: Apache-2.0 */
/* /os-hypervisors, /os-hypervisors/detail, …: the rows of upstream's module hypervisors. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/hypervisors.h"

/* clang-format off */
static const struct route hypervisors_routes[] = {
    { "GET", "/os-hypervisors", NULL, V_FROM(53), NULL, 200, .errors = { 400, 404 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors", NULL, V_BETWEEN(33, 52), NULL, 200, .errors = { 400 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors", NULL, V_UPTO(32), NULL, 200, .errors = { 0 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors/detail", NULL, V_FROM(53), NULL, 200, .errors = { 400, 404 },
      .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/detail", NULL, V_BETWEEN(33, 52), NULL, 200, .errors = { 400 },
      .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/detail", NULL, V_UPTO(32), NULL, 200, .errors = { 0 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/statistics", NULL, V_UPTO(87), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-hypervisors:statistics" },
    { "GET", "/os-hypervisors/{id}", NULL, V_FROM(53), NULL, 200, .errors = { 400, 404 },
      .query = hypervisors_show_query,
      .policies = "os_compute_api:os-hypervisors:show" },
    { "GET", "/os-hypervisors/{id}", NULL, V_UPTO(52), NULL, 200, .errors = { 404 }, .query = hypervisors_show_query,
      .policies = "os_compute_api:os-hypervisors:show" },
    { "GET", "/os-hypervisors/{id}/search", NULL, V_UPTO(52), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hypervisors:search" },
    { "GET", "/os-hypervisors/{id}/servers", NULL, V_UPTO(52), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hypervisors:servers" },
    { "GET", "/os-hypervisors/{id}/uptime", NULL, V_UPTO(87), NULL, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hypervisors:uptime" },
    { 0 },
};
/* clang-format on */

const struct resource hypervisors_resource = { "hypervisors", hypervisors_routes };
