/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version applications.  Each answers through resource_serve(), which
 * makes the checks that all resources share; the documents are in
 * routes/views/versions.c.
 *
 * "/" is what load balancers ask every second, so the list of versions is
 * kept: one rendering for each of the last few hosts that were asked for.
 */
#include "config.h"

#include "routes/versions.h"

#include "fcgi_app/base/mem.h"
#include "routes/resource.h"
#include "routes/views/versions.h"

#include <string.h>

#define KEPT 4
#define KEPT_MAX_KEY 512

/* A rendered list of versions. */
struct kept {
    char *body; /* NULL: free */
    size_t size;
    char *scheme, *host, *script_name; /* of the request, on `body` */
};

struct documents {
    const void *mem;
    struct kept kept[KEPT];
    unsigned next;
};

void *versions_open(const void *mem)
{
    struct documents *versions = mem_new(mem, struct documents);

    versions->mem = versions;
    return versions;
}

static const struct kept *kept_find(const struct documents *versions, const struct request *request)
{
    for (const struct kept *kept = versions->kept; kept < versions->kept + KEPT; kept++)
        if (kept->body && strcmp(kept->host, request->host) == 0 && strcmp(kept->scheme, request->scheme) == 0 &&
            strcmp(kept->script_name, request->script_name) == 0)
            return kept;
    return NULL;
}

static void kept_put(struct documents *versions, const struct request *request)
{
    const struct strbuf *body = &request->response.body;
    struct kept *kept = &versions->kept[versions->next];

    if (strlen(request->scheme) + strlen(request->host) + strlen(request->script_name) > KEPT_MAX_KEY)
        return;
    versions->next = (versions->next + 1) % KEPT;
    talloc_free(kept->body);
    kept->body = mem_memdup(versions->mem, body->data, body->length);
    kept->size = body->length;
    kept->scheme = mem_strdup(kept->body, request->scheme);
    kept->host = mem_strdup(kept->body, request->host);
    kept->script_name = mem_strdup(kept->body, request->script_name);
}

/* The application that resource_serve() runs a handler for. */
static const struct app *serving;

static struct fault *show_all(struct call *call)
{
    struct documents *versions = serving->state;
    const struct kept *kept = kept_find(versions, call->request);

    if (kept) {
        strbuf_put(call->out, kept->body, kept->size);
        return NULL;
    }
    versions_put_all(call->out, versions_prefix(call->request));
    kept_put(versions, call->request);
    return NULL;
}

static struct fault *show_choices(struct call *call)
{
    const char *path = request_path_url(call->request) + strlen(request_host_url(call->request));

    versions_put_choices(call->out, versions_prefix(call->request), path);
    return NULL;
}

static struct fault *show_one(struct call *call)
{
    versions_put_one(call->out, versions_prefix(call->request), call->legacy ? "v2.0" : "v2.1");
    return NULL;
}

/* Any method is served; those that bring a body are rows of their own, since it is read for them. */
#define VERSION_APP(name, handler, status, range, is_unversioned)                                                      \
    static const struct route name##_get = { "GET", "/", NULL, range, handler, status, .any_error = true };            \
    static const struct route name##_put = { "PUT", "/", NULL, range, handler, status, .any_error = true };            \
    static const struct route *const name##_get_rows[] = { &name##_get };                                              \
    static const struct route *const name##_put_rows[] = { &name##_put };                                              \
    static const struct endpoint name[2] = {                                                                           \
        { "GET", "/", name##_get_rows, 1, false, is_unversioned },                                                     \
        { "PUT", "/", name##_put_rows, 1, false, is_unversioned },                                                     \
    }

#define V_UNVERSIONED                                                                                                  \
    {                                                                                                                  \
        VERSION_NONE, VERSION_NONE                                                                                     \
    }

VERSION_APP(all_endpoints, show_all, 200, V_UNVERSIONED, true);
VERSION_APP(choices_endpoints, show_choices, 300, V_UNVERSIONED, true);
VERSION_APP(one_endpoints, show_one, 200, V_ALL, false);

static struct fault *serve(const struct app *app, struct request *request, const struct endpoint endpoints[2])
{
    bool body = strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0;
    struct route_match match = { .endpoint = &endpoints[body] };

    serving = app;
    return resource_serve(request, &match);
}

struct fault *versions_serve(const struct app *app, struct request *request)
{
    return serve(app, request, strcmp(request->path_info, "/") == 0 ? all_endpoints : choices_endpoints);
}

struct fault *versions_v2_serve(const struct app *app, struct request *request)
{
    return serve(app, request, one_endpoints);
}
