/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine that reads schema tables.  A keyword is a function; a node's
 * keywords run in its order and the first one that fails makes the fault,
 * with the path that led there.  Neighbours: json/python.c prints the values,
 * json/formats.c and json/patterns.c answer formats and patterns.
 * Source: startup.md 11.4; behaviour of jsonschema 4.10 (draft 4) and of
 * nova.api.validation.validators.
 */
#include "config.h"

#include "fcgi_app/json/schema.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/json/compare.h"
#include "fcgi_app/json/formats.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/unicode.h"

#include <stdint.h>
#include <stdlib.h>

/* How we came to the value in hand; the root has no step. */
struct step {
    const struct step *parent;
    const char *key; /* NULL: an index */
    size_t length;
    size_t index;
};

struct check {
    const void *mem;
    int version;
    bool legacy;
    bool body;
    int quiet;           /* inside alternatives: no words are wanted */
    struct fault *fault; /* of the first failure that was not quiet */
};

static bool check_node(struct check *check, const struct schema_node *node, json_t *value, const struct step *step);

/* ---- the words ---- */

static void put_path(struct strbuf *out, const struct check *check, const struct step *step)
{
    while (!check->body && step->parent)
        step = step->parent;
    if (step->key)
        strbuf_put(out, step->key, step->length);
    else
        strbuf_put_int(out, (long long)step->index);
}

/* Starts the words of a failure; NULL when nobody reads them. */
static struct strbuf *words_start(struct check *check, const json_t *value, const struct step *step)
{
    struct strbuf *out;

    if (check->quiet)
        return NULL;
    out = mem_new(check->mem, struct strbuf);
    strbuf_init(out, check->mem, 256);
    if (step) {
        strbuf_puts(out, check->body ? "Invalid input for field/attribute " : "Invalid input for query parameters ");
        put_path(out, check, step);
        JSON_PUT_LITERAL(out, ". Value: ");
        json_put_python_str(out, value);
        JSON_PUT_LITERAL(out, ". ");
    }
    return out;
}

static bool words_end(struct check *check, const struct strbuf *out)
{
    check->fault = fault_text(check->mem, ValidationError, "%s", out->data);
    return false;
}

/* Fails with "<value> <message>". */
static bool refuse(struct check *check, const json_t *value, const struct step *step, const char *message)
{
    struct strbuf *out = words_start(check, value, step);

    if (!out)
        return false;
    json_put_python_repr(out, value);
    strbuf_putc(out, ' ');
    strbuf_puts(out, message);
    return words_end(check, out);
}

/* ---- type, enum ---- */

static const char *const type_names[] = {
    [SCHEMA_STRING] = "string", [SCHEMA_INTEGER] = "integer", [SCHEMA_NUMBER] = "number", [SCHEMA_BOOLEAN] = "boolean",
    [SCHEMA_NULL] = "null",     [SCHEMA_ARRAY] = "array",     [SCHEMA_OBJECT] = "object",
};

static bool is_text(const json_t *value)
{
    return json_is_string(value) && !json_number_text(value);
}

static bool is_type(const json_t *value, enum schema_type type)
{
    switch (type) {
    case SCHEMA_STRING:
        return is_text(value);
    case SCHEMA_INTEGER:
        return json_is_integer(value) || json_number_is_integer(value);
    case SCHEMA_NUMBER:
        return json_is_number(value) || json_number_text(value);
    case SCHEMA_BOOLEAN:
        return json_is_boolean(value);
    case SCHEMA_NULL:
        return json_is_null(value);
    case SCHEMA_ARRAY:
        return json_is_array(value);
    case SCHEMA_OBJECT:
        return json_is_object(value);
    case SCHEMA_ANY:
    default:
        return true;
    }
}

static bool check_type(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct strbuf *out;

    if (!node->types[0])
        return true;
    for (size_t i = 0; i < sizeof(node->types) && node->types[i]; i++)
        if (is_type(value, node->types[i]))
            return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    json_put_python_repr(out, value);
    JSON_PUT_LITERAL(out, " is not of type ");
    for (size_t i = 0; i < sizeof(node->types) && node->types[i]; i++)
        strbuf_printf(out, "%s'%s'", i ? ", " : "", type_names[node->types[i]]);
    return words_end(check, out);
}

