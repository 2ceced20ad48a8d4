/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What administrators do to flavors.
 * Neighbours: flavors.h reads them, db/flavor_writes.h beneath; routes/compute/flavor_manage.c, flavor_access.c and
 * flavors_extraspecs.c above.
 * Source: behaviour of nova.compute.flavors, nova.objects.flavor, nova.api.validation.extra_specs; extra_specs.tsv.
 */
#ifndef NOVA_COMPUTE_FLAVOR_WRITES_H
#define NOVA_COMPUTE_FLAVOR_WRITES_H

#include "fcgi_app/compute/flavors.h"
#include "fcgi_app/db/flavor_writes.h"

/* A NULL or empty flavorid is made up, on the context's memory. Faults: FlavorIdExists, FlavorExists. */
struct fault *flavors_create(const struct context *context, struct flavor *flavor) FAULT_CHECK;
/* NULL: no description. Faults: FlavorNotFound. */
struct fault *flavors_describe(const struct context *context, const char *flavorid, const char *description,
                               const struct flavor **flavor) FAULT_CHECK;
/* Faults: FlavorNotFound. */
struct fault *flavors_delete(const struct context *context, const char *flavorid) FAULT_CHECK;

struct flavor_access_list {
    int64_t id;
    bool is_public;
    const struct flavor_access *rows;
    size_t count;
};
/* Faults: FlavorNotFound. */
struct fault *flavors_access(const struct context *context, const char *flavorid,
                             struct flavor_access_list *list) FAULT_CHECK;
/* Both leave the list as it is then. Faults: FlavorAccessExists; FlavorAccessNotFound; FlavorNotFound. */
struct fault *flavors_access_add(const struct context *context, const char *flavorid, const char *project_id,
                                 struct flavor_access_list *list) FAULT_CHECK;
struct fault *flavors_access_remove(const struct context *context, const char *flavorid, const char *project_id,
                                    struct flavor_access_list *list) FAULT_CHECK;

/* May an extra spec of that name have that value? Faults: ValidationError. */
struct fault *flavors_check_spec(const void *mem, const char *name, const char *value) FAULT_CHECK;
/* Puts extra specs; the flavor exists. */
struct fault *flavors_put_specs(const struct context *context, const char *flavorid, const char *const *keys,
                                const char *const *values, size_t count) FAULT_CHECK;
/* *deleted: it had one. */
struct fault *flavors_delete_spec(const struct context *context, const char *flavorid, const char *key,
                                  bool *deleted) FAULT_CHECK;

#endif
