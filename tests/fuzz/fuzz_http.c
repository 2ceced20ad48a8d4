/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of HTTP/1 that are read without libcurl: a byte that says in pieces
 * of how many they come, then the answer.  In pieces or at once, it is the
 * same answer, or none both times.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/http_reply.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum http_reading read_in_pieces(const void *mem, const uint8_t *data, size_t size, size_t piece,
                                        struct http_call *call)
{
    enum http_reading reading = HTTP_MORE;
    struct http_reply reply;

    http_reply_init(&reply, mem);
    for (size_t at = 0; at < size && reading == HTTP_MORE; at += piece) {
        strbuf_put(&reply.bytes, data + at, size - at < piece ? size - at : piece);
        reading = http_reply_read(&reply);
    }
    if (reading == HTTP_MORE)
        reading = http_reply_end(&reply);
    if (reading == HTTP_WHOLE)
        http_reply_give(&reply, call);
    return reading;
}

static size_t length_of(const struct http_call *call)
{
    size_t length = 0;

    for (size_t i = 0; i < call->reply_header_count; i++)
        length += strlen(call->reply_headers[i].name) + strlen(call->reply_headers[i].value);
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_http");
    struct http_call pieces = { 0 }, whole = { 0 };
    size_t piece = size ? 1 + *data % 64U : 1;
    enum http_reading first, second;

    if (size) {
        data++;
        size--;
    }
    first = read_in_pieces(mem, data, size, piece, &pieces);
    second = read_in_pieces(mem, data, size, size + 1, &whole);
    if (first != second || first == HTTP_MORE)
        abort();
    if (first == HTTP_WHOLE &&
        (pieces.status != whole.status || pieces.status < 200 || pieces.reply_size != whole.reply_size ||
         memcmp(pieces.reply, whole.reply, whole.reply_size + 1) != 0 ||
         pieces.reply_header_count != whole.reply_header_count || length_of(&pieces) != length_of(&whole)))
        abort();
    talloc_free(mem);
    return 0;
}
