/* SPDX-License-Identifier: Apache-2.0 */
/* /os-availability-zone, /os-availability-zone/detail: the rows of upstream's module availability_zone. */
#include "config.h"

#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/views/availability_zones.h"

static struct fault *list(const struct call *call, const char *rule, bool detail)
{
    struct services services;

    TRY(policy_check(call->context, rule, &(struct policy_target){ NULL, NULL }));
    TRY(services_list(call->context, false, &services));
    availability_zones_view(call, &services, detail);
    return NULL;
}

static struct fault *availability_zone_index(struct call *call)
{
    return list(call, "os_compute_api:os-availability-zone:list", false);
}

static struct fault *availability_zone_detail(struct call *call)
{
    return list(call, "os_compute_api:os-availability-zone:detail", true);
}

/* clang-format off */
static const struct route availability_zone_routes[] = {
    { "GET", "/os-availability-zone", NULL, V_ALL, availability_zone_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-availability-zone:list" },
    { "GET", "/os-availability-zone/detail", NULL, V_ALL, availability_zone_detail, 200, .errors = { 0 },
      .policies = "os_compute_api:os-availability-zone:detail" },
    { 0 },
};
/* clang-format on */

const struct resource availability_zone_resource = { "availability_zone", availability_zone_routes };
