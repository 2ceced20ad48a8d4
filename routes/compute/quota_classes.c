/* SPDX-License-Identifier: Apache-2.0 */
/* /os-quota-class-sets/{id}: the rows of upstream's module quota_classes. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/quota_classes.h"

/* clang-format off */
static const struct route quota_classes_routes[] = {
    { "GET", "/os-quota-class-sets/{id}", NULL, V_UPTO(49), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "GET", "/os-quota-class-sets/{id}", NULL, V_BETWEEN(50, 56), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "GET", "/os-quota-class-sets/{id}", NULL, V_FROM(57), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_UPTO(49), NULL, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_BETWEEN(50, 56), NULL, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_FROM(57), NULL, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { 0 },
};
/* clang-format on */

const struct resource quota_classes_resource = { "quota_classes", quota_classes_routes };
