/* SPDX-License-Identifier: Apache-2.0 */
/* What a flavor asks placement for; see the header. */
#include "config.h"

#include "fcgi_app/quota/unified_flavor.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.scheduler.utils");

#define MOST_CPUS 4096

/* A class in a group of the flavor's ("" is the one without a number). */
struct amount {
    const char *group, *name;
    int64_t value;
};

struct request {
    const void *mem;
    struct amount *amounts;
    size_t count;
};

static void set_amount(struct request *request, const char *group, const char *name, int64_t value)
{
    for (size_t i = 0; i < request->count; i++)
        if (!strcmp(request->amounts[i].group, group) && !strcmp(request->amounts[i].name, name)) {
            request->amounts[i].value = value;
            return;
        }
    request->amounts = mem_grow(request->mem, request->amounts, struct amount, request->count + 1);
    request->amounts[request->count++] = (struct amount){ group, name, value };
}

static bool has(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->count; i++)
        if (!strcmp(request->amounts[i].name, name))
            return true;
    return false;
}

/* Is it a standard resource class, or a custom one? Others are passed over. */
static bool is_class(const char *name)
{
    static const char *const standard[] = {
        "VCPU",
        "MEMORY_MB",
        "DISK_GB",
        "PCI_DEVICE",
        "SRIOV_NET_VF",
        "NUMA_SOCKET",
        "NUMA_CORE",
        "NUMA_THREAD",
        "NUMA_MEMORY_MB",
        "IPV4_ADDRESS",
        "VGPU",
        "VGPU_DISPLAY_HEAD",
        "NET_BW_EGR_KILOBIT_PER_SEC",
        "NET_BW_IGR_KILOBIT_PER_SEC",
        "PCPU",
        "MEM_ENCRYPTION_CONTEXT",
        "FPGA",
        "PGPU",
        "NET_PACKET_RATE_KILOPACKET_PER_SEC",
        "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
        "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    };

    if (!strncmp(name, "CUSTOM_", 7))
        return true;
    for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
        if (!strcmp(name, standard[i]))
            return true;
    return false;
}

/* "resources2:VGPU" */
static void take_spec(struct request *request, const char *key, const char *value)
{
    const char *group = key + strlen("resources"), *end = group, *text;
    int64_t number;

    if (strncmp(key, "resources", strlen("resources")) != 0)
        return;
    while (isalnum((unsigned char)*end) || *end == '_' || *end == '-')
        end++;
    if (*end != ':' || end - group > 64)
        return;
    text = value ? value : "";
    if (!take_int_text(text, &number) || number < 0 || !is_class(end + 1)) {
        log_warning("Resource amounts must be integers of known classes. Received '%s' for key %s.", text, end + 1);
        return;
    }
    set_amount(request, mem_strndup(request->mem, group, (size_t)(end - group)), end + 1, number);
}

/* How many processors "0-3,^1" names; what is excluded goes after what is there. */
static int64_t count_cpus(const char *mask, int64_t all)
{
    bool named[MOST_CPUS] = { false };
    int64_t total = 0;

    for (int64_t i = 0; i < all && i < MOST_CPUS; i++)
        named[i] = true;
    for (int excluding = 0; excluding < 2; excluding++)
        for (const char *p = mask; p && *p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
            const char *at = p + strspn(p, " ");
            bool excluded = *at == '^';
            char *end;
            long from = strtol(at + excluded, &end, 10), to = *end == '-' ? strtol(end + 1, NULL, 10) : from;

            for (long cpu = from; excluded == excluding && cpu >= 0 && cpu <= to && cpu < MOST_CPUS; cpu++)
                named[cpu] = !excluded;
        }
    for (size_t i = 0; i < MOST_CPUS; i++)
        total += named[i];
    return total;
}

/* Processors of its own: hw:cpu_policy. */
static void take_pinning(struct request *request, const struct quota_server *server, const json_t *specs)
{
    const char *policy = json_string_value(json_object_get(specs, "hw:cpu_policy"));
    const char *emulator = json_string_value(json_object_get(specs, "hw:emulator_threads_policy"));
    const char *dedicated = json_string_value(json_object_get(specs, "hw:cpu_dedicated_mask"));
    const char *realtime = json_string_value(json_object_get(specs, "hw:cpu_realtime_mask"));
    int64_t own = server->vcpus;

    if (!policy || (strcmp(policy, "dedicated") != 0 && strcmp(policy, "mixed") != 0))
        return;
    if (!strcmp(policy, "mixed")) {
        const char *mask = dedicated ? dedicated : realtime;

        own = mask ? count_cpus(mask, *mask == '^' ? server->vcpus : 0) : 0;
        set_amount(request, "", "VCPU", server->vcpus - own);
    }
    set_amount(request, "", "PCPU", own + (emulator && !strcmp(emulator, "isolate")));
}

/* Persistent memory: "hw:pmem" names a class a word. */
static void take_pmem(struct request *request, const char *labels)
{
    char **words = text_split(request->mem, labels ? labels : "", ',');
    struct request counted = { .mem = request->mem };

    for (size_t i = 0; words[i]; i++) {
        const char *word = text_strip(request->mem, words[i]);
        struct strbuf name;
        size_t at;

        if (!*word)
            continue;
        strbuf_init(&name, request->mem, 64);
        strbuf_puts(&name, "CUSTOM_PMEM_NAMESPACE_");
        for (const char *p = word; *p; p++)
            if (isalnum((unsigned char)*p))
                strbuf_putc(&name, (char)toupper((unsigned char)*p));
            else if (name.data[name.length - 1] != '_' || p == word)
                strbuf_putc(&name, '_');
        for (at = 0; at < counted.count && strcmp(counted.amounts[at].name, name.data) != 0; at++)
            ;
        set_amount(&counted, "", name.data, at < counted.count ? counted.amounts[at].value + 1 : 1);
    }
    for (size_t i = 0; i < counted.count; i++)
        set_amount(request, "", counted.amounts[i].name, counted.amounts[i].value);
}

static int by_resource(const void *one, const void *other)
{
    return strcmp(((const struct unified_delta *)one)->resource, ((const struct unified_delta *)other)->resource);
}

/* What the groups say of a class is added up. */
static void sum(const struct request *request, int64_t count, struct unified_delta *deltas, size_t *delta_count)
{
    for (size_t i = 0; i < request->count; i++) {
        const char *resource = mem_printf(request->mem, "class:%s", request->amounts[i].name);
        int64_t value = request->amounts[i].value * count;
        size_t at = 0;

        if (!value)
            continue;
        while (at < *delta_count && strcmp(deltas[at].resource, resource) != 0)
            at++;
        if (at < *delta_count)
            deltas[at].more += value;
        else
            deltas[(*delta_count)++] = (struct unified_delta){ resource, value };
    }
}

struct fault *unified_deltas(const void *mem, const struct quota_server *server, int64_t count,
                             struct unified_delta **deltas, size_t *delta_count)
{
    struct request request = { .mem = mem };
    json_t *specs = NULL, *value;
    const char *key;

    if (server->extra_specs && json_read(mem, server->extra_specs, strlen(server->extra_specs), &specs))
        specs = NULL;
    json_object_foreach(specs, key, value) take_spec(&request, key, json_string_value(value));
    take_pinning(&request, server, specs);
    if (!has(&request, "VCPU") && !has(&request, "PCPU"))
        set_amount(&request, "", "VCPU", server->vcpus);
    if (!has(&request, "MEMORY_MB"))
        set_amount(&request, "", "MEMORY_MB", server->memory_mb);
    if (!has(&request, "DISK_GB"))
        set_amount(&request, "", "DISK_GB",
                   server->ephemeral_gb + (server->swap + 1023) / 1024 +
                       (server->boots_from_volume ? 0 : server->root_gb));
    /* The flavor is counted without its image, which such memory needs: upstream stumbles over the words of that. */
    value = json_object_get(specs, "hw:mem_encryption");
    if (value && text_bool(json_string_value(value)) > 0)
        return fault_new(mem, NotImplementedError, "Cannot load 'name' in the base class");
    take_pmem(&request, json_string_value(json_object_get(specs, "hw:pmem")));
    *deltas = mem_array(mem, struct unified_delta, request.count + 1);
    (*deltas)[0] = (struct unified_delta){ "servers", count };
    *delta_count = 1;
    sum(&request, count, *deltas, delta_count);
    qsort(*deltas, *delta_count, sizeof(**deltas), by_resource);
    return NULL;
}