/* The values of an enum, parsed once a process; the text is a literal of a table. */
static const json_t *enum_values(const char *text)
{
    static struct {
        const char *text;
        char *copy; /* tables that are no literals may come to stand at an old address */
        json_t *values;
    } slots[512], *slot;
    const size_t count = sizeof(slots) / sizeof(slots[0]);
    size_t at = ((uintptr_t)text >> 3) * 2654435761u;

    slot = &slots[at % count];
    for (size_t i = 1; i < count && slot->text && slot->text != text; i++)
        slot = &slots[(at + i) % count];
    if (slot->text == text && !strcmp(slot->copy, text))
        return slot->values;
    json_decref(slot->values);
    talloc_free(slot->copy);
    slot->text = text;
    slot->copy = mem_strdup(NULL, text);
    slot->values = json_loads(text, 0, NULL);
    return slot->values;
}

static bool check_enum(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct strbuf *out;
    const json_t *allowed;

    if (!node->enum_json)
        return true;
    allowed = enum_values(node->enum_json);
    for (size_t i = 0; i < json_array_size(allowed); i++)
        if (compare_same(value, json_array_get(allowed, i)))
            return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    json_put_python_repr(out, value);
    JSON_PUT_LITERAL(out, " is not one of ");
    json_put_python_repr(out, allowed);
    return words_end(check, out);
}

/* ---- strings ---- */

static bool check_min_length(struct check *check, const struct schema_node *node, json_t *value,
                             const struct step *step)
{
    if (!node->min_length || !is_text(value) ||
        unicode_length(json_string_value(value), json_string_length(value)) >= (size_t)node->min_length)
        return true;
    return refuse(check, value, step, "is too short");
}

static bool check_max_length(struct check *check, const struct schema_node *node, json_t *value,
                             const struct step *step)
{
    size_t most = node->max_length == SCHEMA_EMPTY ? 0 : (size_t)node->max_length;

    if (!node->max_length || !is_text(value) || json_string_length(value) <= most ||
        unicode_length(json_string_value(value), json_string_length(value)) <= most)
        return true;
    return refuse(check, value, step, "is too long");
}

static bool is_printable_pattern(const char *pattern)
{
    return !strcmp(pattern, SCHEMA_PRINTABLE);
}

static bool check_pattern(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct strbuf *out;
    const char *text;
    size_t length;

    if (!node->pattern || !is_text(value))
        return true;
    text = json_string_value(value);
    length = json_string_length(value);
    if (is_printable_pattern(node->pattern) ? format_is_printable(text, length)
                                            : pattern_found(node->pattern, text, length))
        return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    json_put_python_quoted(out, text, length);
    JSON_PUT_LITERAL(out, " does not match ");
    if (is_printable_pattern(node->pattern)) {
        struct strbuf pattern;

        strbuf_init(&pattern, check->mem, 8192);
        format_put_printable_pattern(&pattern);
        json_put_python_quoted(out, pattern.data, pattern.length);
    } else {
        json_put_python_quoted(out, node->pattern, strlen(node->pattern));
    }
    return words_end(check, out);
}

static bool check_format(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    const struct format *format = node->format ? format_find(node->format) : NULL;
    struct strbuf *out;

    if (!format || format_holds(format, value))
        return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    if (format->reason) {
        strbuf_cut(out, 0);
        JSON_PUT_LITERAL(out, "An invalid 'name' value was provided. The name must be: ");
        strbuf_puts(out, format->reason);
        return words_end(check, out);
    }
    json_put_python_repr(out, value);
    strbuf_printf(out, " is not a '%s'", format->name);
    return words_end(check, out);
}

/* ---- numbers ---- */

static bool check_minimum(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct number number;
    struct strbuf *out;
    int order;

    if (!node->minimum || !number_from(value, &number))
        return true;
    order = number_compare(&number, node->minimum);
    if (order > 0 || (order == 0 && !node->exclusive_minimum) || number.is_nan)
        return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    number_put(out, &number);
    strbuf_puts(out, node->exclusive_minimum ? " is less than or equal to" : " is less than");
    strbuf_printf(out, " the minimum of %s", node->minimum);
    return words_end(check, out);
}

static bool check_maximum(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct number number;
    struct strbuf *out;

    if (!node->maximum || !number_from(value, &number) || number_compare(&number, node->maximum) <= 0 || number.is_nan)
        return true;
    out = words_start(check, value, step);
    if (!out)
        return false;
    number_put(out, &number);
    strbuf_printf(out, " is greater than the maximum of %s", node->maximum);
    return words_end(check, out);
}

