/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a server by version; see the header.
 *
 * A page of a thousand servers is written straight into the answer.
 * Neighbour: servers_parts.c writes the fields whose shape varies.
 */
#include "config.h"

#include "routes/views/servers.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/network.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "fcgi_app/policies/policies.h"
#include "routes/links.h"
#include "routes/views/servers_parts.h"

#include <string.h>

#define SEES_ATTRIBUTES "os_compute_api:os-extended-server-attributes"
#define SEES_EXTRA_SPECS "os_compute_api:servers:show:flavor-extra-specs"
#define SEES_HOST_STATUS "os_compute_api:servers:show:host_status"
#define SEES_HOST_UNKNOWN "os_compute_api:servers:show:host_status:unknown-only"

/* ---- plain values that a row alone cannot say ---- */

static void put_int(struct strbuf *out, int64_t value)
{
    if (value == DB_NULL_INT)
        json_put_null(out);
    else
        strbuf_put_int(out, value);
}

/* A text, or "" for NULL. */
static void put_or_empty(struct strbuf *out, const char *text)
{
    json_put_string(out, text ? text : "");
}

static void put_time(struct strbuf *out, int64_t usec)
{
    char text[24];

    clock_format_iso(usec, text);
    strbuf_putc(out, '"');
    strbuf_put(out, text, 20);
    strbuf_putc(out, '"');
}

static void put_status(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->status);
}

static void put_tenant(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->project_id);
}

static void put_user(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->user_id);
}

static void put_created(const struct view_state *state, const void *object)
{
    int64_t created = ((const struct instance *)object)->created_at;

    put_time(state->out, created == DB_NO_TIME ? view_of(state)->now : created);
}

/* What was never updated was updated now: upstream's clock has no other word for it. */
static void put_updated(const struct view_state *state, const void *object)
{
    int64_t updated = ((const struct instance *)object)->updated_at;

    put_time(state->out, updated == DB_NO_TIME ? view_of(state)->now : updated);
}

static void put_access_ip_v4(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->access_ip_v4);
}

static void put_access_ip_v6(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->access_ip_v6);
}

static void put_links(const struct view_state *state, const void *object)
{
    links_put(&view_of(state)->servers, state->out, ((const struct instance *)object)->uuid);
}

static void put_disk_config(const struct view_state *state, const void *object)
{
    if (((const struct instance *)object)->auto_disk_config)
        JSON_PUT_LITERAL(state->out, "\"AUTO\"");
    else
        JSON_PUT_LITERAL(state->out, "\"MANUAL\"");
}

static void put_progress(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->progress);
}

static bool shows_progress(const struct view_state *state, const void *object)
{
    static const char *const words[] = { "ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING" };

    (void)object;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(view_of(state)->server->status, words[i]) == 0)
            return true;
    return false;
}

static bool shows_fault(const struct view_state *state, const void *object)
{
    const struct server *server = view_of(state)->server;

    (void)object;
    return server->fault && (strcmp(server->status, "ERROR") == 0 || strcmp(server->status, "DELETED") == 0);
}

static void put_fault(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    const struct instance_fault *fault = view->server->fault;

    (void)object;
    strbuf_putc(state->out, '{');
    JSON_PUT_KEY(state->out, "code");
    strbuf_put_int(state->out, fault->code);
    JSON_PUT_LITERAL(state->out, ", \"created\": ");
    put_time(state->out, fault->created_at == DB_NO_TIME ? view->now : fault->created_at);
    JSON_PUT_LITERAL(state->out, ", \"message\": ");
    json_put_string(state->out, fault->message);
    if (fault->details && *fault->details && (view->call->context->is_admin || fault->code != 500)) {
        JSON_PUT_LITERAL(state->out, ", \"details\": ");
        json_put_string(state->out, fault->details);
    }
    strbuf_putc(state->out, '}');
}

static void put_zone(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->zone);
}

static void put_internal_name(const struct view_state *state, const void *object)
{
    const struct call *call = view_of(state)->call;

    json_put_string(state->out, server_internal_name(call->context, call->mem, object));
}

