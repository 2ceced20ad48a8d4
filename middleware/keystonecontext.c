/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, from the headers that authtoken (or a front end in its place)
 * has set: the request's context is complete after this.
 * Source: nova-facts/middleware.md, keystonecontext; nova 26.2's NovaKeystoneContext, oslo.context's from_environ.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.auth");

/* Services whose endpoints the context keeps for itself and for the bus. */
static const char *const kept_types[] = {
    "image", "block-storage", "volumev3", "key-manager", "placement", "network", "accelerator",
};

static bool is_kept(const char *type, size_t length)
{
    for (size_t i = 0; i < sizeof(kept_types) / sizeof(kept_types[0]); i++)
        if (strlen(kept_types[i]) == length && !memcmp(kept_types[i], type, length))
            return true;
    return false;
}

/* ---- the catalogue ---- */

enum { MAX_REGIONS = 64 };

/* One endpoint of v3. */
struct endpoint {
    struct json_piece region, interface, url;
    bool has_region;
};

static bool read_endpoint(struct json_scan *scan, struct endpoint *endpoint)
{
    struct json_piece key;

    *endpoint = (struct endpoint){ 0 };
    if (!json_scan_object(scan))
        return false;
    while (json_scan_key(scan, &key)) {
        struct json_piece *place = json_key_is(key, "region")      ? &endpoint->region
                                   : json_key_is(key, "interface") ? &endpoint->interface
                                   : json_key_is(key, "url")       ? &endpoint->url
                                                                   : NULL;

        if (place && json_scan_peek(scan) == JSON_KIND_STRING)
            json_scan_string(scan, place);
        else
            json_scan_skip(scan);
    }
    endpoint->has_region = endpoint->region.length != 0;
    return endpoint->interface.text != NULL;
}

static bool same_region(const struct endpoint *left, const struct endpoint *right)
{
    return left->has_region == right->has_region &&
           json_piece_is(left->region, right->region.text ? right->region.text : "", right->region.length);
}

static void put_endpoint(struct strbuf *out, const struct endpoint *endpoint, bool *first)
{
    strbuf_puts(out, *first ? "\"" : ", \"");
    for (size_t i = 0; i < endpoint->interface.length; i++)
        strbuf_putc(out, (char)tolower((unsigned char)endpoint->interface.text[i]));
    strbuf_puts(out, "URL\": ");
    if (endpoint->url.text)
        json_put_piece(out, endpoint->url);
    else
        json_put_null(out);
    *first = false;
}

/* v3's list of endpoints as v2 has it: an object a region, a member an interface. */
static void put_endpoints(struct strbuf *out, const void *mem, struct json_piece raw)
{
    struct json_scan scan = json_scan_text(raw.text, raw.length);
    struct endpoint *all = mem_array(mem, struct endpoint, MAX_REGIONS);
    bool *done = mem_array(mem, bool, MAX_REGIONS), first_region = true;
    size_t count = 0;

    if (raw.text && json_scan_array(&scan))
        while (json_scan_element(&scan) && count < MAX_REGIONS)
            count += read_endpoint(&scan, &all[count]);
    strbuf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        bool first = true;

        if (done[i])
            continue;
        strbuf_puts(out, first_region ? "{" : ", {");
        first_region = false;
        if (all[i].has_region) {
            strbuf_puts(out, "\"region\": ");
            json_put_piece(out, all[i].region);
            first = false;
        }
        for (size_t j = i; j < count; j++)
            if (same_region(&all[i], &all[j])) {
                put_endpoint(out, &all[j], &first);
                done[j] = true;
            }
        strbuf_putc(out, '}');
    }
    strbuf_putc(out, ']');
}

/* The kept services of a token's v3 catalogue, in v2's form. */
static const char *reduce_v3(const void *mem, const char *catalogue)
{
    struct json_scan scan = json_scan_text(catalogue, strlen(catalogue));
    struct json_piece key;
    struct strbuf out;
    bool first = true;

    strbuf_init(&out, mem, 2048);
    strbuf_putc(&out, '[');
    if (json_scan_array(&scan))
        while (json_scan_element(&scan)) {
            struct json_piece type = { 0 }, name = { 0 }, endpoints = { 0 };

            if (!json_scan_object(&scan))
                continue;
            while (json_scan_key(&scan, &key)) {
                if (json_key_is(key, "type") && json_scan_peek(&scan) == JSON_KIND_STRING)
                    json_scan_string(&scan, &type);
                else if (json_key_is(key, "name"))
                    json_scan_raw(&scan, &name);
                else if (json_key_is(key, "endpoints"))
                    json_scan_raw(&scan, &endpoints);
                else
                    json_scan_skip(&scan);
            }
            if (!type.text || !is_kept(type.text, type.length))
                continue;
            strbuf_puts(&out, first ? "{\"type\": " : ", {\"type\": ");
            first = false;
            json_put_piece(&out, type);
            if (name.text) {
                strbuf_puts(&out, ", \"name\": ");
                json_put_raw(&out, name.text, name.length);
            }
            strbuf_puts(&out, ", \"endpoints\": ");
            put_endpoints(&out, mem, endpoints);
            strbuf_putc(&out, '}');
        }
    strbuf_putc(&out, ']');
    return out.data;
}

/* The kept services of X-Service-Catalog, where somebody else made the header. */
static struct fault *reduce_header(const void *mem, const char *header, const char **reduced)
{
    json_t *tree, *service;
    struct strbuf out;
    bool first = true;
    size_t i;

