/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU policies, memory pages and NUMA nodes of a flavor and an image: what
 * contradicts, and the topology that is asked for.  See hardware.h.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/json/unicode.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/objects/tree.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIXED_FROM = 52 }; /* the version of nova-compute that knows of the CPU policy "mixed" */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST_NODES = 128 };

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* ---- policies ---- */

static const char *const cpu_policies[] = { "dedicated", "shared", "mixed", NULL };
static const char *const thread_policies[] = { "prefer", "isolate", "require", NULL };

static bool is_among(const char *const *words, const char *text)
{
    while (*words && strcmp(*words, text))
        words++;
    return *words;
}

static struct fault *cpu_policy(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                const char **policy)
{
    const char *of_flavor = hardware_extra_spec(flavor, "hw:cpu_policy");
    const char *of_image = image_meta_text(image, "hw_cpu_policy");

    *policy = NULL;
    if (!text_is_empty(of_flavor) && !is_among(cpu_policies, of_flavor))
        return fault_new(mem, InvalidCPUAllocationPolicy, "flavor extra specs", of_flavor,
                         "('dedicated', 'shared', 'mixed')");
    if ((is(of_flavor, "mixed") && is(of_image, "dedicated")) ||
        (is(of_flavor, "shared") && (is(of_image, "mixed") || is(of_image, "dedicated"))))
        return fault_new(mem, ImageCPUPinningForbidden);
    *policy = text_is_empty(of_flavor) ? of_image : of_flavor;
    return NULL;
}

static struct fault *thread_policy(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                   const char **policy)
{
    const char *of_flavor = hardware_extra_spec(flavor, "hw:cpu_thread_policy");
    const char *of_image = image_meta_text(image, "hw_cpu_thread_policy");

    *policy = NULL;
    if (!text_is_empty(of_flavor) && !is_among(thread_policies, of_flavor))
        return fault_new(mem, InvalidCPUThreadAllocationPolicy, "flavor extra specs", of_flavor,
                         "('prefer', 'isolate', 'require')");
    if (!of_flavor || !strcmp(of_flavor, "prefer"))
        *policy = of_flavor ? of_flavor : of_image;
    else if (of_image && strcmp(of_image, of_flavor))
        return fault_new(mem, ImageCPUThreadPolicyForbidden);
    else
        *policy = of_flavor;
    if (text_is_empty(*policy))
        *policy = NULL;
    return NULL;
}

static bool has_cpu(const json_t *cpus, int64_t cpu)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)cpus, index, item)
    {
        if (json_integer_value(item) == cpu)
            return true;
    }
    return false;
}

static struct fault *dedicated_cpus(const void *mem, const struct flavor_row *flavor, json_t **cpus)
{
    const char *mask = hardware_extra_spec(flavor, "hw:cpu_dedicated_mask");
    struct fault *fault = NULL;
    int64_t within = 0;

    *cpus = NULL;
    if (text_is_empty(mask))
        return NULL;
    if (*text_strip(mem, mask) == '^')
        mask = mem_printf(mem, "0-%ld,%s", (long)flavor->vcpus - 1, mask);
    TRY(cpu_spec_parse(mem, mask, cpus));
    for (int64_t cpu = 0; cpu < flavor->vcpus; cpu++)
        within += has_cpu(*cpus, cpu);
    if (!json_array_size(*cpus) || within == flavor->vcpus)
        fault = fault_new(mem, InvalidMixedInstanceDedicatedMask);
    else if (within != (int64_t)json_array_size(*cpus))
        fault = fault_text(mem, InvalidMixedInstanceDedicatedMask,
                           "Mixed instance dedicated vCPU(s) mask is not a subset of vCPUs in the flavor. See "
                           "\"hw:cpu_dedicated_mask\"");
    if (fault) {
        json_decref(*cpus);
        *cpus = NULL;
    }
    return fault;
}