/* ---- arrays ---- */

static bool check_min_items(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (!node->min_items || !json_is_array(value) || json_array_size(value) >= (size_t)node->min_items)
        return true;
    return refuse(check, value, step, "is too short");
}

static bool check_max_items(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (!node->max_items || !json_is_array(value) || json_array_size(value) <= (size_t)node->max_items)
        return true;
    return refuse(check, value, step, "is too long");
}

static bool check_unique_items(struct check *check, const struct schema_node *node, json_t *value,
                               const struct step *step)
{
    if (!node->unique_items || !json_is_array(value))
        return true;
    for (size_t i = 1; i < json_array_size(value); i++)
        for (size_t j = 0; j < i; j++)
            if (compare_same(json_array_get(value, i), json_array_get(value, j)))
                return refuse(check, value, step, "has non-unique elements");
    return true;
}

static bool check_items(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (!node->items || !json_is_array(value))
        return true;
    for (size_t i = 0; i < json_array_size(value) && !(i && node->first_item_only); i++) {
        struct step next = { .parent = step, .index = i };

        if (!check_node(check, node->items, json_array_get(value, i), &next))
            return false;
    }
    return true;
}

/* ---- objects ---- */

static bool check_properties(struct check *check, const struct schema_node *node, json_t *value,
                             const struct step *step)
{
    if (!node->properties || !json_is_object(value))
        return true;
    for (const struct schema_property *row = node->properties; row->key; row++) {
        struct step next = { .parent = step, .key = row->key, .length = strlen(row->key) };
        json_t *member;

        if (!versions_hold(row->versions, check->version))
            continue;
        member = json_object_getn(value, row->key, next.length);
        if (member && !check_node(check, row->node, member, &next))
            return false;
    }
    return true;
}

static bool check_pattern_properties(struct check *check, const struct schema_node *node, json_t *value,
                                     const struct step *step)
{
    if (!node->patterns || !json_is_object(value))
        return true;
    for (const struct schema_pattern *row = node->patterns; row->pattern; row++) {
        if (!versions_hold(row->versions, check->version))
            continue;
        for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
            struct step next = { .parent = step,
                                 .key = json_object_iter_key(at),
                                 .length = json_object_iter_key_len(at) };

            if (pattern_found(row->pattern, next.key, next.length) &&
                !check_node(check, row->node, json_object_iter_value(at), &next))
                return false;
        }
    }
    return true;
}

static bool check_required(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    struct strbuf *out;

    if (!node->properties || !json_is_object(value))
        return true;
    for (const struct schema_property *row = node->properties; row->key; row++) {
        if (!row->required || !versions_hold(row->versions, check->version) || json_object_get(value, row->key))
            continue;
        out = words_start(check, value, step);
        if (!out)
            return false;
        json_put_python_quoted(out, row->key, strlen(row->key));
        JSON_PUT_LITERAL(out, " is a required property");
        return words_end(check, out);
    }
    return true;
}

static bool is_property(const struct check *check, const struct schema_node *node, const char *key, size_t length)
{
    if (!node->properties)
        return false;
    for (const struct schema_property *row = node->properties; row->key; row++)
        if (versions_hold(row->versions, check->version) && strlen(row->key) == length &&
            !memcmp(row->key, key, length))
            return true;
    return false;
}

static bool has_patterns(const struct check *check, const struct schema_node *node)
{
    if (node->patterns)
        for (const struct schema_pattern *row = node->patterns; row->pattern; row++)
            if (versions_hold(row->versions, check->version))
                return true;
    return false;
}

static bool is_pattern_property(const struct check *check, const struct schema_node *node, const char *key,
                                size_t length, bool (*finds)(const char *pattern, const char *text, size_t length))
{
    if (!node->patterns)
        return false;
    for (const struct schema_pattern *row = node->patterns; row->pattern; row++)
        if (versions_hold(row->versions, check->version) && finds(row->pattern, key, length))
            return true;
    return false;
}

struct key {
    const char *text;
    size_t length;
};

