/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accept headers and error pages in WebOb's manner, one pass over the header
 * and no regular expressions.  The router, sizelimit and the authentication
 * filters answer with these pages; the resources answer with JSON faults.
 * Source: WebOb 1.8.6 acceptparse.py and exc.py; RFC 7231 5.3.2.
 */
#include "config.h"

#include "fcgi_app/http/accept.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- pages ---- */

/* Bodies of the pages; a name in braces is a text of the page or else a parameter of the request. */
#define PAGE_USUAL "{explanation}<br /><br />\n{detail}\n\n"

static const struct page {
    int code;
    const char *body;
} pages[] = {
    { 405, "The method {REQUEST_METHOD} is not allowed for this resource. <br /><br />\n{detail}" },
    { 406, "The resource could not be generated that was acceptable to your browser\n"
           "(content of type {HTTP_ACCEPT}. <br /><br />\n{detail}" },
    { 415, "The request media type {CONTENT_TYPE} is not supported by this server.\n<br /><br />\n{detail}" },
    { 501, "\nThe request method {REQUEST_METHOD} is not implemented for this server. <br /><br />\n{detail}" },
};

struct page_texts {
    const struct request *request;
    const char *explanation, *detail;
};

static const char *page_body(int code)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (pages[i].code == code)
            return pages[i].body;
    return PAGE_USUAL;
}

/* html.escape(text, quote=True), and character references for what is not ASCII. */
static void put_html(struct strbuf *out, const char *text)
{
    size_t length = strlen(text), size;

    for (; length; text += size, length -= size) {
        int c = text_utf8_next(text, length, &size);
        switch (c) {
        case '&':
            strbuf_puts(out, "&amp;");
            break;
        case '<':
            strbuf_puts(out, "&lt;");
            break;
        case '>':
            strbuf_puts(out, "&gt;");
            break;
        case '"':
            strbuf_puts(out, "&quot;");
            break;
        case '\'':
            strbuf_puts(out, "&#x27;");
            break;
        default:
            if (c >= 0 && c < 0x80)
                strbuf_putc(out, (char)c);
            else
                strbuf_printf(out, "&#%d;", c < 0 ? 0xfffd : c);
        }
    }
}

static void put_page(struct strbuf *out, const char *body, const struct page_texts *texts,
                     void (*put)(struct strbuf *out, const char *text))
{
    for (const char *at = body; *at;) {
        const char *open = strchrnul(at, '{');
        strbuf_put(out, at, (size_t)(open - at));
        if (!*open)
            return;
        const char *close = strchr(open, '}');
        char name[32] = "";
        const char *value;
        memcpy(name, open + 1, (size_t)(close - open - 1));
        if (strcmp(name, "explanation") == 0)
            value = texts->explanation;
        else if (strcmp(name, "detail") == 0)
            value = texts->detail;
        else
            value = request_param(texts->request, name);
        if (value)
            put(out, value);
        else
            strbuf_printf(out, "${%s}", name);
        at = close + 1;
    }
}

/* Text of HTML: line ends become spaces, <br…> a line end, comment marks and tags vanish; in that order. */
static void put_stripped(struct strbuf *out, const void *mem, const char *html)
{
    struct strbuf lines;

    strbuf_init(&lines, mem, strlen(html) + 1);
    for (const char *p = html; *p;) {
        const char *end;
        if (*p == '\r') {
            p++;
        } else if (strncasecmp(p, "<br", 3) == 0 && (end = strchr(p, '>'))) {
            strbuf_putc(&lines, '\n');
            p = end + 1;
        } else {
            strbuf_putc(&lines, *p == '\n' ? ' ' : *p);
            p++;
        }
    }
    size_t kept = 0;
    for (const char *p = lines.data; *p;) {
        if (strncmp(p, "<!--", 4) == 0)
            p += 4;
        else if (strncmp(p, "-->", 3) == 0)
            p += 3;
        else
            lines.data[kept++] = *p++;
    }
    strbuf_cut(&lines, kept);
    for (const char *p = lines.data; *p;) {
        const char *end;
        if (*p == '<' && (end = strchr(p, '>')))
            p = end + 1;
        else
            strbuf_putc(out, *p++);
    }
}

void webob_error(struct request *request, int code, const char *explanation, const char *detail)
{
    static const char *const offers[] = { "text/html", "application/json", NULL };
    struct response *response = &request->response;
    struct strbuf *out = &response->body;
    const void *mem = request->mem;
    const char *accept = request_param(request, "HTTP_ACCEPT");
    const char *match = accept_best(mem, accept ? accept : "", offers);
    const struct page_texts texts = { request, explanation ? explanation : fault_default_text(code),
                                      detail ? detail : "" };
    const char *title = fault_title(code);
    struct strbuf body;

    response_reset(response, mem);
    response->status = code;
    if (strcmp(request->method, "HEAD") == 0) {
        response_add_header(response, mem, "Content-Type", "text/html; charset=UTF-8");
        return;
    }
    strbuf_init(&body, mem, 256);
    if (!match) {
        response_add_header(response, mem, "Content-Type", "text/plain; charset=UTF-8");
        put_page(&body, page_body(code), &texts, strbuf_puts);
        strbuf_printf(out, "%d %s\n\n", code, title);
        put_stripped(out, mem, body.data);
    } else if (match == offers[0]) {
        response_add_header(response, mem, "Content-Type", "text/html; charset=UTF-8");
        put_page(&body, page_body(code), &texts, put_html);
        strbuf_printf(out,
                      "<html>\n <head>\n  <title>%d %s</title>\n </head>\n <body>\n  <h1>%d %s</h1>\n  %s\n </body>\n"
                      "</html>",
                      code, title, code, title, body.data);
    } else {
        response_add_header(response, mem, "Content-Type", "application/json");
        put_page(&body, page_body(code), &texts, strbuf_puts);
        strbuf_puts(out, "{\"message\": ");
        json_put_string_length(out, body.data, body.length);
        strbuf_printf(out, ", \"code\": \"%d %s\", \"title\": \"%s\"}", code, title, title);
    }
}

