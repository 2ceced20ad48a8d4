/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media types with parameters as nova's URL map reads them, which is neither
 * the grammar of HTTP nor WebOb's reading (fcgi_app/http/accept.h).
 * Source: nova-facts/startup.md 8.1.
 */
#ifndef NOVA_ROUTES_MEDIA_LIST_H
#define NOVA_ROUTES_MEDIA_LIST_H

#include <stddef.h>

/* The value of a parameter of one media type ("application/json;version=2.1"), on mem; NULL: absent or without one. */
const char *media_parameter(const void *mem, const char *media, const char *name);

/*
 * The best of `offers` (NULL-terminated) for an Accept header: highest q, the
 * mask with fewer stars at equal q, then the first offer.  *mask is the media
 * type of the header that won, on mem.  NULL: no offer is acceptable.
 */
const char *media_best_match(const void *mem, const char *accept, const char *const *offers, const char **mask);

#endif
