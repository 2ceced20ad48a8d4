/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of path segments, built once from every resource's rows, and the
 * walk through it.  Neighbours: resource.c serves what is found here;
 * modules.def lists the resources.
 */
#include "config.h"

#include "routes/router.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/http/accept.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.openstack.router");

#define RESOURCE(name) extern const struct resource name##_resource;
#include "routes/modules.def"
#undef RESOURCE

const struct resource *const resources[] = {
#define RESOURCE(name) &name##_resource,
#include "routes/modules.def"
#undef RESOURCE
    NULL,
};

/* Paths under which the rows of another path answer too. */
static const struct alias {
    const char *path;
    const char *rows_of;
} aliases[] = {
    { "/os-volumes_boot", "/servers" },
    { "/os-volumes_boot/detail", "/servers/detail" },
    { "/os-volumes_boot/{id}", "/servers/{id}" },
    { "/os-volumes_boot/{id}/action", "/servers/{id}/action" },
};

#define MAX_SEGMENTS 8 /* project id and the deepest template */

struct segment {
    const char *text;
    size_t length;
};

struct path {
    struct segment segments[MAX_SEGMENTS];
    size_t count;
};

struct node {
    struct segment literal;
    struct node **literals; /* sorted by length, then bytes */
    size_t literal_count;
    struct node *variable;
    struct endpoint *endpoints; /* a few methods: looked through */
    size_t endpoint_count;
};

static struct node *root;

/* ---- building ---- */

static bool path_split(const char *text, struct path *path)
{
    path->count = 0;
    if (*text != '/')
        return false;
    for (const char *start = text + 1;; start++) {
        const char *end = strchrnul(start, '/');

        if (path->count == MAX_SEGMENTS)
            return false;
        path->segments[path->count++] = (struct segment){ start, (size_t)(end - start) };
        if (!*end)
            return true;
        start = end;
    }
}

static bool is_variable(struct segment segment)
{
    return segment.length > 2 && segment.text[0] == '{' && segment.text[segment.length - 1] == '}';
}

static int segment_compare(struct segment a, struct segment b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return memcmp(a.text, b.text, a.length);
}

/* Where the literal stands, or would stand, among a node's children. */
static size_t literal_place(const struct node *node, struct segment segment, bool *found)
{
    size_t low = 0, high = node->literal_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = segment_compare(segment, node->literals[middle]->literal);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *found = false;
    return low;
}

static struct node *node_child(const void *mem, struct node *node, struct segment segment)
{
    struct node *child;
    size_t place;
    bool found;

    if (is_variable(segment)) {
        if (!node->variable)
            node->variable = mem_new(mem, struct node);
        return node->variable;
    }
    place = literal_place(node, segment, &found);
    if (found)
        return node->literals[place];
    child = mem_new(mem, struct node);
    child->literal = segment;
    node->literals = mem_grow(mem, node->literals, struct node *, node->literal_count + 1);
    memmove(node->literals + place + 1, node->literals + place, (node->literal_count - place) * sizeof(struct node *));
    node->literals[place] = child;
    node->literal_count++;
    return child;
}

static struct endpoint *node_endpoint(const void *mem, struct node *node, const char *method, const char *path)
{
    struct endpoint *endpoint;

    for (size_t i = 0; i < node->endpoint_count; i++)
        if (!strcmp(node->endpoints[i].method, method))
            return &node->endpoints[i];
    node->endpoints = mem_grow(mem, node->endpoints, struct endpoint, node->endpoint_count + 1);
    endpoint = &node->endpoints[node->endpoint_count++];
    *endpoint = (struct endpoint){ .method = method, .path = path };
    return endpoint;
}

static const char *route_words(const void *mem, const struct resource *resource, const struct route *route,
                               const char *what)
{
    return mem_printf(mem, "routes of %s: %s %s%s%s: %s", resource->name, route->method,
                      route->path ? route->path : "(no path)", route->action ? " " : "",
                      route->action ? route->action : "", what);
}

static const char *schemas_check(const void *mem, const struct resource *resource, const struct route *route,
                                 const struct schema_use *use)
{
    for (; use && use->node; use++) {
        const char *wrong = schema_self_check(mem, use->node);

        if (!use->name)
            return route_words(mem, resource, route, "a schema has no name");
        if (wrong)
            return route_words(mem, resource, route, mem_printf(mem, "schema %s: %s", use->name, wrong));
    }
    return NULL;
}

