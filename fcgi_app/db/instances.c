/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns, filters and sort keys of `instances` as rows, and the
 * statements that are put together from them.
 *
 * A page is picked first, by a walk that an index of nova's schema allows
 * (deleted, created_at), and only its rows are joined with other tables: so a
 * page costs the same in a small cell and in a large one.  The joins may
 * change the order, hence the position.  NULL sort keys are compared as
 * PostgreSQL sorts them: after all values ascending, before all descending.
 */
#include "config.h"

#include "fcgi_app/db/instances.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <stddef.h>
#include <string.h>

/* ---- columns ---- */

enum place {
    PLACE_INSTANCE, /* a column of instances */
    PLACE_JOINED,   /* an expression over the joined tables */
};

struct column {
    struct db_column column;
    const char *expression; /* of a joined column */
    unsigned wants;         /* any of these; 0: always */
    enum place place;
};

#define ROW(kind, member, wants)                                                                                       \
    {                                                                                                                  \
        COL_##kind(struct instance, member), NULL, (wants), PLACE_INSTANCE                                             \
    }
#define JOINED(kind, member, wants, text)                                                                              \
    {                                                                                                                  \
        COL_##kind(struct instance, member), (text), (wants), PLACE_JOINED                                             \
    }

static const struct column columns[] = {
    ROW(TEXT, uuid, 0),
    ROW(TEXT, display_name, 0),
    ROW(INT, id, INSTANCE_DETAIL),
    ROW(INT, deleted, INSTANCE_DETAIL),
    ROW(TEXT, project_id, INSTANCE_DETAIL),
    ROW(TEXT, user_id, INSTANCE_DETAIL),
    ROW(TEXT, vm_state, INSTANCE_DETAIL),
    ROW(TEXT, task_state, INSTANCE_DETAIL),
    ROW(INT_NULL, power_state, INSTANCE_DETAIL),
    ROW(TEXT, host, INSTANCE_DETAIL),
    ROW(TEXT, availability_zone, INSTANCE_DETAIL),
    ROW(TEXT, image_ref, INSTANCE_DETAIL),
    ROW(TIME, created_at, INSTANCE_DETAIL),
    ROW(TIME, updated_at, INSTANCE_DETAIL),
    ROW(TIME, launched_at, INSTANCE_DETAIL),
    ROW(TIME, terminated_at, INSTANCE_DETAIL),
    ROW(TEXT, access_ip_v4, INSTANCE_DETAIL),
    ROW(TEXT, access_ip_v6, INSTANCE_DETAIL),
    ROW(BOOL, auto_disk_config, INSTANCE_DETAIL),
    ROW(INT_NULL, progress, INSTANCE_DETAIL),
    ROW(TEXT, config_drive, INSTANCE_DETAIL),
    ROW(TEXT, key_name, INSTANCE_DETAIL),
    ROW(TEXT, node, INSTANCE_ATTRIBUTES),
    ROW(TEXT, reservation_id, INSTANCE_ATTRIBUTES3),
    ROW(INT_NULL, launch_index, INSTANCE_ATTRIBUTES3),
    ROW(TEXT, hostname, INSTANCE_ATTRIBUTES3 | INSTANCE_HOSTNAME),
    ROW(TEXT, kernel_id, INSTANCE_ATTRIBUTES3),
    ROW(TEXT, ramdisk_id, INSTANCE_ATTRIBUTES3),
    ROW(TEXT, root_device_name, INSTANCE_ATTRIBUTES3),
    ROW(TEXT, user_data, INSTANCE_ATTRIBUTES3),
    ROW(TEXT, locked_by, INSTANCE_LOCKED | INSTANCE_LOCKED_REASON),
    ROW(TEXT, display_description, INSTANCE_DESCRIPTION),
    JOINED(BYTES, network_info, INSTANCE_DETAIL, "ic.network_info"),
    JOINED(BYTES, flavor, INSTANCE_DETAIL, "ex.flavor"),
    JOINED(BYTES, trusted_certs, INSTANCE_CERTIFICATES, "ex.trusted_certs"),
    JOINED(BYTES, pieces, INSTANCE_DETAIL, "pc.pieces"),
    JOINED(INT, service_state, INSTANCE_SERVICE,
           "CASE WHEN s.id IS NULL THEN 0 WHEN s.forced_down THEN 2 WHEN s.disabled THEN 3 ELSE 1 END"),
    JOINED(TIME, service_seen, INSTANCE_SERVICE, "COALESCE(s.last_seen_up, s.created_at)"),
    JOINED(INT_NULL, fault_code, INSTANCE_FAULT, "f.code"),
    JOINED(TIME, fault_created_at, INSTANCE_FAULT, "f.created_at"),
    JOINED(TEXT, fault_message, INSTANCE_FAULT, "f.message"),
    JOINED(TEXT, fault_details, INSTANCE_FAULT, "f.details"),
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))
#define COLUMN_MAX (1 + COLUMN_COUNT + INSTANCE_SORT_MAX)

