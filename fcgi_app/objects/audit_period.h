/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The period over which usage is added up, which logs of audits and notifications of servers name.
 * Source: behaviour of nova.utils; config_options.tsv.
 */
#ifndef NOVA_OBJECTS_AUDIT_PERIOD_H
#define NOVA_OBJECTS_AUDIT_PERIOD_H

#include "fcgi_app/base/context.h"

#include <stdint.h>

/* The last whole period ([DEFAULT] instance_usage_audit_period) before `now`; all usec UTC. */
void audit_period_before(const struct context *context, int64_t now, int64_t *begin, int64_t *end);

#endif
