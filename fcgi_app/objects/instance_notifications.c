/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads of servers; see the header. */
#include "config.h"

#include "fcgi_app/objects/instance_notifications.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/audit_period.h"
#include "fcgi_app/objects/notification_payload.h"

#include <stdio.h>
#include <string.h>

#define SECOND 1000000LL

/* ---- what both forms say ---- */

/* The stored flavor, for the flavor's payload. */
static void read_flavor(const struct context *context, const struct instance_row *row, struct notified_flavor *flavor)
{
    const json_t *data, *member;
    json_t *stored = NULL;
    struct strbuf specs;

    *flavor = (struct notified_flavor){ .rxtx_factor = 1.0, .is_public = true };
    if (!row->flavor.length || json_read(context->mem, row->flavor.data, row->flavor.length, &stored))
        return;
    data = json_object_get(json_object_get(stored, "cur"), "nova_object.data");
#define TEXT(name) flavor->name = json_string_value(json_object_get(data, #name))
#define NUMBER(name)                                                                                                   \
    member = json_object_get(data, #name);                                                                             \
    flavor->name = json_is_integer(member) ? json_integer_value(member) : DB_NULL_INT
    TEXT(flavorid);
    TEXT(name);
    TEXT(description);
    NUMBER(memory_mb);
    NUMBER(vcpus);
    NUMBER(root_gb);
    NUMBER(ephemeral_gb);
    NUMBER(swap);
    NUMBER(vcpu_weight);
#undef TEXT
#undef NUMBER
    member = json_object_get(data, "rxtx_factor");
    if (json_is_number(member))
        flavor->rxtx_factor = json_number_value(member);
    flavor->disabled = json_is_true(json_object_get(data, "disabled"));
    flavor->is_public = !json_is_false(json_object_get(data, "is_public"));
    member = json_object_get(data, "extra_specs");
    if (member) {
        strbuf_init(&specs, context->mem, 128);
        json_put_tree(&specs, member);
        flavor->extra_specs = specs.data;
    }
}

/* A dictionary's members whose key begins with `prefix`, without it. */
static void put_pairs(struct strbuf *out, const char *key, const struct instance_pair *pairs, size_t count,
                      const char *prefix)
{
    size_t length = strlen(prefix);

    payload_key(out, key);
    strbuf_putc(out, '{');
    for (size_t i = 0; i < count; i++)
        if (!strncmp(pairs[i].key, prefix, length))
            payload_text(out, pairs[i].key + length, pairs[i].value);
    strbuf_putc(out, '}');
}

/* What an update says, filled in from the server. */
static struct notified_states states_of(const struct instance_row *row, const struct notified_states *states)
{
    return (struct notified_states){
        .old_state = states->old_state ? states->old_state : row->vm_state,
        .state = states->state ? states->state : row->vm_state,
        .old_task_state = states->old_task_state ? states->old_task_state : row->task_state,
        .new_task_state = states->new_task_state ? states->new_task_state : row->task_state,
        .old_name = states->old_name,
    };
}

/* ---- the older form ---- */

/* "2026-11-22 11:25:58+00:00", with a fraction where there is one. */
static void legacy_created(struct strbuf *out, int64_t usec)
{
    char text[40];

    if (usec == DB_NO_TIME) {
        payload_text(out, "created_at", "None");
        return;
    }
    clock_format_python(usec, text);
    text[10] = ' ';
    strcat(text, "+00:00");
    payload_text(out, "created_at", text);
}

/* "2026-11-22T11:26:01.000000", or "". */
static void legacy_time(struct strbuf *out, const char *key, int64_t usec)
{
    char text[40];

    if (usec == DB_NO_TIME) {
        payload_text(out, key, "");
        return;
    }
    clock_format_python(usec - usec % SECOND, text);
    snprintf(text + 19, sizeof(text) - 19, ".%06d", (int)(usec % SECOND));
    payload_text(out, key, text);
}

static void open_legacy(struct strbuf *out, const struct context *context, const struct notified_server *server)
{
    const struct instance_source *source = &server->source;
    const struct instance_row *row = source->row;
    struct notified_flavor flavor;

    read_flavor(context, row, &flavor);
    payload_open(out, context);
    payload_text(out, "tenant_id", row->project_id);
    payload_text(out, "user_id", row->user_id);
    payload_text(out, "instance_id", row->uuid);
    payload_text(out, "display_name", row->display_name);
    payload_text(out, "reservation_id", row->reservation_id);
    payload_text(out, "hostname", row->hostname);
    payload_text(out, "instance_type", flavor.name);
    payload_int(out, "instance_type_id", row->instance_type_id);
    payload_text(out, "instance_flavor_id", flavor.flavorid);
    payload_text(out, "architecture", row->architecture);
    payload_int(out, "memory_mb", flavor.memory_mb);
    payload_int(out, "disk_gb", flavor.root_gb + flavor.ephemeral_gb);
    payload_int(out, "vcpus", flavor.vcpus);
    payload_int(out, "root_gb", flavor.root_gb);
    payload_int(out, "ephemeral_gb", flavor.ephemeral_gb);
    payload_text(out, "host", row->host);
    payload_text(out, "node", row->node);
    payload_text(out, "availability_zone", row->availability_zone);
    payload_text(out, "cell_name", row->cell_name ? row->cell_name : "");
    legacy_created(out, row->created_at);
    legacy_time(out, "terminated_at", row->terminated_at);
    legacy_time(out, "deleted_at", row->deleted_at);
    legacy_time(out, "launched_at", row->launched_at);
    payload_text(out, "image_ref_url", server->image_url);
    payload_text(out, "os_type", row->os_type);
    payload_text(out, "kernel_id", row->kernel_id);
    payload_text(out, "ramdisk_id", row->ramdisk_id);
    payload_text(out, "state", row->vm_state);
    payload_text(out, "state_description", row->task_state ? row->task_state : "");
    if (row->progress && row->progress != DB_NULL_INT)
        payload_int(out, "progress", row->progress);
    else
        payload_text(out, "progress", "");
    payload_text(out, "access_ip_v4", row->access_ip_v4);
    payload_text(out, "access_ip_v6", row->access_ip_v6);
    put_pairs(out, "image_meta", source->system_metadata, source->system_metadata_count, "image_");
    put_pairs(out, "metadata", source->metadata, source->metadata_count, "");
}

/* A key that stands there already gets another value: the state is the last thing that an update says of it. */
static void legacy_update(const struct context *context, const char *service, const struct notified_server *server,
                          const struct notified_states *states, int64_t begin, int64_t now)
{
    struct notified_server shown = *server;
    struct instance_row row = *server->source.row;
    struct strbuf out;

    row.vm_state = states->state;
    shown.source.row = &row;
    open_legacy(&out, context, &shown);
    payload_text(&out, "old_state", states->old_state);
    payload_text(&out, "old_task_state", states->old_task_state);
    payload_text(&out, "new_task_state", states->new_task_state);
    legacy_time(&out, "audit_period_beginning", begin);
    legacy_time(&out, "audit_period_ending", now);
    if (states->old_name)
        payload_text(&out, "old_display_name", states->old_name);
    payload_send_legacy(
        context, "compute.instance.update",
        mem_printf(context->mem, "%s.%s", service, conf_string(context->worker->conf, OPTION_DEFAULT_host)), &out);
}

void notify_server_usage(const struct context *context, const char *event, const struct notified_server *server)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_LEGACY))
        return;
    open_legacy(&out, context, server);
    payload_send_legacy(context, mem_printf(context->mem, "compute.instance.%s", event),
                        mem_printf(context->mem, "compute.%s", conf_string(context->worker->conf, OPTION_DEFAULT_host)),
                        &out);
}

