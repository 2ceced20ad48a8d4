/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flavors and their extra specs, in the API database.
 * Source: nova-facts/db.md section 8; tables flavors, flavor_extra_specs, flavor_projects.
 */
#ifndef NOVA_DB_FLAVORS_H
#define NOVA_DB_FLAVORS_H

#include "fcgi_app/db/db.h"

struct flavor {
    const char *flavorid;
    const char *name;
    const char *description; /* NULL: none */
    int64_t memory_mb;
    int64_t vcpus;
    int64_t root_gb;
    int64_t ephemeral_gb;
    int64_t swap;
    double rxtx_factor;
    bool disabled;
    bool is_public;
    struct db_bytes extra_specs; /* a JSON object; data NULL: none, or not asked for */
};

/* How much of a flavor a list reads. */
enum flavor_depth {
    FLAVOR_BRIEF,      /* flavorid, name, description */
    FLAVOR_DETAIL,     /* all but extra specs */
    FLAVOR_EXTRA_SPECS /* all */
};

enum flavor_public { FLAVOR_PUBLIC, FLAVOR_NOT_PUBLIC, FLAVOR_PUBLIC_OR_NOT };

struct flavor_filter {
    enum flavor_public is_public;
    bool enabled_only;
    bool has_min_memory_mb, has_min_root_gb;
    int64_t min_memory_mb, min_root_gb;
    const char *sort_key; /* a column's name: one of flavors_sort_keys */
    bool descending;
    int64_t limit;
    const char *marker; /* flavorid, NULL: from the start */
};

/* The columns that a list can be sorted by, NULL-terminated. */
extern const char *const flavors_sort_keys[];

/*
 * The flavors that pass the filter and that the context may see (not an administrator: public ones and those its
 * project has access to), in one round trip; *rows is an array of struct flavor on mem.
 * Faults: InvalidSortKey; MarkerNotFound; those of db_batch_run.
 */
struct fault *db_flavors_list(const struct context *context, const void *mem, enum flavor_depth depth,
                              const struct flavor_filter *filter, struct db_rows *rows) FAULT_CHECK;

/* One flavor with everything, by flavorid, if the context may see it. Faults: FlavorNotFound; those of db_query. */
struct fault *db_flavor_get(const struct context *context, const void *mem, const char *flavorid, bool extra_specs,
                            const struct flavor **flavor) FAULT_CHECK;

extern const struct db_statement FLAVORS_BRIEF, FLAVORS_DETAIL, FLAVORS_EXTRA_SPECS, FLAVOR_MARKER, FLAVOR_BY_FLAVORID,
    FLAVOR_EXTRA_SPECS_BY_FLAVORID;

#endif