/* What is wrong with a row by itself; NULL: nothing. */
static const char *route_check(const void *mem, const struct resource *resource, const struct route *route)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };
    struct path path;
    size_t vars = 0, known = 0;

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        known += !strcmp(route->method, methods[i]);
    if (!known)
        return route_words(mem, resource, route, "unknown method");
    if (!route->path || !path_split(route->path, &path) || path.count == MAX_SEGMENTS)
        return route_words(mem, resource, route, "not a path, or too long");
    for (size_t i = 0; i < path.count; i++)
        vars += is_variable(path.segments[i]);
    if (vars > ROUTE_MAX_VARS)
        return route_words(mem, resource, route, "too many variables");
    if (route->versions.min < VERSION_MIN || route->versions.max < route->versions.min)
        return route_words(mem, resource, route, "an empty range of versions");
    if (route->status < 200 || route->status > 399)
        return route_words(mem, resource, route, "the status is not one of success");
    return NULL;
}

static bool same_action(const struct route *a, const struct route *b)
{
    return !a->action && !b->action ? true : a->action && b->action && !strcmp(a->action, b->action);
}

/* Hangs a row under a path; the words of a conflict with earlier rows, or NULL. */
static const char *route_insert(const void *mem, const struct resource *resource, const struct route *route,
                                const char *at)
{
    struct node *node = root;
    struct endpoint *endpoint;
    const struct route **rows;
    struct path path;

    path_split(at, &path);
    for (size_t i = 0; i < path.count; i++)
        node = node_child(mem, node, path.segments[i]);
    endpoint = node_endpoint(mem, node, route->method, at);
    if (endpoint->row_count && endpoint->actions != (route->action != NULL))
        return route_words(mem, resource, route, "actions and others share a path");
    endpoint->actions = route->action != NULL;
    for (size_t i = 0; i < endpoint->row_count; i++) {
        const struct route *other = endpoint->rows[i];

        if (same_action(other, route) && other->versions.min <= route->versions.max &&
            route->versions.min <= other->versions.max)
            return route_words(mem, resource, route, "its versions overlap those of an earlier row");
    }
    rows = mem_grow(mem, (void *)endpoint->rows, const struct route *, endpoint->row_count + 1);
    rows[endpoint->row_count++] = route;
    endpoint->rows = rows;
    return NULL;
}

static const char *alias_of(const char *path)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (!strcmp(aliases[i].rows_of, path))
            return aliases[i].path;
    return NULL;
}

const char *router_open_tables(const void *mem, const struct resource *const *tables)
{
    root = mem_new(mem, struct node);
    for (const struct resource *const *resource = tables; *resource; resource++)
        for (const struct route *route = (*resource)->routes; route->method; route++) {
            const char *alias;
            const char *wrong = route_check(mem, *resource, route);

            if (!wrong)
                wrong = route_insert(mem, *resource, route, route->path);
            if (wrong)
                return wrong;
            alias = alias_of(route->path);
            wrong = alias ? route_insert(mem, *resource, route, alias) : NULL;
            if (wrong)
                return wrong;
        }
    return NULL;
}

const char *router_open(const void *mem)
{
    return router_open_tables(mem, resources);
}

const char *router_check_schemas(const void *mem, const struct resource *const *tables)
{
    const char *wrong = NULL;

    for (const struct resource *const *resource = tables; *resource && !wrong; resource++)
        for (const struct route *route = (*resource)->routes; route->method && !wrong; route++) {
            wrong = schemas_check(mem, *resource, route, route->query);
            if (!wrong)
                wrong = schemas_check(mem, *resource, route, route->body);
        }
    return wrong;
}

/* ---- matching ---- */

/* A walk: which segments stood for variables. */
struct walk {
    const char *method;
    const struct path *path;
    size_t vars[MAX_SEGMENTS];
};

/*
 * Goes on from a node with the segments from `at`; a path that ends where the
 * method has no rows makes the walk turn back and try the variable.
 */
static const struct endpoint *walk_from(struct walk *walk, const struct node *node, size_t at, size_t vars)
{
    struct segment segment;
    size_t place;
    bool found;

    if (at == walk->path->count) {
        for (size_t i = 0; i < node->endpoint_count; i++)
            if (!strcmp(node->endpoints[i].method, walk->method))
                return &node->endpoints[i];
        return NULL;
    }
    segment = walk->path->segments[at];
    place = literal_place(node, segment, &found);
    if (found) {
        const struct endpoint *endpoint = walk_from(walk, node->literals[place], at + 1, vars);

        if (endpoint)
            return endpoint;
    }
    if (!node->variable || !segment.length)
        return NULL;
    walk->vars[vars] = at;
    return walk_from(walk, node->variable, at + 1, vars + 1);
}

static bool is_project_id(struct segment segment)
{
    for (size_t i = 0; i < segment.length; i++)
        if (!strchr("0123456789abcdef-", segment.text[i]))
            return false;
    return segment.length > 0;
}

/* The bytes of a path are Latin-1 characters to the reference, and so are those of its variables. */
static const char *segment_text(const void *mem, struct segment segment)
{
    const char *at = segment.text;
    struct strbuf out;
    size_t ascii = 0;

    while (ascii < segment.length && !(segment.text[ascii] & 0x80))
        ascii++;
    if (ascii == segment.length)
        return mem_strndup(mem, segment.text, segment.length);
    strbuf_init(&out, mem, segment.length * 2 + 1);
    while (at < segment.text + segment.length)
        text_put_utf8(&out, text_path_byte(&at));
    return out.data;
}

