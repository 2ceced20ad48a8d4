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
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/notification_payload.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/rpc/notify.h"

#include <string.h>

/* ---- key pairs ---- */

static void keypair_legacy(const struct context *context, const char *event_type,
                           const struct notified_keypair *keypair)
{
    struct strbuf out;

    if (keypair->forms == NOTIFIED_NEWER || !notify_wanted(context, NOTIFY_LEGACY))
        return;
    payload_open(&out, context);
    payload_text(&out, "tenant_id", context->project_id);
    payload_text(&out, "user_id", context->user_id);
    payload_text(&out, "key_name", keypair->name);
    payload_send_legacy(context, event_type, NULL, &out);
}

static void keypair_versioned(const struct context *context, const char *event_type,
                              const struct notified_keypair *keypair)
{
    struct strbuf out;

    if (keypair->forms == NOTIFIED_OLDER || !notify_wanted(context, NOTIFY_VERSIONED))
        return;
    payload_open_object(&out, context, "KeypairPayload", "1.0");
    payload_text(&out, "user_id", keypair->user_id);
    payload_text(&out, "name", keypair->name);
    payload_text(&out, "fingerprint", keypair->fingerprint);
    payload_text(&out, "public_key", keypair->public_key);
    payload_text(&out, "type", keypair->type);
    payload_send_versioned(context, event_type, NULL, &out);
}

void notify_keypair(const struct context *context, const char *action, const char *phase,
                    const struct notified_keypair *keypair)
{
    const char *name = payload_event(context, "keypair", action, phase);
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

    payload_open(&out, context);
    if (!strcmp(action, "create")) {
        if (server_group->says_rules)
            payload_json(&out, "_rules", server_group->rules);
        payload_text(&out, "name", server_group->name);
        payload_text(&out, "project_id", server_group->project_id);
        payload_text(&out, "user_id", server_group->user_id);
        payload_text(&out, "policy", server_group->policy);
    } else if (!strcmp(action, "add_member")) {
        payload_json(&out, "instance_uuids", server_group->added);
    }
    payload_text(&out, "server_group_id", server_group->uuid);
    payload_send_legacy(
        context, payload_event(context, "servergroup", !strcmp(action, "add_member") ? "addmember" : action, NULL),
        mem_printf(context->mem, "servergroup.%s", host), &out);
}

/* A dictionary of texts, whatever the row has. */
static void put_rules(struct strbuf *out, const void *mem, const char *rules)
{
    json_t *values = NULL, *value;
    const char *key, *separator = "";

    payload_key(out, "rules");
    strbuf_putc(out, '{');
    if (rules && !json_read(mem, rules, strlen(rules), &values))
        json_object_foreach(values, key, value)
        {
            strbuf_puts(out, separator);
            json_put_string(out, key);
            strbuf_puts(out, ": ");
            json_put_string(out, take_text(mem, value));
            separator = ", ";
        }
    strbuf_putc(out, '}');
}

void notify_server_group(const struct context *context, const char *action,
                         const struct notified_server_group *server_group)
{
    struct strbuf out;

    if (notify_wanted(context, NOTIFY_LEGACY))
        server_group_legacy(context, action, server_group);
    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    payload_open_object(&out, context, "ServerGroupPayload", "1.1");
    payload_text(&out, "uuid", server_group->uuid);
    payload_text(&out, "name", server_group->name);
    payload_text(&out, "user_id", server_group->user_id);
    payload_text(&out, "project_id", server_group->project_id);
    payload_key(&out, "policies");
    strbuf_putc(&out, '[');
    if (server_group->policy)
        json_put_string(&out, server_group->policy);
    strbuf_putc(&out, ']');
    payload_json(&out, "members", server_group->members);
    payload_json(&out, "hosts", server_group->hosts);
    payload_text(&out, "policy", server_group->policy);
    put_rules(&out, context->mem, server_group->rules);
    payload_send_versioned(context, payload_event(context, "server_group", action, NULL), NULL, &out);
}

/* ---- flavors ---- */

void payload_put_flavor(struct strbuf *out, const struct notified_flavor *flavor)
{
    payload_put_object(out, "FlavorPayload", "1.4");
    payload_text(out, "flavorid", flavor->flavorid);
    payload_int(out, "memory_mb", flavor->memory_mb);
    payload_int(out, "vcpus", flavor->vcpus);
    payload_int(out, "root_gb", flavor->root_gb);
    payload_int(out, "ephemeral_gb", flavor->ephemeral_gb);
    payload_text(out, "name", flavor->name);
    payload_int(out, "swap", flavor->swap);
    payload_key(out, "rxtx_factor");
    json_put_double(out, flavor->rxtx_factor);
    payload_int(out, "vcpu_weight", flavor->vcpu_weight);
    payload_bool(out, "disabled", flavor->disabled);
    payload_bool(out, "is_public", flavor->is_public);
    payload_json(out, "extra_specs", flavor->extra_specs);
    payload_json(out, "projects", flavor->projects);
    payload_text(out, "description", flavor->description);
}

