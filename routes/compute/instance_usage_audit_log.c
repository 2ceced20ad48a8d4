/* SPDX-License-Identifier: Apache-2.0 */
/* /os-instance_usage_audit_log, /os-instance_usage_audit_log/{id}: the rows of upstream's module
 * instance_usage_audit_log. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route instance_usage_audit_log_routes[] = {
    { "GET", "/os-instance_usage_audit_log", NULL, V_ALL, NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-instance-usage-audit-log:list" },
    { "GET", "/os-instance_usage_audit_log/{id}", NULL, V_ALL, NULL, 200, .errors = { 400 },
      .policies = "os_compute_api:os-instance-usage-audit-log:show" },
    { 0 },
};
/* clang-format on */

const struct resource instance_usage_audit_log_resource = { "instance_usage_audit_log",
                                                            instance_usage_audit_log_routes };
