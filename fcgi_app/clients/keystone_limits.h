/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits that keystone keeps, as oslo.limit asks for them: by the user of [oslo_limit], for the service and region of
 * [oslo_limit] endpoint_id, one resource a call.
 * Neighbour: quota/unified.c compares them with what is used.
 * Source: behaviour of oslo.limit and openstacksdk's identity proxy.
 */
#ifndef NOVA_CLIENTS_KEYSTONE_LIMITS_H
#define NOVA_CLIENTS_KEYSTONE_LIMITS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct keystone_limits {
    const struct context *context;
    const char *service_id, *region_id; /* NULL: none, and then not asked for */
    bool is_flat;                       /* the enforcement model; else "strict-two-level", which enforces nothing */
};

/*
 * Reads the enforcement model and the endpoint.
 * Faults: limits_SessionInitError without credentials, ValueError for another model, KeyError and
 * requests_JSONDecodeError for an answer that is none, openstack_…, keystone_….
 */
struct fault *keystone_limits_open(const struct context *context, struct keystone_limits *limits) FAULT_CHECK;

/* What holds for everybody; *found is false, and *limit 0, where none is registered. Faults: openstack_…, keystone_….
 */
struct fault *keystone_limit_registered(const struct keystone_limits *limits, const char *resource, int64_t *limit,
                                        bool *found) FAULT_CHECK;
/* What was set for the project. */
struct fault *keystone_limit_of_project(const struct keystone_limits *limits, const char *project_id,
                                        const char *resource, int64_t *limit, bool *found) FAULT_CHECK;

#endif
