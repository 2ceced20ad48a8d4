/* SPDX-License-Identifier: Apache-2.0 */
/* The flavors that a server's row remembers; see the header. */
#include "config.h"

#include "fcgi_app/compute/server_flavor.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/tree.h"

static void decref(void *json)
{
    json_decref(json);
}

json_t *server_flavor(const struct target *target, const char *which)
{
    struct json_scan scan = json_scan_text(target->row->flavor.data, target->row->flavor.length);
    struct json_piece piece;
    json_t *tree;

    if (!target->row->flavor.length || !json_scan_find(&scan, which) || json_scan_peek(&scan) != JSON_KIND_OBJECT)
        return NULL;
    json_scan_raw(&scan, &piece);
    return json_read(target->mem, piece.text, piece.length, &tree) ? NULL : tree;
}

static int64_t number(const json_t *flavor, const char *key)
{
    return json_integer_value(tree_get(flavor, key));
}

struct flavor_row *server_flavor_row(const struct target *target, const json_t *flavor)
{
    struct flavor_row *row = mem_new(target->mem, struct flavor_row);

    *row = (struct flavor_row){
        .id = number(flavor, "id"),
        .name = json_string_value(tree_get(flavor, "name")),
        .memory_mb = number(flavor, "memory_mb"),
        .vcpus = number(flavor, "vcpus"),
        .root_gb = number(flavor, "root_gb"),
        .ephemeral_gb = number(flavor, "ephemeral_gb"),
        .flavorid = json_string_value(tree_get(flavor, "flavorid")),
        .swap = number(flavor, "swap"),
        .extra_specs = json_copy((json_t *)(uintptr_t)tree_get(flavor, "extra_specs")),
    };
    if (row->extra_specs)
        mem_attach(target->mem, row->extra_specs, decref);
    return row;
}
