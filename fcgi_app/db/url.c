/* SPDX-License-Identifier: Apache-2.0 */
/* Database URLs: SQLAlchemy's form into libpq's keywords, and the templates of cell mappings. */
#include "config.h"

#include "fcgi_app/db/url.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.db.url");

/* A URL cut at its delimiters, nothing decoded. NULL: the part is not there. */
struct parts {
    char *scheme;
    char *netloc;
    char *path; /* after the slash */
    char *query;
    char *fragment;
    char *userinfo;
    char *username;
    char *password;
    char *hostport;
    char *hostname;
    char *port;
};

/* "[::1]:5432", "host:5432", "host" */
static bool split_hostport(const void *mem, const char *text, char **hostname, char **port)
{
    const char *colon;

    if (*text == '[') {
        const char *end = strchr(text, ']');
        if (!end)
            return false;
        *hostname = mem_strndup(mem, text + 1, (size_t)(end - text) - 1);
        colon = end[1] == ':' ? end + 1 : NULL;
    } else {
        colon = strrchr(text, ':');
        *hostname = mem_strndup(mem, text, colon ? (size_t)(colon - text) : strlen(text));
    }
    if (colon && colon[1])
        *port = mem_strdup(mem, colon + 1);
    return true;
}

static char *cut_before(char *text, int delimiter)
{
    char *at = strchr(text, delimiter);

    if (!at)
        return NULL;
    *at = '\0';
    return at + 1;
}

static bool split(const void *mem, const char *text, struct parts *parts)
{
    char *copy = mem_strdup(mem, text), *colon = strstr(copy, "://"), *at, *rest;

    *parts = (struct parts){ 0 };
    if (!colon)
        return false;
    *colon = '\0';
    parts->scheme = copy;
    rest = colon + 3;
    parts->fragment = cut_before(rest, '#');
    parts->query = cut_before(rest, '?');
    parts->path = cut_before(rest, '/');
    parts->netloc = mem_strdup(mem, rest);
    at = strrchr(rest, '@');
    if (at) {
        *at = '\0';
        parts->userinfo = rest;
        parts->password = cut_before(rest, ':');
        parts->username = rest;
        rest = at + 1;
    }
    parts->hostport = rest;
    return !*rest || split_hostport(mem, rest, &parts->hostname, &parts->port);
}

static bool keyword_known(const char *keyword)
{
    PQconninfoOption *options = PQconndefaults();
    bool known = false;

    if (!options)
        mem_exhausted(0);
    for (PQconninfoOption *option = options; option->keyword && !known; option++)
        known = strcmp(option->keyword, keyword) == 0;
    PQconninfoFree(options);
    return known;
}

/* Sets a keyword; a later setting replaces an earlier one, as a query's replaces the URL's own. */
static void put(struct db_url *url, const char *keyword, const char *value)
{
    for (size_t i = 0; i < url->count; i++)
        if (strcmp(url->keywords[i], keyword) == 0) {
            url->values[i] = value;
            return;
        }
    url->keywords = mem_grow(url, url->keywords, const char *, url->count + 2);
    url->values = mem_grow(url, url->values, const char *, url->count + 2);
    url->keywords[url->count] = keyword;
    url->values[url->count] = value;
    url->count++;
    url->keywords[url->count] = NULL;
    url->values[url->count] = NULL;
}

static const char *get(const struct db_url *url, const char *keyword)
{
    for (size_t i = 0; i < url->count; i++)
        if (strcmp(url->keywords[i], keyword) == 0)
            return url->values[i];
    return NULL;
}

static const char *joined(const void *mem, const char *before, const char *more)
{
    return before ? mem_printf(mem, "%s,%s", before, more) : more;
}

static struct fault *read_query(const void *mem, const char *what, struct db_url *url, const char *query)
{
    char **pairs = text_split(url, query, '&');
    const char *hosts = NULL, *ports = NULL;
    bool with_ports = false;

