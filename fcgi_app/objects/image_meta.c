/* SPDX-License-Identifier: Apache-2.0 */
/* ImageMeta and its properties; see the header.  Neighbours: registry.def knows each property's type. */
#include "config.h"

#include "fcgi_app/objects/image_meta.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/registry.h"
#include "fcgi_app/objects/tree.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The properties in the order in which ImageMetaProps declares them: they are read and go out in it. */
static const char *const names[] = {
    "hw_architecture",
    "hw_emulation_architecture",
    "hw_auto_disk_config",
    "hw_boot_menu",
    "hw_cdrom_bus",
    "hw_cpu_cores",
    "hw_cpu_sockets",
    "hw_cpu_max_cores",
    "hw_cpu_max_sockets",
    "hw_cpu_max_threads",
    "hw_cpu_policy",
    "hw_cpu_thread_policy",
    "hw_cpu_realtime_mask",
    "hw_cpu_threads",
    "hw_device_id",
    "hw_disk_bus",
    "hw_disk_type",
    "hw_floppy_bus",
    "hw_firmware_type",
    "hw_input_bus",
    "hw_ipxe_boot",
    "hw_locked_memory",
    "hw_machine_type",
    "hw_mem_encryption",
    "hw_mem_page_size",
    "hw_numa_nodes",
    "hw_numa_cpus",
    "hw_numa_mem",
    "hw_pci_numa_affinity_policy",
    "hw_pointer_model",
    "hw_pmu",
    "hw_qemu_guest_agent",
    "hw_rescue_bus",
    "hw_rescue_device",
    "hw_rng_model",
    "hw_time_hpet",
    "hw_serial_port_count",
    "hw_scsi_model",
    "hw_video_model",
    "hw_video_ram",
    "hw_vif_model",
    "hw_viommu_model",
    "hw_vm_mode",
    "hw_watchdog_action",
    "hw_vif_multiqueue_enabled",
    "hw_tpm_model",
    "hw_tpm_version",
    "hw_ephemeral_encryption",
    "hw_ephemeral_encryption_format",
    "img_bittorrent",
    "img_bdm_v2",
    "img_block_device_mapping",
    "img_cache_in_nova",
    "img_compression_level",
    "img_hv_requested_version",
    "img_hv_type",
    "img_config_drive",
    "img_linked_clone",
    "img_mappings",
    "img_owner_id",
    "img_root_device_name",
    "img_use_agent",
    "img_version",
    "img_signature",
    "img_signature_hash_method",
    "img_signature_certificate_uuid",
    "img_signature_key_type",
    "img_hide_hypervisor_id",
    "os_admin_user",
    "os_command_line",
    "os_distro",
    "os_require_quiesce",
    "os_secure_boot",
    "os_skip_agent_inject_files_at_boot",
    "os_skip_agent_inject_ssh",
    "os_type",
    "traits_required",
};

/* Names of before, in the order in which they are looked for. */
static const struct old_name {
    const char *old;
    const char *name;
} old_names[] = {
    { "architecture", "hw_architecture" },
    { "owner_id", "img_owner_id" },
    { "vmware_disktype", "hw_disk_type" },
    { "vmware_image_version", "img_version" },
    { "vmware_ostype", "os_distro" },
    { "auto_disk_config", "hw_auto_disk_config" },
    { "ipxe_boot", "hw_ipxe_boot" },
    { "xenapi_device_id", "hw_device_id" },
    { "xenapi_image_compression_level", "img_compression_level" },
    { "vmware_linked_clone", "img_linked_clone" },
    { "xenapi_use_agent", "img_use_agent" },
    { "xenapi_skip_agent_inject_ssh", "os_skip_agent_inject_ssh" },
    { "xenapi_skip_agent_inject_files_at_boot", "os_skip_agent_inject_files_at_boot" },
    { "cache_in_nova", "img_cache_in_nova" },
    { "vm_mode", "hw_vm_mode" },
    { "bittorrent", "img_bittorrent" },
    { "mappings", "img_mappings" },
    { "block_device_mapping", "img_block_device_mapping" },
    { "bdm_v2", "img_bdm_v2" },
    { "root_device_name", "img_root_device_name" },
    { "hypervisor_version_requires", "img_hv_requested_version" },
    { "hypervisor_type", "img_hv_type" },
};

