/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of HTTP/1; see the header. */
#include "config.h"

#include "fcgi_app/clients/http_reply.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <string.h>
#include <strings.h>

enum {
    CHUNK_LINE_LIMIT = 4096, /* bytes of a chunk's size line */
    SIZE_DIGITS = 8,
    LENGTH_DIGITS = 15,
    FIRST_ROOM = 4608
};

/* A header: its places in the bytes, which may move while they grow. */
struct http_reply_place {
    size_t name, name_end, value, value_end;
};

void http_reply_init(struct http_reply *reply, const void *mem)
{
    *reply = (struct http_reply){ .mem = mem };
    strbuf_init(&reply->bytes, mem, FIRST_ROOM);
}

/* "HTTP/1.1 200 OK": status and whether connections stay by default; false: it is none. */
static bool read_status(struct http_reply *reply, const char *line, size_t length)
{
    const char *code = line + strlen("HTTP/1.1 ");

    if (length < strlen("HTTP/1.1 200") || strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') ||
        line[8] != ' ' || code[0] < '1' || code[0] > '5' || code[1] < '0' || code[1] > '9' || code[2] < '0' ||
        code[2] > '9' || (length > strlen("HTTP/1.1 200") && code[3] != ' '))
        return false;
    reply->status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0';
    reply->keeps = line[7] == '1';
    return true;
}

/* Notes a header; false: a line that is none. */
static bool note_header(struct http_reply *reply, size_t begin, size_t stop)
{
    const char *text = reply->bytes.data, *colon = memchr(text + begin, ':', stop - begin);
    struct http_reply_place *place;

    if (!colon || memchr(text + begin, '\0', stop - begin) || memchr(text + begin, '\r', stop - begin) ||
        text[begin] == ' ' || text[begin] == '\t')
        return false;
    if (reply->place_count == reply->place_size) {
        reply->place_size = reply->place_size ? reply->place_size * 2 : 16;
        reply->places = mem_grow(reply->mem, reply->places, struct http_reply_place, reply->place_size);
    }
    place = &reply->places[reply->place_count++];
    *place = (struct http_reply_place){ begin, (size_t)(colon - text), (size_t)(colon - text) + 1, stop };
    while (place->value < place->value_end && strchr(" \t", text[place->value]))
        place->value++;
    while (place->value_end > place->value && strchr(" \t", text[place->value_end - 1]))
        place->value_end--;
    return true;
}

static bool is_named(const char *text, const struct http_reply_place *place, const char *name)
{
    return place->name_end - place->name == strlen(name) && !strncasecmp(text + place->name, name, strlen(name));
}

static bool has_value(const char *text, const struct http_reply_place *place, const char *value)
{
    return place->value_end - place->value == strlen(value) && !strncasecmp(text + place->value, value, strlen(value));
}

/* The body's length as a number; false: it is none that is read here. */
static bool read_length(struct http_reply *reply, const struct http_reply_place *place)
{
    size_t length = 0;

    if (place->value == place->value_end || place->value_end - place->value > LENGTH_DIGITS)
        return false;
    for (size_t i = place->value; i < place->value_end; i++) {
        if (reply->bytes.data[i] < '0' || reply->bytes.data[i] > '9')
            return false;
        length = length * 10 + (size_t)(reply->bytes.data[i] - '0');
    }
    reply->length = length;
    return length <= HTTP_BODY_LIMIT;
}

/* How the body's end will be known (RFC 9112, 6.3); false: not by a rule that is simple. */
static bool read_framing(struct http_reply *reply)
{
    const char *text = reply->bytes.data;
    bool length = false, chunks = false;

    for (size_t i = 0; i < reply->place_count; i++) {
        const struct http_reply_place *place = &reply->places[i];

        if (is_named(text, place, "content-length")) {
            if (length || !read_length(reply, place))
                return false;
            length = true;
        } else if (is_named(text, place, "transfer-encoding")) {
            if (chunks || !has_value(text, place, "chunked"))
                return false;
            chunks = true;
        } else if (is_named(text, place, "connection")) {
            if (has_value(text, place, "close"))
                reply->keeps = false;
            else if (has_value(text, place, "keep-alive"))
                reply->keeps = true;
            else
                return false;
        }
    }
    if (reply->status == 204 || reply->status == 304)
        chunks = false, length = true, reply->length = 0;
    reply->framing = chunks ? HTTP_BY_CHUNKS : length ? HTTP_BY_LENGTH : HTTP_BY_CLOSE;
    if (reply->framing != HTTP_BY_LENGTH)
        reply->length = 0;
    if (reply->framing == HTTP_BY_CLOSE)
        reply->keeps = false;
    return true;
}

/* The end of the line that begins at `from`, its CRLF left out; false: it is not there yet. */
static bool find_line(struct http_reply *reply, size_t from, size_t *stop, size_t *next)
{
    const char *newline;

    if (reply->scanned < from)
        reply->scanned = from;
    newline = memchr(reply->bytes.data + reply->scanned, '\n', reply->bytes.length - reply->scanned);
    reply->scanned = reply->bytes.length;
    if (!newline)
        return false;
    *stop = (size_t)(newline - reply->bytes.data);
    *next = *stop + 1;
    reply->scanned = *next;
    return true;
}

