/* SPDX-License-Identifier: Apache-2.0 */
/* What listing and showing flavors means: who may see which. */
#ifndef NOVA_COMPUTE_FLAVORS_H
#define NOVA_COMPUTE_FLAVORS_H

#include "fcgi_app/db/flavors.h"

struct flavor_list {
    const struct flavor *flavors;
    size_t count;
};

/*
 * The flavors that pass the filter.  Only an administrator chooses is_public and sees disabled ones; of anybody else
 * the filter's is_public and enabled_only are not looked at.  Faults: as db_flavors_list.
 */
struct fault *flavors_list(const struct context *context, const void *mem, enum flavor_depth depth,
                           struct flavor_filter filter, struct flavor_list *list) FAULT_CHECK;

/* One flavor that the context may see, disabled or not. Faults: FlavorNotFound; those of the database. */
struct fault *flavors_get(const struct context *context, const void *mem, const char *flavorid, bool extra_specs,
                          const struct flavor **flavor) FAULT_CHECK;

#endif
