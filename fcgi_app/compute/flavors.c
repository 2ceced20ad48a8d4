/* SPDX-License-Identifier: Apache-2.0 */
/* Who may see which flavor; see the header.  Neighbours: db/flavors.c beneath, routes/compute/flavors.c above. */
#include "config.h"

#include "fcgi_app/compute/flavors.h"

struct fault *flavors_list(const struct context *context, const void *mem, enum flavor_depth depth,
                           struct flavor_filter filter, struct flavor_list *list)
{
    struct db_rows rows;

    if (!context->is_admin) {
        filter.is_public = FLAVOR_PUBLIC;
        filter.enabled_only = true;
    }
    TRY(db_flavors_list(context, mem, depth, &filter, &rows));
    *list = (struct flavor_list){ rows.rows, rows.count };
    return NULL;
}

struct fault *flavors_get(const struct context *context, const void *mem, const char *flavorid, bool extra_specs,
                          const struct flavor **flavor)
{
    /* One flavor, unlike their list, is for those within a project, and for administrators. */
    if (!context_is_someone(context))
        return fault_new(mem, Forbidden);
    return db_flavor_get(context, mem, flavorid, extra_specs, flavor);
}
