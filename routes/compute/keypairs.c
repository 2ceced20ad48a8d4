/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /os-keypairs, /os-keypairs/{id}: the rows of upstream's module keypairs.
 * Neighbours: views/keypairs.c shows, compute/keypairs.c does.
 */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/keypairs.h"
#include "routes/views/keypairs.h"

#include <string.h>

/* ?user_id= counts from 2.10 on, the first of several. */
static const char *asked_user(const struct call *call)
{
    if (versions_hold((struct versions)V_FROM(10), call->version))
        for (size_t i = 0; i < call->query.count; i++)
            if (!strcmp(call->query.pairs[i].key, "user_id") && *call->query.pairs[i].value)
                return call->query.pairs[i].value;
    return call->context->user_id;
}

static struct fault *may(const struct call *call, const char *rule, const char *user_id)
{
    return policy_check(call->context, rule, &(struct policy_target){ .user_id = user_id ? user_id : "None" });
}

static struct fault *not_found(const struct call *call, struct fault *fault)
{
    return fault && fault_is(fault, FAULT_KeypairNotFound) ? fault_http(call->mem, 404, "%s", fault->message) : fault;
}

static struct fault *keypairs_index(struct call *call)
{
    struct paging paging = { .limit = DB_NULL_INT };
    const char *user_id = asked_user(call);
    struct keypair_list list;
    struct fault *fault;

    TRY(may(call, "os_compute_api:os-keypairs:index", user_id));
    if (versions_hold((struct versions)V_FROM(35), call->version))
        TRY(paging_read(call, &paging));
    fault = keypairs_list(call->context, user_id, paging.limit, paging.marker, &list);
    if (fault && fault_is(fault, FAULT_MarkerNotFound))
        return fault_http(call->mem, 400, "%s", fault->message);
    TRY(fault);
    keypairs_view_index(call, &list);
    return NULL;
}

static struct fault *keypairs_show(struct call *call)
{
    const char *user_id = asked_user(call);
    const struct keypair *keypair;

    TRY(may(call, "os_compute_api:os-keypairs:show", user_id));
    TRY(not_found(call, keypairs_get(call->context, user_id, call->vars[0], &keypair)));
    keypairs_view_show(call, keypair);
    return NULL;
}

static struct fault *keypairs_remove(struct call *call)
{
    const char *user_id = asked_user(call);

    TRY(may(call, "os_compute_api:os-keypairs:delete", user_id));
    return not_found(call, keypairs_delete(call->context, user_id, call->vars[0]));
}

/* What the reference makes of a pair that cannot be. */
static struct fault *refused(const struct call *call, struct fault *fault)
{
    if (fault && fault_is(fault, FAULT_KeypairLimitExceeded))
        return fault_http(call->mem, 403, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_InvalidKeypair))
        return fault_http(call->mem, 400, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_KeyPairExists))
        return fault_http(call->mem, 409, "%s", fault->message);
    return fault;
}

static struct fault *keypairs_create(struct call *call)
{
    const json_t *body = json_object_get(call->body, "keypair");
    const char *name = text_strip(call->mem, json_string_value(json_object_get(body, "name")));
    const char *public_key = json_string_value(json_object_get(body, "public_key"));
    const char *user_id = NULL, *type = NULL, *private_key = NULL;
    struct keypair keypair;

    if (versions_hold((struct versions)V_FROM(2), call->version))
        type = json_string_value(json_object_get(body, "type"));
    if (versions_hold((struct versions)V_FROM(10), call->version))
        user_id = json_string_value(json_object_get(body, "user_id"));
    if (text_is_empty(user_id))
        user_id = call->context->user_id;
    if (!type)
        type = "ssh";
    TRY(may(call, "os_compute_api:os-keypairs:create", user_id));
    if (public_key)
        TRY(refused(call, keypairs_import(call->context, user_id, name, type, public_key, &keypair)));
    else
        TRY(refused(call, keypairs_generate(call->context, user_id, name, type, &keypair, &private_key)));
    keypairs_view_create(call, &keypair, private_key);
    return NULL;
}

/* clang-format off */
static const struct route keypairs_routes[] = {
    { "GET", "/os-keypairs", NULL, V_FROM(35), keypairs_index, 200, .errors = { 400 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_BETWEEN(10, 34), keypairs_index, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_BETWEEN(2, 9), keypairs_index, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "GET", "/os-keypairs", NULL, V_ONLY(1), keypairs_index, 200, .errors = { 0 }, .query = keypairs_index_query,
      .policies = "os_compute_api:os-keypairs:index" },
    { "POST", "/os-keypairs", NULL, V_FROM(10), keypairs_create, 201, .errors = { 400, 403, 409 }, .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "POST", "/os-keypairs", NULL, V_BETWEEN(2, 9), keypairs_create, 201, .errors = { 400, 403, 409 },
      .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "POST", "/os-keypairs", NULL, V_ONLY(1), keypairs_create, 200, .errors = { 400, 403, 409 }, .body = keypairs_create_body,
      .policies = "os_compute_api:os-keypairs:create" },
    { "GET", "/os-keypairs/{id}", NULL, V_FROM(10), keypairs_show, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "GET", "/os-keypairs/{id}", NULL, V_BETWEEN(2, 9), keypairs_show, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "GET", "/os-keypairs/{id}", NULL, V_ONLY(1), keypairs_show, 200, .errors = { 404 }, .query = keypairs_show_query,
      .policies = "os_compute_api:os-keypairs:show" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_ONLY(1), keypairs_remove, 202, .errors = { 404 }, .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_BETWEEN(2, 9), keypairs_remove, 204, .errors = { 404 },
      .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { "DELETE", "/os-keypairs/{id}", NULL, V_FROM(10), keypairs_remove, 204, .errors = { 404 }, .query = keypairs_delete_query,
      .policies = "os_compute_api:os-keypairs:delete" },
    { 0 },
};
/* clang-format on */

const struct resource keypairs_resource = { "keypairs", keypairs_routes };
