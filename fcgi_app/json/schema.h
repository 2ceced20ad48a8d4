/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request schemas: tables read at run time, one table for all versions.
 *
 * A node is a const object; shared nodes are used by address.  The first
 * keyword that fails, in the node's order, gives the error, with the words of
 * upstream's validator (jsonschema 4.10's draft 4 behind nova's own wrapping).
 * Sources: nova-facts/schemas.tsv (its column `keywords` is the order),
 * startup.md 11.4.
 *
 *     static const struct schema_node text = { .types = { SCHEMA_STRING }, .max_length = 255 };
 *     static const struct schema_property rows[] = {
 *         SCHEMA_MUST("name", &text, V_ALL),
 *         SCHEMA_MAY("description", &text, V_FROM(55)),
 *         SCHEMA_LAST
 *     };
 *     static const struct schema_node body = { .types = { SCHEMA_OBJECT }, .properties = rows, .strict = V_ALL };
 */
#ifndef NOVA_JSON_SCHEMA_H
#define NOVA_JSON_SCHEMA_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/versions.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum schema_type {
    SCHEMA_ANY = 0,
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_NUMBER,
    SCHEMA_BOOLEAN,
    SCHEMA_NULL,
    SCHEMA_ARRAY,
    SCHEMA_OBJECT,
};

struct schema_node;

/* A member of an object; a key may have several rows with disjoint ranges. */
struct schema_property {
    const char *key;
    const struct schema_node *node;
    struct versions versions;
    bool required; /* `required` is checked in the order of the rows */
};

struct schema_pattern {
    const char *pattern; /* of Python's re; a key that it finds is checked by the node */
    const struct schema_node *node;
    struct versions versions;
};

/* Rows: a member that may, or must, be there: SCHEMA_MAY("name", &node, V_FROM(55)). SCHEMA_LAST ends a list of rows.
 */
#define SCHEMA_MAY(name, row, ...)                                                                                     \
    {                                                                                                                  \
        .key = (name), .node = (row), .versions = __VA_ARGS__, .required = false                                       \
    }
#define SCHEMA_MUST(name, row, ...)                                                                                    \
    {                                                                                                                  \
        .key = (name), .node = (row), .versions = __VA_ARGS__, .required = true                                        \
    }
#define SCHEMA_LAST                                                                                                    \
    {                                                                                                                  \
        .node = NULL                                                                                                   \
    }

/* Keywords, in the order in which a node without an order of its own is checked. */
enum schema_keyword {
    SCHEMA_END = 0,
    SCHEMA_KW_TYPE,
    SCHEMA_KW_ENUM,
    SCHEMA_KW_MIN_LENGTH,
    SCHEMA_KW_MAX_LENGTH,
    SCHEMA_KW_PATTERN,
    SCHEMA_KW_FORMAT,
    SCHEMA_KW_MINIMUM,
    SCHEMA_KW_MAXIMUM,
    SCHEMA_KW_MIN_ITEMS,
    SCHEMA_KW_MAX_ITEMS,
    SCHEMA_KW_UNIQUE_ITEMS,
    SCHEMA_KW_ITEMS,
    SCHEMA_KW_PROPERTIES,
    SCHEMA_KW_PATTERN_PROPERTIES,
    SCHEMA_KW_REQUIRED,
    SCHEMA_KW_ADDITIONAL_PROPERTIES,
    SCHEMA_KW_MIN_PROPERTIES,
    SCHEMA_KW_MAX_PROPERTIES,
    SCHEMA_KW_ANY_OF,
    SCHEMA_KW_ALL_OF,
    SCHEMA_KW_ONE_OF,
    SCHEMA_KW_COUNT
};

/* A pattern that means: printable characters of the basic plane only, spaces among them. */
#define SCHEMA_PRINTABLE "<PRINTABLE>"
/* As max_length: nothing but the empty string. */
#define SCHEMA_EMPTY (-1)

/* Every member left out is a keyword that upstream's node does not have. */
struct schema_node {
    unsigned char keywords[12];    /* enum schema_keyword, an order of its own; all zero: that of the enum */
    unsigned char types[4];        /* enum schema_type, in the order in which upstream lists them */
    const char *format;            /* a row of json/formats.c */
    const char *pattern;           /* of Python's re */
    int min_length, max_length;    /* code points */
    const char *minimum, *maximum; /* as Python prints the number: "0", "3.40282e+38" */
    bool exclusive_minimum;
    bool unique_items;
    int min_items, max_items;
    int min_properties, max_properties;
    const char *enum_json; /* JSON array of the allowed values, in upstream's order */
    const struct schema_node *items;
    bool first_item_only; /* upstream gives `items` as a list of one: the others are not looked at */
    const struct schema_property *properties; /* ended by SCHEMA_LAST */
    const struct schema_pattern *patterns;    /* ended by SCHEMA_LAST */
    struct versions strict;                   /* versions at which additionalProperties is false */
    const struct schema_node *const *any_of, *const *all_of, *const *one_of; /* NULL-terminated */
};

/* A schema as a route's row names it: a list of these, ended by a row with node NULL. */
struct schema_use {
    struct versions versions;
    const struct schema_node *node;
    const char *name; /* upstream's name, "servers.query_params_v226" */
    bool legacy;      /* runs under /v2 too: declared from 2.0 or without a minimum */
};

/* The row that checks a request; NULL: none does. Under /v2 only rows that say so. */
const struct schema_use *schema_pick(const struct schema_use *uses, int version, bool legacy);

/*
 * Checks a body.  `legacy` relaxes additionalProperties as /v2 does (unknown
 * keys are removed from the tree).  Fault: ValidationError with the contract's text.
 */
struct fault *schema_check_body(const void *mem, const struct schema_node *node, int version, bool legacy,
                                json_t *body) FAULT_CHECK;

struct query;
/*
 * Checks a query and then removes from it every pair whose key the schema
 * does not know.  Fault: ValidationError "Invalid input for query parameters …".
 */
struct fault *schema_check_query(const void *mem, const struct schema_node *node, int version, bool legacy,
                                 struct query *query) FAULT_CHECK;

/* Compiles every pattern and checks the tables below `node`; NULL or the words of what is wrong, on mem. */
const char *schema_self_check(const void *mem, const struct schema_node *node);

#endif