static const struct db_column position_column = COL_INT(struct instance, position);

/* ---- filters ---- */

struct filter_row {
    const char *name;
    const char *equal; /* the condition, ? standing for the parameter */
    const char *any;   /* the same for an array of values */
};

#define FILTER_EXACT(text)                                                                                             \
    {                                                                                                                  \
#text, "i." #text " = ?", "i." #text " = ANY(?)"                                                               \
    }
#define FILTER_MATCH(text)                                                                                             \
    {                                                                                                                  \
#text, "i." #text " ~ ?", NULL                                                                                 \
    }
#define FILTER_AS_TEXT(text)                                                                                           \
    {                                                                                                                  \
#text, "i." #text "::text ~ ?", NULL                                                                           \
    }
#define HAS_TAG(word) "SELECT 1 FROM tags t WHERE t.resource_id = i.uuid AND t.tag = " word
#define LACKS_A_TAG "SELECT 1 FROM unnest(?::text[]) AS w(tag) WHERE NOT EXISTS (" HAS_TAG("w.tag") ")"

static const struct filter_row filter_rows[] = {
    FILTER_EXACT(project_id),
    FILTER_EXACT(user_id),
    FILTER_EXACT(image_ref),
    FILTER_EXACT(vm_state),
    FILTER_EXACT(task_state),
    FILTER_EXACT(instance_type_id),
    FILTER_EXACT(uuid),
    FILTER_EXACT(host),
    FILTER_EXACT(locked),
    FILTER_MATCH(kernel_id),
    FILTER_MATCH(ramdisk_id),
    FILTER_MATCH(hostname),
    FILTER_MATCH(key_name),
    FILTER_MATCH(node),
    FILTER_MATCH(reservation_id),
    FILTER_MATCH(availability_zone),
    FILTER_MATCH(display_name),
    FILTER_MATCH(display_description),
    FILTER_MATCH(root_device_name),
    FILTER_MATCH(config_drive),
    /* columns that are no text: matched as the API shows them */
    FILTER_AS_TEXT(launch_index),
    FILTER_AS_TEXT(power_state),
    FILTER_AS_TEXT(progress),
    FILTER_AS_TEXT(locked_by),
    { "access_ip_v4", "host(i.access_ip_v4) ~ ?", NULL },
    { "access_ip_v6", "host(i.access_ip_v6) ~ ?", NULL },
    { "auto_disk_config", "CASE WHEN i.auto_disk_config THEN 'AUTO True 1' ELSE 'MANUAL False 0' END ~ ?", NULL },
    { "created_at", "to_char(i.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') ~ ?", NULL },
    { "launched_at", "to_char(i.launched_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') ~ ?", NULL },
    { "terminated_at", "to_char(i.terminated_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') ~ ?", NULL },
    { "changes-since", "i.updated_at >= ?", NULL },
    { "changes-before", "i.updated_at <= ?", NULL },
    { "tags", NULL, "NOT EXISTS (" LACKS_A_TAG ")" },
    { "tags-any", NULL, "EXISTS (" HAS_TAG("ANY(?)") ")" },
    { "not-tags", NULL, "EXISTS (" LACKS_A_TAG ")" },
    { "not-tags-any", NULL, "NOT EXISTS (" HAS_TAG("ANY(?)") ")" },
    /* a part of one of its fixed addresses, as neutron's search has it, or an expression for its beginning */
    { "ip", NULL,
      "EXISTS (SELECT 1 FROM instance_info_caches c, unnest(?::text[]) AS w(part) WHERE c.instance_uuid = i.uuid "
      "AND c.network_info ~ w.part AND EXISTS (SELECT 1 FROM jsonb_path_query(c.network_info::jsonb, "
      "'$[*].network.subnets[*].ips[*] ? (@.type == \"fixed\").address') AS a(address) "
      "WHERE position(w.part IN a.address #>> '{}') > 0 OR a.address #>> '{}' ~ ('^(' || w.part || ')')))" },
};
#define FILTER_COUNT (sizeof(filter_rows) / sizeof(filter_rows[0]))

