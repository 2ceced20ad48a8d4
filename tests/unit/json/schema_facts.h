/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Upstream's schemas as nodes: read from a table in the form of
 * nova-facts/schemas.tsv, so that the engine is tried with all of them,
 * whichever of them the resources need today.
 */
#ifndef NOVA_TESTS_UNIT_JSON_SCHEMA_FACTS_H
#define NOVA_TESTS_UNIT_JSON_SCHEMA_FACTS_H

#include "fcgi_app/json/schema.h"

#include "fcgi_app/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct facts_schema {
    const char *name;
    const char **paths;
    struct schema_node **nodes; /* by path; the first is the root */
    size_t count;
};

struct facts {
    struct facts_schema *schemas;
    size_t count;
};

static inline struct schema_node *facts_find(const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (!strcmp(facts->schemas[i].name, name))
            return facts->schemas[i].nodes[0];
    return NULL;
}

static inline int facts_keyword(const char *name)
{
    static const char *const names[SCHEMA_KW_COUNT] = {
        [SCHEMA_KW_TYPE] = "type",
        [SCHEMA_KW_ENUM] = "enum",
        [SCHEMA_KW_MIN_LENGTH] = "minLength",
        [SCHEMA_KW_MAX_LENGTH] = "maxLength",
        [SCHEMA_KW_PATTERN] = "pattern",
        [SCHEMA_KW_FORMAT] = "format",
        [SCHEMA_KW_MINIMUM] = "minimum",
        [SCHEMA_KW_MAXIMUM] = "maximum",
        [SCHEMA_KW_MIN_ITEMS] = "minItems",
        [SCHEMA_KW_MAX_ITEMS] = "maxItems",
        [SCHEMA_KW_UNIQUE_ITEMS] = "uniqueItems",
        [SCHEMA_KW_ITEMS] = "items",
        [SCHEMA_KW_PROPERTIES] = "properties",
        [SCHEMA_KW_PATTERN_PROPERTIES] = "patternProperties",
        [SCHEMA_KW_REQUIRED] = "required",
        [SCHEMA_KW_ADDITIONAL_PROPERTIES] = "additionalProperties",
        [SCHEMA_KW_MIN_PROPERTIES] = "minProperties",
        [SCHEMA_KW_MAX_PROPERTIES] = "maxProperties",
        [SCHEMA_KW_ANY_OF] = "anyOf",
        [SCHEMA_KW_ALL_OF] = "allOf",
        [SCHEMA_KW_ONE_OF] = "oneOf",
    };

    for (int i = 1; i < SCHEMA_KW_COUNT; i++)
        if (!strcmp(names[i], name))
            return i;
    return 0;
}

static inline unsigned char facts_type(const char *name)
{
    static const char *const names[] = { "string", "integer", "number", "boolean", "null", "array", "object" };

    for (unsigned char i = 0; i < 7; i++)
        if (!strcmp(names[i], name))
            return (unsigned char)(i + 1);
    fail_msg("no type %s", name);
    return 0;
}

/* The value of a rule: up to the next space, or JSON text when it begins with a bracket or a quote. */
static inline char *facts_value(const void *mem, char **rules)
{
    char *start = *rules;

    if (*start == '[' || *start == '"') {
        json_error_t error;

        json_decref(json_loads(start, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error));
        *rules += error.position;
    } else {
        *rules += strcspn(start, " ");
    }
    return mem_strndup(mem, start, (size_t)(*rules - start));
}

static inline const char *facts_unquoted(const void *mem, const char *value)
{
    json_t *text = json_loads(value, JSON_DECODE_ANY, NULL);
    const char *copy = mem_strdup(mem, json_string_value(text));

    json_decref(text);
    return copy;
}

static inline void facts_types(struct schema_node *node, const char *value)
{
    json_t *types = *value == '[' ? json_loads(value, 0, NULL) : NULL;

    if (!types)
        node->types[0] = facts_type(value);
    for (size_t i = 0; i < json_array_size(types); i++)
        node->types[i] = facts_type(json_string_value(json_array_get(types, i)));
    json_decref(types);
}

