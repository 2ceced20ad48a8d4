/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where keystone's v3 is: its version documents, read as keystoneauth reads
 * them; see identity.h. identity.c asks there for tokens.
 */
#include "config.h"

#include "fcgi_app/clients/identity.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/http.h"
#include "fcgi_app/clients/state.h"
#include "fcgi_app/json/json.h"

#include <string.h>
#include <strings.h>

LOG_MODULE("keystoneauth.identity");

/* A URL's host and port, NULL: it has none. */
static const char *host_of(const char *url, size_t *length)
{
    const char *host = !strncmp(url, "//", 2) ? url : strstr(url, "://");

    if (host)
        host += *host == ':' ? 3 : 2;
    *length = host ? strcspn(host, "/?#") : 0;
    return host;
}

/* Of another host's link the version alone counts: "…/v3/". */
static const char *version_beneath(const void *mem, const char *base, size_t length, const char *link)
{
    size_t end = strlen(link), start;

    while (end && link[end - 1] == '/')
        end--;
    for (start = end; start && link[start - 1] != '/';)
        start--;
    if (length >= end - start && !memcmp(base + length - (end - start), link + start, end - start))
        return mem_strndup(mem, base, length);
    return mem_printf(mem, "%.*s/%.*s", (int)length, base, (int)(end - start), link + start);
}

/*
 * Where a link of a version document leads: always to the host that was asked,
 * for what the document says of scheme and host is the service's own view of itself.
 */
static const char *linked(const void *mem, const char *base, const char *link)
{
    size_t host_length, other_length, origin, length = strlen(base);
    const char *host = host_of(base, &host_length), *other = host_of(link, &other_length);

    if (!host)
        return link;
    origin = (size_t)(host - base) + host_length;
    while (length > origin && base[length - 1] == '/')
        length--;
    if (!other)
        return mem_printf(mem, "%.*s%s%s", (int)(*link == '/' ? origin : length), base, *link == '/' ? "" : "/", link);
    if (host_length == other_length && !memcmp(host, other, host_length))
        return mem_printf(mem, "%.*s%s", (int)origin, base, other + other_length);
    return version_beneath(mem, base, length, link);
}

const char *identity_plain_url(const void *mem, const char *url)
{
    size_t length = strlen(url);

    while (length && url[length - 1] == '/')
        length--;
    return mem_strndup(mem, url, length);
}

static const char *self_link(const json_t *version)
{
    size_t i;
    json_t *link;

    json_array_foreach(json_object_get(version, "links"), i, link)
    {
        const char *rel = json_string_value(json_object_get(link, "rel"));

        if (rel && !strcasecmp(rel, "self"))
            return json_string_value(json_object_get(link, "href"));
    }
    return NULL;
}

/* Neither an experiment nor without a status. */
static bool may_be_used(const json_t *version)
{
    static const char *const good[] = { "stable", "current", "supported", "deprecated" };
    const char *status = json_string_value(json_object_get(version, "status"));

    for (size_t i = 0; status && i < sizeof(good) / sizeof(good[0]); i++)
        if (!strcasecmp(status, good[i]))
            return true;
    return false;
}

static const char *link_of_v3(const json_t *versions)
{
    size_t i;
    json_t *version;

    json_array_foreach(versions, i, version)
    {
        const char *id = json_string_value(json_object_get(version, "id"));

        id += id ? strspn(id, "v") : 0;
        if (id && (!strcmp(id, "3") || !strncmp(id, "3.", 2)) && may_be_used(version) && self_link(version))
            return self_link(version);
    }
    return NULL;
}

/* The path of a URL, begun with its slash. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");

    return host ? host + 3 + strcspn(host + 3, "/") : url;
}

struct fault *identity_discover(struct worker *worker, const void *mem, const char *url, const struct identity_way *way,
                                const char **versioned)
{
    const struct http_header accept = { "Accept", "application/json" };
    struct http_call call = { .method = "GET", .url = url, .headers = &accept, .header_count = 1 };
    const json_t *versions;
    const char *link = NULL, *why = "";
    json_t *tree = NULL;

    identity_perform(worker, mem, way, &call);
    if (call.failure == HTTP_ANSWERED && call.status < 400 && !json_read(mem, call.reply, call.reply_size, &tree)) {
        versions = json_object_get(tree, "versions");
        if (json_is_object(versions))
            versions = json_object_get(versions, "values");
        if (!versions && json_object_get(tree, "version")) {
            json_t *alone = json_array();

            json_array_append(alone, json_object_get(tree, "version"));
            link = link_of_v3(alone);
            link = link ? mem_strdup(mem, link) : NULL;
            json_decref(alone);
        } else if (versions) {
            link = link_of_v3(versions);
        }
        if (!link && (versions || json_object_get(tree, "version")))
            return fault_new(mem, keystone_DiscoveryFailure,
                             "Could not find versioned identity endpoints when attempting to authenticate. Please "
                             "check that your auth_url is correct.");
    }
    if (link) {
        *versioned = identity_plain_url(mem, linked(mem, url, link));
        return NULL;
    }
    log_warning("Failed to discover available identity versions when contacting %s. Attempting to parse version from "
                "URL.",
                url);
    if (!strncasecmp(path_of(url), "/v3", 3)) {
        *versioned = identity_plain_url(mem, url);
        return NULL;
    }
    if (call.failure != HTTP_ANSWERED)
        why = identity_connection_fault(mem, &call)->message;
    else if (call.status >= 400)
        why = identity_http_fault(mem, &call)->message;
    else
        why = mem_printf(mem, "Invalid Response - Bad version data returned from %s", url);
    return fault_text(mem, keystone_DiscoveryFailure,
                      "Could not find versioned identity endpoints when attempting to authenticate. Please check that "
                      "your auth_url is correct. %s",
                      why);
}

/* Versioned URLs that version documents named, by what somebody had. */
struct discovered {
    struct discovered *next;
    const char *from, *to;
};

/* Where a version ("/v2", "/v2.0") begins that ends the text; its length when there is none. */
size_t identity_version_start(const char *url)
{
    size_t length = strlen(url), at;

    while (length && url[length - 1] == '/')
        length--;
    at = length;
    while (at && url[at - 1] != '/')
        at--;
    if (!at || at + 1 >= length || url[at] != 'v' || url[at + 1] < '0' || url[at + 1] > '9')
        return length;
    return strspn(url + at + 1, "0123456789.") >= length - at - 1 ? at - 1 : length;
}

struct fault *identity_versioned(struct worker *worker, const void *mem, const char *url,
                                 const struct identity_way *way, const char **versioned)
{
    struct discovered **list = clients_state(worker, "identity.versions", sizeof(struct discovered *));
    size_t start = identity_version_start(url);
    struct discovered *known;

    if (!strncmp(url + start, "/v3", 3)) {
        *versioned = identity_plain_url(mem, url);
        return NULL;
    }
    for (known = *list; known; known = known->next)
        if (!strcmp(known->from, url)) {
            *versioned = known->to;
            return NULL;
        }
    TRY(identity_discover(worker, mem, mem_strndup(mem, url, start), way, versioned));
    known = mem_new(list, struct discovered);
    known->from = mem_strdup(known, url);
    known->to = mem_strdup(known, *versioned);
    known->next = *list;
    *list = known;
    return NULL;
}
