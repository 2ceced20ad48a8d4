/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy files, read by libyaml, of which JSON is a part.
 * Source: behaviour of oslo.policy 4.0 (Enforcer.load_rules, Rules.load).
 */
#include "config.h"

#include "fcgi_app/policies/file.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

LOG_MODULE("oslo_policy.policy");

static struct fault *refuse(const void *mem, const char *path, const yaml_node_t *node, const char *why)
{
    return fault_new(mem, Internal,
                     mem_printf(mem, "Policy file %s, line %zu: %s", path, node->start_mark.line + 1, why));
}

/* ---- what a scalar is in Python ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

static bool is_plain(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           !strcmp((const char *)node->tag, YAML_STR_TAG);
}

static const char *text_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

/* A plain scalar that is nothing, false or nought: as a check it allows, as an empty one does. */
static bool is_falsy(const yaml_node_t *node)
{
    static const char *const words[] = { "",      "~",     "null",  "Null", "NULL", "no",  "No", "NO",
                                         "false", "False", "FALSE", "off",  "Off",  "OFF", "0",  "0.0",
                                         "-0",    "+0",    "00",    "0x0",  "0b0",  ".0",  "0.", NULL };

    return is_plain(node) && is_one_of(text_of(node), words);
}

/* A plain scalar that is true or a number: nobody can make a check of it. */
static bool is_no_text(const yaml_node_t *node)
{
    static const char *const words[] = { "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL };
    const char *text = text_of(node), *p = text + (*text == '-' || *text == '+');
    char *end;

    if (!is_plain(node))
        return false;
    if (is_one_of(text, words))
        return true;
    if (*p < '0' || *p > '9')
        return false;
    strtod(p, &end);
    return !*end;
}

/* ---- the older form: [["role:a", "role:b"], "role:c"] ---- */

static const char *const *take_inner(const void *mem, yaml_document_t *document, const yaml_node_t *node)
{
    const char **texts;
    size_t count = 0;

    if (node->type == YAML_SCALAR_NODE) {
        texts = mem_array(mem, const char *, 2);
        texts[0] = mem_strdup(mem, text_of(node));
        return texts;
    }
    texts = mem_array(mem, const char *, (size_t)(node->data.sequence.items.top - node->data.sequence.items.start) + 1);
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        const yaml_node_t *text = yaml_document_get_node(document, *item);

        /* what is no text can never be understood, and refuses */
        texts[count++] = text->type == YAML_SCALAR_NODE ? mem_strdup(mem, text_of(text)) : "!";
    }
    return texts;
}

static struct fault *take_list(const void *mem, const char *path, yaml_document_t *document, const yaml_node_t *node,
                               const char *const *const **list)
{
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    const char *const **rows = mem_array(mem, const char *const *, count + 1);
    static const char *const nothing[] = { NULL };

    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *inner = yaml_document_get_node(document, node->data.sequence.items.start[i]);

        if (inner->type == YAML_MAPPING_NODE || (inner->type == YAML_SCALAR_NODE && is_no_text(inner)))
            return refuse(mem, path, inner, "a list of checks holds texts and lists of texts");
        rows[i] = inner->type == YAML_SCALAR_NODE && (!*text_of(inner) || is_falsy(inner))
                      ? nothing
                      : take_inner(mem, document, inner);
    }
    *list = rows;
    return NULL;
}

/* ---- the file ---- */

static struct fault *take_pair(const void *mem, const char *path, yaml_document_t *document, yaml_node_pair_t *pair,
                               struct policy_overrides *overrides)
{
    const yaml_node_t *key = yaml_document_get_node(document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(document, pair->value);
    struct policy_override row = { 0 };

    if (key->type != YAML_SCALAR_NODE)
        return refuse(mem, path, key, "the name of a rule is no text");
    if (value->type == YAML_SEQUENCE_NODE)
        TRY(take_list(mem, path, document, value, &row.list));
    else if (value->type == YAML_MAPPING_NODE && value->data.mapping.pairs.start < value->data.mapping.pairs.top)
        return refuse(mem, path, value, "a check is no mapping");
    else if (value->type == YAML_MAPPING_NODE || is_falsy(value))
        row.check = "";
    else if (is_no_text(value))
        return refuse(mem, path, value, "a check is written as text");
    else
        row.check = mem_strdup(mem, text_of(value));
    row.name = mem_strdup(mem, text_of(key));
    overrides->rows = mem_grow(mem, overrides->rows, struct policy_override, overrides->count + 1);
    overrides->rows[overrides->count++] = row;
    return NULL;
}

static struct fault *take_document(const void *mem, const char *path, yaml_document_t *document,
                                   struct policy_overrides *overrides)
{
    yaml_node_t *root = yaml_document_get_root_node(document);

