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

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* A URL cut at its delimiters, nothing decoded. NULL: the part is not there. */
struct parts {
    char *scheme;
    char *netloc;
    char *path; /* after the slash, or after all that open it in split() */
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
    while (parts->path && *parts->path == '/')
        parts->path++;
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

static const char **find(const struct db_url *url, const char *keyword)
{
    for (size_t i = 0; i < url->count; i++)
        if (strcmp(url->keywords[i], keyword) == 0)
            return &url->values[i];
    return NULL;
}

/* Sets a keyword; a later setting replaces an earlier one, as a query's replaces the URL's own. */
static void put(struct db_url *url, const char *keyword, const char *value)
{
    const char **at = find(url, keyword);

    if (at) {
        *at = value;
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
    const char **at = find(url, keyword);

    return at ? *at : NULL;
}

/* The hosts that a query names when it says "host" several times: each may have its port. */
struct hosts {
    size_t count;
    const char *names, *ports; /* joined by commas, as libpq takes them; a host without port leaves a gap */
    const char *only;          /* what the first says: a single one is taken as it stands */
    const char *bad;           /* one that is no host with a port */
};

static void add_host(const void *mem, struct hosts *hosts, char *value)
{
    char *name = value, *port = NULL;
    const char *whole = mem_strdup(mem, value);

    if (!hosts->count++)
        hosts->only = whole;
    if (*value == '[')
        hosts->bad = split_hostport(mem, value, &name, &port) ? hosts->bad : whole;
    else if ((port = cut_before(value, ':')) && strchr(port, ':'))
        hosts->bad = whole;
    hosts->names = hosts->names ? mem_printf(mem, "%s,%s", hosts->names, name) : name;
    hosts->ports =
        mem_printf(mem, "%s%s%s", hosts->ports ? hosts->ports : "", hosts->ports ? "," : "", port ? port : "");
}

/* A query's options; a keyword without a value is none. */
static struct fault *read_query(const void *mem, const char *what, struct db_url *url, const char *query)
{
    struct db_url *said = mem_new(url, struct db_url); /* here, not before */
    struct hosts hosts = { 0 };

    for (char **pair = text_split(url, query, '&'); *pair; pair++) {
        char *value = cut_before(*pair, '=');
        const char *keyword = text_percent_decoded(url, *pair, true);

        if (!value || !*value)
            continue;
        value = text_percent_decoded(url, value, true);
        if (strcmp(keyword, "database") == 0)
            keyword = "dbname";
        else if (strcmp(keyword, "dbname") == 0 && find(url, "dbname"))
            return fault_text(mem, Internal, "%s names the database twice", what);
        if (!keyword_known(keyword))
            return fault_text(mem, Internal, "%s: PostgreSQL's client library knows no option \"%s\"", what, keyword);
        if (strcmp(keyword, "host") == 0) {
            add_host(url, &hosts, value);
            continue;
        }
        if (find(said, keyword))
            return fault_text(mem, Internal, "%s: the option \"%s\" stands there twice", what, keyword);
        put(said, keyword, value);
    }
    for (size_t i = 0; i < said->count; i++)
        put(url, said->keywords[i], said->values[i]);
    if (hosts.count > 1 && find(url, "port"))
        return fault_text(
            mem, Internal,
            "%s mixes two ways to name several hosts: \"host=h1,h2&port=p1,p2\" and \"host=h1:p1&host=h2:p2\"", what);
    if (hosts.count > 1 && hosts.bad)
        return fault_text(mem, Internal, "%s: \"%s\" is no host", what, hosts.bad);
    if (hosts.count > 1)
        put(url, "port", hosts.ports);
    if (hosts.count)
        put(url, "host", hosts.count > 1 ? hosts.names : hosts.only);
    return NULL;
}

/*
 * What follows "://", cut as SQLAlchemy cuts it, which is not as other URLs are: a password goes up to the first
 * '@' whatever stands in it ('/', '?' and '#' too), a name without password up to the last before a '/', and there
 * is no fragment.  false: behind a host in brackets stands something else than its port.
 */
static bool cut(const void *mem, char *rest, struct parts *parts)
{
    size_t span = strcspn(rest, ":/"), name = 0;
    char *at = rest[span] == ':' ? strchr(rest + span, '@') : NULL, *end;

    if (at) {
        *at = '\0';
        parts->password = cut_before(rest, ':');
    } else {
        for (size_t i = 0; i < span; i++)
            if (rest[i] == '@')
                at = rest + i;
        if (at)
            *at = '\0';
    }
    if (at) {
        parts->username = rest;
        rest = at + 1;
    }
    end = rest + strcspn(rest, "/?");
    for (char *c = rest; *rest == '[' && c < end; c++)
        if (*c == ']')
            name = (size_t)(c - rest) + 1;
    if (name > 2) {
        parts->hostname = mem_strndup(mem, rest + 1, name - 2);
        if (rest + name < end && rest[name] != ':')
            return false;
    } else {
        name = strcspn(rest, ":/?");
        parts->hostname = mem_strndup(mem, rest, name);
    }
    if (rest[name] == ':')
        parts->port = mem_strndup(mem, rest + name + 1, (size_t)(end - rest) - name - 1);
    parts->query = cut_before(end, '?');
    parts->path = *end == '/' ? end + 1 : NULL;
    return true;
}

/* The names after "postgresql+" that SQLAlchemy has for programs without an event loop; it is libpq for all. */
static bool driver_known(const char *driver)
{
    static const char *const names[] = { "psycopg2", "psycopg2cffi", "pg8000", "pygresql", "pypostgresql" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(driver, names[i]) == 0)
            return true;
    return false;
}

struct fault *db_url_parse(const void *mem, const char *what, const char *text, struct db_url **out)
{
    struct db_url *url = mem_new(mem, struct db_url);
    char *scheme = mem_strdup(url, text), *rest = strstr(scheme, "://"), *driver;
    struct parts parts = { 0 };

    if (rest)
        *rest = '\0';
    if (!rest || !*scheme || strspn(scheme, WORD "+") != strlen(scheme) || !cut(url, rest + 3, &parts))
        return fault_text(mem, Internal, "%s is not a database URL (postgresql://user:password@host:port/database)",
                          what);
    driver = cut_before(scheme, '+');
    if (strcmp(scheme, "postgresql") != 0)
        return fault_text(mem, Internal,
                          "%s names a database of type \"%s\"; this program works with PostgreSQL "
                          "(postgresql://user:password@host:port/database)",
                          what, scheme);
    if (driver && !driver_known(driver))
        return fault_text(mem, Internal, "%s names a driver \"%s\"; it is postgresql:// or postgresql+psycopg2://",
                          what, driver);
    if (parts.username && *parts.username)
        put(url, "user", text_percent_decoded(url, parts.username, false));
    if (parts.password && *parts.password)
        put(url, "password", text_percent_decoded(url, parts.password, false));
    if (*parts.hostname)
        put(url, "host", parts.hostname);
    if (parts.port) {
        if (!*parts.port || strspn(parts.port, "0123456789") != strlen(parts.port))
            return fault_text(mem, Internal,
                              "%s: the port is not a number (several hosts are \"?host=h1:p1&host=h2:p2\", an IPv6 "
                              "address stands in brackets)",
                              what);
        put(url, "port", parts.port + strspn(parts.port, "0"));
    }
    if (parts.path && *parts.path)
        put(url, "dbname", parts.path);
    if (parts.query)
        TRY(read_query(mem, what, url, parts.query));
    put(url, "client_encoding", "UTF8"); /* what answers are written in, whatever the reference's driver is told */
    if (!get(url, "application_name"))
        put(url, "fallback_application_name", "nova-api-fcgi");
    url->shown = mem_printf(url, "%s%s%s/%s", get(url, "host") ? get(url, "host") : "", get(url, "port") ? ":" : "",
                            get(url, "port") ? get(url, "port") : "", get(url, "dbname") ? get(url, "dbname") : "");
    *out = url;
    return NULL;
}

const char *db_url_with(const void *mem, const char *text, const char *more)
{
    char *copy = mem_strdup(mem, text), *rest = strstr(copy, "://");
    struct parts parts = { 0 };

    if (!rest || !cut(mem, rest + 3, &parts))
        return text;
    return mem_printf(mem, "%s%c%s", text, parts.query ? '&' : '?', more);
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
    if (!split_hostport(mem, rest, &host->hostname, &host->port))
        return false;
    if (*rest == '[' && !host->port)
        host->port = mem_strdup(mem, ""); /* behind an address in brackets upstream has a text, not None */
    return true;
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
    /* A database's password goes up to the '@', whatever stands in it. */
    if (strncmp(text, "postgresql", 10) == 0 && begin[strcspn(begin, ":/")] == ':' && strchr(begin, '@')) {
        const char *colon = strchr(begin, ':');

        if (strcspn(colon, "/?#") < strcspn(colon, "@"))
            return mem_printf(mem, "%.*s:****%s", (int)(colon - text), text, strchr(colon, '@'));
    }
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
