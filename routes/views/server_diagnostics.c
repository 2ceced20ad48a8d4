/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a Diagnostics object in the order of the contract. Neighbour: routes/compute/server_diagnostics.c. */
#include "config.h"

#include "routes/views/server_diagnostics.h"

#include "fcgi_app/json/json.h"

static const char *const plain[] = { "state",        "driver",   "hypervisor", "hypervisor_os", "uptime",
                                     "config_drive", "num_cpus", "num_nics",   "num_disks",     NULL };
static const char *const disk[] = {
    "read_bytes", "read_requests", "write_bytes", "write_requests", "errors_count", NULL
};
static const char *const cpu[] = { "id", "time", "utilisation", NULL };
static const char *const nic[] = { "mac_address", "rx_octets", "rx_errors", "rx_drop",    "rx_packets", "rx_rate",
                                   "tx_octets",   "tx_errors", "tx_drop",   "tx_packets", "tx_rate",    NULL };
static const char *const memory[] = { "maximum", "used", NULL };

static const struct {
    const char *name;
    const char *const *members;
} lists[] = { { "disk_details", disk }, { "cpu_details", cpu }, { "nic_details", nic } };

static const json_t *data_of(const json_t *object)
{
    return json_object_get(object, "nova_object.data");
}

static void put_members(struct strbuf *out, const json_t *object, const char *const *members)
{
    for (size_t i = 0; members[i]; i++) {
        if (i)
            JSON_PUT_LITERAL(out, ", ");
        json_put_string(out, members[i]);
        JSON_PUT_LITERAL(out, ": ");
        json_put_member(out, data_of(object), members[i]);
    }
}

void view_server_diagnostics(struct strbuf *out, const json_t *object)
{
    strbuf_putc(out, '{');
    put_members(out, object, plain);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const json_t *item;
        size_t at;

        JSON_PUT_LITERAL(out, ", ");
        json_put_string(out, lists[i].name);
        JSON_PUT_LITERAL(out, ": [");
        json_array_foreach(json_object_get(data_of(object), lists[i].name), at, item)
        {
            if (at)
                JSON_PUT_LITERAL(out, ", ");
            strbuf_putc(out, '{');
            put_members(out, item, lists[i].members);
            strbuf_putc(out, '}');
        }
        strbuf_putc(out, ']');
    }
    JSON_PUT_LITERAL(out, ", \"memory_details\": {");
    put_members(out, json_object_get(data_of(object), "memory_details"), memory);
    JSON_PUT_LITERAL(out, "}}");
}
