/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables look at themselves: patterns compile, formats exist, enums are
 * arrays, keys have no two rows at one version, and an order of keywords
 * names exactly the keywords that the node has.  Run at start and by tests;
 * json/schema.c relies on it.
 */
#include "config.h"

#include "fcgi_app/json/schema.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/formats.h"
#include "fcgi_app/json/patterns.h"

#include <string.h>

#define DEPTH_MAX 32

static const char *check(const void *mem, const struct schema_node *node, int depth);

static bool has_keyword(const struct schema_node *node, enum schema_keyword keyword)
{
    switch (keyword) {
    case SCHEMA_KW_TYPE:
        return node->types[0] != SCHEMA_ANY;
    case SCHEMA_KW_ENUM:
        return node->enum_json;
    case SCHEMA_KW_MIN_LENGTH:
        return node->min_length;
    case SCHEMA_KW_MAX_LENGTH:
        return node->max_length;
    case SCHEMA_KW_PATTERN:
        return node->pattern;
    case SCHEMA_KW_FORMAT:
        return node->format;
    case SCHEMA_KW_MINIMUM:
        return node->minimum;
    case SCHEMA_KW_MAXIMUM:
        return node->maximum;
    case SCHEMA_KW_MIN_ITEMS:
        return node->min_items;
    case SCHEMA_KW_MAX_ITEMS:
        return node->max_items;
    case SCHEMA_KW_UNIQUE_ITEMS:
        return node->unique_items;
    case SCHEMA_KW_ITEMS:
        return node->items;
    case SCHEMA_KW_PROPERTIES:
        return node->properties;
    case SCHEMA_KW_PATTERN_PROPERTIES:
        return node->patterns;
    case SCHEMA_KW_REQUIRED:
        for (const struct schema_property *row = node->properties; row && row->key; row++)
            if (row->required)
                return true;
        return false;
    case SCHEMA_KW_ADDITIONAL_PROPERTIES:
        return node->strict.max;
    case SCHEMA_KW_MIN_PROPERTIES:
        return node->min_properties;
    case SCHEMA_KW_MAX_PROPERTIES:
        return node->max_properties;
    case SCHEMA_KW_ANY_OF:
        return node->any_of;
    case SCHEMA_KW_ALL_OF:
        return node->all_of;
    case SCHEMA_KW_ONE_OF:
        return node->one_of;
    case SCHEMA_END:
    case SCHEMA_KW_COUNT:
    default:
        return false;
    }
}

static const char *check_order(const void *mem, const struct schema_node *node)
{
    if (!node->keywords[0])
        return NULL;
    for (int keyword = SCHEMA_END + 1; keyword < SCHEMA_KW_COUNT; keyword++) {
        size_t times = 0;

        for (size_t i = 0; i < sizeof(node->keywords) && node->keywords[i]; i++)
            times += node->keywords[i] == keyword;
        if (times != (has_keyword(node, keyword) ? 1 : 0))
            return mem_printf(mem, "keyword %d stands %zu times in the order of a node", keyword, times);
    }
    return NULL;
}

static const char *check_members(const void *mem, const struct schema_node *node, int depth)
{
    const char *wrong;

    for (const struct schema_property *row = node->properties; row && row->key; row++) {
        for (const struct schema_property *other = node->properties; other < row; other++)
            if (!strcmp(other->key, row->key) && other->versions.min <= row->versions.max &&
                row->versions.min <= other->versions.max)
                return mem_printf(mem, "property %s has two rows at one version", row->key);
        if (!row->node || !row->versions.max)
            return mem_printf(mem, "property %s has no node or no versions", row->key);
        wrong = check(mem, row->node, depth);
        if (wrong)
            return mem_printf(mem, "%s: %s", row->key, wrong);
    }
    for (const struct schema_pattern *row = node->patterns; row && row->pattern; row++) {
        wrong = pattern_wrong(row->pattern);
        if (wrong || !row->node || !row->versions.max)
            return mem_printf(mem, "pattern %s: %s", row->pattern, wrong ? wrong : "no node or no versions");
        wrong = check(mem, row->node, depth);
        if (wrong)
            return mem_printf(mem, "/%s/: %s", row->pattern, wrong);
    }
    return NULL;
}

static const char *check_list(const void *mem, const struct schema_node *const *nodes, int depth)
{
    for (; nodes && *nodes; nodes++) {
        const char *wrong = check(mem, *nodes, depth);

        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *check(const void *mem, const struct schema_node *node, int depth)
{
    const char *wrong = check_order(mem, node);

    if (!depth)
        return "the nodes are nested without end";
    if (node->format && !format_find(node->format))
        return mem_printf(mem, "there is no format %s", node->format);
    if (!wrong && node->pattern && strcmp(node->pattern, SCHEMA_PRINTABLE))
        wrong = pattern_wrong(node->pattern);
    if (node->enum_json) {
        json_t *allowed = json_loads(node->enum_json, 0, NULL);

        if (!json_array_size(allowed))
            wrong = mem_printf(mem, "%s is no list of values", node->enum_json);
        json_decref(allowed);
    }
    if (!wrong)
        wrong = check_members(mem, node, depth - 1);
    if (!wrong && node->items)
        wrong = check(mem, node->items, depth - 1);
    if (!wrong)
        wrong = check_list(mem, node->any_of, depth - 1);
    if (!wrong)
        wrong = check_list(mem, node->all_of, depth - 1);
    if (!wrong)
        wrong = check_list(mem, node->one_of, depth - 1);
    return wrong;
}

const char *schema_self_check(const void *mem, const struct schema_node *node)
{
    return check(mem, node, DEPTH_MAX);
}