/* ---- the versioned form ---- */

/* The fixed addresses of the network cache, each an IpPayload. */
static void put_addresses(struct strbuf *out, const struct context *context, const struct instance_row *row)
{
    const json_t *vif, *subnet, *ip;
    json_t *cache = NULL;
    size_t i, j, k;
    bool any = false;

    payload_key(out, "ip_addresses");
    strbuf_putc(out, '[');
    if (row->network_info.length && json_read(context->mem, row->network_info.data, row->network_info.length, &cache))
        cache = NULL;
    json_array_foreach(cache, i, vif)
    {
        const json_t *network = json_object_get(vif, "network");

        json_array_foreach(json_object_get(network, "subnets"), j, subnet)
        {
            json_array_foreach(json_object_get(subnet, "ips"), k, ip)
            {
                strbuf_puts(out, any ? ", " : "");
                any = true;
                payload_put_object(out, "IpPayload", "1.0");
                payload_text(out, "label", json_string_value(json_object_get(network, "label")));
                payload_text(out, "mac", json_string_value(json_object_get(vif, "address")));
                payload_key(out, "meta");
                if (json_is_object(json_object_get(vif, "meta")))
                    json_put_tree(out, json_object_get(vif, "meta"));
                else
                    strbuf_puts(out, "{}");
                payload_text(out, "port_uuid", json_string_value(json_object_get(vif, "id")));
                payload_int(out, "version", json_integer_value(json_object_get(ip, "version")));
                payload_text(out, "address", json_string_value(json_object_get(ip, "address")));
                payload_text(out, "device_name", json_string_value(json_object_get(vif, "devname")));
                strbuf_puts(out, "}}");
            }
        }
    }
    strbuf_putc(out, ']');
}

