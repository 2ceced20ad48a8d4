/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the JSON primitives take on what a page of servers is made of: a
 * row's flavor and network columns scanned, its fields written.  For a
 * developer who changes them (make tests/bench/micro_json, then run it); no
 * test looks at the figures.
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"

#include <stdio.h>
#include <stdlib.h>

/* instance_extra.flavor and instance_info_caches.network_info, as nova writes them. */
static const char flavor_text[] =
    "{\"cur\": {\"nova_object.name\": \"Flavor\", \"nova_object.namespace\": \"nova\", \"nova_object.version\": "
    "\"1.2\", "
    "\"nova_object.data\": {\"id\": 6, \"name\": \"m1.nano\", \"memory_mb\": 64, \"vcpus\": 1, \"root_gb\": 1, "
    "\"ephemeral_gb\": 0, \"flavorid\": \"42\", \"swap\": 0, \"rxtx_factor\": 1.0, \"vcpu_weight\": 0, \"disabled\": "
    "false, "
    "\"is_public\": true, \"extra_specs\": {\"hw_rng:allowed\": \"True\"}, \"description\": null, "
    "\"created_at\": \"2026-11-22T11:25:39Z\", \"updated_at\": null, \"deleted_at\": null, \"deleted\": false}, "
    "\"nova_object.changes\": [\"extra_specs\"]}, \"old\": null, \"new\": null}";
static const char network_text[] =
    "[{\"id\": \"ee29c9d6-7a92-4595-9289-9a4b0f10f945\", \"address\": \"fa:16:3e:f2:e2:55\", \"network\": {\"id\": "
    "\"d47074a8-77cd-491d-97f5-e998f2fef125\", \"bridge\": \"br-int\", \"label\": \"seed\", \"subnets\": [{\"cidr\": "
    "\"10.2.0.0/16\", \"dns\": [], \"gateway\": {\"address\": \"10.2.0.1\", \"type\": \"gateway\", \"version\": 4, "
    "\"meta\": "
    "{}}, \"ips\": [{\"address\": \"10.2.0.26\", \"type\": \"fixed\", \"version\": 4, \"meta\": {}, \"floating_ips\": "
    "[]}], "
    "\"routes\": [], \"version\": 4, \"meta\": {}}], \"meta\": {\"injected\": false, \"tenant_id\": "
    "\"f3e04970c54d45cca12347bbd9c6cbf3\", \"mtu\": 1450, \"physical_network\": null, \"tunneled\": true}}, \"type\": "
    "\"ovs\", "
    "\"details\": {\"connectivity\": \"l2\", \"port_filter\": true, \"ovs_hybrid_plug\": false, \"datapath_type\": "
    "\"system\", \"bridge_name\": \"br-int\", \"bound_drivers\": {\"0\": \"openvswitch\"}}, \"devname\": "
    "\"tapee29c9d6-7a\", "
    "\"ovs_interfaceid\": \"ee29c9d6-7a92-4595-9289-9a4b0f10f945\", \"qbh_params\": null, \"qbg_params\": null, "
    "\"active\": "
    "false, \"vnic_type\": \"normal\", \"profile\": {}, \"preserve_on_delete\": false, \"delegate_create\": true, "
    "\"meta\": "
    "{}}]";

struct server {
    const char *id, *name, *status, *tenant_id, *user_id, *host_id, *image, *zone, *host, *hypervisor, *instance_name;
    const char *vm_state, *task_state, *root_device, *key_name, *user_data, *reservation, *hostname, *config_drive;
    int64_t power_state, launch_index, created, updated, launched;
    bool locked;
};

static void put_flavor(const struct view_state *state, const void *object);
static void put_addresses(const struct view_state *state, const void *object);