static inline void facts_rule(const void *mem, struct schema_node *node, const char *name, const char *value)
{
    static const char boolish[] = "[true, \"True\", \"TRUE\", \"true\", \"1\", \"ON\", \"On\", \"on\", \"YES\", "
                                  "\"Yes\", \"yes\", false, \"False\", \"FALSE\", \"false\", \"0\", \"OFF\", "
                                  "\"Off\", \"off\", \"NO\", \"No\", \"no\"]";

    if (!strcmp(name, "type"))
        facts_types(node, value);
    else if (!strcmp(name, "enum"))
        node->enum_json = strcmp(value, "BOOLISH") ? value : boolish;
    else if (!strcmp(name, "format"))
        node->format = value;
    else if (!strcmp(name, "pattern"))
        node->pattern = facts_unquoted(mem, value);
    else if (!strcmp(name, "minLength"))
        node->min_length = atoi(value);
    else if (!strcmp(name, "maxLength"))
        node->max_length = strcmp(value, "0") ? atoi(value) : SCHEMA_EMPTY;
    else if (!strcmp(name, "minimum"))
        node->minimum = value;
    else if (!strcmp(name, "maximum"))
        node->maximum = value;
    else if (!strcmp(name, "minItems"))
        node->min_items = atoi(value);
    else if (!strcmp(name, "maxItems"))
        node->max_items = atoi(value);
    else if (!strcmp(name, "minProperties"))
        node->min_properties = atoi(value);
    else if (!strcmp(name, "maxProperties"))
        node->max_properties = atoi(value);
    else if (!strcmp(name, "uniqueItems"))
        node->unique_items = !strcmp(value, "true");
    else if (!strcmp(name, "additionalProperties"))
        node->strict = strcmp(value, "no") ? (struct versions){ 0, 0 } : (struct versions)V_ALL;
    else
        fail_msg("no rule %s", name);
}

static inline void facts_keywords(struct schema_node *node, char *cell)
{
    size_t count = 0;

    for (char *name; (name = strsep(&cell, ",")) && *name;) {
        int keyword = facts_keyword(name);

        if (!strcmp(name, "exclusiveMinimum"))
            node->exclusive_minimum = true;
        else if (keyword)
            node->keywords[count++] = (unsigned char)keyword;
        else if (strcmp(name, "title") && strcmp(name, "additionalItems"))
            fail_msg("no keyword %s", name);
    }
}

static inline void facts_list(const void *mem, const struct schema_node *const **list, const struct schema_node *node)
{
    const struct schema_node **grown;
    size_t count = 0;

    while (*list && (*list)[count])
        count++;
    grown = mem_grow(mem, (const struct schema_node **)(uintptr_t)*list, const struct schema_node *, count + 2);
    grown[count] = node;
    grown[count + 1] = NULL;
    *list = grown;
}

static inline void facts_property(const void *mem, struct schema_node *parent, const char *key,
                                  const struct schema_node *node, bool required)
{
    struct schema_property *rows = (struct schema_property *)(uintptr_t)parent->properties;
    size_t count = 0;

    while (rows && rows[count].key)
        count++;
    rows = mem_grow(mem, rows, struct schema_property, count + 2);
    rows[count] = (struct schema_property){ key, node, V_ALL, required };
    rows[count + 1] = (struct schema_property){ 0 };
    parent->properties = rows;
}

static inline void facts_pattern(const void *mem, struct schema_node *parent, const char *pattern,
                                 const struct schema_node *node)
{
    struct schema_pattern *rows = (struct schema_pattern *)(uintptr_t)parent->patterns;
    size_t count = 0;

    while (rows && rows[count].pattern)
        count++;
    rows = mem_grow(mem, rows, struct schema_pattern, count + 2);
    rows[count] = (struct schema_pattern){ pattern, node, V_ALL };
    rows[count + 1] = (struct schema_pattern){ 0 };
    parent->patterns = rows;
}