/* Its volumes, where they are to be told of. */
static void put_devices(struct strbuf *out, const struct context *context, const struct notified_server *server)
{
    bool any = false;

    if (!conf_bool(context->worker->conf, OPTION_notifications_bdms_in_notifications)) {
        payload_json(out, "block_devices", NULL);
        return;
    }
    payload_key(out, "block_devices");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < server->bdm_count; i++) {
        const struct bdm_row *bdm = &server->bdms[i];

        if (!bdm->volume_id)
            continue;
        strbuf_puts(out, any ? ", " : "");
        any = true;
        payload_put_object(out, "BlockDevicePayload", "1.0");
        payload_text(out, "device_name", bdm->device_name);
        payload_int(out, "boot_index", bdm->boot_index);
        payload_bool(out, "delete_on_termination", bdm->delete_on_termination);
        payload_text(out, "volume_id", bdm->volume_id);
        payload_text(out, "tag", bdm->tag);
        strbuf_puts(out, "}}");
    }
    strbuf_putc(out, ']');
}

static const char *power_state(int64_t state)
{
    static const char *const names[] = {
        "pending", "running", NULL, "paused", "shutdown", NULL, "crashed", "suspended"
    };

    return state >= 0 && state < (int64_t)(sizeof(names) / sizeof(names[0])) ? names[state] : NULL;
}

static const char *locked_reason(const struct instance_source *source)
{
    for (size_t i = 0; i < source->system_metadata_count; i++)
        if (!strcmp(source->system_metadata[i].key, "locked_reason"))
            return source->system_metadata[i].value;
    return NULL;
}

/* Who asked; periodic work would have nobody. */
static void put_request(struct strbuf *out, const struct context *context)
{
    payload_text(out, "request_id", context->project_id && context->user_id ? context->request_id : NULL);
}

static void put_server(struct strbuf *out, const struct context *context, const struct notified_server *server)
{
    const struct instance_source *source = &server->source;
    const struct instance_row *row = source->row;
    struct notified_flavor flavor;

    payload_text(out, "uuid", row->uuid);
    payload_text(out, "user_id", row->user_id);
    payload_text(out, "tenant_id", row->project_id);
    payload_text(out, "reservation_id", row->reservation_id);
    payload_text(out, "display_name", row->display_name);
    payload_text(out, "display_description", row->display_description);
    payload_text(out, "host_name", row->hostname);
    payload_text(out, "host", row->host);
    payload_text(out, "node", row->node);
    payload_text(out, "os_type", row->os_type);
    payload_text(out, "architecture", row->architecture);
    payload_text(out, "availability_zone", row->availability_zone);
    payload_key(out, "flavor");
    read_flavor(context, row, &flavor);
    payload_put_flavor(out, &flavor);
    strbuf_puts(out, "}}");
    payload_text(out, "image_uuid", row->image_ref);
    payload_text(out, "key_name", row->key_name);
    payload_text(out, "kernel_id", row->kernel_id);
    payload_text(out, "ramdisk_id", row->ramdisk_id);
    payload_time(out, "created_at", row->created_at);
    payload_time(out, "launched_at", row->launched_at);
    payload_time(out, "terminated_at", row->terminated_at);
    payload_time(out, "deleted_at", row->deleted_at);
    payload_time(out, "updated_at", row->updated_at);
    payload_text(out, "state", row->vm_state);
    payload_text(out, "power_state", power_state(row->power_state));
    payload_text(out, "task_state", row->task_state);
    payload_int(out, "progress", row->progress);
    put_addresses(out, context, row);
    put_devices(out, context, server);
    put_pairs(out, "metadata", source->metadata, source->metadata_count, "");
    payload_bool(out, "locked", row->locked);
    payload_text(out, "auto_disk_config", row->auto_disk_config ? "AUTO" : "MANUAL");
}

