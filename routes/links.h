/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links in answers, as upstream's common view builder makes them: to a thing
 * ("self"), to it without a version ("bookmark"), and to the next page.
 *
 * A prefix is made once a request; each link is then two copies.  The
 * project id stands in links exactly when it occurs anywhere in the request's
 * URL, the query included.
 */
#ifndef NOVA_ROUTES_LINKS_H
#define NOVA_ROUTES_LINKS_H

#include "routes/resource.h"

/* "http://host/v2.1" or "http://host/v2.1/<project>", [api] compute_link_prefix applied, on the request's memory. */
const char *link_base(const struct call *call);

/* A prefix and a collection, ready for many links. */
struct links {
    const char *self_base;     /* what link_base() says */
    const char *bookmark_base; /* the same without the version: "http://host" or "http://host/<project>" */
    const char *self;          /* JSON text up to the identifier of the self link */
    const char *bookmark;
    size_t self_size, bookmark_size;
};

/* Prepares links to members of `collection` ("flavors"). */
void links_open(const struct call *call, const char *collection, struct links *links);

/* The same for one more collection, when links to another are open already. */
void links_open_beside(const struct call *call, const struct links *opened, const char *collection,
                       struct links *links);

/* Writes the array of both links to `identifier`: [{"rel": "self", …}, {"rel": "bookmark", …}]. */
void links_put(const struct links *links, struct strbuf *out, const char *identifier);

/* Writes the bookmark object alone, {"rel": "bookmark", "href": …}, as images and flavors of a server have it. */
void links_put_bookmark(const struct links *links, struct strbuf *out, const char *identifier);

/*
 * Writes `, "<name>_links": [{"rel": "next", "href": …}]` ("links" for a NULL name) when there may be a
 * next page: as many items as the limit were shown.  `path` is what stands in
 * the link ("flavors/detail"), `last` the marker: the last item's identifier.
 */
void links_put_next(const struct call *call, const char *name, const char *path, size_t shown, const char *last);

#endif
