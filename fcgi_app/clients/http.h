/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP to other services: one call, or several at once.
 *
 *     struct http_call call = { .method = "GET", .url = url };
 *     http_perform(worker, mem, &call, 1);
 *     if (call.failure == HTTP_ANSWERED && call.status == 200) … call.body …
 *
 * libcurl beneath, and beside it http_kept.c for plain GETs; one set of kept
 * connections for each process, opened at the first call.  Nothing follows
 * redirects, retries or reads JSON here: service.h does, for the services of
 * the cloud.
 * Neighbours: service.h stands on this; policies' `http:` checks call it.
 * Source: what Python's requests does for nova (nova-facts/outbound.md 1.3).
 */
#ifndef NOVA_CLIENTS_HTTP_H
#define NOVA_CLIENTS_HTTP_H

#include "fcgi_app/base/worker.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_IDLE_SECONDS = 60,              /* silence of a peer that ends a call where nothing else is configured */
    HTTP_TOTAL_SECONDS = 240,            /* a whole call, however slowly its peer drips; below [fcgi] request_timeout */
    HTTP_BODY_LIMIT = 128 * 1024 * 1024, /* bytes of an answer */
    HTTP_HEADERS_LIMIT = 256 * 1024,     /* bytes of an answer's headers */
};

struct http_header {
    const char *name;
    const char *value;
};

/* Whom to trust, and who we are; NULL members: the system's authorities, no certificate. Files' names. */
struct http_tls {
    const char *cafile;
    const char *certfile;
    const char *keyfile;
    bool insecure; /* believe any certificate */
};

enum http_failure {
    HTTP_ANSWERED,        /* none: `status` says what the peer thought of it */
    HTTP_CONNECT_FAILURE, /* no connection, or it ended before the answer did */
    HTTP_TIMEOUT,
    HTTP_TLS_FAILURE, /* certificate, key or handshake */
    HTTP_BROKEN,      /* no HTTP, too large, broken off within its body, or a URL that is none */
};

struct http_call {
    /* in; all texts are the caller's and stay until the call returns */
    const char *method; /* GET, POST, PUT, PATCH, DELETE, HEAD */
    const char *url;    /* http:// or https:// */
    const struct http_header *headers;
    size_t header_count;
    const void *body; /* NULL: none */
    size_t body_size;
    const struct http_tls *tls; /* NULL: the system's */
    double connect_timeout;     /* seconds; 0: idle_timeout's */
    double idle_timeout;        /* seconds without a byte; 0: HTTP_IDLE_SECONDS */
    double total_timeout;       /* seconds; 0: HTTP_TOTAL_SECONDS */

    /* out; on the memory given to http_perform() */
    enum http_failure failure;
    const char *error; /* why, in words, when it failed; holds the URL's host but no header and no body */
    int status;
    const struct http_header *reply_headers; /* as sent, in order */
    size_t reply_header_count;
    const char *reply; /* bytes, NUL-terminated; never NULL once answered */
    size_t reply_size;
};

/*
 * Performs the calls, all at once, and returns when each has its outcome:
 * what could not be done is in the call, there is no fault.  Results live on
 * `mem`.  Connections stay open for the worker's next calls.  *_proxy of the
 * environment are honoured, as requests does.
 */
void http_perform(struct worker *worker, const void *mem, struct http_call *calls, size_t count);

/* The first header of that name in the answer, case-insensitive; NULL: none. */
const char *http_reply_header(const struct http_call *call, const char *name);

/* Connections that are open now, for the scoreboard. */
unsigned http_open_connections(const struct worker *worker);

#endif
