/* SPDX-License-Identifier: Apache-2.0 */
/* Which schema a database has, and making ours. */
#include "config.h"

#include "fcgi_app/db/schema.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/link.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const scripts[] = { [SCHEMA_API] =
#include "fcgi_app/db/schema/api.def"
                                           , [SCHEMA_CELL] =
#include "fcgi_app/db/schema/cell.def"
};

static const struct {
    enum schema_kind kind;
    const char *head;
} heads[] = {
#define HEAD(schema, name) { SCHEMA_##schema, name },
#include "fcgi_app/db/heads.def"
#undef HEAD
};

/* What stands in a database, whatever it is. */
struct inventory {
    bool alembic, legacy, own;
    int64_t tables;
};
static const struct db_column inventory_columns[] = {
    COL_BOOL(struct inventory, alembic),
    COL_BOOL(struct inventory, legacy),
    COL_BOOL(struct inventory, own),
    COL_INT(struct inventory, tables),
};
#define INVENTORY(table)                                                                                               \
    "SELECT to_regclass('alembic_version') IS NOT NULL AS alembic, to_regclass('migrate_version') IS NOT NULL AS"      \
    " legacy, to_regclass('" table "') IS NOT NULL AS own, (SELECT count(*) FROM pg_tables WHERE schemaname ="         \
    " ANY (current_schemas(false))) AS tables"
const struct db_statement SCHEMA_INVENTORY_API = {
    .name = "schema_inventory_api",
    .sql = INVENTORY("instance_mappings"),
    .database = "api",
    .columns = inventory_columns,
    .column_count = COUNT(inventory_columns),
    .row_size = sizeof(struct inventory),
};
const struct db_statement SCHEMA_INVENTORY_CELL = {
    .name = "schema_inventory_cell",
    .sql = INVENTORY("instances"),
    .database = "cell",
    .columns = inventory_columns,
    .column_count = COUNT(inventory_columns),
    .row_size = sizeof(struct inventory),
};

struct head {
    const char *version_num;
};
static const struct db_column head_columns[] = { COL_TEXT(struct head, version_num) };
const struct db_statement SCHEMA_HEAD = {
    .name = "schema_head",
    .sql = "SELECT version_num FROM alembic_version",
    .database = "cell",
    .columns = head_columns,
    .column_count = 1,
    .row_size = sizeof(struct head),
};

/* Place in heads.def; -1: not there. */
static int place_of(enum schema_kind kind, const char *head)
{
    for (size_t i = 0; i < COUNT(heads); i++)
        if (heads[i].kind == kind && strcmp(heads[i].head, head) == 0)
            return (int)i;
    return -1;
}

static bool is_ours(enum schema_kind kind, const char *head)
{
    return kind == SCHEMA_API ? release_by_heads(head, NULL) != NULL : release_by_heads(NULL, head) != NULL;
}

static const char *head_of(enum schema_kind kind, const struct release *release)
{
    return kind == SCHEMA_API ? release->api_head : release->cell_head;
}

static const char *words_for(const void *mem, const struct db_link *link, enum schema_kind kind,
                             const struct schema_found *found)
{
    const char *what = kind == SCHEMA_API ? "an API database" : "a cell database", *where = db_link_name(link);
    const char *command = kind == SCHEMA_API ? "api_db sync" : "db sync";
    const struct release *newest = release_default();

    switch (found->state) {
    case SCHEMA_IS_EMPTY:
        return mem_printf(mem, "%s is empty; nova-api-fcgi-manage %s makes %s of nova %s of it", where, command, what,
                          newest->name);
    case SCHEMA_IS_OURS:
        return mem_printf(mem, "%s is %s of a release that this program works with (head %s)", where, what,
                          found->head);
    case SCHEMA_IS_OLDER:
        return mem_printf(mem,
                          "%s is %s of an older nova (head %s; wanted: %s): upgrade it with nova-manage %s of nova "
                          "%s; this program never changes the tables of a database",
                          where, what, found->head ? found->head : "from before alembic", head_of(kind, newest),
                          command, newest->name);
    case SCHEMA_IS_NEWER:
        return mem_printf(mem, "%s is %s of a newer nova (head %s) than this program works with (%s: head %s)", where,
                          what, found->head, newest->name, head_of(kind, newest));
    default:
        return found->head ? mem_printf(mem, "%s has a head that no nova known here made (%s); %s of nova %s has %s",
                                        where, found->head, what, newest->name, head_of(kind, newest))
                           : mem_printf(mem, "%s has tables, but they are not those of %s of nova", where, what);
    }
}

