/* SPDX-License-Identifier: Apache-2.0 */
/* Between http.c, which has every call done by libcurl, and http_kept.c, which does plain ones itself. */
#ifndef NOVA_CLIENTS_HTTP_PRIVATE_H
#define NOVA_CLIENTS_HTTP_PRIVATE_H

#include "fcgi_app/clients/http.h"

enum {
    HTTP_AT_ONCE = 24,        /* calls of one http_perform() that run at the same time */
    HTTP_KEPT_USEC = 50000000 /* idle time after which a kept connection is not used again */
};

/* Peers whose addresses are known, and connections to them. Hangs on the worker. */
struct http_kept;

struct http_kept *http_kept_of(struct worker *worker);

/* Where the path begins in an http:// URL that goes out as it is written; NULL: libcurl has to tidy it. */
const char *http_target(const char *url);

/* Whether the call may be done here: a GET without a body, as it is written, of a peer whose address is known. */
bool http_kept_can(const struct http_kept *kept, const struct http_call *call);

/* libcurl had an answer from `ip`, `port` for this URL. */
void http_kept_remember(struct http_kept *kept, const char *url, const char *ip, long port);
/* Does http_kept_remember() have anything to learn from another answer? */
bool http_kept_asks(const struct http_kept *kept, const char *url);

/*
 * Does the calls, at most HTTP_AT_ONCE, all at once: each has its outcome, or
 * is for libcurl to do (done[i] false): there is no connection, a kept one
 * ended before a byte of the answer, or the answer is not plain HTTP/1.
 */
void http_kept_perform(struct http_kept *kept, const void *mem, struct http_call *calls, size_t count, bool *done);

/* Connections that are open now. */
unsigned http_kept_open(const struct http_kept *kept);

#endif