    for (char **pair = pairs; *pair; pair++) {
        char *value = cut_before(*pair, '=');
        const char *keyword = text_percent_decoded(url, *pair, true);

        if (!**pair)
            continue;
        if (!value || !keyword_known(keyword))
            return fault_text(mem, Internal, "%s: PostgreSQL's client library knows no option \"%s\"", what, keyword);
        value = text_percent_decoded(url, value, true);
        if (strcmp(keyword, "host") == 0) {
            char *hostname = NULL, *port = NULL;
            if (*value == '/')
                hostname = value;
            else if (!split_hostport(url, value, &hostname, &port))
                return fault_text(mem, Internal, "%s: \"%s\" is no host", what, value);
            hosts = joined(url, hosts, hostname);
            ports = ports ? mem_printf(url, "%s,%s", ports, port ? port : "") : port ? port : "";
            with_ports = with_ports || port;
        } else {
            put(url, keyword, value);
        }
    }
    if (hosts)
        put(url, "host", hosts);
    if (hosts && with_ports)
        put(url, "port", ports);
    return NULL;
}

struct fault *db_url_parse(const void *mem, const char *what, const char *text, struct db_url **out)
{
    struct db_url *url = mem_new(mem, struct db_url);
    struct parts parts;

    if (!split(url, text, &parts))
        return fault_text(mem, Internal, "%s is not a database URL (postgresql://user:password@host:port/database)",
                          what);
    cut_before(parts.scheme, '+');
    if (strcmp(parts.scheme, "postgresql") != 0 && strcmp(parts.scheme, "postgres") != 0)
        return fault_text(mem, Internal,
                          "%s names a database of type \"%s\"; this program works with PostgreSQL "
                          "(postgresql://user:password@host:port/database)",
                          what, parts.scheme);
    if (parts.username && *parts.username)
        put(url, "user", text_percent_decoded(url, parts.username, false));
    if (parts.password)
        put(url, "password", text_percent_decoded(url, parts.password, false));
    if (parts.hostname && *parts.hostname)
        put(url, "host", parts.hostname);
    if (parts.port) {
        if (strspn(parts.port, "0123456789") != strlen(parts.port))
            return fault_text(mem, Internal, "%s: the port is not a number", what);
        put(url, "port", parts.port);
    }
    if (parts.path && *parts.path)
        put(url, "dbname", parts.path);
    if (parts.query)
        TRY(read_query(mem, what, url, parts.query));
    if (!get(url, "client_encoding"))
        put(url, "client_encoding", "UTF8");
    if (!get(url, "application_name"))
        put(url, "fallback_application_name", "nova-api-fcgi");
    url->shown = mem_printf(url, "%s%s%s/%s", get(url, "host") ? get(url, "host") : "", get(url, "port") ? ":" : "",
                            get(url, "port") ? get(url, "port") : "", get(url, "dbname") ? get(url, "dbname") : "");
    *out = url;
    return NULL;
}

/* Does `name` ask for `part`, by its number too? 0: no; else the number + 1, so 1 for a name without number. */
static unsigned asks_for(const char *name, size_t length, const char *part)
{
    size_t size = strlen(part);
    unsigned number = 0;

    if (length < size || memcmp(name, part, size) != 0)
        return 0;
    if (length == size)
        return 1;
    for (size_t i = size; i < length; i++) {
        if (!isdigit((unsigned char)name[i]) || number > 1000 || (i == size && name[i] == '0'))
            return 0;
        number = number * 10 + (unsigned)(name[i] - '0');
    }
    return number + 1;
}

/* The parts of the n-th of several hosts, counted from 1; false: there is no such host. */
static bool nth_host(const void *mem, const struct parts *parts, unsigned n, struct parts *host)
{
    char **netlocs = text_split(mem, parts->netloc, ',');
    char *at, *rest;

    *host = (struct parts){ 0 };
    if (!strchr(parts->netloc, ','))
        return false;
    for (unsigned i = 1; i < n; i++)
        if (!*netlocs++)
            return false;
    if (!(rest = *netlocs))
        return false;
    host->username = mem_strdup(mem, "");
    if ((at = strchr(rest, '@'))) {
        *at = '\0';
        host->password = cut_before(rest, ':');
        host->username = rest;
        rest = at + 1;
    }
    return split_hostport(mem, rest, &host->hostname, &host->port);
}