unsigned instance_filter_find(const char *name)
{
    for (unsigned i = 0; i < FILTER_COUNT; i++)
        if (strcmp(filter_rows[i].name, name) == 0)
            return i;
    return INSTANCE_FILTER_NONE;
}

/* ---- sort keys ---- */

struct sort_row {
    const char *name;
    bool number;
    bool never_null;
};

static const struct sort_row sort_rows[] = {
    { "created_at", false, true },
    { "uuid", false, true },
    { "id", true, true },
    { "access_ip_v4", false, false },
    { "access_ip_v6", false, false },
    { "auto_disk_config", false, false },
    { "availability_zone", false, false },
    { "config_drive", false, false },
    { "display_description", false, false },
    { "display_name", false, false },
    { "host", false, false },
    { "hostname", false, false },
    { "image_ref", false, false },
    { "instance_type_id", true, false },
    { "kernel_id", false, false },
    { "key_name", false, false },
    { "launch_index", true, false },
    { "launched_at", false, false },
    { "locked", false, false },
    { "locked_by", false, false },
    { "node", false, false },
    { "power_state", true, false },
    { "progress", true, false },
    { "project_id", false, false },
    { "ramdisk_id", false, false },
    { "root_device_name", false, false },
    { "task_state", false, false },
    { "terminated_at", false, false },
    { "updated_at", false, false },
    { "user_id", false, false },
    { "vm_state", false, false },
};
#define SORT_COUNT (sizeof(sort_rows) / sizeof(sort_rows[0]))

unsigned instance_sort_find(const char *name)
{
    for (unsigned i = 0; i < SORT_COUNT; i++)
        if (strcmp(sort_rows[i].name, name) == 0)
            return i;
    return INSTANCE_SORT_NONE;
}

const char *instance_sort_name(unsigned key)
{
    return sort_rows[key].name;
}

bool instance_sort_is_number(unsigned key)
{
    return sort_rows[key].number;
}

/* ---- text of statements ---- */

#define LOOKED_UP_MOST 100

#define PUT(out, literal) strbuf_put((out), (literal), sizeof(literal) - 1)

static bool wanted(const struct column *column, unsigned wants)
{
    return !column->wants || (column->wants & wants);
}

/* Writes the condition, ? as the number of the parameter. */
static void put_condition(struct strbuf *sql, const char *condition, unsigned parameter)
{
    for (const char *c = condition; *c; c++)
        if (*c == '?') {
            /* a question mark before a parenthesis is a JSON path's filter */
            if (c[1] == ' ' && c[2] == '(') {
                strbuf_putc(sql, *c);
                continue;
            }
            strbuf_putc(sql, '$');
            strbuf_put_int(sql, parameter);
        } else {
            strbuf_putc(sql, *c);
        }
}

static const char *const deleted_conditions[] = {
    [INSTANCES_LIVE] = "i.deleted = 0 AND (i.vm_state <> 'soft-delete' OR i.vm_state IS NULL) AND ",
    [INSTANCES_LIVE_OR_SOFT] = "i.deleted = 0 AND ",
    [INSTANCES_GONE_OR_SOFT] = "(i.deleted = i.id OR i.vm_state = 'soft-delete') AND ",
    [INSTANCES_GONE] = "i.deleted = i.id AND ",
    [INSTANCES_EVERY] = "",
};