/* Lines of the head, those of interim answers too. */
static enum http_reading read_head(struct http_reply *reply)
{
    size_t begin, stop, next;

    while (find_line(reply, reply->line, &stop, &next)) {
        begin = reply->line;
        reply->line = next;
        if (stop == begin || reply->bytes.data[stop - 1] != '\r')
            return HTTP_ODD;
        stop--;
        if (!reply->status) {
            if (!read_status(reply, reply->bytes.data + begin, stop - begin))
                return HTTP_ODD;
        } else if (stop > begin) {
            if (!note_header(reply, begin, stop))
                return HTTP_ODD;
        } else if (reply->status == 101) {
            return HTTP_ODD;
        } else if (reply->status < 200) {
            reply->status = 0;
            reply->place_count = 0;
        } else {
            reply->body = reply->at = reply->found = next;
            return read_framing(reply) ? HTTP_WHOLE : HTTP_ODD;
        }
    }
    /* What does not begin as HTTP may never end a line. */
    if (reply->bytes.length > HTTP_HEADERS_LIMIT ||
        strncmp(reply->bytes.data, "HTTP/", reply->bytes.length < 5 ? reply->bytes.length : 5))
        return HTTP_ODD;
    return HTTP_MORE;
}

/* A chunk's size, from its line; false: the line is none. */
static bool read_size(const char *line, size_t length, size_t *size)
{
    size_t digits = 0;

    *size = 0;
    while (digits < length && text_hex_digit(line[digits]) >= 0) {
        if (digits == SIZE_DIGITS)
            return false;
        *size = *size * 16 + (size_t)text_hex_digit(line[digits++]);
    }
    return digits && (digits == length || strchr("; \t\r", line[digits]));
}

/* Moves whole chunks together; what is left of the last one waits. */
static enum http_reading read_chunks(struct http_reply *reply)
{
    char *text = reply->bytes.data;
    size_t stop, next, size;

    while (find_line(reply, reply->at, &stop, &next)) {
        size_t length = stop - reply->at - (stop > reply->at && text[stop - 1] == '\r');

        if (reply->last_chunk) {
            reply->at = next;
            return length ? HTTP_ODD : HTTP_WHOLE;
        }
        if (!read_size(text + reply->at, length, &size) || size > HTTP_BODY_LIMIT - reply->length)
            return HTTP_CUT;
        if (!size) {
            reply->last_chunk = true;
            reply->at = next;
            continue;
        }
        if (reply->bytes.length < next + size + 2) {
            reply->scanned = reply->at; /* its line is read again when all of it is there */
            return HTTP_MORE;
        }
        if (text[next + size] != '\r' || text[next + size + 1] != '\n')
            return HTTP_CUT;
        memmove(text + reply->found, text + next, size);
        reply->found += size;
        reply->length += size;
        reply->at = next + size + 2;
    }
    return reply->bytes.length - reply->at > CHUNK_LINE_LIMIT ? HTTP_ODD : HTTP_MORE;
}

static enum http_reading read_body(struct http_reply *reply)
{
    size_t there = reply->bytes.length - reply->body;

    switch (reply->framing) {
    case HTTP_BY_CHUNKS:
        return read_chunks(reply);
    case HTTP_BY_LENGTH:
        if (there > reply->length)
            reply->keeps = false;
        return there >= reply->length ? HTTP_WHOLE : HTTP_MORE;
    case HTTP_BY_CLOSE:
        reply->length = there;
        break;
    }
    return there > HTTP_BODY_LIMIT ? HTTP_ODD : HTTP_MORE;
}

enum http_reading http_reply_read(struct http_reply *reply)
{
    enum http_reading reading = reply->body ? HTTP_WHOLE : read_head(reply);

    return reading == HTTP_WHOLE ? read_body(reply) : reading;
}

enum http_reading http_reply_end(struct http_reply *reply)
{
    reply->keeps = false;
    if (!reply->body)
        return HTTP_ODD;
    if (reply->framing == HTTP_BY_CHUNKS)
        return HTTP_CUT;
    reply->length = reply->bytes.length - reply->body; /* fewer bytes than were announced are what came, as in http.c */
    return HTTP_WHOLE;
}

void http_reply_give(struct http_reply *reply, struct http_call *call)
{
    char *text = reply->bytes.data;
    struct http_header *headers = mem_array(reply->mem, struct http_header, reply->place_count + 1);

    for (size_t i = 0; i < reply->place_count; i++) {
        const struct http_reply_place *place = &reply->places[i];

        headers[i] = (struct http_header){ text + place->name, text + place->value };
        text[place->name_end] = text[place->value_end] = '\0';
    }
    text[reply->body + reply->length] = '\0';
    call->failure = HTTP_ANSWERED;
    call->status = reply->status;
    call->reply_headers = headers;
    call->reply_header_count = reply->place_count;
    call->reply = text + reply->body;
    call->reply_size = reply->length;
}