/* ---- the header ---- */

/* One media range of the header. */
struct range {
    const char *type; /* "type/subtype", not terminated */
    size_t length;
    bool has_params;
    int quality; /* thousandths */
};

static bool is_token_char(char c)
{
    return isalnum((unsigned char)c) ? (unsigned char)c < 0x80 : c && strchr("!#$%&'*+-.^_`|~", c);
}

static const char *skip_token(const char *p)
{
    while (is_token_char(*p))
        p++;
    return p;
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* Past a token or a quoted string; NULL: neither stands here. */
static const char *skip_value(const char *p)
{
    const char *end;

    if (*p != '"') {
        end = skip_token(p);
        return end == p ? NULL : end;
    }
    for (p++; *p != '"'; p++) {
        if (*p == '\\')
            p++;
        if ((unsigned char)*p < ' ' ? *p != '\t' : *p == 0x7f)
            return NULL;
    }
    return p + 1;
}

/* Past a quality value: 0, 1, and up to three decimals; NULL: it is none. */
static const char *skip_quality(const char *p, int *quality)
{
    int worth = 100;

    if (*p != '0' && *p != '1')
        return NULL;
    *quality = *p++ == '1' ? 1000 : 0;
    if (*p != '.')
        return p;
    for (p++; worth && *p >= '0' && *p <= '9'; p++, worth /= 10) {
        if (*quality == 1000 && *p != '0')
            return p; /* what follows is no separator, so the header is malformed */
        *quality += (*p - '0') * worth;
    }
    return p;
}

static bool is_quality(const char *p)
{
    return (*p == 'q' || *p == 'Q') && p[1] == '=';
}

/* Past ";name=value", or with `bare` also ";name"; NULL: nothing of that kind stands here. */
static const char *skip_param(const char *p, bool bare)
{
    const char *name, *end;

    p = skip_space(p);
    if (*p != ';')
        return NULL;
    name = skip_space(p + 1);
    end = skip_token(name);
    if (end == name || (!bare && is_quality(name)))
        return NULL;
    if (*end != '=')
        return bare ? end : NULL;
    p = skip_value(end + 1);
    return p || !bare ? p : end;
}

/* Past one element of the list; NULL: it is malformed. */
static const char *skip_range(const char *p, struct range *range)
{
    const char *end = skip_token(p), *more;

    *range = (struct range){ .type = p, .quality = 1000 };
    if (end == p || *end != '/')
        return NULL;
    p = skip_token(end + 1);
    if (p == end + 1)
        return NULL;
    range->length = (size_t)(p - range->type);
    while ((more = skip_param(p, false))) {
        range->has_params = true;
        p = more;
    }
    more = skip_space(p);
    if (*more != ';' || !is_quality(more = skip_space(more + 1)))
        return p;
    more = skip_quality(more + 2, &range->quality);
    if (!more)
        return NULL;
    for (p = more; (more = skip_param(p, true));)
        p = more;
    return p;
}

/* How well a range names an offer: 0 not at all, 1 by both stars, 2 by its type, 3 wholly. */
static int specificity(const struct range *range, const char *offer)
{
    size_t type = strcspn(offer, "/");

    if (range->length == strlen(offer) && strncasecmp(range->type, offer, range->length) == 0)
        return range->has_params ? 0 : 3;
    if (range->length == type + 2 && strncasecmp(range->type, offer, type + 1) == 0 && range->type[type + 1] == '*')
        return 2;
    return range->length == 3 && memcmp(range->type, "*/*", 3) == 0 ? 1 : 0;
}

struct offer {
    int specificity, quality;
};

static void weigh(struct offer *weights, const char *const *offers, const struct range *range)
{
    for (size_t i = 0; offers[i]; i++) {
        int fit = specificity(range, offers[i]);
        if (fit > weights[i].specificity)
            weights[i] = (struct offer){ fit, range->quality };
    }
}

/* Walks the whole header; false: it is malformed. */
static bool weigh_all(struct offer *weights, const char *const *offers, const char *header)
{
    struct range range;
    const char *p = header;

    if (!*p)
        return true;
    if (*p == ',') {
        p++;
    } else {
        p = skip_range(p, &range);
        if (!p)
            return false;
        weigh(weights, offers, &range);
    }
    while (*p) {
        p = skip_space(p);
        if (*p != ',')
            return false;
        p++;
        const char *next = skip_space(p);
        if (is_token_char(*next)) {
            p = skip_range(next, &range);
            if (!p)
                return false;
            weigh(weights, offers, &range);
        } else if (next != p && *next != ',') {
            return false; /* white space at the end */
        }
    }
    return true;
}

const char *accept_best(const void *mem, const char *header, const char *const *offers)
{
    size_t count = 0, best = 0;
    struct offer *weights;

    if (!header)
        return offers[0];
    while (offers[count])
        count++;
    weights = mem_array(mem, struct offer, count);
    if (!weigh_all(weights, offers, header))
        return offers[0];
    for (size_t i = 1; i < count; i++)
        if (weights[i].quality > weights[best].quality)
            best = i;
    return count && weights[best].quality ? offers[best] : NULL;
}