static void put_initiator(struct strbuf *out, const struct context *context, const struct notified_server *server)
{
    payload_text(out, "action_initiator_user", context->user_id);
    payload_text(out, "action_initiator_project", context->project_id);
    payload_text(out, "locked_reason", locked_reason(&server->source));
}

static void put_states(struct strbuf *out, const struct notified_states *states, int64_t begin, int64_t now)
{
    payload_key(out, "state_update");
    payload_put_object(out, "InstanceStateUpdatePayload", "1.0");
    payload_text(out, "old_state", states->old_state);
    payload_text(out, "state", states->state);
    payload_text(out, "old_task_state", states->old_task_state);
    payload_text(out, "new_task_state", states->new_task_state);
    strbuf_puts(out, "}}");
    payload_key(out, "audit_period");
    payload_put_object(out, "AuditPeriodPayload", "1.0");
    payload_time(out, "audit_period_beginning", begin);
    payload_time(out, "audit_period_ending", now);
    strbuf_puts(out, "}}");
    payload_text(out, "old_display_name", states->old_name);
}

static void put_tags(struct strbuf *out, const struct instance_source *source)
{
    payload_key(out, "tags");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < source->tag_count; i++) {
        strbuf_puts(out, i ? ", " : "");
        json_put_string(out, source->tags[i].tag);
    }
    strbuf_putc(out, ']');
}

static void versioned_update(const struct context *context, const char *service, const struct notified_server *server,
                             const struct notified_states *states, int64_t begin, int64_t now)
{
    const char *host = conf_string(context->worker->conf, OPTION_DEFAULT_host);
    struct strbuf out;

    payload_open_object(&out, context, "InstanceUpdatePayload", "2.0");
    put_states(&out, states, begin, now);
    put_tags(&out, &server->source);
    put_server(&out, context, server);
    put_request(&out, context);
    put_initiator(&out, context, server);
    payload_send_versioned(
        context, "instance.update",
        mem_printf(context->mem, "%s%s:%s", strncmp(service, "nova-", 5) ? "nova-" : "", service, host), &out);
}

void notify_server_action(const struct context *context, const char *action, const char *phase,
                          const struct notified_server *server)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    payload_open_object(&out, context, "InstanceActionPayload", "1.8");
    payload_json(&out, "fault", NULL);
    put_request(&out, context);
    put_server(&out, context, server);
    put_initiator(&out, context, server);
    payload_send_versioned(context, payload_event(context, "instance", action, phase), NULL, &out);
}

/* ---- updates ---- */

void notify_server_update(const struct context *context, const char *service, const struct notified_server *server,
                          const struct notified_states *states)
{
    struct notified_states whole = states_of(server->source.row, states);
    int64_t now = clock_utc_usec(), before, begin;

    audit_period_before(context, now, &before, &begin);
    if (notify_wanted(context, NOTIFY_LEGACY))
        legacy_update(context, service, server, &whole, begin, now);
    if (notify_wanted(context, NOTIFY_VERSIONED))
        versioned_update(context, service, server, &whole, begin, now);
}

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

enum notified_save notify_server_saved(const struct context *context, const char *old_state, const char *state,
                                       const char *old_task_state, const char *task_state)
{
    const char *when = conf_string(context->worker->conf, OPTION_notifications_notify_on_state_change);

    if (!when || (!notify_wanted(context, NOTIFY_LEGACY) && !notify_wanted(context, NOTIFY_VERSIONED)))
        return NOTIFIED_NOT;
    if (!same(old_state, state) || (!strcmp(when, "vm_and_task_state") && !same(old_task_state, task_state)))
        return NOTIFIED_STATES;
    return NOTIFIED_PLAIN;
}