/* Keys that no row knows, on the check's memory. */
static size_t extra_keys(struct check *check, const struct schema_node *node, json_t *value, struct key **keys)
{
    size_t count = 0;

    *keys = NULL;
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
        const char *key = json_object_iter_key(at);
        size_t length = json_object_iter_key_len(at);

        if (is_property(check, node, key, length) || is_pattern_property(check, node, key, length, pattern_found))
            continue;
        if (!*keys)
            *keys = mem_array(check->mem, struct key, json_object_size(value));
        (*keys)[count++] = (struct key){ key, length };
    }
    return count;
}

/* Python's order of str is that of code points, and so is that of UTF-8's bytes. */
static int key_order(const void *a, const void *b)
{
    const struct key *one = a, *other = b;
    size_t shorter = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->text, other->text, shorter);

    if (order)
        return order;
    return one->length < other->length ? -1 : one->length > other->length;
}

static void put_keys(struct strbuf *out, const struct key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_put(out, ", ", 2);
        json_put_python_quoted(out, keys[i].text, keys[i].length);
    }
}

static bool refuse_keys(struct check *check, const struct schema_node *node, json_t *value, const struct step *step,
                        struct key *keys, size_t count)
{
    struct strbuf *out = words_start(check, value, step);
    struct key patterns[8];
    size_t pattern_count = 0;

    if (!out)
        return false;
    if (check->legacy || !has_patterns(check, node)) {
        /* /v2 has this text for patterns too, in an order that upstream leaves to chance */
        if (!check->legacy)
            qsort(keys, count, sizeof(*keys), key_order);
        JSON_PUT_LITERAL(out, "Additional properties are not allowed (");
        put_keys(out, keys, count);
        strbuf_puts(out, count == 1 ? " was unexpected)" : " were unexpected)");
        return words_end(check, out);
    }
    qsort(keys, count, sizeof(*keys), key_order);
    put_keys(out, keys, count);
    strbuf_puts(out, count == 1 ? " does not match any of the regexes: " : " do not match any of the regexes: ");
    for (const struct schema_pattern *row = node->patterns; row->pattern && pattern_count < 8; row++)
        if (versions_hold(row->versions, check->version))
            patterns[pattern_count++] = (struct key){ row->pattern, strlen(row->pattern) };
    qsort(patterns, pattern_count, sizeof(*patterns), key_order);
    put_keys(out, patterns, pattern_count);
    return words_end(check, out);
}

static bool check_additional_properties(struct check *check, const struct schema_node *node, json_t *value,
                                        const struct step *step)
{
    struct key *keys;
    size_t count;

    if (!versions_hold(node->strict, check->version) || !json_is_object(value))
        return true;
    count = extra_keys(check, node, value, &keys);
    if (!count)
        return true;
    if (check->legacy && !has_patterns(check, node)) {
        for (size_t i = 0; i < count; i++)
            json_object_deln(value, keys[i].text, keys[i].length);
        return true;
    }
    return refuse_keys(check, node, value, step, keys, count);
}

static bool check_min_properties(struct check *check, const struct schema_node *node, json_t *value,
                                 const struct step *step)
{
    if (!node->min_properties || !json_is_object(value) || json_object_size(value) >= (size_t)node->min_properties)
        return true;
    return refuse(check, value, step, "does not have enough properties");
}

static bool check_max_properties(struct check *check, const struct schema_node *node, json_t *value,
                                 const struct step *step)
{
    if (!node->max_properties || !json_is_object(value) || json_object_size(value) <= (size_t)node->max_properties)
        return true;
    return refuse(check, value, step, "has too many properties");
}

/* ---- alternatives ---- */

static bool holds_quietly(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    bool holds;

    check->quiet++;
    holds = check_node(check, node, value, step);
    check->quiet--;
    return holds;
}

static bool check_any_of(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (!node->any_of)
        return true;
    for (const struct schema_node *const *choice = node->any_of; *choice; choice++)
        if (holds_quietly(check, *choice, value, step))
            return true;
    return refuse(check, value, step, "is not valid under any of the given schemas");
}

static bool check_all_of(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (!node->all_of)
        return true;
    for (const struct schema_node *const *part = node->all_of; *part; part++)
        if (!check_node(check, *part, value, step))
            return false;
    return true;
}

