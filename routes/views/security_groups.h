/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and rules as the API shows them. Neighbour: compute/security_groups.h finds them. */
#ifndef NOVA_ROUTES_VIEWS_SECURITY_GROUPS_H
#define NOVA_ROUTES_VIEWS_SECURITY_GROUPS_H

#include "fcgi_app/compute/security_groups.h"
#include "routes/resource.h"

/* {"security_groups": […]} by project and name. */
struct fault *security_groups_view_index(struct call *call, struct security_group *groups, size_t count) FAULT_CHECK;
/* {"security_group": …} */
void security_groups_view_show(struct call *call, const struct security_group *group);
/* {"security_group_rule": …} */
void security_groups_view_rule(struct call *call, const struct security_rule *rule);

#endif