/* "resources:VCPU", "resources1:VCPU" … and what follows the name. */
static bool is_granular(const char *key, const char *prefix, const char *name)
{
    size_t length = strlen(prefix);

    if (strncmp(key, prefix, length))
        return false;
    key += length;
    if (*key >= '1' && *key <= '9')
        while (isdigit((unsigned char)*key))
            key++;
    return *key == ':' && !strncmp(key + 1, name, strlen(name));
}

static int64_t requested(const struct flavor_row *flavor, const char *class)
{
    int64_t sum = 0;
    const char *key;
    json_t *value;

    json_object_foreach(flavor->extra_specs, key, value)
    {
        const char *text = json_string_value(value);
        int64_t number;

        if (text && is_granular(key, "resources", class) && take_int_text(text, &number))
            sum += number;
    }
    return sum;
}

static const char *hyperthreading(const struct flavor_row *flavor, const json_t *image)
{
    static const char trait[] = "HW_CPU_HYPERTHREADING";
    const char *key;
    json_t *value;
    size_t index;

    json_object_foreach(flavor->extra_specs, key, value)
    {
        if (is_granular(key, "trait", trait))
            return json_string_value(value);
    }
    json_array_foreach((json_t *)(uintptr_t)image_meta_prop(image, "traits_required"), index, value)
    {
        if (is(json_string_value(value), trait))
            return "required";
    }
    return NULL;
}

/* What all words on CPUs come to. */
struct cpus {
    const char *policy;
    const char *thread_policy;
    const char *emulator_policy;
    json_t *realtime, *dedicated; /* or NULL */
};

static struct fault *check_resources(const void *mem, const struct flavor_row *flavor, struct cpus *cpus)
{
    int64_t shared = requested(flavor, "VCPU"), pinned = requested(flavor, "PCPU");

    if (cpus->policy && (shared || pinned))
        return fault_text(mem, InvalidRequest,
                          "It is not possible to use the 'resources:VCPU' or 'resources:PCPU' extra specs in "
                          "combination with the 'hw:cpu_policy' extra spec or 'hw_cpu_policy' image metadata property; "
                          "use one or the other");
    if (shared && pinned)
        return fault_text(mem, InvalidRequest,
                          "It is not possible to specify both 'resources:VCPU' and 'resources:PCPU' extra specs; use "
                          "one or the other");
    if (pinned) {
        bool isolated = is(cpus->emulator_policy, "isolate");

        if (isolated && flavor->vcpus + 1 != pinned)
            return fault_text(mem, InvalidRequest,
                              "You have requested 'hw:emulator_threads_policy=isolate' but have not requested "
                              "sufficient PCPUs to handle this policy; you must allocate exactly flavor.vcpus + 1 "
                              "PCPUs.");
        if (!isolated && flavor->vcpus != pinned)
            return fault_text(mem, InvalidRequest,
                              "There is a mismatch between the number of PCPUs requested via 'resourcesNN:PCPU' and "
                              "the flavor); you must allocate exactly flavor.vcpus PCPUs");
        cpus->policy = "dedicated";
    }
    if (shared)
        cpus->policy = "shared";
    return NULL;
}

static struct fault *check_policies(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                    struct cpus *cpus)
{
    const char *trait = hyperthreading(flavor, image);

    TRY(check_resources(mem, flavor, cpus));
    if (cpus->thread_policy && !text_is_empty(trait))
        return fault_text(mem, InvalidRequest,
                          "It is not possible to use the 'trait:HW_CPU_HYPERTHREADING' extra spec in combination with "
                          "the 'hw:cpu_thread_policy' extra spec or 'hw_cpu_thread_policy' image metadata property; "
                          "use one or the other");
    if (is(trait, "forbidden"))
        cpus->thread_policy = "isolate";
    else if (is(trait, "required"))
        cpus->thread_policy = "require";
    if (!cpus->policy || is(cpus->policy, "shared")) {
        if (cpus->thread_policy)
            return fault_new(mem, CPUThreadPolicyConfigurationInvalid);
        if (is(cpus->emulator_policy, "isolate"))
            return fault_new(mem, BadRequirementEmulatorThreadsPolicy);
        if (cpus->dedicated)
            return fault_new(mem, RequiredMixedInstancePolicy);
        if (cpus->realtime)
            return fault_new(mem, RealtimeConfigurationInvalid);
    } else if (is(cpus->policy, "dedicated")) {
        if (cpus->dedicated)
            return fault_new(mem, RequiredMixedInstancePolicy);
    } else if (!cpus->realtime == !cpus->dedicated) {
        return fault_new(mem, RequiredMixedOrRealtimeCPUMask);
    }
    return NULL;
}

