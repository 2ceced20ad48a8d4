/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Picks the application of a request and runs its chain.  Loaded by
 * fcgi_app/paste/factories.c; neighbour: media_list.c.
 */
#include "config.h"

#include "routes/urlmap.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/http/accept.h"
#include "routes/media_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.openstack.urlmap");

struct mount {
    const char *host; /* "host" or "host:port" in lower case; NULL: any */
    const char *path; /* without a trailing slash, and without "/+" when wild */
    size_t path_length;
    bool wild; /* something must follow the path */
    const struct app *app;
};

struct urlmap {
    enum urlmap_kind kind;
    struct mount *mounts; /* in the order in which they are tried */
    size_t count;
    bool has_hosts;
    const struct app *not_found;
};

/* A chosen mount; mount NULL: none. */
struct choice {
    const struct mount *mount;
    bool keep_path; /* path_info stays as it came: the version was in a media type */
};

/* The types that an answer may have; the last only where a list of versions stands. */
static const char TYPE_JSON[] = "application/json";
static const char *const answer_types[] = { TYPE_JSON, "application/vnd.openstack.compute+json", NULL };
static const char *const version_types[] = { TYPE_JSON, "application/vnd.openstack.compute+json",
                                             "application/atom+xml", NULL };

struct urlmap *urlmap_new(const void *mem, enum urlmap_kind kind)
{
    struct urlmap *map = mem_new(mem, struct urlmap);

    map->kind = kind;
    return map;
}

void urlmap_set_not_found(struct urlmap *map, const struct app *app)
{
    map->not_found = app;
}

/* Runs of slashes become one; the text itself when there is none. */
static const char *single_slashes(const void *mem, const char *path)
{
    char *out, *end;

    if (!strstr(path, "//"))
        return path;
    out = end = mem_array(mem, char, strlen(path) + 1);
    for (const char *p = path; *p; p++)
        if (*p != '/' || end == out || end[-1] != '/')
            *end++ = *p;
    *end = '\0';
    return out;
}

/* The words of an expression: [domain NAME [port NUMBER]] [PATH]. */
static struct fault *read_words(const void *mem, const char *expression, const char **domain, const char **port,
                                const char **path)
{
    char *words = mem_strdup(mem, expression), *save = NULL;

    *domain = *port = *path = NULL;
    for (char *word = strtok_r(words, " \t\r\n", &save); word; word = strtok_r(NULL, " \t\r\n", &save)) {
        const char **place = strcmp(word, "domain") == 0 ? domain : strcmp(word, "port") == 0 ? port : NULL;
        const char *value = place ? strtok_r(NULL, " \t\r\n", &save) : word;
        if (!value)
            return fault_new(mem, ValueError, mem_printf(mem, "'%s' must be followed by its value", word));
        if (!place)
            place = path;
        if (*place)
            return fault_new(mem, ValueError,
                             mem_printf(mem, "more than one %s given (have %s, got %s)", place == path ? "path" : word,
                                        *place, value));
        *place = value;
    }
    if (*port && !*domain)
        return fault_new(mem, ValueError, "a port needs a domain");
    return NULL;
}

/* Splits "http://host/path" into host and path; an URL without a scheme has no host. */
static struct fault *split_url(const void *mem, const char *url, const char **host, const char **path)
{
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;

    *host = NULL;
    *path = url;
    if (scheme) {
        size_t length = strcspn(url + scheme, "/");
        *host = mem_strndup(mem, url + scheme, length);
        *path = url + scheme + length;
    } else if (*url && *url != '/') {
        return fault_new(mem, ValueError, mem_printf(mem, "a path must start with / or http:// (got '%s')", url));
    }
    *path = single_slashes(mem, *path);
    return NULL;
}