/* "comes after the marker in the order of the first `count` keys"; false: nothing can. */
static void put_marker(struct strbuf *sql, const struct instance_query *query, struct db_params *params)
{
    const struct instance_marker *marker = query->marker;
    unsigned numbers[INSTANCE_SORT_MAX] = { 0 };
    bool some = false;

    for (size_t i = 0; i < query->sort_count; i++)
        numbers[i] = marker->values[i] ? db_param_text(params, marker->values[i]) : 0;
    PUT(sql, " AND (");
    for (size_t i = 0; i < query->sort_count; i++) {
        const struct sort_row *row = &sort_rows[query->sort[i].key];

        if (!numbers[i] && !query->sort[i].descending)
            continue; /* NULLs stand last: nothing is after one by this key */
        strbuf_puts(sql, some ? " OR (" : "(");
        some = true;
        for (size_t j = 0; j < i; j++) {
            strbuf_printf(sql, "i.%s ", sort_rows[query->sort[j].key].name);
            if (numbers[j])
                strbuf_printf(sql, "= $%u AND ", numbers[j]);
            else
                PUT(sql, "IS NULL AND ");
        }
        if (!numbers[i])
            strbuf_printf(sql, "i.%s IS NOT NULL)", row->name);
        else if (query->sort[i].descending)
            strbuf_printf(sql, "i.%s < $%u)", row->name, numbers[i]);
        else if (row->never_null)
            strbuf_printf(sql, "i.%s > $%u)", row->name, numbers[i]);
        else
            strbuf_printf(sql, "(i.%s > $%u OR i.%s IS NULL))", row->name, numbers[i], row->name);
    }
    if (!some)
        PUT(sql, "false");
    PUT(sql, ")");
    /* the walk by (deleted, created_at) can begin at the marker when that is the first key */
    if (query->sort_count && query->sort[0].key == 0 && numbers[0])
        strbuf_printf(sql, " AND i.created_at %s $%u", query->sort[0].descending ? "<=" : ">=", numbers[0]);
}

/* FROM … LIMIT: which servers, in which order. */
static void put_page(struct strbuf *sql, const struct instance_query *query, const void *mem, struct db_params *params)
{
    PUT(sql, " FROM instances i WHERE ");
    strbuf_puts(sql, deleted_conditions[query->deleted]);
    PUT(sql, "(i.hidden = false OR i.hidden IS NULL)");
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct instance_filter *filter = &query->filters[i];
        const struct filter_row *row = &filter_rows[filter->name];

        PUT(sql, " AND ");
        put_condition(sql, filter->list || !row->equal ? row->any : row->equal, db_param_text(params, filter->value));
    }
    if (query->marker)
        put_marker(sql, query, params);
    for (size_t i = 0; i < query->sort_count; i++)
        strbuf_printf(sql, "%si.%s%s", i ? ", " : " ORDER BY ", sort_rows[query->sort[i].key].name,
                      query->sort[i].descending ? " DESC" : "");
    if (query->limit >= 0)
        strbuf_printf(sql, " LIMIT $%u", db_param_int(params, mem, query->limit));
}

/* Which servers' rows of the tables beside are looked for. */
struct whose {
    const char *from; /* what is joined with each of those tables */
    const char *all;
    const char *locked; /* only a locked server has a reason: most pages have none to look for */
    const char *one;    /* the parameter that is the only uuid, or NULL */
};

/*
 * Few servers are best looked up one by one.  Many are joined, which PostgreSQL does by hashing the tables of a small
 * cell and by their indexes in a large one: with "o", their ids alone, since each reading of "p" copies whole rows.
 */
#define LOCKED_ONES "= ANY(ARRAY(SELECT uuid FROM p WHERE locked_by IS NOT NULL))"
#define ONLY_IDS "), o AS MATERIALIZED (SELECT uuid FROM p"
static const struct whose few = { .from = "", .all = "= ANY(ARRAY(SELECT uuid FROM p))", .locked = LOCKED_ONES };
static const struct whose many = { .from = ", o", .all = "= o.uuid", .locked = LOCKED_ONES };
static const struct whose only = { .from = "", .all = "= $1", .locked = "= $1", .one = "$1" };

