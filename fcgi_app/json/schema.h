/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request schemas: tables read at run time, one table for all versions.
 *
 * A node is a const object; shared nodes are used by address.  The first
 * keyword that fails, in the node's order, gives the error, with the words of
 * upstream's validator.  Sources: nova-facts/schemas.tsv (its column
 * `keywords` is the order), startup.md 11.4.
 */
#ifndef NOVA_JSON_SCHEMA_H
#define NOVA_JSON_SCHEMA_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/versions.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum schema_type {
    SCHEMA_STRING = 1 << 0,
    SCHEMA_INTEGER = 1 << 1,
    SCHEMA_NUMBER = 1 << 2,
    SCHEMA_BOOLEAN = 1 << 3,
    SCHEMA_NULL = 1 << 4,
    SCHEMA_ARRAY = 1 << 5,
    SCHEMA_OBJECT = 1 << 6,
};

struct schema_node;

/* A member of an object; a key may have several rows with disjoint ranges. */
struct schema_property {
    const char *key;
    const struct schema_node *node;
    struct versions versions; /* {0, 0}: all */
    bool required; /* note: upstream's `required` order is that of the rows unless .required_order says else */
};

struct schema_pattern {
    const char *pattern; /* PCRE2 */
    const struct schema_node *node;
    struct versions versions;
};

/* Keywords in the order in which upstream evaluates them. */
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
    SCHEMA_KW_ADDITIONAL_PROPERTIES,
    SCHEMA_KW_REQUIRED,
    SCHEMA_KW_MIN_PROPERTIES,
    SCHEMA_KW_MAX_PROPERTIES,
    SCHEMA_KW_ANY_OF,
    SCHEMA_KW_ALL_OF,
    SCHEMA_KW_ONE_OF,
    SCHEMA_KW_NOT,
    SCHEMA_KW_COUNT
};

struct schema_node {
    unsigned char
        keywords[16];  /* enum schema_keyword, SCHEMA_END-terminated; all zero: the default order of the enum */
    unsigned types;    /* 0: any */
    bool type_is_list; /* upstream writes type as a list: the error prints it so */
    const char *const *types_text; /* order of the list as upstream prints it, NULL-terminated; NULL: one type */
    const char *format;
    const char *pattern;
    int min_length, max_length; /* -1 or 0: see has_ flags */
    bool has_min_length, has_max_length;
    bool has_minimum, has_maximum;
    long long minimum, maximum;
    bool has_min_items, has_max_items, unique_items;
    int min_items, max_items;
    bool has_min_properties, has_max_properties;
    int min_properties, max_properties;
    const char *enum_json; /* JSON array text of the allowed values, in upstream's order */
    const struct schema_node *items;
    const struct schema_property *properties; /* ended by a row with key NULL */
    const struct schema_pattern *patterns;    /* ended by a row with pattern NULL */
    struct versions strict;                   /* versions at which additionalProperties is false; {0, 0}: never */
    const struct schema_node *additional;     /* schema for additional properties, or NULL */
    const char *const *required_order;        /* when it is not the properties' order; NULL-terminated */
    const struct schema_node *const *any_of, *const *all_of, *const *one_of; /* NULL-terminated */
    const struct schema_node *not_node;
};

/* A schema as a route's row names it: a list of these, ended by a row with node NULL. */
struct schema_use {
    struct versions versions;
    const struct schema_node *node;
    const char *name; /* upstream's name, "servers.query_params_v226" */
    bool legacy;      /* runs under /v2 too: declared from 2.0 or without a minimum */
};

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
