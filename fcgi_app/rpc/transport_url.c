/* SPDX-License-Identifier: Apache-2.0 */
/* Transport URLs: several hosts with users and passwords of their own, percent-decoding, a virtual host, a query. */
#include "config.h"

#include "fcgi_app/rpc/transport_url.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT 5672

static char *cut(char *text, int delimiter)
{
    char *at = strchr(text, delimiter);

    if (at)
        *at++ = '\0';
    return at;
}

static struct fault *host_parse(const void *mem, char *text, struct rpc_host *host)
{
    char *at = strrchr(text, '@'), *name = text, *password = NULL, *port = NULL, *end;
    long number;

    *host = (struct rpc_host){ "guest", "guest", "localhost", DEFAULT_PORT, false };
    if (at) {
        *at = '\0';
        name = at + 1;
        password = cut(text, ':');
        host->credentials = password != NULL;
        if (*text)
            host->user = text_percent_decoded(mem, text, false);
        if (password && *password)
            host->password = text_percent_decoded(mem, password, false);
    }
    if (*name == '[') {
        end = strchr(name, ']');
        if (!end)
            return fault_new(mem, Internal, "transport_url: Invalid IPv6 URL");
        *end = '\0';
        name++;
        port = cut(end + 1, ':');
    } else {
        port = cut(name, ':');
    }
    if (*name)
        host->name = name;
    if (!port || !*port)
        return NULL;
    number = strtol(port, &end, 10);
    if (*end || number < 1 || number > 65535)
        return fault_new(mem, Internal, "transport_url: a port is not a number from 1 to 65535");
    host->port = (int)number;
    return NULL;
}

static void query_parse(const void *mem, char *query, struct rpc_url *url)
{
    char **pieces = text_split(mem, query, '&');
    size_t count = 0;

    while (pieces[count])
        count++;
    url->keys = mem_array(mem, const char *, count);
    url->values = mem_array(mem, const char *, count);
    for (size_t i = 0; i < count; i++) {
        char *value = cut(pieces[i], '=');

        if (!value || !*value)
            continue;
        url->keys[url->count] = text_percent_decoded(mem, pieces[i], true);
        url->values[url->count++] = text_percent_decoded(mem, value, true);
    }
}

struct fault *rpc_url_parse(const void *mem, const char *text, struct rpc_url **out)
{
    struct rpc_url *url = mem_new(mem, struct rpc_url);
    char *copy = mem_strdup(mem, text), *colon = strchr(copy, ':'), *netloc, *path, *query;
    char **hosts;

    if (!colon || colon == copy)
        return fault_new(mem, Internal, "Invalid transport URL: No scheme specified");
    *colon = '\0';
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    url->transport = copy;
    netloc = colon + 1;
    (void)cut(netloc, '#');
    query = cut(netloc, '?');
    if (!strncmp(netloc, "//", 2))
        netloc += 2;
    path = cut(netloc, '/');
    /* Decoded here and once more by the library that opens the connection. */
    url->vhost = path && *path ? text_percent_decoded(mem, text_percent_decoded(mem, path, false), false) : "/";
    hosts = text_split(mem, netloc, ',');
    for (size_t i = 0; hosts[i]; i++) {
        if (!*hosts[i])
            continue;
        url->hosts = mem_grow(mem, url->hosts, struct rpc_host, url->host_count + 1);
        TRY(host_parse(mem, hosts[i], &url->hosts[url->host_count++]));
    }
    if (!url->host_count) {
        char none[] = "";

        url->hosts = mem_new(mem, struct rpc_host);
        url->host_count = 1;
        TRY(host_parse(mem, none, url->hosts));
    }
    if (query)
        query_parse(mem, query, url);
    *out = url;
    return NULL;
}

const char *rpc_url_query(const struct rpc_url *url, const char *key)
{
    for (size_t i = 0; i < url->count; i++)
        if (!strcmp(url->keys[i], key))
            return url->values[i];
    return NULL;
}
