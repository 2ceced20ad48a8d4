/* SPDX-License-Identifier: Apache-2.0 */
/* RequestGroup objects of a new server: what ports and device profiles ask of resource providers; see create.h. */
#ifndef NOVA_COMPUTE_CREATE_GROUPS_H
#define NOVA_COMPUTE_CREATE_GROUPS_H

#include "fcgi_app/base/fault.h"

#include <jansson.h>

/* Each appends to `groups`. The old form of a port's resource request: one group. Fault: KeyError without resources. */
struct fault *create_group_of_port(const void *mem, const json_t *request, const char *port_id,
                                   json_t *groups) FAULT_CHECK;
/* The new form: its groups, and what holds for all of them, added to a RequestLevelParams. Fault: KeyError. */
struct fault *create_groups_of_ports(const void *mem, const json_t *request, json_t *groups, json_t *level) FAULT_CHECK;
/* Of a device profile; `owner` is the port that it is for, NULL for the server. */
void create_groups_of_profile(const json_t *profile, const char *owner, json_t *groups);

#endif