/* Hangs a node where its path says: the longest known path before it is its parent's. */
static inline void facts_hang(const void *mem, struct facts_schema *schema, const char *path, struct schema_node *node,
                              const char *presence)
{
    struct schema_node *parent = schema->nodes[0];
    const char *rest = path;

    for (size_t i = 1; i < schema->count; i++) {
        size_t length = strlen(schema->paths[i]);

        if (!strncmp(schema->paths[i], path, length) && strchr(".[<", path[length]) && path + length > rest) {
            parent = schema->nodes[i];
            rest = path + length;
        }
    }
    if (*rest == '.')
        rest++;
    if (!strcmp(rest, "[]") || !strcmp(rest, "[0]")) {
        parent->items = node;
        parent->first_item_only = rest[1] == '0';
    } else if (!strncmp(rest, "<anyOf", 6))
        facts_list(mem, &parent->any_of, node);
    else if (!strncmp(rest, "<allOf", 6))
        facts_list(mem, &parent->all_of, node);
    else if (!strncmp(rest, "<oneOf", 6))
        facts_list(mem, &parent->one_of, node);
    else if (!strcmp(presence, "pattern"))
        facts_pattern(mem, parent, mem_strndup(mem, rest + 1, strlen(rest) - 2), node);
    else
        facts_property(mem, parent, mem_strdup(mem, rest), node, !strcmp(presence, "required"));
}

/* Takes a keyword that can never fail out of the order: anything may be added, a length of zero, no properties. */
static inline void facts_drop(struct schema_node *node, enum schema_keyword keyword, int kept)
{
    size_t to = 0;

    for (size_t i = 0; i < sizeof(node->keywords); i++)
        if (kept || node->keywords[i] != keyword)
            node->keywords[to++] = node->keywords[i];
    while (to < sizeof(node->keywords))
        node->keywords[to++] = SCHEMA_END;
}

/* The same of members, which are known at the end only. */
static inline void facts_drop_members(struct schema_node *node)
{
    bool required = false;

    for (const struct schema_property *row = node->properties; row && row->key; row++)
        required = required || row->required;
    facts_drop(node, SCHEMA_KW_PROPERTIES, node->properties != NULL);
    facts_drop(node, SCHEMA_KW_REQUIRED, required);
}

static inline void facts_row(const void *mem, struct facts *facts, char **cells)
{
    struct facts_schema *schema = facts->count ? &facts->schemas[facts->count - 1] : NULL;
    struct schema_node *node = mem_new(mem, struct schema_node);
    char *rules = cells[3];

    if (!schema || strcmp(schema->name, cells[0])) {
        facts->schemas = mem_grow(mem, facts->schemas, struct facts_schema, facts->count + 1);
        schema = &facts->schemas[facts->count++];
        *schema = (struct facts_schema){ .name = mem_strdup(mem, cells[0]) };
    } else {
        facts_hang(mem, schema, cells[1], node, cells[2]);
    }
    schema->paths = mem_grow(mem, schema->paths, const char *, schema->count + 1);
    schema->nodes = mem_grow(mem, schema->nodes, struct schema_node *, schema->count + 1);
    schema->paths[schema->count] = mem_strdup(mem, cells[1]);
    schema->nodes[schema->count++] = node;
    facts_keywords(node, cells[4]);
    /* upstream's slips, members that are no schemas, and names without one: anything goes */
    if (strchr("'([", *rules))
        return;
    while (*rules) {
        char *name = strsep(&rules, "=");

        facts_rule(mem, node, name, facts_value(mem, &rules));
        rules += *rules == ' ';
    }
    facts_drop(node, SCHEMA_KW_ADDITIONAL_PROPERTIES, node->strict.max);
    facts_drop(node, SCHEMA_KW_MIN_LENGTH, node->min_length);
}

/* The schemas of a file, on mem; false: there is no such file. */
static inline bool facts_read(const void *mem, const char *path, struct facts *facts)
{
    FILE *file = fopen(path, "r");
    char *line = NULL, *cells[5];
    size_t size = 0;

    memset(facts, 0, sizeof(*facts));
    if (!file)
        return false;
    while (getline(&line, &size, file) > 0) {
        char *rest = line;

        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || !strncmp(line, "schema\t", 7))
            continue;
        for (size_t i = 0; i < 5; i++) {
            cells[i] = strsep(&rest, "\t");
            assert_non_null(cells[i]);
        }
        facts_row(mem, facts, cells);
    }
    free(line);
    fclose(file);
    for (size_t i = 0; i < facts->count; i++)
        for (size_t j = 0; j < facts->schemas[i].count; j++)
            facts_drop_members(facts->schemas[i].nodes[j]);
    return true;
}

#endif