void notify_flavor(const struct context *context, const char *action, const struct notified_flavor *flavor)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    strbuf_init(&out, context->mem, 512);
    payload_put_flavor(&out, flavor);
    payload_send_versioned(context, payload_event(context, "flavor", action, NULL), NULL, &out);
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
    if (aggregate->asked)
        payload_text(out, "aggregate_id", aggregate->asked);
    else
        payload_int(out, "aggregate_id", aggregate->id);
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
    payload_open(&out, context);
    /* a created one says its name and metadata before its id, others after it */
    if (!strcmp(action, "create"))
        payload_text(&out, "name", aggregate->name);
    else if (says & SAYS_ID)
        put_aggregate_id(&out, aggregate);
    if (says & SAYS_METADATA && aggregate->given)
        payload_json(&out, "meta_data", aggregate->given);
    if (!strcmp(action, "create") && says & SAYS_ID)
        put_aggregate_id(&out, aggregate);
    if (says & SAYS_HOST)
        payload_text(&out, "host_name", aggregate->host);
    if (strcmp(action, "create") && says & SAYS_NAME)
        payload_text(&out, "name", aggregate->name);
    publisher = aggregate->asked || aggregate->id == DB_NULL_INT
                    ? mem_printf(context->mem, "aggregate.%s", aggregate->asked ? aggregate->asked : aggregate->name)
                    : mem_printf(context->mem, "aggregate.%lld", (long long)aggregate->id);
    payload_send_legacy(context, payload_event(context, "aggregate", row->legacy, phase), publisher, &out);
}

void notify_aggregate(const struct context *context, const char *action, const char *phase,
                      const struct notified_aggregate *aggregate)
{
    struct strbuf out;

    if (aggregate->forms != NOTIFIED_NEWER && notify_wanted(context, NOTIFY_LEGACY))
        aggregate_legacy(context, action, phase, aggregate);
    if (aggregate->forms == NOTIFIED_OLDER || !notify_wanted(context, NOTIFY_VERSIONED))
        return;
    payload_open_object(&out, context, "AggregatePayload", "1.1");
    payload_int(&out, "id", aggregate->id);
    payload_text(&out, "uuid", aggregate->uuid);
    payload_text(&out, "name", aggregate->name);
    payload_json(&out, "hosts", aggregate->hosts);
    payload_json(&out, "metadata", aggregate->metadata);
    payload_send_versioned(context, payload_event(context, "aggregate", action, phase), NULL, &out);
}

/* ---- services ---- */

void notify_service(const struct context *context, const char *action, const struct notified_service *service)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return;
    payload_open_object(&out, context, "ServiceStatusPayload", "1.1");
    payload_text(&out, "host", service->host);
    payload_text(&out, "binary", service->binary);
    payload_text(&out, "topic", service->topic);
    payload_int(&out, "report_count", service->report_count);
    payload_bool(&out, "disabled", service->disabled);
    payload_text(&out, "disabled_reason", service->disabled_reason);
    payload_text(&out, "availability_zone", NULL);
    payload_key(&out, "last_seen_up");
    object_put_time(&out, service->last_seen_up);
    payload_bool(&out, "forced_down", service->forced_down);
    payload_int(&out, "version", service->version);
    payload_text(&out, "uuid", service->uuid);
    payload_send_versioned(context, payload_event(context, "service", action, NULL),
                           mem_printf(context->mem, "%s:%s", service->binary, service->host), &out);
}

/* ---- hosts ---- */

void notify_host(const struct context *context, const char *event, const struct notified_host *host)
{
    struct strbuf out;

    if (!notify_wanted(context, NOTIFY_LEGACY))
        return;
    payload_open(&out, context);
    payload_text(&out, "host_name", host->host);
    if (host->word)
        payload_text(&out, host->key, host->word);
    else
        payload_bool(&out, host->key, host->truth);
    payload_send_legacy(context, mem_printf(context->mem, "HostAPI.%s", event),
                        mem_printf(context->mem, "api.%s", host->host), &out);
}
