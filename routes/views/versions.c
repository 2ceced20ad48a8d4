/* SPDX-License-Identifier: Apache-2.0 */
/* The version documents; see the header.  Shown by routes/versions.c and routes/compute/versionsV21.c. */
#include "config.h"

#include "routes/views/versions.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "routes/microversion.h"

#include <string.h>

/* An API that is told of; the list is sorted by id. */
static const struct api {
    const char *id;
    const char *status;
    const char *path; /* its place under the prefix */
    const char *updated;
    const char *media_version; /* in its media type */
    bool microversions;
} apis[] = {
    { "v2.0", "SUPPORTED", "v2", "2011-01-21T11:33:21Z", "2", false },
    { "v2.1", "CURRENT", "v2.1", "2013-07-23T11:33:21Z", "2.1", true },
};

#define API_COUNT (sizeof(apis) / sizeof(apis[0]))

/* The URL with scheme and host of `prefix`, and the prefix's path in front of its own. */
static char *replace_host(const void *mem, const char *url, const char *prefix)
{
    const char *path = strstr(url, "://");
    size_t length;
    char *out;

    path = path ? path + strlen("://") : url;
    path += strcspn(path, "/");
    out = mem_printf(mem, "%.*s%s", (int)strcspn(prefix, "?#"), prefix, path);
    for (length = strlen(out); length && out[length - 1] == '/'; length--)
        ;
    out[length] = '\0';
    return out;
}

const char *versions_prefix(const struct request *request)
{
    const char *url = request_application_url(request);
    const char *prefix = conf_string(request->worker->conf, OPTION_api_compute_link_prefix);

    url = text_from_latin1(request->mem, url, strlen(url));
    return text_is_empty(prefix) ? url : replace_host(request->mem, url, prefix);
}

/* A text without the slashes at its ends. */
static const char *strip_slashes(const void *mem, const char *text)
{
    size_t length;

    text += strspn(text, "/");
    length = strlen(text);
    while (length && text[length - 1] == '/')
        length--;
    return mem_strndup(mem, text, length);
}

/* "links": [the place of `path` in an API]. */
static void put_links(struct strbuf *out, const struct api *api, const char *prefix, const char *path)
{
    JSON_PUT_KEY(out, "links");
    JSON_PUT_LITERAL(out, "[{\"rel\": \"self\", \"href\": ");
    json_put_string(out, mem_printf(out->mem, "%s/%s/%s", strip_slashes(out->mem, prefix), api->path,
                                    strip_slashes(out->mem, path)));
    JSON_PUT_LITERAL(out, "}]");
}

static void put_media_types(struct strbuf *out, const struct api *api)
{
    strbuf_printf(out,
                  "\"media-types\": [{\"base\": \"application/json\", "
                  "\"type\": \"application/vnd.openstack.compute+json;version=%s\"}]",
                  api->media_version);
}

static void put_id(struct strbuf *out, const struct api *api)
{
    strbuf_printf(out, "\"id\": \"%s\", \"status\": \"%s\", ", api->id, api->status);
}

static void put_range(struct strbuf *out, const struct api *api)
{
    strbuf_printf(out, "\"version\": \"%s\", \"min_version\": \"%s\", \"updated\": \"%s\", ",
                  api->microversions ? microversion_max_text() : "", api->microversions ? microversion_min_text() : "",
                  api->updated);
}

void versions_put_all(struct strbuf *out, const char *prefix)
{
    JSON_PUT_LITERAL(out, "{\"versions\": [");
    for (const struct api *api = apis; api < apis + API_COUNT; api++) {
        strbuf_puts(out, api == apis ? "{" : ", {");
        put_id(out, api);
        put_range(out, api);
        put_links(out, api, prefix, "");
        strbuf_putc(out, '}');
    }
    JSON_PUT_LITERAL(out, "]}");
}

void versions_put_choices(struct strbuf *out, const char *prefix, const char *path)
{
    JSON_PUT_LITERAL(out, "{\"choices\": [");
    for (const struct api *api = apis; api < apis + API_COUNT; api++) {
        strbuf_puts(out, api == apis ? "{" : ", {");
        put_id(out, api);
        put_links(out, api, prefix, path);
        JSON_PUT_LITERAL(out, ", ");
        put_media_types(out, api);
        strbuf_putc(out, '}');
    }
    JSON_PUT_LITERAL(out, "]}");
}

bool versions_put_one(struct strbuf *out, const char *prefix, const char *id)
{
    size_t length = strlen(prefix);

    for (const struct api *api = apis; api < apis + API_COUNT; api++) {
        if (strcmp(api->id, id) != 0)
            continue;
        JSON_PUT_LITERAL(out, "{\"version\": {");
        put_id(out, api);
        put_range(out, api);
        JSON_PUT_LITERAL(out, "\"links\": [{\"rel\": \"self\", \"href\": ");
        while (length && prefix[length - 1] == '/')
            length--;
        json_put_string(out, mem_printf(out->mem, "%.*s/", (int)length, prefix));
        JSON_PUT_LITERAL(out, "}, {\"rel\": \"describedby\", \"type\": \"text/html\", "
                              "\"href\": \"http://docs.openstack.org/\"}], ");
        put_media_types(out, api);
        JSON_PUT_LITERAL(out, "}}");
        return true;
    }
    return false;
}
