/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads of key pairs, server groups, flavors, aggregates and services. */
#include "config.h"

#include "fcgi_app/objects/notifications.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/rpc/notify.h"

#include <stdio.h>
#include <string.h>

/* ---- members of a payload ---- */

/* ", " before every member but the first. */
static void put_key(struct strbuf *out, const char *key)
{
    if (out->data[out->length - 1] != '{')
        strbuf_puts(out, ", ");
    json_put_string(out, key);
    strbuf_puts(out, ": ");
}

static void put_text(struct strbuf *out, const char *key, const char *text)
{
    put_key(out, key);
    if (text)
        json_put_string(out, text);
    else
        json_put_null(out);
}

static void put_int(struct strbuf *out, const char *key, int64_t value)
{
    put_key(out, key);
    if (value == DB_NULL_INT)
        json_put_null(out);
    else
        strbuf_put_int(out, value);
}

static void put_bool(struct strbuf *out, const char *key, bool value)
{
    put_key(out, key);
    json_put_bool(out, value);
}

/* A value that is JSON already. */
static void put_json(struct strbuf *out, const char *key, const char *json)
{
    put_key(out, key);
    strbuf_puts(out, json ? json : "null");
}

static void open_payload(struct strbuf *out, const struct context *context)
{
    strbuf_init(out, context->mem, 512);
    strbuf_putc(out, '{');
}

static void open_object(struct strbuf *out, const struct context *context, const char *name, const char *version)
{
    open_payload(out, context);
    put_text(out, "nova_object.name", name);
    put_text(out, "nova_object.namespace", "nova");
    put_text(out, "nova_object.version", version);
    put_key(out, "nova_object.data");
    strbuf_putc(out, '{');
}

/* "keypair.create.start" */
static const char *event(const struct context *context, const char *thing, const char *action, const char *phase)
{
    return mem_printf(context->mem, "%s.%s%s%s", thing, action, phase ? "." : "", phase ? phase : "");
}

static void send_versioned(const struct context *context, const char *event_type, const char *publisher,
                           struct strbuf *out)
{
    strbuf_puts(out, "}}");
    notify_publish(context, NOTIFY_VERSIONED, NOTIFY_INFO, event_type, publisher, out->data, out->length);
}

static void send_legacy(const struct context *context, const char *event_type, const char *publisher,
                        struct strbuf *out)
{
    strbuf_putc(out, '}');
    notify_publish(context, NOTIFY_LEGACY, NOTIFY_INFO, event_type, publisher, out->data, out->length);
}

/* ---- key pairs ---- */

static void keypair_legacy(const struct context *context, const char *event_type,
                           const struct notified_keypair *keypair)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_LEGACY))
        return;
    open_payload(&out, context);
    put_text(&out, "tenant_id", context->project_id);
    put_text(&out, "user_id", keypair->user_id);
    put_text(&out, "key_name", keypair->name);
    send_legacy(context, event_type, NULL, &out);
}

static void keypair_versioned(const struct context *context, const char *event_type,
                              const struct notified_keypair *keypair)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    open_object(&out, context, "KeypairPayload", "1.0");
    put_text(&out, "user_id", keypair->user_id);
    put_text(&out, "name", keypair->name);
    put_text(&out, "fingerprint", keypair->fingerprint);
    put_text(&out, "public_key", keypair->public_key);
    put_text(&out, "type", keypair->type);
    send_versioned(context, event_type, NULL, &out);
}

void notify_keypair(const struct context *context, const char *action, const char *phase,
                    const struct notified_keypair *keypair)
{
    const char *name = event(context, "keypair", action, phase);
    bool end = !strcmp(phase, "end");

    /* the legacy ones stand around the versioned ones */
    if (!end)
        keypair_legacy(context, name, keypair);
    keypair_versioned(context, name, keypair);
    if (end)
        keypair_legacy(context, name, keypair);
}

/* ---- server groups ---- */