static void put_launch_index(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->launch_index);
}

static void put_power_state(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->power_state);
}

static void put_locked(const struct view_state *state, const void *object)
{
    const char *who = ((const struct instance *)object)->locked_by;

    json_put_bool(state->out, who && *who);
}

static void put_host_status(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->host_status);
}

static bool host_status_allowed(const struct server_view *view)
{
    return view->host_status && (!view->host_unknown_only || strcmp(view->server->host_status, "UNKNOWN") == 0);
}

static bool shows_host_status(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->detail && host_status_allowed(view_of(state));
}

static bool shows_host_status_last(const struct view_state *state, const void *object)
{
    (void)object;
    return view_of(state)->detail && host_status_allowed(view_of(state));
}

static bool shows_attributes(const struct view_state *state, const void *object)
{
    (void)object;
    return view_of(state)->attributes;
}

static bool shows_hostname_alone(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->attributes;
}

#define PUT_MEMBER(member)                                                                                             \
    static void put_##member(const struct view_state *state, const void *object)                                       \
    {                                                                                                                  \
        json_put_string(state->out, ((const struct instance *)object)->member);                                        \
    }
PUT_MEMBER(host)
PUT_MEMBER(node)
PUT_MEMBER(reservation_id)
PUT_MEMBER(hostname)
PUT_MEMBER(kernel_id)
PUT_MEMBER(ramdisk_id)
PUT_MEMBER(root_device_name)
PUT_MEMBER(user_data)

static bool is_show(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->detail;
}

static void put_group(const struct view_state *state, const void *object)
{
    const char *group = view_of(state)->server->group;

    (void)object;
    strbuf_putc(state->out, '[');
    if (group)
        json_put_string(state->out, group);
    strbuf_putc(state->out, ']');
}

static bool shows_security_groups(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);

    return is_show(state, object) && view->groups && view->groups->names && view->groups->names[0];
}

static bool shows_security_groups_last(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);

    return !is_show(state, object) && view->groups && view->groups->names && view->groups->names[0];
}

static void put_security_groups(const struct view_state *state, const void *object)
{
    const char *const *name = view_of(state)->groups->names;

    (void)object;
    strbuf_putc(state->out, '[');
    for (bool first = true; *name; name++, first = false) {
        strbuf_puts(state->out, first ? "{\"name\": " : ", {\"name\": ");
        json_put_string(state->out, *name);
        strbuf_putc(state->out, '}');
    }
    strbuf_putc(state->out, ']');
}

/* ---- the rows ---- */

static const struct view_field brief_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_STRING("name", struct instance, display_name, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_END,
};

#define ATTRIBUTE(name, put, ...) VIEW_WHEN("OS-EXT-SRV-ATTR:" name, put, shows_attributes, __VA_ARGS__)