static const struct view_field fields[] = {
    VIEW_STRING("id", struct server, id, V_ALL),
    VIEW_STRING("name", struct server, name, V_ALL),
    VIEW_STRING("status", struct server, status, V_ALL),
    VIEW_STRING("tenant_id", struct server, tenant_id, V_ALL),
    VIEW_STRING("user_id", struct server, user_id, V_ALL),
    VIEW_STRING("hostId", struct server, host_id, V_ALL),
    VIEW_STRING("image", struct server, image, V_ALL),
    VIEW_CALL("flavor", put_flavor, V_ALL),
    VIEW_TIME("created", struct server, created, V_ALL),
    VIEW_TIME("updated", struct server, updated, V_ALL),
    VIEW_CALL("addresses", put_addresses, V_ALL),
    VIEW_STRING("key_name", struct server, key_name, V_ALL),
    VIEW_STRING("config_drive", struct server, config_drive, V_ALL),
    VIEW_BOOL("locked", struct server, locked, V_ALL),
    VIEW_STRING("OS-EXT-AZ:availability_zone", struct server, zone, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:host", struct server, host, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:hypervisor_hostname", struct server, hypervisor, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:instance_name", struct server, instance_name, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:reservation_id", struct server, reservation, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:root_device_name", struct server, root_device, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:user_data", struct server, user_data, V_ALL),
    VIEW_STRING("OS-EXT-SRV-ATTR:hostname", struct server, hostname, V_ALL),
    VIEW_INT("OS-EXT-SRV-ATTR:launch_index", struct server, launch_index, V_ALL),
    VIEW_INT("OS-EXT-STS:power_state", struct server, power_state, V_ALL),
    VIEW_STRING("OS-EXT-STS:vm_state", struct server, vm_state, V_ALL),
    VIEW_STRING("OS-EXT-STS:task_state", struct server, task_state, V_ALL),
    VIEW_TIME_PYTHON("OS-SRV-USG:launched_at", struct server, launched, V_ALL),
    VIEW_END,
};

/* The flavor's members that a server shows; what is not asked for is skipped. */
static void put_flavor(const struct view_state *state, const void *object)
{
    struct json_scan scan = json_scan_text(flavor_text, sizeof(flavor_text) - 1);
    struct strbuf *out = state->out;
    struct json_piece key, piece;
    int64_t number;
    bool first = true;

    strbuf_putc(out, '{');
    if (json_scan_find(&scan, "cur") && json_scan_find(&scan, "nova_object.data"))
        for (json_scan_object(&scan); json_scan_key(&scan, &key);) {
            if (json_key_is(key, "name") && json_scan_string(&scan, &piece)) {
                strbuf_puts(out, first ? "\"original_name\": " : ", \"original_name\": ");
                json_put_piece(out, piece);
            } else if ((json_key_is(key, "vcpus") || json_key_is(key, "memory_mb") || json_key_is(key, "root_gb") ||
                        json_key_is(key, "ephemeral_gb") || json_key_is(key, "swap")) &&
                       json_scan_int(&scan, &number)) {
                strbuf_puts(out, first ? "\"" : ", \"");
                strbuf_put(out, key.text, key.length);
                strbuf_puts(out, "\": ");
                strbuf_put_int(out, number);
            } else if (json_key_is(key, "extra_specs")) {
                json_scan_raw(&scan, &piece);
                strbuf_puts(out, ", \"extra_specs\": ");
                json_put_raw(out, piece.text, piece.length);
            } else {
                json_scan_skip(&scan);
                continue;
            }
            first = false;
        }
    strbuf_putc(out, '}');
}

static void put_ips(struct strbuf *out, struct json_scan *scan, struct json_piece mac)
{
    struct json_piece key, address = { 0 };
    int64_t version = 0;

    for (json_scan_array(scan); json_scan_element(scan);) {
        for (json_scan_object(scan); json_scan_key(scan, &key);) {
            if (json_key_is(key, "address"))
                (void)json_scan_string(scan, &address);
            else if (json_key_is(key, "version"))
                (void)json_scan_int(scan, &version);
            else
                json_scan_skip(scan);
        }
        JSON_PUT_LITERAL(out, "{\"version\": ");
        strbuf_put_int(out, version);
        JSON_PUT_LITERAL(out, ", \"addr\": ");
        json_put_piece(out, address);
        JSON_PUT_LITERAL(out, ", \"OS-EXT-IPS-MAC:mac_addr\": ");
        json_put_piece(out, mac);
        JSON_PUT_LITERAL(out, "}");
    }
}

