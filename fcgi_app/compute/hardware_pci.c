/* SPDX-License-Identifier: Apache-2.0 */
/* PCI devices that a flavor asks for by an alias of [pci] alias; see hardware.h. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool hardware_pci_is_affinity(const char *text)
{
    static const char *const known[] = { "required", "legacy", "preferred", "socket" };

    for (size_t i = 0; i < COUNT(known); i++)
        if (!strcmp(known[i], text))
            return true;
    return false;
}

struct fault *hardware_pci_affinity(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                    const char **affinity)
{
    const char *of_flavor = hardware_extra_spec(flavor, "hw:pci_numa_affinity_policy");
    const char *of_image = image_meta_text(image, "hw_pci_numa_affinity_policy");

    *affinity = NULL;
    if (!text_is_empty(of_flavor) && !text_is_empty(of_image) && strcmp(of_flavor, of_image))
        return fault_new(mem, ImagePCINUMAPolicyForbidden);
    if (text_is_empty(of_flavor))
        of_flavor = of_image;
    if (text_is_empty(of_flavor))
        return NULL;
    if (!hardware_pci_is_affinity(of_flavor))
        return fault_new(mem, InvalidPCINUMAAffinity, of_flavor);
    *affinity = of_flavor;
    return NULL;
}

json_t *hardware_pci_request(int64_t count, json_t *spec, const char *alias, const char *affinity,
                             const char *requester, const char **request_id)
{
    json_t *object = tree_object("InstancePCIRequest");
    char id[37];

    text_uuid4(id);
    tree_set(object, "count", json_integer(count));
    tree_set(object, "spec", spec);
    if (alias)
        tree_set(object, "alias_name", tree_text(alias));
    tree_set(object, "request_id", tree_text(id));
    if (requester)
        tree_set(object, "requester_id", tree_text(requester));
    if (affinity)
        tree_set(object, "numa_policy", tree_text(affinity));
    if (request_id)
        *request_id = json_string_value(tree_get(object, "request_id"));
    return object;
}

/* ---- aliases of the options ---- */

/* What makes an alias wrong, in the words of the reference's schema; NULL: nothing. */
static const char *what_is_wrong(const void *mem, const json_t *alias)
{
    static const struct member {
        const char *name;
        const char *const values[5];
        bool id; /* four hexadecimal digits */
    } members[] = {
        { "name", { NULL }, false },
        { "capability_type", { "pci", NULL }, false },
        { "product_id", { NULL }, true },
        { "vendor_id", { NULL }, true },
        { "device_type", { "type-PCI", "type-PF", "type-VF", NULL }, false },
        { "numa_policy", { "required", "legacy", "preferred", "socket", NULL }, false },
    };
    const char *key;
    json_t *value;

    if (!json_is_object(alias))
        return "an alias is an object";
    json_object_foreach((json_t *)(uintptr_t)alias, key, value)
    {
        const char *text = json_string_value(value);
        size_t i = 0, k = 0;

        while (i < COUNT(members) && strcmp(members[i].name, key))
            i++;
        if (i == COUNT(members))
            return mem_printf(mem, "Additional properties are not allowed ('%s' was unexpected)", key);
        if (!text)
            return mem_printf(mem, "'%s' is not of type 'string'", key);
        if (members[i].id && (strlen(text) != 4 || text[strspn(text, "0123456789abcdefABCDEF")]))
            return mem_printf(mem, "'%s' does not match '^([\\\\da-fA-F]{4})$'", text);
        while (members[i].values[k] && strcmp(members[i].values[k], text))
            k++;
        if (members[i].values[0] && !members[i].values[k])
            return mem_printf(mem, "'%s' is not one of the values of %s", text, key);
    }
    return json_object_get(alias, "name") ? NULL : "'name' is a required property";
}

/* An alias by name: what its definitions say of the devices, in order; *specs NULL: there is none of that name. */
static struct fault *find_alias(const struct context *context, const char *name, const char **affinity, json_t **specs)
{
    const char *const *lines = conf_list(context->worker->conf, OPTION_pci_alias);
    const void *mem = context->mem;

    *specs = NULL;
    *affinity = NULL;
    for (; *lines; lines++) {
        json_t *alias, *spec;
        const char *wrong, *policy, *type;

        if (json_read(mem, *lines, strlen(*lines), &alias))
            return fault_new(mem, PciInvalidAlias, *lines);
        wrong = what_is_wrong(mem, alias);
        if (wrong)
            return fault_new(mem, PciInvalidAlias, wrong);
        if (strcmp(text_strip(mem, json_string_value(json_object_get(alias, "name"))), name))
            continue;
        policy = json_string_value(json_object_get(alias, "numa_policy"));
        type = json_string_value(json_object_get(alias, "device_type"));
        if (text_is_empty(policy))
            policy = "legacy";
        spec = json_copy(alias);
        json_object_del(spec, "name");
        json_object_del(spec, "numa_policy");
        json_object_del(spec, "device_type");
        if (type)
            json_object_set_new_nocheck(spec, "dev_type", tree_text(type));
        if (*specs && strcmp(*affinity, policy)) {
            json_decref(spec);
            return fault_new(mem, PciInvalidAlias, mem_printf(mem, "NUMA policy mismatch for alias '%s'", name));
        }
        if (!*specs)
            *specs = json_array();
        *affinity = policy;
        json_array_append_new(*specs, spec);
    }
    return NULL;
}

static struct fault *add_requests(const struct context *context, const char *text, const char *affinity,
                                  json_t *requests)
{
    const void *mem = context->mem;

    for (char **part = text_split(mem, text, ','); *part; part++) {
        char **words = text_split(mem, *part, ':');
        const char *name, *policy;
        json_t *specs;
        int64_t count;

        if (!words[0] || !words[1] || words[2])
            return fault_new(mem, ValueError, "not enough values to unpack (expected 2, got 1)");
        name = text_strip(mem, words[0]);
        TRY(find_alias(context, name, &policy, &specs));
        if (!specs)
            return fault_new(mem, PciRequestAliasNotDefined, name);
        if (!take_int_text(words[1], &count)) {
            json_decref(specs);
            return fault_new(mem, ValueError,
                             mem_printf(mem, "invalid literal for int() with base 10: '%s'", words[1]));
        }
        json_array_append_new(requests,
                              hardware_pci_request(count, specs, name, affinity ? affinity : policy, NULL, NULL));
    }
    return NULL;
}

struct fault *hardware_pci_requests(const struct context *context, const struct flavor_row *flavor,
                                    const char *affinity, json_t **requests)
{
    const char *text = hardware_extra_spec(flavor, "pci_passthrough:alias");
    json_t *list = json_array();
    struct fault *fault = NULL;

    if (text)
        fault = add_requests(context, text, affinity, list);
    if (fault) {
        json_decref(list);
        return fault;
    }
    *requests = tree_object("InstancePCIRequests");
    tree_set(*requests, "requests", list);
    return NULL;
}