static const struct view_field full_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_STRING("name", struct instance, display_name, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_CALL("tenant_id", put_tenant, V_ALL),
    VIEW_CALL("user_id", put_user, V_ALL),
    VIEW_CALL("metadata", servers_put_metadata, V_ALL),
    VIEW_CALL("hostId", servers_put_host_id, V_ALL),
    VIEW_CALL("image", servers_put_image, V_ALL),
    VIEW_CALL("flavor", servers_put_flavor, V_ALL),
    VIEW_CALL("created", put_created, V_ALL),
    VIEW_CALL("updated", put_updated, V_ALL),
    VIEW_CALL("addresses", servers_put_addresses, V_ALL),
    VIEW_CALL("accessIPv4", put_access_ip_v4, V_ALL),
    VIEW_CALL("accessIPv6", put_access_ip_v6, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_CALL("OS-DCF:diskConfig", put_disk_config, V_ALL),
    VIEW_WHEN("fault", put_fault, shows_fault, V_ALL),
    VIEW_WHEN("progress", put_progress, shows_progress, V_ALL),
    VIEW_CALL("OS-EXT-AZ:availability_zone", put_zone, V_ALL),
    VIEW_STRING("config_drive", struct instance, config_drive, V_ALL),
    VIEW_STRING("key_name", struct instance, key_name, V_ALL),
    VIEW_TIME_PYTHON("OS-SRV-USG:launched_at", struct instance, launched_at, V_ALL),
    VIEW_TIME_PYTHON("OS-SRV-USG:terminated_at", struct instance, terminated_at, V_ALL),
    VIEW_WHEN("security_groups", put_security_groups, shows_security_groups, V_ALL),
    ATTRIBUTE("host", put_host, V_ALL),
    ATTRIBUTE("instance_name", put_internal_name, V_ALL),
    ATTRIBUTE("hypervisor_hostname", put_node, V_ALL),
    ATTRIBUTE("reservation_id", put_reservation_id, V_FROM(3)),
    ATTRIBUTE("launch_index", put_launch_index, V_FROM(3)),
    ATTRIBUTE("hostname", put_hostname, V_FROM(3)),
    ATTRIBUTE("kernel_id", put_kernel_id, V_FROM(3)),
    ATTRIBUTE("ramdisk_id", put_ramdisk_id, V_FROM(3)),
    ATTRIBUTE("root_device_name", put_root_device_name, V_FROM(3)),
    ATTRIBUTE("user_data", put_user_data, V_FROM(3)),
    VIEW_STRING("OS-EXT-STS:task_state", struct instance, task_state, V_ALL),
    VIEW_STRING("OS-EXT-STS:vm_state", struct instance, vm_state, V_ALL),
    VIEW_CALL("OS-EXT-STS:power_state", put_power_state, V_ALL),
    VIEW_CALL("os-extended-volumes:volumes_attached", servers_put_volumes, V_ALL),
    VIEW_WHEN("host_status", put_host_status, shows_host_status, V_FROM(16)),
    VIEW_CALL("locked", put_locked, V_FROM(9)),
    VIEW_CALL("locked_reason", servers_put_locked_reason, V_FROM(73)),
    VIEW_STRING("description", struct instance, display_description, V_FROM(19)),
    VIEW_CALL("tags", servers_put_tags, V_FROM(26)),
    VIEW_CALL("trusted_image_certificates", servers_put_certificates, V_FROM(63)),
    VIEW_WHEN("OS-EXT-SRV-ATTR:hostname", put_hostname, shows_hostname_alone, V_FROM(90)),
    VIEW_WHEN("server_groups", put_group, is_show, V_FROM(71)),
    VIEW_WHEN("host_status", put_host_status, shows_host_status_last, V_FROM(16)),
    VIEW_WHEN("security_groups", put_security_groups, shows_security_groups_last, V_ALL),
    VIEW_END,
};

/* A server whose cell is down, in a list without details, with details, and alone. Source: db.md section 7. */

static const struct view_field partial_brief_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_END,
};

static void put_partial_zone(const struct view_state *state, const void *object)
{
    const char *zone = ((const struct instance *)object)->availability_zone;

    json_put_string(state->out, zone && *zone ? zone : "UNKNOWN");
}

static void put_partial_user(const struct view_state *state, const void *object)
{
    const char *user = ((const struct instance *)object)->user_id;

    json_put_string(state->out, user && *user ? user : "UNKNOWN");
}

static void put_zero(const struct view_state *state, const void *object)
{
    (void)object;
    strbuf_putc(state->out, '0');
}

static const struct view_field partial_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_STRING("tenant_id", struct instance, project_id, V_ALL),
    VIEW_CALL("created", put_created, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_WHEN("image", servers_put_image, is_show, V_ALL),
    VIEW_WHEN("flavor", servers_put_flavor, is_show, V_ALL),
    VIEW_WHEN("OS-EXT-AZ:availability_zone", put_partial_zone, is_show, V_ALL),
    VIEW_WHEN("OS-EXT-STS:power_state", put_zero, is_show, V_ALL),
    VIEW_WHEN("user_id", put_partial_user, is_show, V_ALL),
    VIEW_WHEN("server_groups", put_group, is_show, V_FROM(71)),
    VIEW_END,
};

/* ---- what to fetch ---- */

struct want_row {
    unsigned wants;
    struct versions versions;
};