static int text_compare(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* The written length: "/+" counts where it was cut. */
static size_t mount_length(const struct mount *mount)
{
    return mount->path_length + (mount->wild ? 2 : 0);
}

/* Hosts first, then longer paths first. */
static int mount_compare(const void *a_, const void *b_)
{
    const struct mount *a = a_, *b = b_;
    size_t a_length = mount_length(a), b_length = mount_length(b);

    if (!a->host != !b->host)
        return a->host ? -1 : 1;
    if (text_compare(a->host, b->host) != 0)
        return text_compare(a->host, b->host);
    if (a_length != b_length)
        return a_length > b_length ? -1 : 1;
    return strcmp(a->path, b->path);
}

static bool mount_same_place(const struct mount *a, const struct mount *b)
{
    return text_compare(a->host, b->host) == 0 && a->wild == b->wild && strcmp(a->path, b->path) == 0;
}

struct fault *urlmap_mount(struct urlmap *map, const char *expression, const struct app *app)
{
    struct mount mount = { .app = app };
    const char *domain, *port, *url;
    size_t length, i;
    char *path;

    TRY(read_words(map, expression, &domain, &port, &url));
    if (domain)
        url = mem_printf(map, "http://%s%s%s%s%s", domain, port ? ":" : "", port ? port : "", url ? "/" : "",
                         url ? url : "");
    TRY(split_url(map, url ? url : "", &mount.host, &url));
    path = mem_strdup(map, url);
    length = strlen(path);
    while (length && path[length - 1] == '/')
        length--;
    if (map->kind == URLMAP_NOVA && length >= 2 && memcmp(path + length - 2, "/+", 2) == 0) {
        mount.wild = true;
        length -= 2;
    }
    path[length] = '\0';
    mount.path = path;
    mount.path_length = length;
    map->has_hosts = map->has_hosts || mount.host;

    for (i = 0; i < map->count && !mount_same_place(&map->mounts[i], &mount); i++)
        ;
    if (i == map->count)
        map->mounts = mem_grow(map, map->mounts, struct mount, ++map->count);
    map->mounts[i] = mount;
    qsort(map->mounts, map->count, sizeof(*map->mounts), mount_compare);
    return NULL;
}

/* Who is asked: host in lower case, and with its port. */
struct asked_host {
    const char *host;
    const char *host_port;
};

static struct asked_host read_host(const struct urlmap *map, const struct request *request)
{
    const char *host;
    char *lower;

    if (!map->has_hosts)
        return (struct asked_host){ NULL, NULL };
    host = request_param(request, "HTTP_HOST");
    if (!host)
        host = request_param(request, "SERVER_NAME");
    lower = mem_strdup(request->mem, host ? host : "");
    for (char *p = lower; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (strchr(lower, ':'))
        return (struct asked_host){ mem_strndup(request->mem, lower, strcspn(lower, ":")), lower };
    return (struct asked_host){ lower, mem_printf(request->mem, "%s:%s", lower,
                                                  strcmp(request->scheme, "http") == 0 ? "80" : "443") };
}

static bool mount_matches(const struct mount *mount, const struct asked_host *asked, const char *path)
{
    if (mount->host && strcmp(mount->host, asked->host) != 0 && strcmp(mount->host, asked->host_port) != 0)
        return false;
    if (strncmp(path, mount->path, mount->path_length) != 0)
        return false;
    path += mount->path_length;
    return mount->wild ? path[0] == '/' && path[1] : path[0] == '/' || !path[0];
}

static const struct mount *find_mount(const struct urlmap *map, const struct asked_host *asked, const char *path)
{
    for (size_t i = 0; i < map->count; i++)
        if (mount_matches(&map->mounts[i], asked, path))
            return &map->mounts[i];
    return NULL;
}

/* The mount of /v<version>, for a version named in a media type. */
static struct choice find_version(const struct urlmap *map, const struct asked_host *asked, const void *mem,
                                  const char *media)
{
    const char *version = media_parameter(mem, media, "version");

    if (!version)
        return (struct choice){ NULL, false };
    return (struct choice){ find_mount(map, asked, mem_printf(mem, "/v%s", version)), true };
}

/* Does the path end in .json? */
static bool has_json_suffix(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".json") == 0;
}

/* The headers that most clients send need no parsing. */
static bool accepts_json_first(const char *accept)
{
    return !accept || !*accept || strcmp(accept, "*/*") == 0 || strcmp(accept, TYPE_JSON) == 0;
}

static struct choice choose_nova(const struct urlmap *map, const struct asked_host *asked, struct request *request,
                                 const char *path)
{
    const char *accept = request_param(request, "HTTP_ACCEPT");
    const char *content_type = request_param(request, "CONTENT_TYPE");
    const struct mount *by_path = strchr(path, '/') ? find_mount(map, asked, path) : NULL;
    const char *type = has_json_suffix(path) ? TYPE_JSON : NULL;
    struct choice choice = { by_path && by_path->path_length ? by_path : NULL, false };
    bool at_version = strcmp(path, "/") == 0;

    if (choice.mount && strcmp(path + choice.mount->path_length, "/") == 0)
        at_version = true;
    if (!choice.mount && content_type)
        choice = find_version(map, asked, request->mem, content_type);
    if ((!type || !choice.mount) && !accepts_json_first(accept)) {
        const char *mask;
        const char *best = media_best_match(request->mem, accept, at_version ? version_types : answer_types, &mask);
        if (!type)
            type = best;
        if (!choice.mount && best)
            choice = find_version(map, asked, request->mem, mask);
    }
    request->best_content_type = type ? type : TYPE_JSON;
    if (!choice.mount)
        choice = (struct choice){ find_mount(map, asked, path), false };
    return choice;
}

static struct fault *answer_not_found(const struct urlmap *map, struct request *request)
{
    log_debug("Could not find application for %s", request->path_info);
    if (map->not_found)
        return chain_run(map->not_found, request);
    webob_error(request, 404, NULL, NULL);
    return NULL;
}

struct fault *urlmap_serve(const struct app *app, struct request *request)
{
    const struct urlmap *map = app->state;
    struct asked_host asked = read_host(map, request);
    struct choice choice;
    const char *domain, *path;

    TRY(split_url(request->mem, request->path_info, &domain, &path));
    if (map->kind == URLMAP_NOVA)
        choice = choose_nova(map, &asked, request, path);
    else
        choice = (struct choice){ find_mount(map, &asked, path), false };
    if (!choice.mount)
        return answer_not_found(map, request);
    if (choice.mount->path_length)
        request->script_name = mem_printf(request->mem, "%s%s", request->script_name, choice.mount->path);
    if (!choice.keep_path)
        request->path_info = path + choice.mount->path_length;
    return chain_run(choice.mount->app, request);
}
