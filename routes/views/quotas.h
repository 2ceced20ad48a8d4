/* SPDX-License-Identifier: Apache-2.0 */
/* How limits are shown: quota sets, quota classes and /limits. */
#ifndef NOVA_ROUTES_VIEWS_QUOTAS_H
#define NOVA_ROUTES_VIEWS_QUOTAS_H

#include "fcgi_app/quota/quota.h"
#include "routes/resource.h"

/* {"quota_set": {"id": …, "cores": 20, …}}; no id where it is NULL. */
void quotas_view_set(const struct call *call, const char *id, const struct quota_values *limits);

/* {"quota_set": {"id": …, "cores": {"limit": …, "in_use": …, "reserved": …}, …}} */
void quotas_view_detail(const struct call *call, const char *id, const struct quota_values *limits,
                        const struct quota_values *used, int64_t reserved);

/* {"quota_class_set": {"id": …, "cores": 20, …}} */
void quotas_view_class(const struct call *call, const char *id, const struct quota_values *limits);

/* {"limits": {"rate": [], "absolute": {…}}} */
void quotas_view_limits(const struct call *call, const struct quota_values *limits, const struct quota_values *used);

#endif