static struct fault *read_cpus(const void *mem, const struct flavor_row *flavor, const json_t *image, struct cpus *cpus)
{
    TRY(cpu_policy(mem, flavor, image, &cpus->policy));
    TRY(thread_policy(mem, flavor, image, &cpus->thread_policy));
    TRY(hardware_realtime_cpus(mem, flavor, image, &cpus->realtime));
    TRY(dedicated_cpus(mem, flavor, &cpus->dedicated));
    TRY(hardware_emulator_policy(mem, flavor, &cpus->emulator_policy));
    return check_policies(mem, flavor, image, cpus);
}

/* ---- nodes and pages ---- */

static struct fault *node_count(const void *mem, const struct flavor_row *flavor, const json_t *image, int64_t *nodes)
{
    const char *of_flavor = hardware_extra_spec(flavor, "hw:numa_nodes");
    int64_t of_image = image_meta_int(image, "hw_numa_nodes", 0);
    bool has_image = image_meta_prop(image, "hw_numa_nodes") != NULL;

    *nodes = 0;
    if (!text_is_empty(of_flavor) && of_image)
        return fault_new(mem, ImageNUMATopologyForbidden, "hw_numa_nodes");
    if (!text_is_empty(of_flavor)) {
        /* The number must read back as it was written. */
        if (of_flavor[strspn(of_flavor, "0123456789")] || *of_flavor == '0' || !take_int_text(of_flavor, nodes))
            return fault_new(mem, InvalidNUMANodesNumber, of_flavor);
        return NULL;
    }
    if (has_image && of_image < 1)
        return fault_new(mem, InvalidNUMANodesNumber, mem_printf(mem, "%ld", (long)of_image));
    *nodes = of_image;
    return NULL;
}

/*
 * Bytes of "2MB", "1GiB", "2048Kb": a number, a power of 1024 (K, M, G, T, with an i or not), b or bit for bits, B for
 * bytes; false: it is none.
 */
static bool page_bytes(const char *text, double *bytes)
{
    static const char powers[] = "KMGT";
    const char *p = text + (*text == '-' || *text == '+'), *power;
    size_t whole = strspn(p, "0123456789"), fraction = 0;

    if (p[whole] == '.') {
        fraction = strspn(p + whole + 1, "0123456789");
        if (!fraction)
            return false;
        fraction++;
    }
    if (!whole && !fraction)
        return false;
    *bytes = strtod(text, NULL);
    p += whole + fraction;
    power = *p ? strchr(powers, *p) : NULL;
    if (power) {
        for (const char *step = powers; step <= power; step++)
            *bytes *= 1024;
        p += p[1] == 'i' ? 2 : 1;
    }
    if (!strcmp(p, "B"))
        return true;
    *bytes /= 8;
    return !strcmp(p, "b") || !strcmp(p, "bit");
}

enum { PAGES_SMALL = -1, PAGES_LARGE = -2, PAGES_ANY = -3 };

/* What a flavor and an image say of pages. */
struct pages {
    bool given;
    bool some; /* it is given, and not as 0 */
    int64_t size;
};

/* The digits of all scripts as those of ASCII. */
static const char *plain_digits(const void *mem, const char *text)
{
    size_t length = strlen(text), step;
    struct strbuf plain;

    strbuf_init(&plain, mem, length + 1);
    for (size_t i = 0; i < length; i += step) {
        int digit = unicode_decimal(unicode_next(text + i, length - i, &step));

        if (digit >= 0)
            strbuf_putc(&plain, (char)('0' + digit));
        else
            strbuf_put(&plain, text + i, step);
    }
    return plain.data;
}