static const struct want_row want_rows[] = {
    { INSTANCE_DETAIL | INSTANCE_ATTRIBUTES, V_ALL },
    { INSTANCE_ATTRIBUTES3, V_FROM(3) },
    { INSTANCE_LOCKED, V_FROM(9) },
    { INSTANCE_SERVICE, V_FROM(16) },
    { INSTANCE_DESCRIPTION, V_FROM(19) },
    { INSTANCE_TAGS, V_FROM(26) },
    { INSTANCE_CERTIFICATES, V_FROM(63) },
    { INSTANCE_LOCKED_REASON, V_FROM(73) },
    { INSTANCE_HOSTNAME, V_FROM(90) },
};

unsigned servers_view_wants(const struct call *call)
{
    unsigned wants = 0;

    for (size_t i = 0; i < sizeof(want_rows) / sizeof(want_rows[0]); i++)
        if (versions_hold(want_rows[i].versions, call->version))
            wants |= want_rows[i].wants;
    return wants;
}

struct fault *servers_view_list_wants(const struct call *call, unsigned *wants)
{
    bool seen;

    *wants = servers_view_wants(call);
    TRY(policy_allows(call->context, SEES_ATTRIBUTES, NULL, &seen));
    if (!seen)
        *wants &= ~(unsigned)(INSTANCE_ATTRIBUTES | INSTANCE_ATTRIBUTES3);
    if (!(*wants & INSTANCE_SERVICE))
        return NULL;
    TRY(policy_allows(call->context, SEES_HOST_STATUS, NULL, &seen));
    if (!seen)
        TRY(policy_allows(call->context, SEES_HOST_UNKNOWN, NULL, &seen));
    if (!seen)
        *wants &= ~(unsigned)INSTANCE_SERVICE;
    return NULL;
}

/* ---- whole answers ---- */

static struct fault *view_open(struct call *call, bool detail, const struct policy_target *target,
                               struct server_view **opened)
{
    struct server_view *view = *opened = mem_new(call->mem, struct server_view);

    view->call = call;
    view->detail = detail;
    view->now = clock_utc_usec();
    links_open(call, "servers", &view->servers);
    links_open_beside(call, &view->servers, "flavors", &view->flavors);
    links_open_beside(call, &view->servers, "images", &view->images);
    strbuf_init(&view->rendered, call->mem, 4000);
    TRY(policy_allows(call->context, SEES_ATTRIBUTES, target, &view->attributes));
    if (call->version >= 47) /* 2.47: the flavor is shown itself */
        TRY(policy_allows(call->context, SEES_EXTRA_SPECS, target, &view->extra_specs));
    if (call->version >= 16) { /* 2.16 */
        TRY(policy_allows(call->context, SEES_HOST_STATUS, target, &view->host_status));
        if (!view->host_status)
            TRY(policy_allows(call->context, SEES_HOST_UNKNOWN, target, &view->host_unknown_only));
        view->host_status = view->host_status || view->host_unknown_only;
    }
    return NULL;
}

static void put_server(struct server_view *view, const struct view_plan *plan, struct view_state *state,
                       const struct server *server)
{
    view->server = server;
    if (!server->partial)
        servers_read_pieces(view, server->instance);
    view_put(plan, state, server->instance);
}

static void put_list(struct server_view *view, const struct servers *servers, const struct view_field *fields,
                     const struct view_field *partial, const struct network_groups *groups, const char *path)
{
    struct call *call = view->call;
    struct view_state state = { call->out, call->version, view };
    struct view_plan full, little;

    view_plan(&full, fields, call->version);
    view_plan(&little, partial, call->version);
    JSON_PUT_LITERAL(call->out, "{\"servers\": [");
    for (size_t i = 0; i < servers->count; i++) {
        const struct server *server = &servers->items[i];

        if (i)
            strbuf_put(call->out, ", ", 2);
        if (i == 1) /* the others are about as long as the first: room for all at once */
            strbuf_room(call->out, call->out->length * (servers->count + servers->count / 16));
        view->groups = groups ? &groups[i] : NULL;
        put_server(view, server->partial ? &little : &full, &state, server);
    }
    strbuf_putc(call->out, ']');
    if (servers->count)
        links_put_next(call, "servers", path, servers->count, servers->items[servers->count - 1].instance->uuid);
    strbuf_putc(call->out, '}');
}

