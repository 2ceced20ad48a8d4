/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a project exist?  Asked of keystone with the token of the one who asks.
 * Source: nova-facts/outbound.md section 2.
 */
#ifndef NOVA_CLIENTS_KEYSTONE_PROJECTS_H
#define NOVA_CLIENTS_KEYSTONE_PROJECTS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

/*
 * NULL: it exists, or nobody can say (which is logged).  Faults: Http 400 when it does not, or when the catalogue knows
 * no keystone.
 */
struct fault *keystone_project_check(const struct context *context, const char *project_id) FAULT_CHECK;

#endif