static void server_group_legacy(const struct context *context, const char *action,
                                const struct notified_server_group *server_group)
{
    const char *host = conf_string(context->worker->conf, OPTION_DEFAULT_host);
    struct strbuf out;

    open_payload(&out, context);
    if (!strcmp(action, "create")) {
        if (server_group->rules && strcmp(server_group->rules, "{}"))
            put_json(&out, "_rules", server_group->rules);
        put_text(&out, "name", server_group->name);
        put_text(&out, "project_id", server_group->project_id);
        put_text(&out, "user_id", server_group->user_id);
        put_text(&out, "policy", server_group->policy);
    } else if (!strcmp(action, "add_member")) {
        put_json(&out, "instance_uuids", server_group->members);
    }
    put_text(&out, "server_group_id", server_group->uuid);
    send_legacy(context, event(context, "servergroup", !strcmp(action, "add_member") ? "addmember" : action, NULL),
                mem_printf(context->mem, "servergroup.%s", host), &out);
}

void notify_server_group(const struct context *context, const char *action,
                         const struct notified_server_group *server_group)
{
    struct strbuf out;

    if (notify_wanted(context, NOTIFY_LEGACY))
        server_group_legacy(context, action, server_group);
    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    open_object(&out, context, "ServerGroupPayload", "1.1");
    put_text(&out, "uuid", server_group->uuid);
    put_text(&out, "name", server_group->name);
    put_text(&out, "user_id", server_group->user_id);
    put_text(&out, "project_id", server_group->project_id);
    put_key(&out, "policies");
    strbuf_putc(&out, '[');
    json_put_string(&out, server_group->policy);
    strbuf_putc(&out, ']');
    put_json(&out, "members", server_group->members);
    put_json(&out, "hosts", server_group->hosts);
    put_text(&out, "policy", server_group->policy);
    put_json(&out, "rules", server_group->rules);
    send_versioned(context, event(context, "server_group", action, NULL), NULL, &out);
}

/* ---- flavors ---- */

void notify_flavor(const struct context *context, const char *action, const struct notified_flavor *flavor)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    open_object(&out, context, "FlavorPayload", "1.4");
    put_text(&out, "flavorid", flavor->flavorid);
    put_int(&out, "memory_mb", flavor->memory_mb);
    put_int(&out, "vcpus", flavor->vcpus);
    put_int(&out, "root_gb", flavor->root_gb);
    put_int(&out, "ephemeral_gb", flavor->ephemeral_gb);
    put_text(&out, "name", flavor->name);
    put_int(&out, "swap", flavor->swap);
    put_key(&out, "rxtx_factor");
    json_put_double(&out, flavor->rxtx_factor);
    put_int(&out, "vcpu_weight", flavor->vcpu_weight);
    put_bool(&out, "disabled", flavor->disabled);
    put_bool(&out, "is_public", flavor->is_public);
    put_json(&out, "extra_specs", flavor->extra_specs);
    put_json(&out, "projects", flavor->projects);
    put_text(&out, "description", flavor->description);
    send_versioned(context, event(context, "flavor", action, NULL), NULL, &out);
}

/* ---- aggregates ---- */

/* Which words the legacy form has beside the id: upstream's payloads grew one by one. */
enum { SAYS_NAME = 1 << 0, SAYS_METADATA = 1 << 1, SAYS_HOST = 1 << 2, SAYS_ID = 1 << 3 };

static const struct legacy_aggregate {
    const char *action;
    const char *legacy;
    unsigned start, end;
} legacy_aggregates[] = {
    { "create", "create", SAYS_NAME | SAYS_METADATA, SAYS_NAME | SAYS_METADATA | SAYS_ID },
    { "update_prop", "updateprop", SAYS_ID, SAYS_ID },
    { "update_metadata", "updatemetadata", SAYS_ID | SAYS_METADATA, SAYS_ID | SAYS_METADATA },
    { "add_host", "addhost", SAYS_ID | SAYS_HOST, SAYS_ID | SAYS_HOST | SAYS_NAME },
    { "remove_host", "removehost", SAYS_ID | SAYS_HOST, SAYS_ID | SAYS_HOST },
    { "delete", "delete", SAYS_ID, SAYS_ID },
};