void servers_view_index(struct call *call, const struct servers *servers)
{
    struct server_view *view = mem_new(call->mem, struct server_view);

    view->call = call;
    view->detail = true;
    links_open(call, "servers", &view->servers);
    put_list(view, servers, brief_fields, partial_brief_fields, NULL, "servers");
}

/* Security groups of the servers; *groups stays NULL where there is no network service to ask. */
static struct fault *groups_of(const struct call *call, const struct server *servers, size_t count,
                               const struct network_groups **groups)
{
    const char **uuids;
    struct network_groups *found;

    *groups = NULL;
    if (!count || !network_is_there(call->context))
        return NULL;
    uuids = mem_array(call->mem, const char *, count + 1);
    found = mem_array(call->mem, struct network_groups, count + 1);
    for (size_t i = 0; i < count; i++)
        uuids[i] = servers[i].instance->uuid;
    TRY(network_security_groups(call->context, call->mem, uuids, count, found));
    *groups = found;
    return NULL;
}

struct fault *servers_view_detail(struct call *call, const struct servers *servers)
{
    const struct network_groups *groups;
    struct server_view *view;

    TRY(groups_of(call, servers->items, servers->count, &groups));
    TRY(view_open(call, true, NULL, &view));
    put_list(view, servers, full_fields, partial_fields, groups, "servers/detail");
    return NULL;
}

struct fault *servers_view_show(struct call *call, const struct server *server)
{
    struct policy_target target = { server->instance->project_id, NULL };
    struct server_view *view;
    struct view_state state;
    struct view_plan plan;

    TRY(view_open(call, false, &target, &view));
    state = (struct view_state){ call->out, call->version, view };
    view_plan(&plan, server->partial ? partial_fields : full_fields, call->version);
    TRY(groups_of(call, server, 1, &view->groups));
    JSON_PUT_LITERAL(call->out, "{\"server\": ");
    put_server(view, &plan, &state, server);
    strbuf_putc(call->out, '}');
    return NULL;
}

/* 2.75: what only a show had had comes with the answer to a change too. */
struct fault *servers_view_changed(struct call *call, const struct server *server, bool rebuilt)
{
    static const char *const shown_later[] = { "\"OS-EXT-AZ:",           "\"config_drive\"",    "\"key_name\"",
                                               "\"OS-SRV-USG:",          "\"security_groups\"", "\"OS-EXT-STS:",
                                               "\"os-extended-volumes:", "\"host_status\"" };
    const struct versions later = V_FROM(75);
    struct policy_target target = { server->instance->project_id, NULL };
    struct server_view *view;
    struct view_state state;
    struct view_field fields[sizeof(full_fields) / sizeof(full_fields[0])];
    struct view_plan plan;

    TRY(view_open(call, false, &target, &view));
    state = (struct view_state){ call->out, call->version, view };
    memcpy(fields, full_fields, sizeof(fields));
    for (struct view_field *field = fields; field->key; field++) {
        for (size_t i = 0; i < sizeof(shown_later) / sizeof(shown_later[0]); i++)
            if (!strncmp(field->key, shown_later[i], strlen(shown_later[i])))
                field->versions = later;
        if (rebuilt && field->put == put_user_data)
            field->versions.max = -1;
        if (rebuilt && !strncmp(field->key, "\"key_name\"", strlen("\"key_name\"")))
            field->versions = (struct versions)V_FROM(54);
    }
    if (call->version < 75)
        view->attributes = false;
    view->plain_addresses = call->version < 75;
    view_plan(&plan, fields, call->version);
    if (call->version >= 75)
        TRY(groups_of(call, server, 1, &view->groups));
    JSON_PUT_LITERAL(call->out, "{\"server\": ");
    put_server(view, &plan, &state, server);
    strbuf_putc(call->out, '}');
    return NULL;
}