/* Other words for a value of an enumeration. */
static const struct synonym {
    const char *type;
    const char *word;
    const char *value;
} synonyms[] = {
    { "Architecture", "i386", "i686" },
    { "Architecture", "i486", "i686" },
    { "Architecture", "i586", "i686" },
    { "Architecture", "x86_32", "i686" },
    { "Architecture", "x86_32p", "i686" },
    { "Architecture", "amd64", "x86_64" },
    { "HVType", "xapi", "xen" },
    { "SCSIModel", "lsilogicsas", "lsisas1068" },
    { "SCSIModel", "paravirtual", "vmpvscsi" },
    { "VIFModel", "virtuale1000", "e1000" },
    { "VIFModel", "virtuale1000e", "e1000e" },
    { "VIFModel", "virtualpcnet32", "pcnet" },
    { "VIFModel", "virtualsriovethernetcard", "sriov" },
    { "VIFModel", "virtualvmxnet", "vmxnet" },
    { "VIFModel", "virtualvmxnet3", "vmxnet3" },
    { "VMMode", "pv", "xen" },
    { "VMMode", "hv", "hvm" },
    { "VMMode", "baremetal", "hvm" },
};

/* Enumerations whose case does not matter, and how a wrong value is called (NULL: by the words of all others). */
static const struct folded {
    const char *type;
    const char *refusal;
} folded[] = {
    { "Architecture", "Architecture name" },
    { "HVType", "Hypervisor virt type" },
    { "OSType", NULL },
    { "SCSIModel", NULL },
    { "VIFModel", NULL },
    { "VMMode", "Virtual machine mode" },
};

static struct fault *refuse(const void *mem, const char *why)
{
    return fault_text(mem, InvalidRequest, "Invalid image metadata. Error: %s", why);
}

/* ---- values of a type ---- */

static const char *text_of(const void *mem, const json_t *value)
{
    struct strbuf out;

    if (json_is_string(value) && !json_number_text(value))
        return json_string_value(value);
    strbuf_init(&out, mem, 64);
    json_put_python_str(&out, value);
    return out.data;
}

static struct fault *read_integer(const void *mem, const json_t *value, json_t **read)
{
    int64_t number;
    struct fault *fault = take_int(mem, value, &number);

    if (fault)
        return fault_is(fault, FAULT_ValueError) ? refuse(mem, fault->message) : fault;
    *read = json_integer(number);
    return NULL;
}

static bool is_type(const char *type, const char *name)
{
    size_t length = strlen(name);

    return !strncmp(type, name, length) && (!type[length] || type[length] == '{' || type[length] == '(');
}

static bool is_one_of(const char *type, const char *value)
{
    const char *p = strchr(type, '{');
    size_t length = strlen(value);

    while (p && *p != '}') {
        size_t size = strcspn(++p, "|}");

        if (size == length && !memcmp(p, value, size))
            return true;
        p += size;
    }
    return false;
}

static struct fault *read_enum(const void *mem, const char *type, const json_t *value, json_t **read)
{
    const char *text = text_of(mem, value);
    const char *word = text;
    const char *refusal = NULL;
    bool any_case = false;

    for (size_t i = 0; i < COUNT(folded); i++)
        if (is_type(type, folded[i].type)) {
            any_case = true;
            refusal = folded[i].refusal;
        }
    if (any_case) {
        char *lower = mem_strdup(mem, text);

        for (char *p = lower; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        word = lower;
        for (size_t i = 0; i < COUNT(synonyms); i++)
            if (is_type(type, synonyms[i].type) && !strcmp(synonyms[i].word, word)) {
                word = synonyms[i].value;
                break;
            }
    }
    if (!is_one_of(type, word)) {
        if (refusal)
            return refuse(mem, mem_printf(mem, "%s '%s' is not valid", refusal, text));
        return refuse(mem, mem_printf(mem, "Field value %s is invalid", word));
    }
    *read = tree_text(word);
    return NULL;
}

/* "(>=1.0, <2.0)": comparisons with versions, one behind the other. */
static bool is_version_predicate(const char *text)
{
    static const char *const signs[] = { "<=", ">=", "!=", "==", "<", ">" };
    const char *p = text;

    for (;;) {
        size_t i = 0, size;

        p += strspn(p, " \t\n\r\f\v");
        while (i < COUNT(signs) && strncmp(p, signs[i], strlen(signs[i])))
            i++;
        if (i == COUNT(signs))
            return false;
        p += strlen(signs[i]);
        p += strspn(p, " \t\n\r\f\v");
        size = strcspn(p, ", \t\n\r\f\v");
        if (!size)
            return false;
        p += size;
        p += strspn(p, " \t\n\r\f\v");
        if (!*p)
            return true;
        if (*p++ != ',')
            return false;
    }
}

static struct fault *wrong_type(const void *mem, const char *wanted, const char *name, const json_t *value)
{
    return refuse(mem, mem_printf(mem, "A %s is required in field %s, not a %s", wanted, name, take_type(value)));
}

/* A list of dicts of texts, null among them. */
static struct fault *read_dicts(const void *mem, const char *name, const json_t *value, json_t **read)
{
    json_t *list;
    size_t index;
    json_t *item;

