/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request as FastCGI delivers it, and the answer being built.
 *
 * The parameters are the WSGI environ's: REQUEST_METHOD, SCRIPT_NAME,
 * PATH_INFO, QUERY_STRING, HTTP_*, CONTENT_TYPE, … .  The URL map moves
 * script_name and path_info; a filter may set and delete parameters.
 */
#ifndef NOVA_HTTP_REQUEST_H
#define NOVA_HTTP_REQUEST_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct context;
struct worker;

/* One environ parameter; both strings NUL-terminated, alive as long as the request. */
struct param {
    const char *name;
    const char *value;
    size_t length; /* of value */
    uint32_t hash; /* of name */
    uint32_t next; /* in its chain: index + 1, 0 ends it */
};

/* Starts zeroed.  Read `items` freely, change it through request_set_param() and request_delete_param() only. */
struct params {
    struct param *items;
    size_t count, size;
    uint32_t chains[64]; /* by hash: index + 1, 0: empty */
};

/* One header of the answer. */
struct header {
    const char *name;
    const char *value;
};

struct response {
    int status;
    const char *reason; /* NULL: the usual words of the status */
    struct header *headers;
    size_t header_count, header_size;
    struct strbuf body;
    bool no_length; /* do not add Content-Length (204 of webob has none) */
};

/* Reads up to `size` bytes of the body; 0 at its end, negative when the peer failed or was too slow. */
typedef long request_reader(void *source, char *out, size_t size);

struct request {
    const void *mem;
    struct worker *worker;
    struct context *context; /* never NULL; filled by the authentication filters */
    struct params params;

    const char *method;       /* upper case as sent */
    const char *script_name;  /* decoded bytes (text_path_byte), "" or "/v2.1" */
    const char *path_info;    /* decoded bytes (text_path_byte) */
    const char *query_string; /* raw, "" when none */
    const char *scheme;       /* http or https */
    const char *host;         /* Host header, or SERVER_NAME[:SERVER_PORT] */
    const char *remote_addr;  /* "" when unknown */

    int64_t content_length; /* -1: none given, -2: not a number */
    request_reader *read;   /* the body, from where `source` stands */
    void *source;
    size_t body_limit; /* set by sizelimit: reading more is a 413; 0: none */
    char *body;        /* once request_body() read it */
    size_t body_size;

    /* What filters and the URL map leave for those below (environ keys of upstream in brackets). */
    const char *best_content_type; /* [nova.best_content_type] */
    bool legacy_v2;                /* [openstack.legacy_v2] */
    int version;                   /* minor microversion, VERSION_NONE until the resource knows */
    const char *version_text;      /* version as the headers of the answer and the log name it ("2.47"), or NULL */
    const char *project_in_url;    /* routed project id or NULL */
    const char *route;             /* template of the matched row, for logs and the scoreboard */
    uint64_t begun_usec;           /* CLOCK_MONOTONIC */
    void *chain;                   /* innermost running chain (middleware/chain.c) */

    struct response response;
};

/* A parameter's value, or NULL. */
const char *request_param(const struct request *request, const char *name);

/*
 * Sets or deletes a parameter.  After request_init() the members that mirror
 * parameters (method, script_name, path_info, query_string, scheme, host,
 * remote_addr, content_length) follow; `wsgi.url_scheme` is the scheme's
 * name.  Both texts are kept by address: constant, or on the request's memory.
 */
void request_set_param(struct request *request, const char *name, const char *value);
void request_delete_param(struct request *request, const char *name);

/* A header by its HTTP name ("X-Auth-Token"), from the HTTP_* parameters (Content-Type and -Length without HTTP_). */
const char *request_header(const struct request *request, const char *name);

/*
 * Fills method, paths, host, scheme, remote_addr, content_length from the
 * parameters and opens an empty answer.  `params`, `read` and `source` are
 * the caller's and stay; so does `begun_usec`.
 */
void request_init(struct request *request, const void *mem, struct worker *worker, struct context *context);

/*
 * The whole body, read once and kept; NUL-terminated.  Without a content
 * length all that comes is read.  Faults: Http 413 over body_limit; Http 400
 * when the peer's body ended early, or its length is not a number.
 */
struct fault *request_body(struct request *request, const char **data, size_t *size) FAULT_CHECK;

/* scheme://host, and that with script_name: WebOb's host_url and application_url (quoted as WebOb does). */
const char *request_host_url(const struct request *request);
const char *request_application_url(const struct request *request);
/* application_url + quoted path_info; and with ?query: WebOb's path_url and url. */
const char *request_path_url(const struct request *request);
const char *request_url(const struct request *request);

/* Drops what was answered so far: status 200, no headers, empty body. */
void response_reset(struct response *response, const void *mem);
void response_add_header(struct response *response, const void *mem, const char *name, const char *value);
/* Replaces the first header of that name (case-insensitive) and drops the others; adds it when there was none. */
void response_set_header(struct response *response, const void *mem, const char *name, const char *value);
const char *response_header(const struct response *response, const char *name);
/* As response_header(), the last of several: what WebOb reads of a name that stands more than once. */
const char *response_last_header(const struct response *response, const char *name);
void response_remove_header(struct response *response, const char *name);

/* Python's urllib.parse.quote of bytes, with `safe` besides letters, digits and _.-~ */
char *http_quote(const void *mem, const char *text, const char *safe);

#endif
