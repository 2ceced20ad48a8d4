/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a move; see the header. */
#include "config.h"

#include "routes/views/migrations.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

struct showing {
    const struct call *call;
    const struct links *links; /* opened for another collection */
};

/* A number that may be none. */
#define NUMBER(member)                                                                                                 \
    static void put_##member(const struct view_state *state, const void *object)                                       \
    {                                                                                                                  \
        int64_t value = ((const struct migration_row *)object)->member;                                                \
                                                                                                                       \
        if (value == DB_NULL_INT)                                                                                      \
            json_put_null(state->out);                                                                                 \
        else                                                                                                           \
            strbuf_put_int(state->out, value);                                                                         \
    }
NUMBER(old_instance_type_id)
NUMBER(new_instance_type_id)
NUMBER(disk_processed)
NUMBER(disk_remaining)
NUMBER(disk_total)
NUMBER(memory_processed)
NUMBER(memory_remaining)
NUMBER(memory_total)
#undef NUMBER

static void put_kind(const struct view_state *state, const void *object)
{
    json_put_string(state->out, migration_kind(object));
}

static bool has_links(const struct view_state *state, const void *object)
{
    return migration_is_live(object);
}

static void put_links(const struct view_state *state, const void *object)
{
    const struct showing *showing = state->data;
    const struct migration_row *migration = object;
    const void *mem = showing->call->mem;
    struct links links;

    links_open_beside(
        showing->call, showing->links,
        mem_printf(mem, "servers/%s/migrations", migration->instance_uuid ? migration->instance_uuid : "None"), &links);
    links_put(&links, state->out, mem_printf(mem, "%lld", (long long)migration->id));
}

#define TEXT(name, ...) VIEW_STRING(#name, struct migration_row, name, __VA_ARGS__)

static const struct view_field fields[] = {
    VIEW_INT("id", struct migration_row, id, V_ALL),
    TEXT(uuid, V_FROM(59)),
    TEXT(source_compute, V_ALL),
    TEXT(dest_compute, V_ALL),
    TEXT(source_node, V_ALL),
    TEXT(dest_node, V_ALL),
    TEXT(dest_host, V_ALL),
    VIEW_CALL("old_instance_type_id", put_old_instance_type_id, V_ALL),
    VIEW_CALL("new_instance_type_id", put_new_instance_type_id, V_ALL),
    TEXT(instance_uuid, V_ALL),
    TEXT(status, V_ALL),
    VIEW_CALL("migration_type", put_kind, V_FROM(23)),
    TEXT(user_id, V_FROM(80)),
    TEXT(project_id, V_FROM(80)),
    VIEW_TIME_PYTHON("created_at", struct migration_row, created_at, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct migration_row, updated_at, V_ALL),
    VIEW_WHEN("links", put_links, has_links, V_FROM(23)),
    VIEW_END,
};

static const struct view_field server_fields[] = {
    VIEW_TIME_PYTHON("created_at", struct migration_row, created_at, V_ALL),
    TEXT(dest_compute, V_ALL),
    TEXT(dest_host, V_ALL),
    TEXT(dest_node, V_ALL),
    VIEW_CALL("disk_processed_bytes", put_disk_processed, V_ALL),
    VIEW_CALL("disk_remaining_bytes", put_disk_remaining, V_ALL),
    VIEW_CALL("disk_total_bytes", put_disk_total, V_ALL),
    VIEW_INT("id", struct migration_row, id, V_ALL),
    VIEW_CALL("memory_processed_bytes", put_memory_processed, V_ALL),
    VIEW_CALL("memory_remaining_bytes", put_memory_remaining, V_ALL),
    VIEW_CALL("memory_total_bytes", put_memory_total, V_ALL),
    VIEW_STRING("server_uuid", struct migration_row, instance_uuid, V_ALL),
    TEXT(source_compute, V_ALL),
    TEXT(source_node, V_ALL),
    TEXT(status, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct migration_row, updated_at, V_ALL),
    TEXT(uuid, V_FROM(59)),
    TEXT(user_id, V_FROM(80)),
    TEXT(project_id, V_FROM(80)),
    VIEW_END,
};

static void put_list(const struct call *call, const struct view_field *what, const struct view_state *state,
                     const struct migration_list *list)
{
    struct view_plan plan;

    view_plan(&plan, what, call->version);
    JSON_PUT_LITERAL(call->out, "{\"migrations\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        view_put(&plan, state, list->rows[i]);
    }
    strbuf_putc(call->out, ']');
}

void migrations_view_index(struct call *call, const struct migration_list *list)
{
    struct showing showing = { .call = call };
    struct view_state state = { call->out, call->version, &showing };
    struct links links;

    links_open(call, "servers", &links);
    showing.links = &links;
    put_list(call, fields, &state, list);
    if (versions_hold((struct versions)V_FROM(59), call->version))
        links_put_next(call, "migrations", "os-migrations", list->count,
                       list->count ? list->rows[list->count - 1]->uuid : NULL);
    strbuf_putc(call->out, '}');
}

void server_migrations_view_index(struct call *call, const struct migration_list *list)
{
    struct view_state state = { call->out, call->version, NULL };

    put_list(call, server_fields, &state, list);
    strbuf_putc(call->out, '}');
}

void server_migrations_view_show(struct call *call, const struct migration_row *migration)
{
    struct view_state state = { call->out, call->version, NULL };
    struct view_plan plan;

    view_plan(&plan, server_fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"migration\": ");
    view_put(&plan, &state, migration);
    strbuf_putc(call->out, '}');
}