    if (!root || (root->type == YAML_SCALAR_NODE && is_falsy(root)))
        return NULL;
    if (root->type != YAML_MAPPING_NODE)
        return refuse(mem, path, root, "it holds no mapping of rules to checks");
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top; pair++)
        TRY(take_pair(mem, path, document, pair, overrides));
    return NULL;
}

static struct fault *unreadable(const void *mem, const char *path, const yaml_parser_t *parser)
{
    return fault_new(mem, Internal,
                     mem_printf(mem, "Policy file %s, line %zu: %s", path, parser->problem_mark.line + 1,
                                parser->problem ? parser->problem : "it cannot be read"));
}

/* The one document, and that there is no other. */
static struct fault *read_documents(const void *mem, const char *path, yaml_parser_t *parser,
                                    struct policy_overrides *overrides)
{
    yaml_document_t document;
    struct fault *fault;
    bool more;

    if (!yaml_parser_load(parser, &document))
        return unreadable(mem, path, parser);
    fault = take_document(mem, path, &document, overrides);
    yaml_document_delete(&document);
    TRY(fault);
    if (!yaml_parser_load(parser, &document))
        return unreadable(mem, path, parser);
    more = yaml_document_get_root_node(&document) != NULL;
    yaml_document_delete(&document);
    return more ? fault_new(mem, Internal, mem_printf(mem, "Policy file %s holds more than one document", path)) : NULL;
}

struct fault *policy_text_read(const void *mem, const char *path, const char *text, size_t length,
                               struct policy_overrides *overrides)
{
    yaml_parser_t parser;
    struct fault *fault;
    json_t *tree;

    if (length && !json_read(mem, text, length, &tree))
        log_warning("Policy file %s is written in JSON, which is deprecated; YAML is the format to use", path);
    if (!yaml_parser_initialize(&parser))
        mem_exhausted(sizeof(parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    fault = read_documents(mem, path, &parser, overrides);
    yaml_parser_delete(&parser);
    return fault;
}

struct fault *policy_file_read(const void *mem, const char *path, struct policy_overrides *overrides)
{
    FILE *file = fopen(path, "r");
    struct strbuf text;
    size_t got;
    bool bad;

    if (!file)
        return fault_new(mem, Internal, mem_printf(mem, "Policy file %s: %s", path, strerror(errno)));
    strbuf_init(&text, mem, 4096);
    do {
        got = fread(strbuf_room(&text, 4096), 1, 4096, file);
        strbuf_wrote(&text, got);
    } while (got == 4096);
    bad = ferror(file) != 0;
    fclose(file);
    if (bad)
        return fault_new(mem, Internal, mem_printf(mem, "Policy file %s cannot be read", path));
    return policy_text_read(mem, path, text.data, text.length, overrides);
}

static int order_of_names(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

struct fault *policy_directory_read(const void *mem, const char *path, struct policy_overrides *overrides)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, order_of_names);
    struct fault *fault = NULL;

    if (count < 0)
        return fault_new(mem, Internal, mem_printf(mem, "Policy directory %s: %s", path, strerror(errno)));
    for (int i = 0; i < count; i++) {
        const char *full = mem_printf(mem, "%s/%s", path, entries[i]->d_name);
        struct stat status;

        if (!fault && !stat(full, &status) && !S_ISDIR(status.st_mode))
            fault = policy_file_read(mem, full, overrides);
        free(entries[i]);
    }
    free(entries);
    return fault;
}