    if (!json_is_array(value))
        return wrong_type(mem, "list", name, value);
    json_array_foreach((json_t *)(uintptr_t)value, index, item)
    {
        const char *place = mem_printf(mem, "%s[%zu]", name, index), *key;
        json_t *member;

        if (!json_is_object(item))
            return wrong_type(mem, "dict", place, item);
        json_object_foreach(item, key, member)
        {
            if (json_is_array(member) || json_is_object(member))
                return wrong_type(mem, "string", mem_printf(mem, "%s[%s]", place, key), member);
        }
    }
    list = json_array();
    json_array_foreach((json_t *)(uintptr_t)value, index, item)
    {
        json_t *dict = json_object();
        const char *key;
        json_t *member;

        json_object_foreach(item, key, member)
        {
            json_object_set_new_nocheck(dict, key,
                                        json_is_null(member) ? json_null() : tree_text(text_of(mem, member)));
        }
        json_array_append_new(list, dict);
    }
    *read = list;
    return NULL;
}

static struct fault *read_value(const void *mem, const char *name, const json_t *value, json_t **read)
{
    const char *type = object_field(object_kind("ImageMetaProps"), name)->type;

    if (json_is_null(value))
        return refuse(mem, mem_printf(mem, "Field `%s' cannot be None", name));
    if (is_type(type, "Integer"))
        return read_integer(mem, value, read);
    if (is_type(type, "FlexibleBoolean")) {
        *read = json_boolean(json_is_true(value) || text_bool(text_of(mem, value)) == true);
        return NULL;
    }
    if (is_type(type, "ListOfDictOfNullableStrings"))
        return read_dicts(mem, name, value, read);
    if (is_type(type, "VersionPredicate") && !is_version_predicate(text_of(mem, value)))
        return refuse(mem,
                      mem_printf(mem, "Version %s is not a valid predicate in field %s", text_of(mem, value), name));
    if (strchr(type, '{'))
        return read_enum(mem, type, value, read);
    *read = tree_text(text_of(mem, value));
    return NULL;
}

/* ---- CPU numbers ---- */

enum { MOST_CPUS = 65536 };

static bool cpu_number(const char *text, size_t length, long *number)
{
    char digits[256];
    int64_t value;

    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!take_int_text(digits, &value))
        return false;
    *number = value;
    return true;
}

static struct fault *bad_rule(const void *mem, const char *kind, const char *rule)
{
    struct strbuf quoted;

    strbuf_init(&quoted, mem, 64);
    json_put_python_quoted(&quoted, rule, strlen(rule));
    return fault_text(mem, Invalid, "Invalid %s expression %s", kind, quoted.data);
}

struct fault *cpu_spec_parse(const void *mem, const char *text, json_t **cpus)
{
    unsigned char *seen = mem_array(mem, unsigned char, MOST_CPUS);
    long beyond = 0; /* one of those that no server has; it is refused for it */
    char **rules = text_split(mem, text, ',');

