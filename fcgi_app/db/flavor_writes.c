/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that write flavors; see the header. */
#include "config.h"

#include "fcgi_app/db/flavor_writes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WRITE(text_name, number, text)                                                                                 \
    {                                                                                                                  \
        .name = (text_name), .sql = (text), .params = (number), .database = "api", .write = true                       \
    }

const struct db_statement FLAVOR_CREATE =
    WRITE("flavor_create", 11,
          "INSERT INTO flavors (created_at, name, memory_mb, vcpus, swap, flavorid, rxtx_factor, root_gb, ephemeral_gb,"
          " is_public, description, disabled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false)");
const struct db_statement FLAVOR_DESCRIBE =
    WRITE("flavor_describe", 3,
          "UPDATE flavors SET description = $2, updated_at = $3 WHERE flavorid = $1"
          " AND description IS DISTINCT FROM $2");
const struct db_statement FLAVOR_DELETE = WRITE("flavor_delete", 1,
                                                "WITH f AS (SELECT id FROM flavors WHERE flavorid = $1),"
                                                " p AS (DELETE FROM flavor_projects USING f WHERE flavor_id = f.id),"
                                                " s AS (DELETE FROM flavor_extra_specs USING f WHERE flavor_id = f.id)"
                                                " DELETE FROM flavors USING f WHERE flavors.id = f.id");

static const struct db_column access_columns[] = {
    COL_INT(struct flavor_access, id),
    COL_BOOL(struct flavor_access, is_public),
    COL_TEXT(struct flavor_access, project_id),
};
const struct db_statement FLAVOR_ACCESS = {
    .name = "flavor_access",
    .sql = "SELECT f.id, f.is_public, a.project_id FROM flavors f LEFT JOIN flavor_projects a ON a.flavor_id = f.id"
           " WHERE f.flavorid = $1 AND ($2::boolean OR f.is_public OR EXISTS (SELECT 1 FROM flavor_projects p"
           " WHERE p.flavor_id = f.id AND p.project_id = $3::text)) ORDER BY a.id",
    .params = 3,
    .database = "api",
    .columns = access_columns,
    .column_count = COUNT(access_columns),
    .row_size = sizeof(struct flavor_access),
};
const struct db_statement FLAVOR_ACCESS_ADD = WRITE(
    "flavor_access_add", 3, "INSERT INTO flavor_projects (flavor_id, project_id, created_at) VALUES ($1, $2, $3)");
const struct db_statement FLAVOR_ACCESS_REMOVE =
    WRITE("flavor_access_remove", 2, "DELETE FROM flavor_projects WHERE flavor_id = $1 AND project_id = $2");

const struct db_statement FLAVOR_SPECS_PUT =
    WRITE("flavor_specs_put", 4,
          /* Keys that are there are updated apart: an insert that conflicts uses a number up. */
          "WITH known AS (UPDATE flavor_extra_specs s SET value = n.value, updated_at = $4::timestamp FROM flavors f,"
          " unnest($2::text[], $3::text[]) AS n (key, value) WHERE f.flavorid = $1 AND s.flavor_id = f.id"
          " AND s.key = n.key AND s.value IS DISTINCT FROM n.value)"
          " INSERT INTO flavor_extra_specs AS s (created_at, flavor_id, key, value)"
          " SELECT $4::timestamp, f.id, n.key, n.value FROM flavors f,"
          " unnest($2::text[], $3::text[]) WITH ORDINALITY AS n (key, value, place)"
          " WHERE f.flavorid = $1 AND NOT EXISTS (SELECT FROM flavor_extra_specs o WHERE o.flavor_id = f.id"
          " AND o.key = n.key) ORDER BY n.place"
          " ON CONFLICT (flavor_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.created_at"
          " WHERE s.value IS DISTINCT FROM excluded.value");
const struct db_statement FLAVOR_SPEC_DELETE =
    WRITE("flavor_spec_delete", 2,
          "DELETE FROM flavor_extra_specs USING flavors f WHERE flavor_id = f.id AND f.flavorid = $1 AND key = $2");
