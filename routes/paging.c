/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where a page begins and how long it is; see the header. */
#include "config.h"

#include "routes/paging.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/unicode.h"

#include <ctype.h>
#include <string.h>

/* Beyond ASCII. */
static bool is_blank(int code_point)
{
    return code_point == 0x85 || code_point == 0x2028 || code_point == 0x2029 || unicode_is_space(code_point);
}

/*
 * The digits and blanks of all scripts as those of ASCII, in place of a text that has others; what is neither, a '?'.
 * Python's int() does so too, and leaves alone what is ASCII already.
 */
static const char *plain(const char *text, char *room, size_t size)
{
    size_t length = strlen(text), step, used = 0;
    bool ascii = true;

    for (size_t i = 0; i < length; i++)
        ascii = ascii && !(text[i] & 0x80);
    if (ascii || length >= size)
        return text;
    for (size_t i = 0; i < length; i += step) {
        int code_point = unicode_next(text + i, length - i, &step), digit = unicode_decimal(code_point);

        room[used++] = code_point > 0 && code_point < 0x7f ? (char)code_point
                       : is_blank(code_point)              ? ' '
                       : digit >= 0                        ? (char)('0' + digit)
                                                           : '?';
    }
    room[used] = '\0';
    return room;
}

bool paging_int(const char *text, int64_t *value)
{
    char room[256];
    const char *p = plain(text, room, sizeof(room)), *digits;
    int64_t number = 0;
    bool negative;

    while (isspace((unsigned char)*p))
        p++;
    negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    for (digits = p; isdigit((unsigned char)*p) || (*p == '_' && p > digits && isdigit((unsigned char)p[1])); p++) {
        if (*p == '_')
            continue;
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *p - '0', &number))
            number = INT64_MAX;
    }
    if (p == digits)
        return false;
    while (isspace((unsigned char)*p))
        p++;
    *value = negative ? -number : number;
    return *p == '\0';
}

int64_t paging_max_limit(const struct call *call)
{
    return conf_int(call->context->worker->conf, OPTION_api_max_limit);
}

/* A number of the query that must not be below zero; left alone when it is not there. */
static struct fault *read_number(const struct call *call, const char *key, int64_t *value, bool *given)
{
    const char *text = query_get(&call->query, key);

    *given = text != NULL;
    if (!text)
        return NULL;
    if (!paging_int(text, value))
        return fault_http(call->mem, 400, "Invalid input received: %s must be an integer", key);
    if (*value < 0)
        return fault_http(call->mem, 400, "Invalid input received: %s must be >= 0", key);
    return NULL;
}

struct fault *paging_read(const struct call *call, struct paging *paging)
{
    int64_t max = paging_max_limit(call), page_size;
    bool given;

    *paging = (struct paging){ .limit = max };
    TRY(read_number(call, "limit", &paging->limit, &paging->limited));
    if (paging->limit > max)
        paging->limit = max;
    TRY(read_number(call, "page_size", &page_size, &given));
    paging->marker = query_get(&call->query, "marker");
    return read_number(call, "offset", &paging->offset, &given);
}
