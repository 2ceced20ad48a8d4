/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy files, read by libyaml, of which JSON is a part.
 * Source: behaviour of oslo.policy 4.0 (Enforcer.load_rules, Rules.load).
 */
#include "config.h"

#include "fcgi_app/policies/file.h"

#include "fcgi_app/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

static struct fault *refuse(const void *mem, const char *path, const yaml_node_t *node, const char *why)
{
    return fault_new(mem, Internal,
                     mem_printf(mem, "Policy file %s, line %zu: %s", path, node->start_mark.line + 1, why));
}

/* Is a plain scalar one of YAML's names for nothing? */
static bool is_null(const yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;

    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || !strcmp(text, "~") || !strcmp(text, "null") || !strcmp(text, "Null") || !strcmp(text, "NULL"));
}

static struct fault *take_pair(const void *mem, const char *path, yaml_document_t *document, yaml_node_pair_t *pair,
                               struct policy_overrides *overrides)
{
    const yaml_node_t *key = yaml_document_get_node(document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(document, pair->value);
    struct policy_override row;

    if (key->type != YAML_SCALAR_NODE)
        return refuse(mem, path, key, "the name of a rule is no text");
    /* an empty list allows, as an empty check does */
    if (value->type == YAML_SEQUENCE_NODE && value->data.sequence.items.start == value->data.sequence.items.top)
        row.check = "";
    else if (value->type != YAML_SCALAR_NODE)
        return refuse(mem, path, value, "a check is written as text; lists and mappings are not supported");
    else
        row.check = is_null(value) ? "" : mem_strdup(mem, (const char *)value->data.scalar.value);
    row.name = mem_strdup(mem, (const char *)key->data.scalar.value);
    overrides->rows = mem_grow(mem, overrides->rows, struct policy_override, overrides->count + 1);
    overrides->rows[overrides->count++] = row;
    return NULL;
}

static struct fault *take_document(const void *mem, const char *path, yaml_document_t *document,
                                   struct policy_overrides *overrides)
{
    yaml_node_t *root = yaml_document_get_root_node(document);

    if (!root || (root->type == YAML_SCALAR_NODE && is_null(root)))
        return NULL;
    if (root->type != YAML_MAPPING_NODE)
        return refuse(mem, path, root, "it holds no mapping of rules to checks");
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top; pair++)
        TRY(take_pair(mem, path, document, pair, overrides));
    return NULL;
}

static struct fault *read_stream(const void *mem, const char *path, FILE *file, struct policy_overrides *overrides)
{
    struct fault *fault;
    yaml_parser_t parser;
    yaml_document_t document;

    if (!yaml_parser_initialize(&parser))
        mem_exhausted(sizeof(parser));
    yaml_parser_set_input_file(&parser, file);
    if (yaml_parser_load(&parser, &document)) {
        fault = take_document(mem, path, &document, overrides);
        yaml_document_delete(&document);
    } else {
        fault = fault_new(mem, Internal,
                          mem_printf(mem, "Policy file %s, line %zu: %s", path, parser.problem_mark.line + 1,
                                     parser.problem ? parser.problem : "it cannot be read"));
    }
    yaml_parser_delete(&parser);
    return fault;
}

struct fault *policy_file_read(const void *mem, const char *path, struct policy_overrides *overrides)
{
    FILE *file = fopen(path, "r");
    struct fault *fault;

    if (!file)
        return fault_new(mem, Internal, mem_printf(mem, "Policy file %s: %s", path, strerror(errno)));
    fault = read_stream(mem, path, file, overrides);
    fclose(file);
    return fault;
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
