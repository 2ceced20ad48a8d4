/* SPDX-License-Identifier: Apache-2.0 */
/* Media types of the URL map; see the header.  Neighbour: urlmap.c. */
#include "config.h"

#include "routes/media_list.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One `; key = value` of a media type. */
struct piece {
    const char *key;
    size_t key_length;
    const char *value; /* NULL: none */
    size_t value_length;
};

static void unquote(const char **text, size_t *length)
{
    if (!*length || (*text)[0] != '"' || (*text)[*length - 1] != '"')
        return;
    *length = *length > 1 ? *length - 2 : 0;
    *text += 1;
}

static const char *skip_space(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

/*
 * The next piece at or after *at.  The text before the first semicolon is a
 * piece, too, as if a semicolon stood in front (`first`).
 */
static bool next_piece(const char **at, bool first, struct piece *piece)
{
    const char *p = *at;

    for (;; first = false) {
        if (!first) {
            p = strchr(p, ';');
            if (!p)
                return false;
            p++;
        }
        p = skip_space(p);
        piece->key = p;
        while (*p && *p != ';' && *p != '=' && !isspace((unsigned char)*p))
            p++;
        piece->key_length = (size_t)(p - piece->key);
        if (piece->key_length)
            break;
    }
    unquote(&piece->key, &piece->key_length);
    piece->value = NULL;
    piece->value_length = 0;
    *at = p;
    p = skip_space(p);
    if (*p != '=')
        return true;
    piece->value = skip_space(++p);
    /* A value of white space alone is that white space's last character. */
    if ((!*piece->value || *piece->value == ';') && piece->value > p)
        piece->value--;
    piece->value_length = strcspn(piece->value, ";");
    *at = piece->value + piece->value_length;
    if (!piece->value_length)
        piece->value = NULL;
    else
        unquote(&piece->value, &piece->value_length);
    return true;
}

/* The last value of a parameter; false: absent. */
static bool find_parameter(const char *media, const char *name, struct piece *found)
{
    struct piece piece;
    bool first = true, is_found = false;

    for (; next_piece(&media, first, &piece); first = false)
        if (!first && piece.key_length == strlen(name) && memcmp(piece.key, name, piece.key_length) == 0) {
            *found = piece;
            is_found = true;
        }
    return is_found;
}

const char *media_parameter(const void *mem, const char *media, const char *name)
{
    struct piece piece;

    if (!find_parameter(media, name, &piece) || !piece.value)
        return NULL;
    return mem_strndup(mem, piece.value, piece.value_length);
}

/* float() of Python; false: it refuses. */
static bool read_quality(const void *mem, const struct piece *piece, double *quality)
{
    char *text = text_strip(mem, mem_strndup(mem, piece->value, piece->value_length));
    char *end;

    /* strtod() also reads hexadecimal numbers and nan(…). */
    if (!*text || strpbrk(text, "xX("))
        return false;
    *quality = strtod(text, &end);
    return *end == '\0';
}

static size_t count_stars(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text == '*';
    return count;
}

static bool mask_matches(const char *mask, const char *offer)
{
    size_t length = strlen(mask);

    if (!strchr(mask, '*'))
        return strcmp(mask, offer) == 0;
    if (strcmp(mask, "*/*") == 0)
        return true;
    length = length > 2 ? length - 2 : 0;
    return strcspn(offer, "/") == length && strncmp(mask, offer, length) == 0;
}

/* An element of an Accept header. */
struct element {
    const char *media;
    const char *mask; /* its type without parameters */
    double quality;
    bool usable;
};

/* Quotes around a whole element fall away, twice. */
static char *strip_element(const void *mem, const char *text)
{
    char *element = text_strip(mem, text);
    size_t length = strlen(element);
    const char *start = element;

    for (int i = 0; i < 2; i++)
        unquote(&start, &length);
    return start == element ? element : mem_strndup(mem, start, length);
}

/* Cuts at commas outside quotes; a backslash inside them is dropped and keeps what follows. */
static size_t split_elements(const void *mem, const char *header, struct element **elements)
{
    struct element *list = NULL;
    size_t count = 0;
    struct strbuf part;
    bool quoted = false;

    strbuf_init(&part, mem, strlen(header) + 1);
    for (const char *p = header;; p++) {
        bool end = !*p || (*p == ',' && !quoted);
        if (end && (*p || part.length)) {
            list = mem_grow(mem, list, struct element, count + 1);
            list[count++] = (struct element){ .media = strip_element(mem, part.data), .quality = 1 };
            strbuf_cut(&part, 0);
        }
        if (!*p)
            break;
        if (end)
            continue;
        if (quoted && *p == '\\') {
            if (!p[1])
                continue;
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        }
        strbuf_putc(&part, *p);
    }
    *elements = list;
    return count;
}

const char *media_best_match(const void *mem, const char *accept, const char *const *offers, const char **mask)
{
    struct element *elements;
    size_t count = split_elements(mem, accept, &elements);
    const char *best = NULL, *best_mask = "*/*";
    double best_quality = -1;

    for (size_t i = 0; i < count; i++) {
        struct piece piece;
        const char *at = elements[i].media;
        elements[i].mask = "";
        if (next_piece(&at, true, &piece))
            elements[i].mask = mem_strndup(mem, piece.key, piece.key_length);
        elements[i].usable = !find_parameter(elements[i].media, "q", &piece) ||
                             (piece.value && read_quality(mem, &piece, &elements[i].quality));
    }
    *mask = NULL;
    for (; *offers; offers++)
        for (size_t i = 0; i < count; i++) {
            const struct element *element = &elements[i];
            if (!element->usable || element->quality < best_quality)
                continue;
            if (element->quality == best_quality && count_stars(best_mask) <= count_stars(element->mask))
                continue;
            if (!mask_matches(element->mask, *offers))
                continue;
            best = *offers;
            best_quality = element->quality;
            best_mask = element->mask;
            *mask = element->media;
        }
    return best;
}