static bool check_one_of(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    size_t valid = 0;

    if (!node->one_of)
        return true;
    for (const struct schema_node *const *choice = node->one_of; *choice; choice++)
        valid += holds_quietly(check, *choice, value, step);
    if (valid == 1)
        return true;
    /* upstream prints the schemas in the second case; none of its alternatives overlap */
    return refuse(check, value, step,
                  valid ? "is valid under more than one of the given schemas"
                        : "is not valid under any of the given schemas");
}

/* ---- the walk ---- */

typedef bool keyword_check(struct check *check, const struct schema_node *node, json_t *value, const struct step *step);

static keyword_check *const keyword_checks[SCHEMA_KW_COUNT] = {
    [SCHEMA_KW_TYPE] = check_type,
    [SCHEMA_KW_ENUM] = check_enum,
    [SCHEMA_KW_MIN_LENGTH] = check_min_length,
    [SCHEMA_KW_MAX_LENGTH] = check_max_length,
    [SCHEMA_KW_PATTERN] = check_pattern,
    [SCHEMA_KW_FORMAT] = check_format,
    [SCHEMA_KW_MINIMUM] = check_minimum,
    [SCHEMA_KW_MAXIMUM] = check_maximum,
    [SCHEMA_KW_MIN_ITEMS] = check_min_items,
    [SCHEMA_KW_MAX_ITEMS] = check_max_items,
    [SCHEMA_KW_UNIQUE_ITEMS] = check_unique_items,
    [SCHEMA_KW_ITEMS] = check_items,
    [SCHEMA_KW_PROPERTIES] = check_properties,
    [SCHEMA_KW_PATTERN_PROPERTIES] = check_pattern_properties,
    [SCHEMA_KW_REQUIRED] = check_required,
    [SCHEMA_KW_ADDITIONAL_PROPERTIES] = check_additional_properties,
    [SCHEMA_KW_MIN_PROPERTIES] = check_min_properties,
    [SCHEMA_KW_MAX_PROPERTIES] = check_max_properties,
    [SCHEMA_KW_ANY_OF] = check_any_of,
    [SCHEMA_KW_ALL_OF] = check_all_of,
    [SCHEMA_KW_ONE_OF] = check_one_of,
};

static bool check_node(struct check *check, const struct schema_node *node, json_t *value, const struct step *step)
{
    if (node->keywords[0]) {
        for (size_t i = 0; i < sizeof(node->keywords) && node->keywords[i]; i++)
            if (!keyword_checks[node->keywords[i]](check, node, value, step))
                return false;
        return true;
    }
    for (int keyword = SCHEMA_END + 1; keyword < SCHEMA_KW_COUNT; keyword++)
        if (!keyword_checks[keyword](check, node, value, step))
            return false;
    return true;
}

const struct schema_use *schema_pick(const struct schema_use *uses, int version, bool legacy)
{
    if (!uses)
        return NULL;
    for (; uses->node; uses++)
        if (legacy ? uses->legacy : versions_hold(uses->versions, version))
            return uses;
    return NULL;
}

struct fault *schema_check_body(const void *mem, const struct schema_node *node, int version, bool legacy, json_t *body)
{
    struct check check = { .mem = mem, .version = version, .legacy = legacy, .body = true };

    check_node(&check, node, body, NULL);
    return check.fault;
}

static void tree_release(void *tree)
{
    json_decref(tree);
}

struct fault *schema_check_query(const void *mem, const struct schema_node *node, int version, bool legacy,
                                 struct query *query)
{
    struct check check = { .mem = mem, .version = version, .legacy = legacy };
    size_t kept = 0;
    json_t *lists;

    if (!query->count)
        return NULL;
    lists = json_object();
    mem_attach(mem, lists, tree_release);
    for (size_t i = 0; i < query->count; i++) {
        const struct query_pair *pair = &query->pairs[i];
        json_t *list = json_object_getn(lists, pair->key, pair->key_length);

        if (!list) {
            list = json_array();
            json_object_setn_new_nocheck(lists, pair->key, pair->key_length, list);
        }
        json_array_append_new(list, json_stringn_nocheck(pair->value, pair->value_length));
    }
    check_node(&check, node, lists, NULL);
    if (check.fault)
        return check.fault;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_pair pair = query->pairs[i];

        if (is_property(&check, node, pair.key, pair.key_length) ||
            is_pattern_property(&check, node, pair.key, pair.key_length, pattern_matches))
            query->pairs[kept++] = pair;
    }
    query->count = kept;
    return NULL;
}
