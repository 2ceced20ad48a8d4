/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the network service's client share. */
#ifndef NOVA_CLIENTS_NEUTRON_PRIVATE_H
#define NOVA_CLIENTS_NEUTRON_PRIVATE_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/clients/service.h"

/* How a resource is called. */
struct neutron_row {
    const char *path;   /* "/v2.0/security-groups" */
    const char *plural; /* "security_groups" */
    const char *one;    /* "security_group" */
};
extern const struct neutron_row neutron_rows[NEUTRON_RESOURCE_COUNT];

/* Sets what every call has in common. Fault: Unauthorized for a request that has no token to go with. */
struct fault *neutron_prepare(const struct context *context, const void *mem, enum neutron_as as,
                              struct service_call *call) FAULT_CHECK;
/* What the call's outcome means: NULL and *body (NULL: empty), or the fault. */
struct fault *neutron_outcome(const struct context *context, const void *mem, const struct service_call *call,
                              json_t **body) FAULT_CHECK;

#endif
