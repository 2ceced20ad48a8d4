/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which URL a service has, by a token's catalogue: keystone's v3 list
 * (endpoints with interface and url) or the v2 one that X-Service-Catalog
 * carries (publicURL, internalURL, adminURL), told apart by their members.
 * Source: behaviour of keystoneauth1 5.0's service catalogue, and the
 * service types authority's aliases.
 */
#ifndef NOVA_CLIENTS_CATALOGUE_H
#define NOVA_CLIENTS_CATALOGUE_H

#include "fcgi_app/base/fault.h"

#include <stddef.h>

struct catalogue_wish {
    const char *type;
    const char *name;              /* NULL: any */
    const char *region;            /* NULL: any */
    const char *const *interfaces; /* in order of preference, NULL-terminated; with or without "URL" at the end */
};

/* The first endpoint that fits, on mem.  Faults: keystone_EmptyCatalog, keystone_EndpointNotFound. */
struct fault *catalogue_find(const void *mem, const char *catalogue, const struct catalogue_wish *wish,
                             const char **url) FAULT_CHECK;

#endif
