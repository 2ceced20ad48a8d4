/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain answer of HTTP/1, read as it comes: bytes are put into `bytes`, and
 * http_reply_read() says how far it is.
 * Source: RFC 9112, 2.1 (messages), 6.3 (length of a body), 7.1 (chunks), 9.3 (connections kept).
 */
#ifndef NOVA_CLIENTS_HTTP_REPLY_H
#define NOVA_CLIENTS_HTTP_REPLY_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/http.h"

enum http_reading {
    HTTP_MORE,  /* is to come */
    HTTP_WHOLE, /* the answer is there */
    HTTP_CUT,   /* its chunks end too early, or are none */
    HTTP_ODD    /* no answer that is read here: let libcurl say what it is */
};

enum http_framing { HTTP_BY_LENGTH, HTTP_BY_CHUNKS, HTTP_BY_CLOSE };

struct http_reply {
    const void *mem;
    struct strbuf bytes; /* as they came; those of a body in chunks are moved together */
    int status;          /* 0: its line is not there yet */
    bool keeps;          /* the peer the connection, once the answer is whole */

    /* for the reading alone */
    size_t line, scanned; /* where a line begins, and up to where its end was looked for */
    size_t body;          /* where the body begins; 0: the head is not whole */
    size_t length;        /* of the body, or of what came of it */
    size_t at, found;     /* up to where chunks were read; where what they hold ends */
    bool last_chunk;
    enum http_framing framing;
    struct http_reply_place *places; /* of the headers */
    size_t place_count, place_size;
};

/* An answer of which nothing came yet; all of it lives on mem. */
void http_reply_init(struct http_reply *reply, const void *mem);

/* After bytes were put. Nothing may be put, nor may this be called, once it said anything but HTTP_MORE. */
enum http_reading http_reply_read(struct http_reply *reply);

/* No more will come: what is there is an answer or none. Never HTTP_MORE. */
enum http_reading http_reply_end(struct http_reply *reply);

/* Gives a whole answer to the call; its texts are those in `bytes`. */
void http_reply_give(struct http_reply *reply, struct http_call *call);

#endif