static void put_joins(struct strbuf *sql, unsigned wants, const char *from, const struct whose *whose)
{
    struct {
        const char *select;
        const char *column;
        const char *where;
        unsigned wants;
    } const sources[] = {
        { "SELECT m.instance_uuid AS u, 'm' AS k, m.id, m.key AS a, m.value AS b FROM instance_metadata m",
          "m.instance_uuid", " AND m.deleted = 0", INSTANCE_DETAIL },
        { " UNION ALL SELECT b.instance_uuid, 'v', b.id, b.volume_id, "
          "CASE WHEN b.delete_on_termination THEN 'true' ELSE 'false' END FROM block_device_mapping b",
          "b.instance_uuid", " AND b.deleted = 0 AND b.volume_id IS NOT NULL", INSTANCE_DETAIL },
        { " UNION ALL SELECT t.resource_id, 't', 0, t.tag, NULL FROM tags t", "t.resource_id", "", INSTANCE_TAGS },
        { " UNION ALL SELECT y.instance_uuid, 'l', y.id, '', y.value FROM instance_system_metadata y",
          "y.instance_uuid", " AND y.key = 'locked_reason'", INSTANCE_LOCKED_REASON },
    };

    if (wants & INSTANCE_DETAIL) {
        strbuf_printf(sql, " LEFT JOIN instance_info_caches ic ON ic.instance_uuid = %s.uuid", from);
        strbuf_printf(sql, " LEFT JOIN instance_extra ex ON ex.instance_uuid = %s.uuid", from);
    }
    if (wants & INSTANCE_SERVICE)
        strbuf_printf(sql,
                      " LEFT JOIN services s ON s.host = %s.host AND s.\"binary\" = 'nova-compute' AND %s.deleted = 0 "
                      "AND (s.deleted = 0 OR NOT EXISTS (SELECT 1 FROM services v WHERE v.host = s.host "
                      "AND v.\"binary\" = 'nova-compute' AND v.deleted < s.deleted))",
                      from, from);
    if (wants & INSTANCE_FAULT)
        strbuf_printf(sql,
                      " LEFT JOIN LATERAL (SELECT code, created_at, message, details FROM instance_faults "
                      "WHERE instance_uuid = %s AND deleted = 0 AND %s.vm_state IN ('error', 'deleted') "
                      "ORDER BY id DESC LIMIT 1) f ON true",
                      whose->one, from);
    if (!(wants & INSTANCE_DETAIL))
        return;
    PUT(sql, " LEFT JOIN (SELECT u, string_agg(k || id || ':' || octet_length(a) || ':' || a || "
             "coalesce(octet_length(b), -1) || ':' || coalesce(b, ''), '') AS pieces FROM (");
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (sources[i].wants & wants) {
            bool locked = sources[i].wants == INSTANCE_LOCKED_REASON;

            strbuf_puts(sql, sources[i].select);
            strbuf_puts(sql, locked ? "" : whose->from);
            strbuf_printf(sql, " WHERE %s %s", sources[i].column, locked ? whose->locked : whose->all);
            strbuf_puts(sql, sources[i].where);
        }
    strbuf_printf(sql, ") AS x GROUP BY u) pc ON pc.u = %s.uuid", from);
}

/* A model with the columns of these wants, and room for more. */
static struct db_statement *model_of(const void *mem, const struct db_statement *base, struct db_column **list)
{
    struct db_statement *model = mem_memdup(mem, base, sizeof(*base));

    *list = mem_array(mem, struct db_column, COLUMN_MAX);
    model->columns = *list;
    model->column_count = 0;
    return model;
}

static void put_columns(struct strbuf *sql, unsigned wants, enum place place, const char *prefix)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].place == place && wanted(&columns[i], wants)) {
            PUT(sql, ", ");
            strbuf_puts(sql, place == PLACE_INSTANCE ? prefix : columns[i].expression);
            strbuf_puts(sql, place == PLACE_INSTANCE ? "." : " AS ");
            strbuf_puts(sql, columns[i].column.name);
        }
}

static void add_columns(struct db_statement *model, struct db_column *list, unsigned wants, enum place place)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].place == place && wanted(&columns[i], wants))
            list[model->column_count++] = columns[i].column;
}

static size_t row_size(const struct instance_query *query)
{
    return sizeof(struct instance) + query->value_count * sizeof(const char *);
}

static void put_values(struct strbuf *sql, const struct instance_query *query, bool inner)
{
    for (size_t i = 0; i < query->value_count; i++)
        if (inner)
            strbuf_printf(sql, ", i.%s::text AS sort_%zu", sort_rows[query->sort[i].key].name, i);
        else
            strbuf_printf(sql, ", p.sort_%zu", i);
}

