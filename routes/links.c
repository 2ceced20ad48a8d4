/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the prefixes of links and writes them; see the header. */
#include "config.h"

#include "routes/links.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/take.h"
#include "routes/paging.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- URLs, in the manner of Python's urlsplit ---- */

struct url {
    const char *scheme; /* "" when none */
    const char *host;
    const char *path;
};

static struct url url_split(const void *mem, const char *text)
{
    struct url url = { "", "", text };
    const char *colon = strchr(text, ':');

    if (colon && colon > text && isalpha((unsigned char)*text)) {
        char *scheme = mem_strndup(mem, text, (size_t)(colon - text));

        for (char *p = scheme; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        url.scheme = scheme;
        url.path = colon + 1;
    }
    if (!strncmp(url.path, "//", 2)) {
        size_t length = strcspn(url.path + 2, "/?#");

        url.host = mem_strndup(mem, url.path + 2, length);
        url.path += 2 + length;
    }
    url.path = mem_strndup(mem, url.path, strcspn(url.path, "?#"));
    return url;
}

static char *url_text(const void *mem, struct url url)
{
    bool slash = *url.host && *url.path && *url.path != '/';

    return mem_printf(mem, "%s%s%s%s%s%s", url.scheme, *url.scheme ? ":" : "", *url.host ? "//" : "", url.host,
                      slash ? "/" : "", url.path);
}

/* [api] compute_link_prefix takes the place of scheme and host, and goes before the path. */
static const char *with_prefix(const struct call *call, const char *text)
{
    const char *prefix = conf_string(call->context->worker->conf, OPTION_api_compute_link_prefix);
    struct url url, other;
    char *joined;
    size_t length;

    if (text_is_empty(prefix))
        return text;
    url = url_split(call->mem, text);
    other = url_split(call->mem, prefix);
    other.path = mem_printf(call->mem, "%s%s", other.path, url.path);
    joined = url_text(call->mem, other);
    for (length = strlen(joined); length && joined[length - 1] == '/'; length--)
        joined[length - 1] = '\0';
    return joined;
}

/* "v2", "v2.1" */
static bool is_version(const char *segment)
{
    size_t digits;

    if (*segment != 'v')
        return false;
    digits = strspn(++segment, "0123456789");
    if (!digits)
        return false;
    segment += digits;
    if (*segment == '.' && isdigit((unsigned char)segment[1]))
        segment += 1 + strspn(segment + 1, "0123456789");
    return !*segment;
}

static const char *without_version(const struct call *call, const char *text)
{
    struct url url = url_split(call->mem, text);
    const char *slash = strrchr(url.path, '/');

    if (!slash || !is_version(slash + 1))
        return text;
    url.path = mem_strndup(call->mem, url.path, (size_t)(slash - url.path));
    return url_text(call->mem, url);
}

/* The context's project when it occurs anywhere in the URL as the handler sees it, else "". */
static const char *project_part(const struct call *call)
{
    const char *project = call->context->project_id;

    if (text_is_empty(project))
        return "";
    if (strstr(request_path_url(call->request), project))
        return project;
    /* pairs that the schema took out count no more */
    if (strstr(call->request->query_string, project) && strstr(query_encode(call->mem, &call->query), project))
        return project;
    return "";
}

static const char *joined(const struct call *call, const char *base, const char *project)
{
    size_t length = strlen(base);

    while (length && base[length - 1] == '/')
        length--;
    return mem_printf(call->mem, "%.*s%s%s", (int)length, base, *project ? "/" : "", project);
}

/* ---- links ---- */

const char *link_base(const struct call *call)
{
    return joined(call, with_prefix(call, request_application_url(call->request)), project_part(call));
}

/* The text inside a JSON string. */
static void put_inside(struct strbuf *out, const char *text, size_t length)
{
    const char *p = text, *end = text + length;

    while (p < end && *p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
        p++;
    if (p == end) {
        strbuf_put(out, text, length);
    } else {
        size_t start = out->length;

        json_put_string_length(out, text, length);
        memmove(out->data + start, out->data + start + 1, out->length - start - 2);
        strbuf_cut(out, out->length - 2);
    }
}

static const char *link_head(const struct call *call, const char *rel, const char *base, const char *collection,
                             size_t *size)
{
    struct strbuf head;

    strbuf_init(&head, call->mem, 160);
    strbuf_puts(&head, "{\"rel\": \"");
    strbuf_puts(&head, rel);
    strbuf_puts(&head, "\", \"href\": \"");
    put_inside(&head, base, strlen(base));
    strbuf_putc(&head, '/');
    put_inside(&head, collection, strlen(collection));
    strbuf_putc(&head, '/');
    *size = head.length;
    return head.data;
}

void links_open_beside(const struct call *call, const struct links *opened, const char *collection, struct links *links)
{
    *links = *opened;
    links->self = link_head(call, "self", links->self_base, collection, &links->self_size);
    links->bookmark = link_head(call, "bookmark", links->bookmark_base, collection, &links->bookmark_size);
}

void links_open(const struct call *call, const char *collection, struct links *links)
{
    const char *url = request_application_url(call->request), *project = project_part(call);

    links->self_base = joined(call, with_prefix(call, url), project);
    links->bookmark_base = joined(call, with_prefix(call, without_version(call, url)), project);
    links_open_beside(call, links, collection, links);
}

/* A part of a URL loses the slashes around it. */
static size_t bare(const char **identifier)
{
    size_t length;

    while (**identifier == '/')
        (*identifier)++;
    length = strlen(*identifier);
    while (length && (*identifier)[length - 1] == '/')
        length--;
    return length;
}

void links_put(const struct links *links, struct strbuf *out, const char *identifier)
{
    size_t length = bare(&identifier);

    strbuf_putc(out, '[');
    strbuf_put(out, links->self, links->self_size);
    put_inside(out, identifier, length);
    JSON_PUT_LITERAL(out, "\"}, ");
    strbuf_put(out, links->bookmark, links->bookmark_size);
    put_inside(out, identifier, length);
    JSON_PUT_LITERAL(out, "\"}]");
}

void links_put_bookmark(const struct links *links, struct strbuf *out, const char *identifier)
{
    size_t length = bare(&identifier);

    strbuf_put(out, links->bookmark, links->bookmark_size);
    put_inside(out, identifier, length);
    JSON_PUT_LITERAL(out, "\"}");
}

static int pair_compare(const void *a, const void *b)
{
    const struct query_pair *left = a, *right = b;
    int order = strcmp(left->key, right->key);

    return order ? order : strcmp(left->value, right->value);
}

/* The query of the next page: sorted, of repeated keys the last, the marker in its old place or at the end. */
static struct query next_query(const struct call *call, const char *last)
{
    struct query next = { mem_array(call->mem, struct query_pair, call->query.count + 1), 0 };
    struct query_pair *sorted = mem_memdup(call->mem, call->query.pairs, call->query.count * sizeof(*sorted));
    const struct query_pair marker = { "marker", last, strlen("marker"), strlen(last) };
    bool marked = false;

    qsort(sorted, call->query.count, sizeof(*sorted), pair_compare);
    for (size_t i = 0; i < call->query.count; i++) {
        if (next.count && !strcmp(next.pairs[next.count - 1].key, sorted[i].key))
            next.count--;
        next.pairs[next.count] = sorted[i];
        if (!strcmp(sorted[i].key, "marker")) {
            next.pairs[next.count] = marker;
            marked = true;
        }
        next.count++;
    }
    if (!marked)
        next.pairs[next.count++] = marker;
    return next;
}

void links_put_next(const struct call *call, const char *name, const char *path, size_t shown, const char *last)
{
    const char *asked = query_get(&call->query, "limit");
    int64_t max = paging_max_limit(call), limit = max;
    struct query query;
    const char *href;

    if (asked && take_int_text(asked, &limit) && limit > max)
        limit = max;
    if (limit <= 0 || (size_t)limit != shown)
        return;
    query = next_query(call, last);
    href = mem_printf(call->mem, "%s/%s?%s", link_base(call), path, query_encode(call->mem, &query));
    strbuf_printf(call->out, ", \"%s%slinks\": [{\"rel\": \"next\", \"href\": ", name ? name : "", name ? "_" : "");
    json_put_string(call->out, href);
    JSON_PUT_LITERAL(call->out, "}]");
}