static void put_addresses(const struct view_state *state, const void *object)
{
    struct json_scan scan = json_scan_text(network_text, sizeof(network_text) - 1);
    struct strbuf *out = state->out;
    struct json_piece key, mac = { 0 }, label;

    strbuf_putc(out, '{');
    for (json_scan_array(&scan); json_scan_element(&scan);)
        for (json_scan_object(&scan); json_scan_key(&scan, &key);) {
            if (json_key_is(key, "address")) {
                (void)json_scan_string(&scan, &mac);
            } else if (json_key_is(key, "network")) {
                for (json_scan_object(&scan); json_scan_key(&scan, &key);) {
                    if (json_key_is(key, "label")) {
                        (void)json_scan_string(&scan, &label);
                        json_put_piece(out, label);
                        JSON_PUT_LITERAL(out, ": [");
                    } else if (json_key_is(key, "subnets")) {
                        for (json_scan_array(&scan); json_scan_element(&scan);)
                            if (json_scan_find(&scan, "ips")) {
                                put_ips(out, &scan, mac);
                                while (json_scan_key(&scan, &key))
                                    json_scan_skip(&scan);
                            }
                    } else {
                        json_scan_skip(&scan);
                    }
                }
            } else {
                json_scan_skip(&scan);
            }
        }
    JSON_PUT_LITERAL(out, "]}");
}

static struct strbuf out;
static struct view_plan plan;
static struct view_state view = { &out, 96, NULL };
static const struct server server = {
    .id = "9f3c1d3e-1111-4222-8333-123456789abc",
    .name = "seed-000123",
    .status = "ACTIVE",
    .tenant_id = "f3e04970c54d45cca12347bbd9c6cbf3",
    .user_id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    .host_id = "92154fab69d5883ba2c8622b7e65f745dd33257221c07af363c51b29",
    .image = "5cd8b1d1-ff06-40dc-a3b3-0a0d5c1a1d7e",
    .zone = "nova",
    .host = "lab-c1",
    .hypervisor = "lab-c1",
    .instance_name = "instance-0000007b",
    .vm_state = "active",
    .root_device = "/dev/vda",
    .reservation = "r-8x1yz2ab",
    .hostname = "seed-000123",
    .config_drive = "",
    .power_state = 1,
    .created = 1795337737203114,
    .updated = 1795337739203114,
    .launched = 1795337739203114,
};

static void write_server(void)
{
    view_put(&plan, &view, &server);
}

static void write_flavor(void)
{
    put_flavor(&view, NULL);
}

static void write_addresses(void)
{
    put_addresses(&view, NULL);
}

static void skip_network(void)
{
    struct json_scan scan = json_scan_text(network_text, sizeof(network_text) - 1);

    json_scan_skip(&scan);
}

static void walk_network(void)
{
    struct json_scan scan = json_scan_text(network_text, sizeof(network_text) - 1);
    struct json_piece key;

    for (json_scan_array(&scan); json_scan_element(&scan);)
        for (json_scan_object(&scan); json_scan_key(&scan, &key);)
            json_scan_skip(&scan);
}

static void rewrite_network(void)
{
    json_put_raw(&out, network_text, sizeof(network_text) - 1);
}

static void write_uuid(void)
{
    json_put_string(&out, server.id);
}

static void write_short(void)
{
    json_put_string(&out, server.zone);
}

static void write_escaped(void)
{
    json_put_string(&out, "a name with \"quotes\" and \xc3\xbc");
}

static void write_double(void)
{
    json_put_double(&out, 0.1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
        size_t size; /* of the text that is read, or 0 */
    } rows[] = {
        { "a server of 27 fields", write_server, 0 },
        { "its flavor column", write_flavor, sizeof(flavor_text) },
        { "its network column", write_addresses, sizeof(network_text) },
        { "skip the network column", skip_network, sizeof(network_text) },
        { "walk its top level", walk_network, sizeof(network_text) },
        { "rewrite it", rewrite_network, sizeof(network_text) },
        { "string of 36", write_uuid, 0 },
        { "string of 4", write_short, 0 },
        { "string with escapes", write_escaped, 0 },
        { "double", write_double, 0 },
    };
    int rounds = argc > 1 ? atoi(argv[1]) : 200000;
    void *mem = mem_context(NULL, "bench");

    strbuf_init(&out, mem, 1 << 20);
    view_plan(&plan, fields, 96);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t start = clock_monotonic_usec();
        size_t written = 0;
        for (int round = 0; round < rounds; round++) {
            rows[i].run();
            written = out.length;
            strbuf_cut(&out, 0);
        }
        double ns = (double)(clock_monotonic_usec() - start) * 1000 / rounds;
        printf("%-26s %8.1f ns", rows[i].name, ns);
        if (rows[i].size)
            printf("  %6.0f MB/s read", (double)rows[i].size * 1000 / ns);
        printf("  %5zu bytes written\n", written);
    }
    talloc_free(mem);
    return 0;
}