    if (json_read(mem, header, strlen(header), &tree))
        return fault_http(mem, 500, "Invalid service catalog json.");
    strbuf_init(&out, mem, 1024);
    strbuf_putc(&out, '[');
    json_array_foreach(tree, i, service)
    {
        const char *type = json_string_value(json_object_get(service, "type"));

        if (!type || !is_kept(type, strlen(type)))
            continue;
        if (!first)
            strbuf_puts(&out, ", ");
        first = false;
        json_put_tree(&out, service);
    }
    strbuf_putc(&out, ']');
    *reduced = out.data;
    return NULL;
}

/* ---- the context ---- */

/* The catalogue that was reduced last: requests of one project bring the same again and again. */
struct state {
    const void *mem;
    char *catalogue, *reduced;
};

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **made)
{
    struct state *state = mem_new(settings->mem, struct state);

    (void)conf;
    state->mem = settings->mem;
    *made = state;
    return NULL;
}

/* reduce_v3() of it: the filter's own, until another one comes. */
static const char *reduced_v3(struct state *state, const void *mem, const char *catalogue)
{
    if (!state->catalogue || strcmp(state->catalogue, catalogue)) {
        talloc_free(state->catalogue);
        talloc_free(state->reduced);
        state->catalogue = mem_strdup(state->mem, catalogue);
        state->reduced = mem_strdup(state->mem, reduce_v3(mem, catalogue));
    }
    return state->reduced;
}

/* The first of the headers that is there; as UTF-8. */
static const char *text_header(const struct request *request, bool ours, const char *const *names)
{
    for (; *names; names++) {
        const char *value = request_param(request, *names);

        if (value)
            return ours ? value : text_from_latin1(request->mem, value, strlen(value));
    }
    return NULL;
}
#define TEXT_HEADER(...) text_header(request, ours, (const char *const[]){ __VA_ARGS__, NULL })

static const char *const *read_roles(const void *mem, const char *header)
{
    static const char *const none[] = { NULL };
    char **roles;

    if (text_is_empty(header))
        return none;
    roles = text_split(mem, header, ',');
    for (size_t i = 0; roles[i]; i++)
        roles[i] = text_strip(mem, roles[i]);
    return (const char *const *)roles;
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    struct context *context = request->context;
    bool ours = request_param(request, "keystone.token_info") != NULL; /* authtoken's texts are UTF-8 */
    const char *forwarded, *catalogue = request_header(request, "X-Service-Catalog");

    (void)verdict;
    context->remote_address = request->remote_addr;
    forwarded = request_header(request, "X-Forwarded-For");
    if (forwarded && conf_bool(request->worker->conf, OPTION_api_use_forwarded_for))
        context->remote_address = forwarded;
    if (context->token_catalog)
        context->service_catalog = reduced_v3(filter->state, request->mem, context->token_catalog);
    else if (catalogue)
        TRY(reduce_header(request->mem, catalogue, &context->service_catalog));
    context->auth_token = request_param(request, "HTTP_X_AUTH_TOKEN");
    if (!context->auth_token)
        context->auth_token = request_param(request, "HTTP_X_STORAGE_TOKEN");
    context->user_id = TEXT_HEADER("HTTP_X_USER_ID", "HTTP_X_USER");
    context->project_id = TEXT_HEADER("HTTP_X_PROJECT_ID", "HTTP_X_TENANT_ID", "HTTP_X_TENANT");
    context->domain_id = TEXT_HEADER("HTTP_X_DOMAIN_ID");
    context->system_scope = TEXT_HEADER("HTTP_OPENSTACK_SYSTEM_SCOPE");
    context->user_domain_id = TEXT_HEADER("HTTP_X_USER_DOMAIN_ID");
    context->project_domain_id = TEXT_HEADER("HTTP_X_PROJECT_DOMAIN_ID");
    context->user_name = TEXT_HEADER("HTTP_X_USER_NAME");
    context->project_name = TEXT_HEADER("HTTP_X_PROJECT_NAME", "HTTP_X_TENANT_NAME");
    context->user_domain_name = TEXT_HEADER("HTTP_X_USER_DOMAIN_NAME");
    context->project_domain_name = TEXT_HEADER("HTTP_X_PROJECT_DOMAIN_NAME");
    context->roles = read_roles(request->mem, TEXT_HEADER("HTTP_X_ROLES", "HTTP_X_ROLE"));
    context->service_roles = read_roles(request->mem, TEXT_HEADER("HTTP_X_SERVICE_ROLES"));
    context->service_user_id = TEXT_HEADER("HTTP_X_SERVICE_USER_ID");
    context->service_user_domain_id = TEXT_HEADER("HTTP_X_SERVICE_USER_DOMAIN_ID");
    context->service_project_id = TEXT_HEADER("HTTP_X_SERVICE_PROJECT_ID");
    context->service_project_domain_id = TEXT_HEADER("HTTP_X_SERVICE_PROJECT_DOMAIN_ID");
    forwarded = request_param(request, "HTTP_X_IS_ADMIN_PROJECT");
    context->is_admin_project = !forwarded || !strcasecmp(forwarded, "true");
    if (!context->user_id) {
        log_debug("Neither X_USER_ID nor X_USER found in request");
        return fault_http(request->mem, 401, NULL);
    }
    TRY(policy_allows(context, "context_is_admin", NULL, &context->is_admin));
    context->authenticated = true;
    log_set_context(context);
    return NULL;
}

const struct middleware keystonecontext = { .name = "keystonecontext", .open = open_filter, .enter = enter };