    for (size_t i = 0; rules[i]; i++) {
        const char *rule = text_strip(mem, rules[i]);
        const char *dash = strchr(rule, '-');
        bool without = *rule == '^';
        long first, last;

        if (!*rule)
            continue;
        if (dash) {
            const char *from = without ? rule + 1 : rule;

            if (!cpu_number(from, (size_t)(dash - from), &first) || !cpu_number(dash + 1, strlen(dash + 1), &last) ||
                first > last)
                return bad_rule(mem, "range", rule);
        } else {
            if (!cpu_number(rule + without, strlen(rule + without), &first))
                return bad_rule(mem, without ? "exclusion" : "inclusion", rule);
            last = first;
        }
        for (long cpu = first < 0 ? 0 : first; cpu <= last && cpu < MOST_CPUS; cpu++)
            seen[cpu] |= without ? 2 : 1;
        if (!without && last >= MOST_CPUS && !beyond)
            beyond = first < MOST_CPUS ? MOST_CPUS : first;
    }
    *cpus = json_array();
    for (long cpu = 0; cpu < MOST_CPUS; cpu++)
        if (seen[cpu] == 1)
            json_array_append_new(*cpus, json_integer(cpu));
    if (beyond)
        json_array_append_new(*cpus, json_integer(beyond));
    return NULL;
}

/* ---- the properties ---- */

enum { MOST_NODES = 128 };

struct props {
    const void *mem;
    json_t *values[COUNT(names)];
};

static size_t index_of(const char *name)
{
    size_t i = 0;

    while (strcmp(names[i], name))
        i++;
    return i;
}

static void keep(struct props *props, const char *name, json_t *value)
{
    size_t i = index_of(name);

    json_decref(props->values[i]);
    props->values[i] = value;
}

static struct fault *set(struct props *props, const char *name, const json_t *value)
{
    json_t *read = NULL;

    TRY(read_value(props->mem, name, value, &read));
    keep(props, name, read);
    return NULL;
}

static struct fault *set_text(struct props *props, const char *name, const char *text)
{
    json_t *value = tree_text(text);
    struct fault *fault = set(props, name, value);

    json_decref(value);
    return fault;
}

static struct fault *set_old_names(struct props *props, const json_t *given)
{
    const json_t *adapter;

    for (size_t i = 0; i < COUNT(old_names); i++) {
        const json_t *value = json_object_get(given, old_names[i].old);

        if (value)
            TRY(set(props, old_names[i].name, value));
    }
    adapter = json_object_get(given, "vmware_adaptertype");
    if (adapter && json_is_string(adapter) && *json_string_value(adapter)) {
        if (!strcmp(json_string_value(adapter), "ide"))
            return set_text(props, "hw_disk_bus", "ide");
        TRY(set_text(props, "hw_disk_bus", "scsi"));
        return set(props, "hw_scsi_model", adapter);
    }
    return NULL;
}

/* hw_numa_cpus.0, .1 …, as long as they go on. */
static struct fault *set_numa(struct props *props, const json_t *given, const char *name, bool cpus)
{
    json_t *list = NULL;

    for (int i = 0; i < MOST_NODES; i++) {
        const json_t *value = json_object_get(given, mem_printf(props->mem, "%s.%d", name, i));
        json_t *read = NULL;
        struct fault *fault;

        if (!value)
            break;
        if (cpus)
            fault = cpu_spec_parse(props->mem, text_of(props->mem, value), &read);
        else
            fault = read_integer(props->mem, value, &read);
        if (fault) {
            json_decref(list);
            return fault;
        }
        if (!list)
            list = json_array();
        json_array_append_new(list, read);
    }
    if (list)
        keep(props, name, list);
    return NULL;
}

static void set_traits(struct props *props, const json_t *given)
{
    json_t *list = NULL;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)given, key, value)
    {
        if (strncmp(key, "trait:", 6) || strcmp(text_of(props->mem, value), "required"))
            continue;
        if (!list)
            list = json_array();
        json_array_append_new(list, tree_text(key + 6));
    }
    if (list)
        keep(props, "traits_required", list);
}

static struct fault *set_all(struct props *props, const json_t *given)
{
    TRY(set_old_names(props, given));
    for (size_t i = 0; i < COUNT(names); i++) {
        const json_t *value = json_object_get(given, names[i]);

        if (!strcmp(names[i], "hw_numa_mem"))
            TRY(set_numa(props, given, names[i], false));
        else if (!strcmp(names[i], "hw_numa_cpus"))
            TRY(set_numa(props, given, names[i], true));
        else if (value && strcmp(names[i], "traits_required"))
            TRY(set(props, names[i], value));
    }
    set_traits(props, given);
    return NULL;
}

static struct fault *props_tree(const void *mem, const json_t *given, json_t **tree)
{
    struct props props = { .mem = mem };
    struct fault *fault = set_all(&props, given);