static void put_aggregate_id(struct strbuf *out, const struct notified_aggregate *aggregate)
{
    char text[24];

    if (!aggregate->id_as_text) {
        put_int(out, "aggregate_id", aggregate->id);
        return;
    }
    snprintf(text, sizeof(text), "%lld", (long long)aggregate->id);
    put_text(out, "aggregate_id", text);
}

static void aggregate_legacy(const struct context *context, const char *action, const char *phase,
                             const struct notified_aggregate *aggregate)
{
    const struct legacy_aggregate *row = legacy_aggregates;
    const char *publisher;
    struct strbuf out;
    unsigned says;

    for (; row < legacy_aggregates + sizeof(legacy_aggregates) / sizeof(*row) && strcmp(row->action, action); row++)
        ;
    if (row == legacy_aggregates + sizeof(legacy_aggregates) / sizeof(*row))
        return; /* cache_images has no legacy form */
    says = !strcmp(phase, "start") ? row->start : row->end;
    open_payload(&out, context);
    /* a created one says its name and metadata before its id, others after it */
    if (!strcmp(action, "create"))
        put_text(&out, "name", aggregate->name);
    else if (says & SAYS_ID)
        put_aggregate_id(&out, aggregate);
    if (says & SAYS_METADATA && aggregate->given)
        put_json(&out, "meta_data", aggregate->given);
    if (!strcmp(action, "create") && says & SAYS_ID)
        put_aggregate_id(&out, aggregate);
    if (says & SAYS_HOST)
        put_text(&out, "host_name", aggregate->host);
    if (strcmp(action, "create") && says & SAYS_NAME)
        put_text(&out, "name", aggregate->name);
    publisher = aggregate->id == DB_NULL_INT ? mem_printf(context->mem, "aggregate.%s", aggregate->name)
                                             : mem_printf(context->mem, "aggregate.%lld", (long long)aggregate->id);
    send_legacy(context, event(context, "aggregate", row->legacy, phase), publisher, &out);
}

void notify_aggregate(const struct context *context, const char *action, const char *phase,
                      const struct notified_aggregate *aggregate)
{
    struct strbuf out;

    if (notify_wanted(context, NOTIFY_LEGACY))
        aggregate_legacy(context, action, phase, aggregate);
    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    open_object(&out, context, "AggregatePayload", "1.1");
    put_int(&out, "id", aggregate->id);
    put_text(&out, "uuid", aggregate->uuid);
    put_text(&out, "name", aggregate->name);
    put_json(&out, "hosts", aggregate->hosts);
    put_json(&out, "metadata", aggregate->metadata);
    send_versioned(context, event(context, "aggregate", action, phase), NULL, &out);
}

/* ---- services ---- */

void notify_service(const struct context *context, const char *action, const struct notified_service *service)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    open_object(&out, context, "ServiceStatusPayload", "1.1");
    put_text(&out, "host", service->host);
    put_text(&out, "binary", service->binary);
    put_text(&out, "topic", service->topic);
    put_int(&out, "report_count", service->report_count);
    put_bool(&out, "disabled", service->disabled);
    put_text(&out, "disabled_reason", service->disabled_reason);
    put_text(&out, "availability_zone", NULL);
    put_key(&out, "last_seen_up");
    object_put_time(&out, service->last_seen_up);
    put_bool(&out, "forced_down", service->forced_down);
    put_int(&out, "version", service->version);
    put_text(&out, "uuid", service->uuid);
    send_versioned(context, event(context, "service", action, NULL),
                   mem_printf(context->mem, "%s:%s", service->binary, service->host), &out);
}
