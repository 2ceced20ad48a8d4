/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content negotiation in WebOb's manner, and WebOb's own error pages, which
 * answer where no resource did (router 404, sizelimit 413, keystone 401/503).
 * Source: nova-facts/startup.md 8.1 and 10.
 */
#ifndef NOVA_HTTP_ACCEPT_H
#define NOVA_HTTP_ACCEPT_H

#include "fcgi_app/http/request.h"

/* Writes WebOb's page for a code: plain, html or json by Accept; `detail` may be NULL, `explanation` NULL: the default.
 */
void webob_error(struct request *request, int code, const char *explanation, const char *detail);

/*
 * The best of `offers` (NULL-terminated, in the server's order) for an Accept
 * header as WebOb's create_accept_header().acceptable_offers() sorts them; NULL: none is acceptable.
 * A NULL or empty header accepts all with q=1 (first offer).
 */
const char *accept_best(const void *mem, const char *header, const char *const *offers);

#endif