static const char *or_none(const char *text)
{
    return text ? text : "None";
}

/* What stands for {name}; NULL: nothing does. */
static const char *part_named(const void *mem, const struct parts *parts, const char *name, size_t length)
{
    static const struct {
        const char *name;
        size_t offset;
        bool numbered;
        const char *missing;
    } rows[] = {
        { "username", offsetof(struct parts, username), true, "None" },
        { "password", offsetof(struct parts, password), true, "None" },
        { "hostname", offsetof(struct parts, hostname), true, "None" },
        { "port", offsetof(struct parts, port), true, "None" },
        { "scheme", offsetof(struct parts, scheme), false, "" },
        { "query", offsetof(struct parts, query), false, "" },
        { "fragment", offsetof(struct parts, fragment), false, "" },
        { "path", offsetof(struct parts, path), false, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned number = asks_for(name, length, rows[i].name);
        const struct parts *from = parts;
        struct parts host;
        const char *value;

        if (!number)
            continue;
        if (number > 1) {
            if (!rows[i].numbered || !nth_host(mem, parts, number - 1, &host))
                return NULL;
            from = &host;
        }
        memcpy(&value, (const char *)from + rows[i].offset, sizeof(value));
        return value ? value : rows[i].missing;
    }
    return NULL;
}

const char *db_url_expand(const void *mem, const char *text, const char *from)
{
    struct parts parts;
    struct strbuf out;

    if (!strpbrk(text, "{}"))
        return text;
    if (!from) {
        log_error("A cell mapping's URL is a template, but the option that would fill it is not set");
        return text;
    }
    if (!split(mem, from, &parts)) {
        log_error("A cell mapping's URL is a template, but the option that would fill it is not a URL");
        return text;
    }
    if (parts.hostname) /* host names have no case */
        for (char *c = parts.hostname; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    strbuf_init(&out, mem, strlen(text) + 128);
    for (const char *at = text; *at; at++) {
        const char *end, *value;

        if ((*at == '{' || *at == '}') && at[1] == *at) {
            strbuf_putc(&out, *at++);
            continue;
        }
        if (*at != '{' && *at != '}') {
            strbuf_putc(&out, *at);
            continue;
        }
        end = *at == '{' ? strchr(at, '}') : NULL;
        value = end ? part_named(mem, &parts, at + 1, (size_t)(end - at) - 1) : NULL;
        if (!value) {
            log_error("A cell mapping's URL is a template with parts that the option filling it does not have");
            return text;
        }
        strbuf_puts(&out, or_none(value));
        at = end;
    }
    return out.data;
}

const char *db_url_masked(const void *mem, const char *text)
{
    const char *slashes = strstr(text, "://"), *begin = slashes ? slashes + 3 : text;
    struct strbuf out;

    strbuf_init(&out, mem, strlen(text) + 8);
    strbuf_put(&out, text, (size_t)(begin - text));
    for (const char *piece = begin; *piece;) {
        const char *end = piece + strcspn(piece, "/?,"), *at = NULL, *colon;

        for (const char *c = piece; c < end; c++)
            if (*c == '@')
                at = c;
        colon = at ? memchr(piece, ':', (size_t)(at - piece)) : NULL;
        if (colon) {
            strbuf_put(&out, piece, (size_t)(colon - piece) + 1);
            strbuf_puts(&out, "****");
            piece = at;
        }
        if (*end == ',')
            end++;
        else
            end += strlen(end);
        strbuf_put(&out, piece, (size_t)(end - piece));
        piece = end;
    }
    return out.data;
}
