/* SPDX-License-Identifier: Apache-2.0 */
/* Reading catalogues; see the header. One pass over the text, no tree. */
#include "config.h"

#include "fcgi_app/clients/catalogue.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"

#include <string.h>

/* Official types and their aliases, in the order in which one of several is chosen. */
static const char *const block_storage[] = { "block-storage", "volumev3", "volumev2", "volume", "block-store", NULL };
static const char *const baremetal[] = { "baremetal", "bare-metal", NULL };
static const char *const *const families[] = { block_storage, baremetal };

enum { MAX_INTERFACES = 8, MAX_TYPES = 6 };

static const char *const *family_of(const char *type)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        for (const char *const *member = families[i]; *member; member++)
            if (!strcmp(*member, type))
                return families[i];
    return NULL;
}

/* The types that satisfy the wish, best first: itself, then its relatives. An alias never stands for another alias. */
static size_t types_of(const char *wanted, const char *types[MAX_TYPES])
{
    const char *const *family = family_of(wanted);
    size_t count = 0;

    types[count++] = wanted;
    for (const char *const *member = family; member && *member && count < MAX_TYPES; member++)
        if (strcmp(*member, wanted) && (!strcmp(wanted, family[0]) || !strcmp(*member, family[0])))
            types[count++] = *member;
    return count;
}

static bool same_interface(struct json_piece found, const char *wanted)
{
    size_t length = strlen(wanted);

    if (length > 3 && !strcmp(wanted + length - 3, "URL"))
        length -= 3;
    if (found.length > 3 && !memcmp(found.text + found.length - 3, "URL", 3))
        found.length -= 3;
    return json_piece_is(found, wanted, length);
}

struct search {
    const void *mem;
    const struct catalogue_wish *wish;
    const char *types[MAX_TYPES];
    size_t type_count;
    const char *found[MAX_TYPES][MAX_INTERFACES];
};

static void keep(struct search *search, size_t type, struct json_piece interface, const char *url)
{
    for (size_t i = 0; i < MAX_INTERFACES && search->wish->interfaces[i]; i++)
        if (!search->found[type][i] && same_interface(interface, search->wish->interfaces[i]))
            search->found[type][i] = url;
}

/* One endpoint; every member is seen before it is judged. */
static void read_endpoint(struct search *search, struct json_scan *scan, size_t type)
{
    struct json_piece key, value, names[MAX_INTERFACES] = { { 0 } }, urls[MAX_INTERFACES] = { { 0 } };
    struct json_piece interface = { 0 }, url = { 0 };
    const char *region = NULL, *region_id = NULL;
    size_t count = 0;

    if (!json_scan_object(scan))
        return;
    while (json_scan_key(scan, &key)) {
        if (json_scan_peek(scan) != JSON_KIND_STRING) {
            json_scan_skip(scan);
            continue;
        }
        if (!json_scan_string(scan, &value))
            continue;
        if (json_key_is(key, "interface"))
            interface = value;
        else if (json_key_is(key, "url"))
            url = value;
        else if (json_key_is(key, "region"))
            region = json_piece_text(search->mem, value);
        else if (json_key_is(key, "region_id"))
            region_id = json_piece_text(search->mem, value);
        else if (key.length > 3 && !memcmp(key.text + key.length - 3, "URL", 3) && count < MAX_INTERFACES) {
            names[count] = key;
            urls[count++] = value;
        }
    }
    if (!text_is_empty(region_id))
        region = region_id;
    if (!text_is_empty(search->wish->region) && (!region || strcmp(region, search->wish->region)))
        return;
    if (url.length && interface.length)
        keep(search, type, interface, json_piece_text(search->mem, url));
    for (size_t i = 0; i < count; i++)
        if (urls[i].length)
            keep(search, type, names[i], json_piece_text(search->mem, urls[i]));
}

static void read_service(struct search *search, struct json_scan *scan)
{
    struct json_piece key, endpoints = { 0 }, value;
    const char *name = NULL, *type = NULL;
    size_t at;

    if (!json_scan_object(scan))
        return;
    while (json_scan_key(scan, &key)) {
        if (json_key_is(key, "endpoints"))
            json_scan_raw(scan, &endpoints);
        else if (json_key_is(key, "type") && json_scan_string(scan, &value))
            type = json_piece_text(search->mem, value);
        else if (json_key_is(key, "name")) {
            if (json_scan_string(scan, &value))
                name = json_piece_text(search->mem, value);
        } else if (!json_key_is(key, "type"))
            json_scan_skip(scan);
    }
    if (!type || !endpoints.length)
        return;
    for (at = 0; at < search->type_count && strcmp(search->types[at], type); at++)
        ;
    if (at == search->type_count)
        return;
    if (!text_is_empty(search->wish->name) && !text_is_empty(name) && strcmp(name, search->wish->name))
        return;
    struct json_scan inner = json_scan_text(endpoints.text, endpoints.length);
    if (json_scan_array(&inner))
        while (json_scan_element(&inner))
            read_endpoint(search, &inner, at);
}

static struct fault *not_found(const void *mem, const struct catalogue_wish *wish)
{
    struct strbuf text;

    strbuf_init(&text, mem, 128);
    if (wish->interfaces[0] && !wish->interfaces[1]) {
        strbuf_puts(&text, wish->interfaces[0]);
    } else {
        strbuf_putc(&text, '[');
        for (size_t i = 0; wish->interfaces[i]; i++)
            strbuf_printf(&text, "%s'%s'", i ? ", " : "", wish->interfaces[i]);
        strbuf_putc(&text, ']');
    }
    strbuf_printf(&text, " endpoint for %s service ", wish->type);
    if (!text_is_empty(wish->name))
        strbuf_printf(&text, "named %s ", wish->name);
    if (!text_is_empty(wish->region))
        strbuf_printf(&text, "in %s region ", wish->region);
    strbuf_puts(&text, "not found");
    return fault_new(mem, keystone_EndpointNotFound, text.data);
}

struct fault *catalogue_find(const void *mem, const char *catalogue, const struct catalogue_wish *wish,
                             const char **url)
{
    struct search search = { .mem = mem, .wish = wish };
    struct json_scan scan = json_scan_text(catalogue, catalogue ? strlen(catalogue) : 0);
    bool empty = true;

    search.type_count = types_of(wish->type, search.types);
    if (catalogue && json_scan_array(&scan))
        while (json_scan_element(&scan)) {
            empty = false;
            read_service(&search, &scan);
        }
    if (empty)
        return fault_new(mem, keystone_EmptyCatalog);
    for (size_t type = 0; type < search.type_count; type++)
        for (size_t i = 0; i < MAX_INTERFACES; i++)
            if (search.found[type][i]) {
                *url = search.found[type][i];
                return NULL;
            }
    return not_found(mem, wish);
}