const struct db_statement *instances_page(const void *mem, const struct instance_query *query, struct db_params *params)
{
    const struct whose *whose = query->limit >= 0 && query->limit <= LOOKED_UP_MOST ? &few : &many;
    unsigned wants = query->wants & ~(unsigned)INSTANCE_FAULT;
    struct db_column *list;
    struct db_statement *model = model_of(mem, &INSTANCES_PAGE, &list);
    struct strbuf sql;

    strbuf_init(&sql, mem, 4000);
    list[model->column_count++] = position_column;
    add_columns(model, list, wants, PLACE_INSTANCE);
    if (wants & INSTANCE_DETAIL) {
        PUT(&sql, "WITH p AS MATERIALIZED (SELECT row_number() OVER () AS position, q.* FROM (SELECT 1");
        put_columns(&sql, wants, PLACE_INSTANCE, "i");
        put_values(&sql, query, true);
        put_page(&sql, query, mem, params);
        PUT(&sql, ") AS q");
        if (whose == &many)
            PUT(&sql, ONLY_IDS);
        PUT(&sql, ") SELECT p.position");
        put_columns(&sql, wants, PLACE_INSTANCE, "p");
        put_columns(&sql, wants, PLACE_JOINED, "");
        add_columns(model, list, wants, PLACE_JOINED);
        put_values(&sql, query, false);
        PUT(&sql, " FROM p");
        put_joins(&sql, wants, "p", whose);
    } else {
        PUT(&sql, "SELECT 0 AS position");
        put_columns(&sql, wants, PLACE_INSTANCE, "i");
        put_values(&sql, query, true);
        put_page(&sql, query, mem, params);
    }
    for (size_t i = 0; i < query->value_count; i++)
        list[model->column_count++] =
            (struct db_column){ mem_printf(mem, "sort_%zu", i), DB_TEXT,
                                (unsigned short)(sizeof(struct instance) + i * sizeof(const char *)) };
    model->row_size = (unsigned short)row_size(query);
    return db_statement_dynamic(mem, model, sql.data, params->count);
}

struct instance *instances_row(const struct instance_query *query, const struct db_rows *rows, size_t index)
{
    return (struct instance *)(void *)((char *)rows->rows + index * row_size(query));
}

const char *instance_sort_value(const struct instance *instance, size_t index)
{
    return ((const char *const *)(const void *)(instance + 1))[index];
}

const struct db_statement *instances_marker(const void *mem, const struct instance_query *query, const char *uuid,
                                            struct db_params *params)
{
    struct db_column *list;
    struct db_statement *model = model_of(mem, &INSTANCES_PAGE, &list);
    struct strbuf sql;

    strbuf_init(&sql, mem, 400);
    PUT(&sql, "SELECT i.uuid");
    list[model->column_count++] = (struct db_column)COL_TEXT(struct instance_marker, uuid);
    for (size_t i = 0; i < query->sort_count; i++) {
        strbuf_printf(&sql, ", i.%s::text", sort_rows[query->sort[i].key].name);
        list[model->column_count++] =
            (struct db_column){ sort_rows[query->sort[i].key].name, DB_TEXT,
                                (unsigned short)(offsetof(struct instance_marker, values) + i * sizeof(const char *)) };
    }
    strbuf_printf(&sql, " FROM instances i WHERE i.uuid = $%u", db_param_text(params, uuid));
    model->row_size = sizeof(struct instance_marker);
    return db_statement_dynamic(mem, model, sql.data, params->count);
}

/* The statement that finds one server: it depends on the wants, and on whether the project is asked for. */
static const struct db_statement *one_instance(const void *mem, unsigned wants, bool of_project)
{
    struct db_column *list;
    struct db_statement *model = model_of(mem, &INSTANCE_BY_UUID, &list);
    struct strbuf sql;

    strbuf_init(&sql, mem, 3000);
    PUT(&sql, "SELECT 1 AS position");
    list[model->column_count++] = position_column;
    add_columns(model, list, wants, PLACE_INSTANCE);
    add_columns(model, list, wants, PLACE_JOINED);
    put_columns(&sql, wants, PLACE_INSTANCE, "i");
    put_columns(&sql, wants, PLACE_JOINED, "");
    PUT(&sql, " FROM instances i");
    put_joins(&sql, wants, "i", &only);
    PUT(&sql, " WHERE i.uuid = $1 AND i.deleted = 0");
    if (of_project)
        PUT(&sql, " AND i.project_id = $2");
    model->row_size = sizeof(struct instance);
    return db_statement_dynamic(mem, model, sql.data, of_project ? 2 : 1);
}

const struct db_statement *instance_by_uuid(unsigned wants, const char *uuid, const char *project_id,
                                            struct db_params *params)
{
    /* Views want one of a few things; each statement is written once in the life of the process. */
    static struct {
        void *mem;
        const struct db_statement *statement;
        unsigned wants;
        bool of_project;
    } known[8];
    static size_t next;
    size_t count = sizeof(known) / sizeof(known[0]), i;
    bool of_project = project_id != NULL;