static struct fault *page_size(const void *mem, const char *text, struct pages *pages)
{
    int64_t *size = &pages->size;
    double bytes;

    if (!strcmp(text, "any"))
        *size = PAGES_ANY;
    else if (!strcmp(text, "large"))
        *size = PAGES_LARGE;
    else if (!strcmp(text, "small"))
        *size = PAGES_SMALL;
    else {
        const char *plain = plain_digits(mem, text);

        if (*plain && !plain[strspn(plain, "0123456789")]) {
            take_int_text(plain, size);
        } else {
            if (!page_bytes(plain, &bytes))
                return fault_new(mem, MemoryPageSizeInvalid, text);
            *size = (int64_t)(ceil(bytes) / 1024);
            pages->some = ceil(bytes) != 0;
            return NULL;
        }
    }
    pages->some = *size != 0;
    return NULL;
}

static struct fault *pages(const void *mem, const struct flavor_row *flavor, const json_t *image, struct pages *pages)
{
    const char *of_flavor = hardware_extra_spec(flavor, "hw:mem_page_size");
    const char *of_image = image_meta_text(image, "hw_mem_page_size");

    if (text_is_empty(of_flavor))
        return text_is_empty(of_image) ? NULL : fault_new(mem, MemoryPageSizeForbidden, of_image, "<empty>");
    pages->given = true;
    TRY(page_size(mem, of_flavor, pages));
    if (text_is_empty(of_image))
        return NULL;
    if (pages->size == PAGES_ANY || pages->size == PAGES_LARGE)
        return page_size(mem, of_image, pages);
    return fault_new(mem, MemoryPageSizeForbidden, of_image, of_flavor);
}

static struct fault *check_locked_memory(const void *mem, const struct flavor_row *flavor, const json_t *image)
{
    const char *spec = hardware_extra_spec(flavor, "hw:locked_memory");
    int of_flavor = spec ? text_bool(spec) == true : -1;
    int of_image = image_meta_bool(image, "hw_locked_memory");
    int locked = of_flavor != -1 ? of_flavor : of_image;

    if (of_flavor != -1 && of_image != -1 && of_flavor != of_image)
        return fault_new(mem, FlavorImageLockedMemoryConflict, of_image ? "True" : "False",
                         of_flavor ? "True" : "False");
    if (locked == true && text_is_empty(hardware_extra_spec(flavor, "hw:mem_page_size")) &&
        text_is_empty(image_meta_text(image, "hw_mem_page_size")))
        return fault_new(mem, LockMemoryForbidden);
    return NULL;
}

static bool has_persistent_memory(const struct flavor_row *flavor)
{
    const char *labels = hardware_extra_spec(flavor, "hw:pmem");

    return labels && labels[strspn(labels, ", \t\n\r\f\v")];
}

/* ---- the nodes' CPUs and memory ---- */

/* hw:numa_cpus.0 … of the flavor, or the image's; *list NULL: none. */
static struct fault *node_list(const void *mem, const struct flavor_row *flavor, const json_t *image, const char *name,
                               bool cpus, json_t **list)
{
    const json_t *of_image = image_meta_prop(image, mem_printf(mem, "hw_%s", name));
    json_t *found = NULL;

    *list = NULL;
    for (int i = 0; i < MOST_NODES; i++) {
        const char *text = hardware_extra_spec(flavor, mem_printf(mem, "hw:%s.%d", name, i));
        json_t *item = NULL;
        struct fault *fault = NULL;

        if (!text)
            break;
        if (cpus) {
            fault = cpu_spec_parse(mem, text, &item);
        } else {
            int64_t number;

            if (take_int_text(text, &number))
                item = json_integer(number);
            else
                fault =
                    fault_new(mem, ValueError, mem_printf(mem, "invalid literal for int() with base 10: '%s'", text));
        }
        if (fault) {
            json_decref(found);
            return fault;
        }
        if (!found)
            found = json_array();
        json_array_append_new(found, item);
    }
    if (found && of_image) {
        json_decref(found);
        return fault_new(mem, ImageNUMATopologyForbidden, mem_printf(mem, "hw_%s", name));
    }
    *list = found ? found : json_incref((json_t *)(uintptr_t)of_image);
    return NULL;
}

