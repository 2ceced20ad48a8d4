/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/tags, /servers/{server_id}/tags/{id}: the rows of upstream's module server_tags. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/compute/server_tags.h"
#include "fcgi_app/policies/policies.h"
#include "routes/links.h"
#include "routes/resource.h"
#include "routes/schemas/server_tags.h"

#include <stdlib.h>
#include <string.h>

#define POLICY(name) "os_compute_api:os-server-tags:" name
#define TAG_MAX 60

/* Those who may are found by the server's mapping, before the server itself is looked for. */
static struct fault *find(const struct call *call, const char *rule, const struct instance_mapping **mapping)
{
    struct fault *fault = server_tags_mapping(call->context, call->vars[0], mapping);

    if (fault && fault_is(fault, FAULT_InstanceMappingNotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    return policy_check(
        call->context, rule,
        &(struct policy_target){ .project_id = (*mapping)->project_id ? (*mapping)->project_id : "None" });
}

static struct fault *not_found(const struct call *call, struct fault *fault)
{
    return fault && (fault_is(fault, FAULT_InstanceNotFound) || fault_is(fault, FAULT_InstanceTagNotFound))
               ? fault_http(call->mem, 404, "%s", fault->message)
               : fault;
}

static struct fault *server_tags_index(struct call *call)
{
    const struct instance_mapping *mapping;
    struct server_tag_list list;

    TRY(find(call, POLICY("index"), &mapping));
    TRY(not_found(call, server_tags_list(call->context, mapping, &list)));
    JSON_PUT_LITERAL(call->out, "{\"tags\": [");
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        json_put_string(call->out, list.rows[i].tag);
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *server_tags_show(struct call *call)
{
    const struct instance_mapping *mapping;
    struct fault *fault;
    bool exists;

    TRY(find(call, POLICY("show"), &mapping));
    fault = server_tags_exists(call->context, mapping, call->vars[1], &exists);
    if (fault && fault_is(fault, FAULT_InstanceNotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    return exists ? NULL : fault_http(call->mem, 404, "Server %s has no tag '%s'", call->vars[0], call->vars[1]);
}

/* The words of the reference's validator for what is no tag; NULL: it is one. */
static const char *why_no_tag(const void *mem, const char *tag)
{
    const char *why = NULL;
    struct strbuf out;
    size_t length = 0;

    for (const char *p = tag; *p; p++)
        length += (*p & 0xc0) != 0x80;
    if (!length)
        why = "is too short";
    else if (length > TAG_MAX)
        why = "is too long";
    else if (strpbrk(tag, ",/"))
        why = "does not match '^[^,/]*$'";
    if (!why)
        return NULL;
    strbuf_init(&out, mem, 128);
    json_put_python_quoted(&out, tag, strlen(tag));
    strbuf_printf(&out, " %s", why);
    return out.data;
}

static bool has_tag(const struct target *target, const char *tag)
{
    for (size_t i = 0; i < target->tag_count; i++)
        if (!strcmp(target->tags[i].tag, tag))
            return true;
    return false;
}

static struct fault *server_tags_update(struct call *call)
{
    const char *tag = call->vars[1], *why;
    const struct instance_mapping *mapping;
    struct target *target;

    TRY(find(call, POLICY("update"), &mapping));
    TRY(server_tags_target(call->context, call->vars[0], "update tag", &target));
    why = why_no_tag(call->mem, tag);
    if (why)
        return fault_http(call->mem, 400,
                          "Tag '%s' is invalid. It must be a non empty string without characters '/' and ','. "
                          "Validation error message: %s",
                          tag, why);
    if (target->tag_count >= SERVER_TAGS_MAX)
        return fault_http(call->mem, 400, "The number of tags exceeded the per-server limit %d", SERVER_TAGS_MAX);
    /* The reference makes this answer itself, with its web library's type. */
    response_add_header(&call->request->response, call->mem, "Content-Type", "text/html; charset=UTF-8");
    if (has_tag(target, tag)) {
        call->status = 204;
        return NULL;
    }
    TRY(server_tags_add(call->context, target, tag));
    response_add_header(&call->request->response, call->mem, "Location",
                        mem_printf(call->mem, "%s/servers/%s/tags/%s", link_base(call), call->vars[0], tag));
    return NULL;
}

static int by_text(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static struct fault *server_tags_update_all(struct call *call)
{
    const json_t *tags = json_object_get(call->body, "tags");
    const struct instance_mapping *mapping;
    size_t count = json_array_size(tags), shown = 0;
    const char **texts = mem_array(call->mem, const char *, count + 1);
    struct target *target;
    const char *last = NULL;

    TRY(find(call, POLICY("update_all"), &mapping));
    TRY(server_tags_target(call->context, call->vars[0], "update tags", &target));
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(tags, i));
    qsort(texts, count, sizeof(texts[0]), by_text);
    TRY(server_tags_set(call->context, target, texts, count));
    JSON_PUT_LITERAL(call->out, "{\"tags\": [");
    for (size_t i = 0; i < count; i++) {
        if (last && !strcmp(last, texts[i]))
            continue;
        if (shown++)
            JSON_PUT_LITERAL(call->out, ", ");
        json_put_string(call->out, texts[i]);
        last = texts[i];
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *server_tags_remove(struct call *call)
{
    const struct instance_mapping *mapping;
    struct target *target;

    TRY(find(call, POLICY("delete"), &mapping));
    TRY(server_tags_target(call->context, call->vars[0], "delete tag", &target));
    return not_found(call, server_tags_delete(call->context, target, call->vars[1]));
}

static struct fault *server_tags_remove_all(struct call *call)
{
    const struct instance_mapping *mapping;
    struct target *target;

    TRY(find(call, POLICY("delete_all"), &mapping));
    TRY(server_tags_target(call->context, call->vars[0], "delete tags", &target));
    return server_tags_set(call->context, target, NULL, 0);
}

/* clang-format off */
static const struct route server_tags_routes[] = {
    { "GET", "/servers/{server_id}/tags", NULL, V_FROM(26), server_tags_index, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-tags:index" },
    { "PUT", "/servers/{server_id}/tags", NULL, V_FROM(26), server_tags_update_all, 200, .errors = { 404, 409 },
      .body = server_tags_update_all_body,
      .policies = "os_compute_api:os-server-tags:update_all" },
    { "DELETE", "/servers/{server_id}/tags", NULL, V_FROM(26), server_tags_remove_all, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:os-server-tags:delete_all" },
    { "GET", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), server_tags_show, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-tags:show" },
    { "PUT", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), server_tags_update, 201, .errors = { 400, 404, 409 },
      .body = server_tags_update_body,
      .policies = "os_compute_api:os-server-tags:update" },
    { "DELETE", "/servers/{server_id}/tags/{id}", NULL, V_FROM(26), server_tags_remove, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:os-server-tags:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_tags_resource = { "server_tags", server_tags_routes };
