/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content negotiation in WebOb's manner, and WebOb's own error pages, which
 * answer where no resource did (router 404, sizelimit 413, keystone 401/503).
 * Source: nova-facts/startup.md 8.1 and 10.
 */
#ifndef NOVA_HTTP_ACCEPT_H
#define NOVA_HTTP_ACCEPT_H

#include "fcgi_app/http/request.h"

/*
 * Answers with WebOb's page for a code; what was answered before is dropped.
 * Plain, html or json by the request's Accept (an absent header counts as an
 * empty one: plain); HEAD gets no body and the html type.  `explanation` NULL
 * is WebOb's words for the code; `detail` may be NULL.  Texts are kept no
 * longer than the call.
 */
void webob_error(struct request *request, int code, const char *explanation, const char *detail);

/*
 * The best of `offers` (NULL-terminated media types without parameters, in
 * the server's order) by WebOb's create_accept_header().acceptable_offers():
 * the most specific range that matches an offer gives its quality, the
 * highest quality wins, then the server's order.  NULL: none is acceptable.
 * No header (NULL) or a malformed one accepts all: the first offer.  An empty
 * header is well-formed and accepts none.  `mem` is for scratch.
 */
const char *accept_best(const void *mem, const char *header, const char *const *offers);

#endif
