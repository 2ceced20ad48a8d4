/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/metadata, /servers/{server_id}/metadata/{id}: the rows of upstream's module server_metadata. */
#include "config.h"

#include "fcgi_app/compute/server_metadata.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/server_metadata.h"

#include <string.h>

#define POLICY(name) "os_compute_api:server-metadata:" name

/* The server of the path, for those who may. */
static struct fault *find(const struct call *call, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], 0, target));
    return policy_check(call->context, rule, &(struct policy_target){ .project_id = (*target)->row->project_id });
}

static void put_item(struct strbuf *out, const char *key, const char *value)
{
    json_put_string(out, key);
    JSON_PUT_LITERAL(out, ": ");
    json_put_string(out, value);
}

static void put_metadata(const struct call *call, const struct target *target)
{
    JSON_PUT_LITERAL(call->out, "{\"metadata\": {");
    for (size_t i = 0; target->cell && i < target->metadata.count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_item(call->out, target->metadata.items[i].key, target->metadata.items[i].value);
    }
    JSON_PUT_LITERAL(call->out, "}}");
}

/* What the reference makes of a server that cannot be changed, or may not have more. */
static struct fault *refused(const struct call *call, const struct target *target, struct fault *fault)
{
    if (fault && fault_is(fault, FAULT_OverQuota))
        return fault_http(call->mem, 403, "%s", fault->message);
    return target_conflict(target, fault);
}

static struct fault *server_metadata_index(struct call *call)
{
    struct target *target;

    TRY(find(call, POLICY("index"), &target));
    put_metadata(call, target);
    return NULL;
}

static struct fault *missing(const struct call *call)
{
    return fault_http(call->mem, 404, "Metadata item was not found");
}

/* Is the key of the path among the server's?  One in no cell yet has none to show. */
static const struct instance_pair *item(const struct call *call, const struct target *target)
{
    for (size_t i = 0; target->cell && i < target->metadata.count; i++)
        if (!strcmp(target->metadata.items[i].key, call->vars[1]))
            return &target->metadata.items[i];
    return NULL;
}

static struct fault *server_metadata_show(struct call *call)
{
    const struct instance_pair *pair;
    struct target *target;

    TRY(find(call, POLICY("show"), &target));
    pair = item(call, target);
    if (!pair)
        return missing(call);
    JSON_PUT_LITERAL(call->out, "{\"meta\": {");
    put_item(call->out, pair->key, pair->value);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

static struct fault *server_metadata_create(struct call *call)
{
    struct target *target;

    TRY(find(call, POLICY("create"), &target));
    TRY(refused(call, target,
                server_metadata_update(call->context, target, json_object_get(call->body, "metadata"), false)));
    put_metadata(call, target);
    return NULL;
}

static struct fault *server_metadata_update_all(struct call *call)
{
    const json_t *items = json_object_get(call->body, "metadata");
    struct target *target;

    TRY(find(call, POLICY("update_all"), &target));
    TRY(refused(call, target, server_metadata_update(call->context, target, items, true)));
    JSON_PUT_LITERAL(call->out, "{\"metadata\": ");
    json_put_tree(call->out, items);
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *server_metadata_update_one(struct call *call)
{
    const json_t *items = json_object_get(call->body, "meta");
    struct target *target;

    TRY(find(call, POLICY("update"), &target));
    if (!json_object_get(items, call->vars[1]))
        return fault_http(call->mem, 400, "Request body and URI mismatch");
    TRY(refused(call, target, server_metadata_update(call->context, target, items, false)));
    JSON_PUT_LITERAL(call->out, "{\"meta\": ");
    json_put_tree(call->out, items);
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *server_metadata_remove(struct call *call)
{
    struct target *target;

    TRY(find(call, POLICY("delete"), &target));
    if (!item(call, target))
        return missing(call);
    return refused(call, target, server_metadata_delete(call->context, target, call->vars[1]));
}

/* clang-format off */
static const struct route server_metadata_routes[] = {
    { "GET", "/servers/{server_id}/metadata", NULL, V_ALL, server_metadata_index, 200, .errors = { 404 },
      .policies = "os_compute_api:server-metadata:index" },
    { "POST", "/servers/{server_id}/metadata", NULL, V_ALL, server_metadata_create, 200, .errors = { 403, 404, 409 },
      .body = server_metadata_create_body,
      .policies = "os_compute_api:server-metadata:create" },
    { "PUT", "/servers/{server_id}/metadata", NULL, V_ALL, server_metadata_update_all, 200, .errors = { 403, 404, 409 },
      .body = server_metadata_update_all_body,
      .policies = "os_compute_api:server-metadata:update_all" },
    { "GET", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, server_metadata_show, 200, .errors = { 404 },
      .policies = "os_compute_api:server-metadata:show" },
    { "PUT", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, server_metadata_update_one, 200, .errors = { 400, 403, 404, 409 },
      .body = server_metadata_update_body,
      .policies = "os_compute_api:server-metadata:update" },
    { "DELETE", "/servers/{server_id}/metadata/{id}", NULL, V_ALL, server_metadata_remove, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:server-metadata:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_metadata_resource = { "server_metadata", server_metadata_routes };