    *tree = fault ? NULL : tree_object("ImageMetaProps");
    for (size_t i = 0; i < COUNT(names); i++) {
        if (!props.values[i])
            continue;
        if (fault)
            json_decref(props.values[i]);
        else
            tree_set(*tree, names[i], props.values[i]);
    }
    return fault;
}

/* ---- the image ---- */

enum attribute { TEXT, TEXT_OR_EMPTY, NUMBER, NUMBER_OR_ZERO, TIME };

/* In the order in which ImageMeta declares them; what it declares besides never comes. */
static const struct image_attribute {
    const char *name;
    enum attribute kind;
} attributes[] = {
    { "id", TEXT },
    { "name", TEXT_OR_EMPTY },
    { "status", TEXT },
    { "checksum", TEXT_OR_EMPTY },
    { "owner", TEXT_OR_EMPTY },
    { "size", NUMBER_OR_ZERO },
    { "container_format", TEXT_OR_EMPTY },
    { "disk_format", TEXT_OR_EMPTY },
    { "created_at", TIME },
    { "updated_at", TIME },
    { "min_ram", NUMBER },
    { "min_disk", NUMBER },
};

static struct fault *attribute_value(const void *mem, const struct image_attribute *attribute, const json_t *value,
                                     json_t **read)
{
    bool none = json_is_null(value), whole = json_is_array(value) || json_is_object(value);

    if (none && attribute->kind != TIME && attribute->kind != TEXT_OR_EMPTY && attribute->kind != NUMBER_OR_ZERO)
        return refuse(mem, mem_printf(mem, "Field `%s' cannot be None", attribute->name));
    if (attribute->kind == TIME && !none && (whole || json_is_boolean(value) || json_is_number(value)))
        return refuse(mem, mem_printf(mem, "A datetime.datetime is required in field %s, not a %s", attribute->name,
                                      take_type(value)));
    if (whole && (attribute->kind == TEXT || attribute->kind == TEXT_OR_EMPTY))
        return refuse(mem,
                      mem_printf(mem, "A string is required in field %s, not a %s", attribute->name, take_type(value)));
    switch (attribute->kind) {
    case TEXT:
    case TEXT_OR_EMPTY:
        *read = tree_text(none ? "" : text_of(mem, value));
        return NULL;
    case NUMBER:
    case NUMBER_OR_ZERO:
        if (none) {
            *read = json_integer(0);
            return NULL;
        }
        return read_integer(mem, value, read);
    case TIME:
    default:
        *read = none ? json_null() : tree_text(text_of(mem, value));
        return NULL;
    }
}

struct fault *image_meta_tree(const void *mem, const json_t *image, json_t **tree)
{
    json_t *props = NULL;
    struct fault *fault;

    *tree = NULL;
    TRY(props_tree(mem, json_object_get(image, "properties"), &props));
    *tree = tree_object("ImageMeta");
    for (size_t i = 0; i < COUNT(attributes); i++) {
        const json_t *value = json_object_get(image, attributes[i].name);
        json_t *read = NULL;

        if (!value)
            continue;
        fault = attribute_value(mem, &attributes[i], value, &read);
        if (fault) {
            json_decref(props);
            json_decref(*tree);
            return fault;
        }
        tree_set(*tree, attributes[i].name, read);
    }
    tree_set(*tree, "properties", props);
    return NULL;
}

struct fault *image_meta_check_architecture(const void *mem, const json_t *image)
{
    static const char name[] = "hw_architecture";
    const json_t *given = json_object_get(json_object_get(image, "properties"), name);
    json_t *read = NULL;

    if (!json_is_string(given) || !*json_string_value(given))
        return NULL;
    if (read_enum(mem, object_field(object_kind("ImageMetaProps"), name)->type, given, &read))
        return fault_new(mem, InvalidArchitectureName, json_string_value(given));
    json_decref(read);
    return NULL;
}

const json_t *image_meta_prop(const json_t *tree, const char *name)
{
    return tree_get(tree_get(tree, "properties"), name);
}

const char *image_meta_text(const json_t *tree, const char *name)
{
    return json_string_value(image_meta_prop(tree, name));
}

int64_t image_meta_int(const json_t *tree, const char *name, int64_t otherwise)
{
    const json_t *value = image_meta_prop(tree, name);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

int image_meta_bool(const json_t *tree, const char *name)
{
    const json_t *value = image_meta_prop(tree, name);

    return value ? json_is_true(value) : -1;
}