static enum schema_state judge(enum schema_kind kind, const struct inventory *inventory, const char *head)
{
    int place, ours;

    if (!inventory->tables)
        return SCHEMA_IS_EMPTY;
    if (!inventory->own)
        return SCHEMA_IS_FOREIGN;
    if (head && is_ours(kind, head))
        return SCHEMA_IS_OURS;
    place = place_of(kind, head ? head : inventory->legacy ? "" : "?");
    ours = place_of(kind, head_of(kind, release_default()));
    if (place < 0)
        return SCHEMA_IS_FOREIGN;
    return place < ours ? SCHEMA_IS_OLDER : SCHEMA_IS_NEWER;
}

struct fault *schema_read(const struct context *context, const void *mem, struct db_link *link, enum schema_kind kind,
                          struct schema_found *found)
{
    struct db_batch *batch = db_batch(context, mem);
    struct db_answer inventory, head;
    const struct inventory *rows;

    db_batch_add(batch, link, kind == SCHEMA_API ? &SCHEMA_INVENTORY_API : &SCHEMA_INVENTORY_CELL, NULL, &inventory);
    db_batch_add(batch, link, &SCHEMA_HEAD, NULL, &head); /* fails where there is no such table: no matter then */
    db_batch_run(batch, 0);
    if (inventory.fault)
        return inventory.fault;
    rows = inventory.rows.rows;
    if (rows->alembic && head.fault)
        return head.fault;
    *found = (struct schema_found){ .head = NULL };
    if (rows->alembic && head.rows.count)
        found->head = ((const struct head *)head.rows.rows)->version_num;
    found->state = judge(kind, rows, found->head);
    found->text = words_for(mem, link, kind, found);
    return NULL;
}

struct fault *schema_sync(const struct context *context, const void *mem, struct db_link *link, enum schema_kind kind)
{
    struct schema_found found;
    struct fault *fault;

    TRY(schema_read(context, mem, link, kind, &found));
    if (found.state == SCHEMA_IS_OURS)
        return NULL;
    if (found.state != SCHEMA_IS_EMPTY)
        return fault_text(mem, DBSchemaMismatch, "%s", found.text);
    fault = db_script(mem, link, NULL, scripts[kind]);
    if (!fault)
        return NULL;
    /* Another process may have been faster. */
    TRY(schema_read(context, mem, link, kind, &found));
    return found.state == SCHEMA_IS_OURS ? NULL : fault;
}

static struct fault *check(const struct context *context, struct db_link *link, enum schema_kind kind,
                           const char **head)
{
    struct schema_found found;

    *head = NULL;
    if (!*link->text)
        return NULL;
    TRY(schema_read(context, context->mem, link, kind, &found));
    if (found.state != SCHEMA_IS_OURS)
        return fault_text(context->mem, DBSchemaMismatch, "%s", found.text);
    *head = found.head;
    return NULL;
}

struct fault *db_check_heads(const struct context *context, const struct release **release)
{
    const struct release *found;
    const char *api, *cell;

    TRY(check(context, db_api(context->worker->db), SCHEMA_API, &api));
    TRY(check(context, db_main(context->worker->db), SCHEMA_CELL, &cell));
    found = release_by_heads(api, cell);
    if (!found)
        return fault_text(context->mem, DBSchemaMismatch,
                          "The API database (head %s) and the cell database (head %s) are of different releases of "
                          "nova: upgrade the one that is older with nova-manage",
                          api ? api : "unknown", cell ? cell : "unknown");
    if (release)
        *release = found;
    return NULL;
}