struct nodes {
    int64_t count;
    struct pages pages;
    const struct cpus *cpus;
    json_t *cpu_list, *memory_list; /* or NULL */
};

static bool is_pinned(const struct nodes *nodes, int64_t cpu)
{
    if (is(nodes->cpus->policy, "dedicated"))
        return true;
    if (nodes->cpus->dedicated)
        return has_cpu(nodes->cpus->dedicated, cpu);
    return is(nodes->cpus->policy, "mixed") && has_cpu(nodes->cpus->realtime, cpu);
}

static json_t *cell_tree(const struct nodes *nodes, int64_t id, const json_t *cpus, int64_t memory)
{
    json_t *cell = tree_object("InstanceNUMACell");
    json_t *shared = json_array(), *pinned = json_array();
    size_t index;
    json_t *cpu;

    json_array_foreach((json_t *)(uintptr_t)cpus, index, cpu)
    {
        json_array_append(is_pinned(nodes, json_integer_value(cpu)) ? pinned : shared, cpu);
    }
    tree_set(cell, "id", json_integer(id));
    tree_set(cell, "cpuset", shared);
    tree_set(cell, "pcpuset", pinned);
    tree_set(cell, "cpuset_reserved", json_null());
    tree_set(cell, "memory", json_integer(memory));
    tree_set(cell, "pagesize", nodes->pages.given ? json_integer(nodes->pages.size) : json_null());
    tree_set(cell, "cpu_pinning_raw", json_null());
    tree_set(cell, "cpu_policy", tree_text(nodes->cpus->policy));
    tree_set(cell, "cpu_thread_policy", tree_text(nodes->cpus->thread_policy));
    return cell;
}

static struct fault *even_nodes(const void *mem, const struct flavor_row *flavor, const struct nodes *nodes,
                                json_t *cells)
{
    int64_t each;

    if (flavor->vcpus % nodes->count || flavor->memory_mb % nodes->count)
        return fault_new(mem, ImageNUMATopologyAsymmetric);
    each = flavor->vcpus / nodes->count;
    for (int64_t i = 0; i < nodes->count; i++) {
        json_t *cpus = json_array();

        for (int64_t cpu = i * each; cpu < (i + 1) * each; cpu++)
            json_array_append_new(cpus, json_integer(cpu));
        json_array_append_new(cells, cell_tree(nodes, i, cpus, flavor->memory_mb / nodes->count));
        json_decref(cpus);
    }
    return NULL;
}

/* "{1, 3}" */
static const char *left_over(const void *mem, const bool *taken, int64_t count)
{
    struct strbuf text;

    strbuf_init(&text, mem, 64);
    for (int64_t cpu = 0; cpu < count; cpu++)
        if (!taken[cpu])
            strbuf_printf(&text, "%s%ld", text.length ? ", " : "{", (long)cpu);
    if (!text.length)
        return NULL;
    strbuf_putc(&text, '}');
    return text.data;
}

