/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents that say which versions of the API there are.
 * Source: nova-facts/startup.md 8.2.
 */
#ifndef NOVA_ROUTES_VIEWS_VERSIONS_H
#define NOVA_ROUTES_VIEWS_VERSIONS_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/http/request.h"

#include <stdbool.h>

/*
 * What all links of these documents begin with: the request's application
 * URL, [api] compute_link_prefix applied.  On the request's memory.
 */
const char *versions_prefix(const struct request *request);

/* {"versions": […]}: the document of "/". */
void versions_put_all(struct strbuf *out, const char *prefix);

/* {"choices": […]}: where `path` would lie in each version. */
void versions_put_choices(struct strbuf *out, const char *prefix, const char *path);

/* {"version": …} of one version ("v2.1"), whose own place is `prefix`; false: there is no such version. */
bool versions_put_one(struct strbuf *out, const char *prefix, const char *id);

#endif