bool router_match(const void *mem, const char *method, const char *path_text, struct route_match *match)
{
    struct walk walk = { .method = method };
    struct path path;
    struct segment *last;
    size_t var = 0;

    memset(match, 0, sizeof(*match));
    if (!root || !path_split(path_text, &path))
        return false;
    /* the end of a regular expression matches before a last line feed too */
    last = &path.segments[path.count - 1];
    if (last->length > 1 && last->text[last->length - 1] == '\n')
        last->length--;
    walk.path = &path;
    match->endpoint = walk_from(&walk, root, 0, 0);
    if (!match->endpoint && path.count > 1 && is_project_id(path.segments[0])) {
        match->endpoint = walk_from(&walk, root, 1, 0);
        if (match->endpoint)
            match->project_id = mem_strndup(mem, path.segments[0].text, path.segments[0].length);
    }
    if (!match->endpoint)
        return false;
    for (const char *p = strchr(match->endpoint->path, '{'); p; p = strchr(p + 1, '{'), var++)
        match->vars[var] = segment_text(mem, path.segments[walk.vars[var]]);
    return true;
}

/* ---- serving ---- */

static const char *upper(const void *mem, const char *text)
{
    char *copy = mem_strdup(mem, text);

    for (char *p = copy; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return copy;
}

static bool is_form(const struct request *request)
{
    const char *type = request_param(request, "CONTENT_TYPE");
    static const char form[] = "application/x-www-form-urlencoded";

    return type && !strncmp(type, form, sizeof(form) - 1) && (!type[sizeof(form) - 1] || type[sizeof(form) - 1] == ';');
}

/* The method that routes are matched by: `_method` of the query or of a form takes the real one's place. */
static struct fault *routed_method(struct request *request, const char **method)
{
    struct query query = { NULL, 0 };
    struct fault *fault = NULL;
    const char *other;

    *method = request->method;
    if (strstr(request->query_string, "_method")) {
        fault = query_parse(request->mem, request->query_string, &query);
    } else if (!strcmp(request->method, "POST") && is_form(request)) {
        const char *body;
        size_t size;

        TRY(request_body(request, &body, &size));
        fault = query_parse(request->mem, body, &query);
    }
    if (fault) /* not UTF-8: as if it were not there */
        return NULL;
    other = query_get(&query, "_method");
    if (!text_is_empty(other))
        *method = upper(request->mem, other);
    return NULL;
}

static void answer_redirect(struct request *request)
{
    struct response *response = &request->response;

    response_reset(response, request->mem);
    response->status = 302;
    response_set_header(response, request->mem, "Content-Type", "text/plain; charset=utf8");
    response_set_header(response, request->mem, "Location", mem_printf(request->mem, "%s/", request->script_name));
}

struct fault *router_serve(const struct app *app, struct request *request)
{
    struct scoreslot *slot = request->worker ? request->worker->slot : NULL;
    struct route_match match;
    const char *method;

    score_stage(slot, SCORE_ROUTING);
    if (!*request->path_info) {
        answer_redirect(request);
        return NULL;
    }
    TRY(routed_method(request, &method));
    if (!router_match(request->mem, method, request->path_info, &match)) {
        log_debug("No route matched for %s %s", method, request->path_info);
        webob_error(request, 404, NULL, NULL);
        return NULL;
    }
    request->route = match.endpoint->path;
    request->project_in_url = match.project_id;
    if (slot) {
        strncpy(slot->route, request->route, sizeof(slot->route) - 1);
        slot->route[sizeof(slot->route) - 1] = '\0';
    }
    score_stage(slot, SCORE_RESOURCE);
    return resource_serve(request, &match);
}

/* ---- printing ---- */

static void print_route(FILE *out, const struct route *route, const char *path)
{
    const char *comma = "";

    fprintf(out, "%s\t%s\t%s\t2.%d-", route->method, path, route->action ? route->action : "", route->versions.min);
    if (route->versions.max != VERSION_END)
        fprintf(out, "2.%d", route->versions.max);
    fprintf(out, "\t%d\t", route->status);
    for (const short *code = route->errors; *code; code++, comma = ",")
        fprintf(out, "%s%d", comma, *code);
    fprintf(out, "\t%s\t%s\n", route->policies ? route->policies : "", route->handler ? "built" : "not built");
}

void routes_print(FILE *out)
{
    for (const struct resource *const *resource = resources; *resource; resource++)
        for (const struct route *route = (*resource)->routes; route->method; route++) {
            const char *alias = alias_of(route->path);

            print_route(out, route, route->path);
            if (alias)
                print_route(out, route, alias);
        }
}