static struct fault *given_nodes(const void *mem, const struct flavor_row *flavor, const struct nodes *nodes,
                                 json_t *cells)
{
    bool *taken = mem_array(mem, bool, (size_t)flavor->vcpus + 1);
    int64_t memory = 0;
    const char *left;

    for (int64_t i = 0; i < nodes->count; i++) {
        const json_t *cpus = json_array_get(nodes->cpu_list, (size_t)i);
        int64_t size = json_integer_value(json_array_get(nodes->memory_list, (size_t)i));
        size_t index;
        json_t *item;

        json_array_foreach((json_t *)(uintptr_t)cpus, index, item)
        {
            int64_t cpu = json_integer_value(item);

            if (cpu > flavor->vcpus - 1)
                return fault_new(mem, ImageNUMATopologyCPUOutOfRange, cpu, flavor->vcpus - 1);
            if (taken[cpu])
                return fault_new(mem, ImageNUMATopologyCPUDuplicates, cpu);
            taken[cpu] = true;
        }
        json_array_append_new(cells, cell_tree(nodes, i, cpus, size));
        if (__builtin_add_overflow(memory, size, &memory))
            memory = size < 0 ? INT64_MIN : INT64_MAX;
    }
    left = left_over(mem, taken, flavor->vcpus);
    if (left)
        return fault_new(mem, ImageNUMATopologyCPUsUnassigned, left);
    if (memory != flavor->memory_mb)
        return fault_new(mem, ImageNUMATopologyMemoryOutOfRange, memory, flavor->memory_mb);
    return NULL;
}

static struct fault *build(const void *mem, const struct flavor_row *flavor, const json_t *image, struct nodes *nodes,
                           json_t **topology)
{
    json_t *cells = json_array();
    struct fault *fault;

    fault = node_list(mem, flavor, image, "numa_cpus", true, &nodes->cpu_list);
    if (!fault)
        fault = node_list(mem, flavor, image, "numa_mem", false, &nodes->memory_list);
    if (!fault) {
        if (!nodes->cpu_list && !nodes->memory_list)
            fault = even_nodes(mem, flavor, nodes, cells);
        else if (!nodes->cpu_list || !nodes->memory_list || (int64_t)json_array_size(nodes->cpu_list) != nodes->count ||
                 (int64_t)json_array_size(nodes->memory_list) != nodes->count)
            fault = fault_new(mem, ImageNUMATopologyIncomplete);
        else
            fault = given_nodes(mem, flavor, nodes, cells);
    }
    json_decref(nodes->cpu_list);
    json_decref(nodes->memory_list);
    if (fault) {
        json_decref(cells);
        return fault;
    }
    *topology = tree_object("InstanceNUMATopology");
    tree_set(*topology, "cells", cells);
    tree_set(*topology, "emulator_threads_policy", tree_text(nodes->cpus->emulator_policy));
    return NULL;
}

static struct fault *settle(const void *mem, const struct flavor_row *flavor, const json_t *image, struct cpus *cpus,
                            json_t **topology)
{
    struct nodes nodes = { .cpus = cpus };

    TRY(read_cpus(mem, flavor, image, cpus));
    TRY(node_count(mem, flavor, image, &nodes.count));
    TRY(pages(mem, flavor, image, &nodes.pages));
    TRY(check_locked_memory(mem, flavor, image));
    if (!nodes.count && !nodes.pages.some && !has_persistent_memory(flavor) && !is(cpus->policy, "dedicated") &&
        !is(cpus->policy, "mixed"))
        return NULL;
    if (!nodes.count)
        nodes.count = 1;
    return build(mem, flavor, image, &nodes, topology);
}

struct fault *hardware_numa(const void *mem, const struct flavor_row *flavor, const json_t *image, json_t **topology)
{
    struct cpus cpus = { 0 };
    struct fault *fault;

    *topology = NULL;
    fault = settle(mem, flavor, image, &cpus, topology);
    json_decref(cpus.realtime);
    json_decref(cpus.dedicated);
    return fault;
}

struct fault *hardware_numa_check_mixed(const struct context *context, const json_t *topology)
{
    static const char *const compute[] = { "nova-compute" };
    const json_t *cell = topology ? json_array_get(tree_get(topology, "cells"), 0) : NULL;
    int64_t version;

    if (!is(json_string_value(tree_get(cell, "cpu_policy")), "mixed"))
        return NULL;
    TRY(service_minimum_version_all_cells(context, compute, 1, false, &version));
    return version < MIXED_FROM ? fault_new(context->mem, MixedInstanceNotSupportByComputeService) : NULL;
}
