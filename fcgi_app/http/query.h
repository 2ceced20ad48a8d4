/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings as WebOb reads them: ordered pairs, + is a space, keys may repeat, UTF-8 only. */
#ifndef NOVA_HTTP_QUERY_H
#define NOVA_HTTP_QUERY_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct query_pair {
    const char *key;
    const char *value;
};

struct query {
    struct query_pair *pairs;
    size_t count;
};

/* Splits and decodes.  Faults: Http 400 "Query string is not UTF-8 encoded". */
struct fault *query_parse(const void *mem, const char *text, struct query *query) FAULT_CHECK;

/* The last value of the key, as WebOb's GET.get() gives it; NULL: absent. */
const char *query_get(const struct query *query, const char *key);

/* urllib.parse.urlencode of the pairs (quote_plus), appended to nothing: a text on mem. */
char *query_encode(const void *mem, const struct query *query);

#endif