    db_param_text(params, uuid);
    if (of_project)
        db_param_text(params, project_id);
    for (i = 0; i < count; i++)
        if (known[i].statement && known[i].wants == wants && known[i].of_project == of_project)
            return known[i].statement;
    i = next++ % count;
    talloc_free(known[i].mem);
    known[i].mem = mem_context(NULL, "instance_by_uuid");
    known[i].wants = wants;
    known[i].of_project = of_project;
    known[i].statement = one_instance(known[i].mem, wants, of_project);
    return known[i].statement;
}

/* ---- the statements ---- */

static const struct db_column brief_columns[] = {
    COL_INT(struct instance, position),
    COL_TEXT(struct instance, uuid),
    COL_TEXT(struct instance, display_name),
};

const struct db_statement INSTANCES_PAGE = {
    .name = "instances_page",
    .sql = "SELECT 0 AS position, i.uuid, i.display_name FROM instances i",
    .params = 0,
    .database = "cell",
    .columns = brief_columns,
    .column_count = sizeof(brief_columns) / sizeof(brief_columns[0]),
    .row_size = sizeof(struct instance),
};

const struct db_statement INSTANCE_BY_UUID = {
    .name = "instance_by_uuid",
    .sql = "SELECT 1 AS position, i.uuid, i.display_name FROM instances i",
    .params = 0,
    .database = "cell",
    .columns = brief_columns,
    .column_count = sizeof(brief_columns) / sizeof(brief_columns[0]),
    .row_size = sizeof(struct instance),
};

static const struct db_column fault_columns[] = {
    COL_TEXT(struct instance_fault, instance_uuid), COL_INT(struct instance_fault, code),
    COL_TIME(struct instance_fault, created_at),    COL_TEXT(struct instance_fault, message),
    COL_TEXT(struct instance_fault, details),
};

const struct db_statement INSTANCE_FAULTS_LATEST = {
    .name = "instance_faults_latest",
    .sql = "SELECT f.instance_uuid, f.code, f.created_at, f.message, f.details FROM unnest($1::text[]) AS w(uuid) "
           "JOIN LATERAL (SELECT * FROM instance_faults g WHERE g.instance_uuid = w.uuid AND g.deleted = 0 "
           "ORDER BY g.id DESC LIMIT 1) f ON true",
    .params = 1,
    .database = "cell",
    .columns = fault_columns,
    .column_count = sizeof(fault_columns) / sizeof(fault_columns[0]),
    .row_size = sizeof(struct instance_fault),
};

/* ---- pieces ---- */

static bool take_number(struct db_bytes *rest, int64_t *value)
{
    const char *p = rest->data, *end = rest->data + rest->length;
    bool negative = p < end && *p == '-';
    int64_t number = 0;

    for (p += negative; p < end && *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *p - '0', &number))
            return false;
    if (p == end || *p != ':')
        return false;
    *value = negative ? -number : number;
    rest->length = (size_t)(end - (p + 1));
    rest->data = p + 1;
    return true;
}

static bool take_text(struct db_bytes *rest, struct db_bytes *text)
{
    int64_t length;

    if (!take_number(rest, &length) || (length > 0 && (size_t)length > rest->length))
        return false;
    *text = (struct db_bytes){ length < 0 ? NULL : rest->data, length < 0 ? 0 : (size_t)length };
    rest->data += text->length;
    rest->length -= text->length;
    return true;
}

bool instance_piece_next(struct db_bytes *rest, struct instance_piece *piece)
{
    if (!rest->data || !rest->length)
        return false;
    piece->kind = *rest->data++;
    rest->length--;
    return take_number(rest, &piece->id) && take_text(rest, &piece->first) && take_text(rest, &piece->second);
}

void instance_piece_put(struct strbuf *out, char kind, int64_t id, const char *first, const char *second)
{
    strbuf_putc(out, kind);
    strbuf_put_int(out, id);
    strbuf_putc(out, ':');
    strbuf_put_int(out, (long long)strlen(first));
    strbuf_putc(out, ':');
    strbuf_puts(out, first);
    strbuf_put_int(out, second ? (long long)strlen(second) : -1);
    strbuf_putc(out, ':');
    strbuf_puts(out, second ? second : "");
}
