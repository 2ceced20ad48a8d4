/* SPDX-License-Identifier: Apache-2.0 */
/* The NUMA cells of a server; see the header.  Source: objects.tsv (InstanceNUMATopology, InstanceNUMACell). */
#include "config.h"

#include "routes/views/server_topology.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"

#include <stdlib.h>

static const json_t *data_of(const json_t *object)
{
    return json_object_get(object, "nova_object.data");
}

static int by_number(const void *one, const void *other)
{
    json_int_t a = *(const json_int_t *)one, b = *(const json_int_t *)other;

    return (a > b) - (a < b);
}

/* The CPUs of both kinds, each once, in order. */
static size_t read_cpus(const void *mem, const json_t *cell, json_int_t **cpus)
{
    const json_t *sets[] = { json_object_get(cell, "cpuset"), json_object_get(cell, "pcpuset") };
    size_t count = 0, kept = 0;

    *cpus = mem_array(mem, json_int_t, json_array_size(sets[0]) + json_array_size(sets[1]) + 1);
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < json_array_size(sets[s]); i++)
            (*cpus)[count++] = json_integer_value(json_array_get(sets[s], i));
    qsort(*cpus, count, sizeof(**cpus), by_number);
    for (size_t i = 0; i < count; i++)
        if (!i || (*cpus)[i] != (*cpus)[i - 1])
            (*cpus)[kept++] = (*cpus)[i];
    return kept;
}

static void put_cpus(struct strbuf *out, const json_int_t *cpus, size_t count)
{
    strbuf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(out, ", ");
        strbuf_put_int(out, cpus[i]);
    }
    strbuf_putc(out, ']');
}

/* Threads of a core beside each other; only whole cores. */
static void put_siblings(struct strbuf *out, const json_t *cell, const json_int_t *cpus, size_t count)
{
    json_int_t threads = json_integer_value(json_object_get(data_of(json_object_get(cell, "cpu_topology")), "threads"));

    strbuf_putc(out, '[');
    for (size_t at = 0; threads > 1 && at + (size_t)threads <= count; at += (size_t)threads) {
        if (at)
            JSON_PUT_LITERAL(out, ", ");
        put_cpus(out, cpus + at, (size_t)threads);
    }
    strbuf_putc(out, ']');
}

static void put_cell(const struct call *call, const json_t *cell, bool host)
{
    const json_t *pinning = json_object_get(cell, "cpu_pinning_raw");
    json_int_t *cpus;
    size_t count = read_cpus(call->mem, cell, &cpus);

    JSON_PUT_LITERAL(call->out, "{\"vcpu_set\": ");
    put_cpus(call->out, cpus, count);
    JSON_PUT_LITERAL(call->out, ", \"siblings\": ");
    put_siblings(call->out, cell, cpus, count);
    JSON_PUT_LITERAL(call->out, ", \"memory_mb\": ");
    json_put_tree(call->out, json_object_get(cell, "memory"));
    if (host) {
        JSON_PUT_LITERAL(call->out, ", \"host_node\": ");
        json_put_tree(call->out, json_object_get(cell, "id"));
        JSON_PUT_LITERAL(call->out, ", \"cpu_pinning\": ");
        if (json_is_object(pinning))
            json_put_tree(call->out, pinning);
        else
            JSON_PUT_LITERAL(call->out, "{}");
    }
    strbuf_putc(call->out, '}');
}

struct fault *server_topology_view(struct call *call, struct db_bytes topology, bool host)
{
    const json_t *cells, *page = NULL;
    json_t *tree;

    if (!topology.data) {
        JSON_PUT_LITERAL(call->out, "{\"nodes\": [], \"pagesize_kb\": null}");
        return NULL;
    }
    TRY(json_read(call->mem, topology.data, topology.length, &tree));
    cells = json_object_get(data_of(tree), "cells");
    JSON_PUT_LITERAL(call->out, "{\"nodes\": [");
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = data_of(json_array_get(cells, i));
        const json_t *size = json_object_get(cell, "pagesize");

        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_cell(call, cell, host);
        if (json_integer_value(size))
            page = size;
    }
    JSON_PUT_LITERAL(call->out, "], \"pagesize_kb\": ");
    if (page)
        json_put_tree(call->out, page);
    else
        json_put_null(call->out);
    strbuf_putc(call->out, '}');
    return NULL;
}
