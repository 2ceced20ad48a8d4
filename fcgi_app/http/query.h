/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Query strings as WebOb 1.8 reads them (request.GET): ordered pairs, cut at
 * & and at ;, + is a space, keys may repeat, a pair without = has an empty
 * value, UTF-8 only.  WebOb reads %xx with Python's int(…, 16), so one digit
 * with white space or at the end counts too ("%a" is a line feed); anything
 * else after % stays as it is.
 */
#ifndef NOVA_HTTP_QUERY_H
#define NOVA_HTTP_QUERY_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Both NUL-terminated; the lengths tell of NUL bytes that a client put inside (%00). */
struct query_pair {
    const char *key;
    const char *value;
    size_t key_length;
    size_t value_length;
};

struct query {
    struct query_pair *pairs;
    size_t count;
};

/*
 * Splits and decodes; NULL or "" gives no pairs.  Faults: Http 400 "Query
 * string is not UTF-8 encoded" (upstream says it where a query schema is
 * checked, nova.api.validation; so call this there, not on arrival).
 */
struct fault *query_parse(const void *mem, const char *text, struct query *query) FAULT_CHECK;

/* The last pair of the key; NULL: absent. */
const struct query_pair *query_find(const struct query *query, const char *key);
/* The last value of the key, as WebOb's GET.get() gives it; NULL: absent. */
const char *query_get(const struct query *query, const char *key);

/* urllib.parse.urlencode of the pairs (quote_plus), as a text on mem. */
char *query_encode(const void *mem, const struct query *query);

#endif
