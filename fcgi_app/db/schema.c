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
};
static const struct db_column inventory_columns[] = {
    COL_BOOL(struct inventory, alembic),
    COL_BOOL(struct inventory, legacy),
    COL_BOOL(struct inventory, own),
};
#define INVENTORY(table)                                                                                               \
    "SELECT to_regclass('alembic_version') IS NOT NULL AS alembic, to_regclass('migrate_version') IS NOT NULL AS"      \
    " legacy, to_regclass('" table "') IS NOT NULL AS own"
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

/* Asked only where nova's own table is missing: a start would wait for it. */
struct tables {
    bool any;
};
static const struct db_column tables_columns[] = { COL_BOOL(struct tables, any) };
const struct db_statement SCHEMA_TABLES = {
    .name = "schema_tables",
    .sql = "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false))) AS any",
    .database = "cell",
    .columns = tables_columns,
    .column_count = 1,
    .row_size = sizeof(struct tables),
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

/* One database's part of a batch: what is asked, and the answers. */
struct reading {
    struct db_link *link;
    enum schema_kind kind;
    struct db_answer inventory, head;
};

static void reading_add(struct db_batch *batch, struct reading *reading)
{
    db_batch_add(batch, reading->link, reading->kind == SCHEMA_API ? &SCHEMA_INVENTORY_API : &SCHEMA_INVENTORY_CELL,
                 NULL, &reading->inventory);
    db_batch_add(batch, reading->link, &SCHEMA_HEAD, NULL,
                 &reading->head); /* fails without the table: no matter then */
}

static struct fault *reading_judge(const struct context *context, const void *mem, const struct reading *reading,
                                   struct schema_found *found)
{
    const struct inventory *rows;
    struct db_rows tables;

    if (reading->inventory.fault)
        return reading->inventory.fault;
    rows = reading->inventory.rows.rows;
    if (rows->alembic && reading->head.fault)
        return reading->head.fault;
    *found = (struct schema_found){ .head = NULL };
    if (rows->alembic && reading->head.rows.count)
        found->head = ((const struct head *)reading->head.rows.rows)->version_num;
    found->state = judge(reading->kind, rows, found->head);
    if (!rows->own) {
        TRY(db_query(context, mem, reading->link, &SCHEMA_TABLES, NULL, &tables));
        if (!((const struct tables *)tables.rows)->any)
            found->state = SCHEMA_IS_EMPTY;
    }
    found->text = words_for(mem, reading->link, reading->kind, found);
    return NULL;
}

static struct fault *read_once(const struct context *context, const void *mem, struct db_link *link,
                               enum schema_kind kind, struct schema_found *found)
{
    struct db_batch *batch = db_batch(context, mem);
    struct reading reading = { .link = link, .kind = kind };

    reading_add(batch, &reading);
    db_batch_run(batch, 0);
    return reading_judge(context, mem, &reading, found);
}

struct fault *schema_read(const struct context *context, const void *mem, struct db_link *link, enum schema_kind kind,
                          struct schema_found *found)
{
    TRY(read_once(context, mem, link, kind, found));
    /* Somebody may have made all of them between the question for nova's table and the one for any. */
    if (found->state == SCHEMA_IS_FOREIGN && !found->head)
        return read_once(context, mem, link, kind, found);
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

/* The head of a database that is ours; NULL for one that is not configured. */
static struct fault *head_of_ours(const struct context *context, const struct reading *reading, const char **head)
{
    struct schema_found found;

    *head = NULL;
    if (!*reading->link->text)
        return NULL;
    TRY(reading_judge(context, context->mem, reading, &found));
    if (found.state != SCHEMA_IS_OURS)
        return fault_text(context->mem, DBSchemaMismatch, "%s", found.text);
    *head = found.head;
    return NULL;
}

/* Both databases are asked at once: a start waits for this. */
struct fault *db_check_heads(const struct context *context, const struct release **release)
{
    struct reading of_api = { .link = db_api(context->worker->db), .kind = SCHEMA_API };
    struct reading of_cell = { .link = db_main(context->worker->db), .kind = SCHEMA_CELL };
    struct db_batch *batch = db_batch(context, context->mem);
    const struct release *found;
    const char *api, *cell;

    if (*of_api.link->text)
        reading_add(batch, &of_api);
    if (*of_cell.link->text)
        reading_add(batch, &of_cell);
    db_batch_run(batch, 0);
    TRY(head_of_ours(context, &of_api, &api));
    TRY(head_of_ours(context, &of_cell, &cell));
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
