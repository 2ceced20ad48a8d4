/* SPDX-License-Identifier: Apache-2.0 */
/* Network information of a server from its ports, networks, subnets and floating addresses; see the header. */
#include "config.h"

#include "fcgi_app/compute/network_cache.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/info_caches.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.network.neutron");

/* Of an interface's name on its host, which Linux bounds. */
enum { NIC_NAME_LENGTH = 14 };

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool text_is(const char *one, const char *other)
{
    return one && !strcmp(one, other);
}

static struct fault *read_vifs(const void *mem, const struct db_bytes *bytes, json_t **vifs)
{
    if (!bytes->length)
        return json_read(mem, "[]", 2, vifs);
    return json_read(mem, bytes->data, bytes->length, vifs);
}

struct fault *network_cache_read(const struct target *target, json_t **vifs)
{
    return read_vifs(target->mem, &target->row->network_info, vifs);
}

/* ---- addresses ---- */

struct address {
    int version; /* 4, 6 */
    unsigned char bytes[16];
};

static struct fault *read_address(const void *mem, const char *words, struct address *address)
{
    if (inet_pton(AF_INET, words, address->bytes) == 1)
        address->version = 4;
    else if (inet_pton(AF_INET6, words, address->bytes) == 1)
        address->version = 6;
    else
        return fault_new(mem, InvalidIpAddressError, words);
    return NULL;
}

/* "10.0.0.0/16"; without a length it is one address. */
static struct fault *read_cidr(const void *mem, const char *cidr, struct address *address, int *length)
{
    const char *slash = strchr(cidr, '/');
    int most;

    if (read_address(mem, slash ? mem_strndup(mem, cidr, (size_t)(slash - cidr)) : cidr, address))
        return fault_new(mem, ValueError, mem_printf(mem, "invalid IPNetwork %s", cidr));
    most = address->version == 4 ? 32 : 128;
    *length = slash ? atoi(slash + 1) : most;
    if (*length < 0 || *length > most)
        return fault_new(mem, ValueError, mem_printf(mem, "invalid IPNetwork %s", cidr));
    return NULL;
}

static bool is_within(const struct address *address, const struct address *net, int length)
{
    int whole = length / 8, rest = length % 8;

    if (address->version != net->version || memcmp(address->bytes, net->bytes, (size_t)whole))
        return false;
    return !rest || (address->bytes[whole] ^ net->bytes[whole]) >> (8 - rest) == 0;
}

/* An address as it is kept, its brace left open for more. */
static struct fault *open_ip(struct strbuf *out, const char *words, const char *type)
{
    struct address address;

    JSON_PUT_LITERAL(out, "{\"address\": ");
    json_put_string(out, words);
    strbuf_printf(out, ", \"type\": \"%s\", \"version\": ", type);
    if (words && *words) {
        TRY(read_address(out->mem, words, &address));
        strbuf_printf(out, "%d", address.version);
    } else {
        json_put_null(out);
    }
    JSON_PUT_LITERAL(out, ", \"meta\": {}");
    return NULL;
}

static struct fault *put_ip(struct strbuf *out, const char *words, const char *type)
{
    TRY(open_ip(out, words, type));
    strbuf_putc(out, '}');
    return NULL;
}

/* ---- a refresh ---- */

struct refresh {
    const struct context *context;
    const struct target *target;
    const void *mem;
    json_t *old;      /* what was kept */
    json_t *ports;    /* the server's by now */
    json_t *networks; /* of what was kept */
    struct strbuf out;
};

static struct fault *list(const struct refresh *refresh, enum neutron_resource resource,
                          const struct neutron_param *params, json_t **items)
{
    return neutron_list(refresh->context, refresh->mem, NEUTRON_SERVICE, resource, params, items);
}

/* An address of a port and the floating ones that lead to it. */
struct fixed_ip {
    const char *address;
    json_t *floats;
};

static struct fault *read_fixed_ips(const struct refresh *refresh, const json_t *port, struct fixed_ip **ips,
                                    size_t *count)
{
    const json_t *fixed = json_object_get(port, "fixed_ips"), *one;
    size_t i;

    *count = json_array_size(fixed);
    *ips = mem_array(refresh->mem, struct fixed_ip, *count + 1);
    json_array_foreach(fixed, i, one)
    {
        const char *address = text(one, "ip_address");
        const struct neutron_param params[] = { { "fixed_ip_address", address },
                                                { "port_id", text(port, "id") },
                                                { NULL, NULL } };
        struct fault *fault;

        if (!address)
            return fault_new(refresh->mem, KeyError, "'ip_address'");
        (*ips)[i].address = address;
        fault = list(refresh, NEUTRON_FLOATINGIPS, params, &(*ips)[i].floats);
        if (fault && fault->code == 404 && fault_is(fault, FAULT_neutron_NeutronClientException))
            (*ips)[i].floats = NULL; /* a network service without routers */
        else
            TRY(fault);
    }
    return NULL;
}

static struct fault *put_fixed_ip(struct strbuf *out, const struct fixed_ip *ip)
{
    const json_t *one, *before;
    size_t i, b, shown = 0;

    TRY(open_ip(out, ip->address, "fixed"));
    JSON_PUT_LITERAL(out, ", \"floating_ips\": [");
    json_array_foreach(ip->floats, i, one)
    {
        const char *address = text(one, "floating_ip_address");
        bool again = false;

        for (b = 0; b < i && address; b++) {
            before = json_array_get(ip->floats, b);
            again = again || text_is(text(before, "floating_ip_address"), address);
        }
        if (again)
            continue;
        if (shown++)
            JSON_PUT_LITERAL(out, ", ");
        TRY(put_ip(out, address, "floating"));
    }
    JSON_PUT_LITERAL(out, "]}");
    return NULL;
}

/* ---- subnets ---- */

/* Subnets of the port's addresses. */
static struct fault *list_subnets(const struct refresh *refresh, const json_t *port, json_t **subnets)
{
    const json_t *fixed = json_object_get(port, "fixed_ips"), *one;
    size_t count = json_array_size(fixed), kept = 0, i, k;
    const char **ids = mem_array(refresh->mem, const char *, count + 1);

    json_array_foreach(fixed, i, one)
    {
        const char *id = text(one, "subnet_id");

        for (k = 0; k < kept && id && strcmp(ids[k], id); k++)
            ;
        if (id && k == kept)
            ids[kept++] = id;
    }
    if (!count)
        return json_read(refresh->mem, "[]", 2, subnets);
    return neutron_list_many(refresh->context, refresh->mem, NEUTRON_SERVICE, NEUTRON_SUBNETS, "id", ids, kept, 0, NULL,
                             subnets);
}

/* Who hands out addresses there: of the network's ports for that the last with an address in the subnet. */
static struct fault *find_dhcp(const struct refresh *refresh, const json_t *subnet, const json_t **address)
{
    const struct neutron_param params[] = { { "network_id", text(subnet, "network_id") },
                                            { "device_owner", "network:dhcp" },
                                            { NULL, NULL } };
    const json_t *port, *fixed, *id = json_object_get(subnet, "id"), *given;
    json_t *ports;
    size_t p, f;

    *address = NULL;
    TRY(list(refresh, NEUTRON_PORTS, params, &ports));
    json_array_foreach(ports, p, port) json_array_foreach(json_object_get(port, "fixed_ips"), f, fixed)
    {
        given = json_object_get(fixed, "subnet_id");
        if (given && !id)
            return fault_new(refresh->mem, KeyError, "'id'");
        if (given && json_equal(given, id)) {
            *address = json_object_get(fixed, "ip_address");
            break;
        }
    }
    if (!*address && json_is_true(json_object_get(subnet, "enable_dhcp")))
        *address = json_object_get(subnet, "gateway_ip");
    return NULL;
}

static struct fault *put_routes(struct strbuf *out, const json_t *routes)
{
    const json_t *route, *before;
    size_t i, b, shown = 0;

    json_array_foreach(routes, i, route)
    {
        for (b = 0; b < i; b++) {
            before = json_array_get(routes, b);
            if (json_equal(json_object_get(before, "destination"), json_object_get(route, "destination")) &&
                json_equal(json_object_get(before, "nexthop"), json_object_get(route, "nexthop")))
                break;
        }
        if (b < i)
            continue;
        if (shown++)
            JSON_PUT_LITERAL(out, ", ");
        JSON_PUT_LITERAL(out, "{\"cidr\": ");
        json_put_string(out, text(route, "destination"));
        JSON_PUT_LITERAL(out, ", \"gateway\": ");
        TRY(put_ip(out, text(route, "nexthop"), "gateway"));
        JSON_PUT_LITERAL(out, ", \"interface\": null, \"meta\": {}}");
    }
    return NULL;
}

static struct fault *put_servers(struct strbuf *out, const json_t *servers)
{
    const json_t *server;
    size_t i, b, shown = 0;

    json_array_foreach(servers, i, server)
    {
        for (b = 0; b < i && !json_equal(json_array_get(servers, b), server); b++)
            ;
        if (b < i)
            continue;
        if (shown++)
            JSON_PUT_LITERAL(out, ", ");
        TRY(put_ip(out, json_string_value(server), "dns"));
    }
    return NULL;
}

static struct fault *put_subnet(struct refresh *refresh, const json_t *subnet, const struct fixed_ip *ips, size_t count)
{
    const json_t *dhcp, *mode = json_object_get(subnet, "ipv6_address_mode");
    const char *cidr = text(subnet, "cidr"), *gateway = text(subnet, "gateway_ip");
    static const char *const needed[] = { "cidr", "gateway_ip", "network_id" };
    struct strbuf *out = &refresh->out;
    struct address net, address;
    json_t *value;
    size_t shown = 0;
    int length = 0;

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        TRY(take_key(refresh->mem, subnet, needed[i], &value));
    if (!cidr)
        return fault_new(refresh->mem, ValueError, "invalid IPNetwork");
    if (gateway && *gateway)
        TRY(read_address(refresh->mem, gateway, &address));
    TRY(find_dhcp(refresh, subnet, &dhcp));
    TRY(read_cidr(refresh->mem, cidr, &net, &length));
    JSON_PUT_LITERAL(out, "{\"cidr\": ");
    json_put_string(out, cidr);
    JSON_PUT_LITERAL(out, ", \"dns\": [");
    TRY(put_servers(out, json_object_get(subnet, "dns_nameservers")));
    JSON_PUT_LITERAL(out, "], \"gateway\": ");
    TRY(put_ip(out, gateway, "gateway"));
    JSON_PUT_LITERAL(out, ", \"ips\": [");
    for (size_t i = 0; i < count; i++) {
        TRY(read_address(refresh->mem, ips[i].address, &address));
        if (!is_within(&address, &net, length))
            continue;
        if (shown++)
            JSON_PUT_LITERAL(out, ", ");
        TRY(put_fixed_ip(out, &ips[i]));
    }
    JSON_PUT_LITERAL(out, "], \"routes\": [");
    TRY(put_routes(out, json_object_get(subnet, "host_routes")));
    strbuf_printf(out, "], \"version\": %d, \"meta\": {", net.version);
    if (json_string_length(mode)) {
        JSON_PUT_LITERAL(out, "\"ipv6_address_mode\": ");
        json_put_tree(out, mode);
    }
    if (dhcp) {
        if (json_string_length(mode))
            JSON_PUT_LITERAL(out, ", ");
        JSON_PUT_LITERAL(out, "\"dhcp_server\": ");
        json_put_tree(out, dhcp);
    }
    JSON_PUT_LITERAL(out, "}}");
    return NULL;
}

/* ---- the network of a port ---- */

struct wire {
    const char *bridge;  /* NULL: none */
    const char *ovs_id;  /* the port's id where Open vSwitch has it */
    bool makes_bridge;   /* should_create_bridge */
    const char *physnet; /* NULL: none */
    bool tunneled;
};

/* Which bridge of its host a port hangs on, by its kind. */
static void find_bridge(const struct refresh *refresh, const json_t *port, struct wire *wire)
{
    const char *kind = text(port, "binding:vif_type"), *network = text(port, "network_id");
    const json_t *details = json_object_get(port, "binding:vif_details");
    const char *named = text(details, "bridge_name");
    bool vhost = text_is(kind, "vhostuser");

    *wire = (struct wire){ 0 };
    if (text_is(kind, "ovs") || text_is(kind, "agilio_ovs") ||
        (vhost && json_is_true(json_object_get(details, "vhostuser_ovs_plug")))) {
        wire->bridge = named ? named : conf_string(refresh->context->worker->conf, OPTION_neutron_ovs_bridge);
        wire->ovs_id = text(port, "id");
    } else if (text_is(kind, "bridge") || (vhost && json_is_true(json_object_get(details, "vhostuser_fp_plug")))) {
        wire->bridge = named ? named : mem_printf(refresh->mem, "brq%s", network);
        wire->makes_bridge = !vhost;
    } else if (text_is(kind, "dvs")) {
        wire->bridge = network;
        return;
    }
    if (wire->bridge)
        wire->bridge = mem_printf(refresh->mem, "%.*s", NIC_NAME_LENGTH, wire->bridge);
}

static const json_t *find_by_id(const json_t *items, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item) if (id && text_is(text(item, "id"), id)) return item;
    return NULL;
}

/* The part behind the subnets. */
static void put_network_end(struct refresh *refresh, const json_t *port, const json_t *network, const struct wire *wire)
{
    struct strbuf *out = &refresh->out;

    JSON_PUT_LITERAL(out, "], \"meta\": {\"injected\": ");
    json_put_bool(out, conf_bool(refresh->context->worker->conf, OPTION_DEFAULT_flat_injected));
    JSON_PUT_LITERAL(out, ", \"tenant_id\": ");
    json_put_member(out, network ? network : port, "tenant_id");
    JSON_PUT_LITERAL(out, ", \"mtu\": ");
    json_put_member(out, network, "mtu");
    JSON_PUT_LITERAL(out, ", \"physical_network\": ");
    json_put_string(out, wire->physnet);
    JSON_PUT_LITERAL(out, ", \"tunneled\": ");
    json_put_bool(out, wire->tunneled);
    if (wire->makes_bridge)
        JSON_PUT_LITERAL(out, ", \"should_create_bridge\": true");
    JSON_PUT_LITERAL(out, "}}");
}

/* ---- interfaces ---- */

static struct fault *put_vif(struct refresh *refresh, const json_t *port, bool preserved)
{
    const char *id = text(port, "id"), *network_id = text(port, "network_id"), *kind;
    const json_t *network = find_by_id(refresh->networks, network_id), *subnet, *part;
    struct strbuf *out = &refresh->out;
    struct fixed_ip *ips;
    struct wire wire;
    json_t *subnets;
    size_t count, i;

    static const char *const needed[] = { "admin_state_up", "status", "fixed_ips", "network_id", "mac_address" };

    for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!json_object_get(port, needed[i]))
            return fault_new(refresh->mem, KeyError, mem_printf(refresh->mem, "'%s'", needed[i]));
    if (!network_id)
        return fault_new(refresh->mem, TypeError, "a network's id is no text");
    if (!network)
        log_instance(LOG_LEVEL_WARNING, refresh->target->row->uuid,
                     "Network %s is none of the project's: its port's project stands in", network_id);
    find_bridge(refresh, port, &wire);
    TRY(read_fixed_ips(refresh, port, &ips, &count));
    TRY(list_subnets(refresh, port, &subnets));
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_string(out, id);
    JSON_PUT_LITERAL(out, ", \"address\": ");
    json_put_member(out, port, "mac_address");
    JSON_PUT_LITERAL(out, ", \"network\": {\"id\": ");
    json_put_string(out, network_id);
    JSON_PUT_LITERAL(out, ", \"bridge\": ");
    json_put_string(out, wire.bridge);
    JSON_PUT_LITERAL(out, ", \"label\": ");
    json_put_member(out, network, "name");
    JSON_PUT_LITERAL(out, ", \"subnets\": [");
    json_array_foreach(subnets, i, subnet)
    {
        if (i)
            JSON_PUT_LITERAL(out, ", ");
        TRY(put_subnet(refresh, subnet, ips, count));
    }
    TRY(neutron_network_kind(refresh->context, refresh->mem, network_id, &wire.physnet, &wire.tunneled));
    put_network_end(refresh, port, network, &wire);
    JSON_PUT_LITERAL(out, ", \"type\": ");
    json_put_member(out, port, "binding:vif_type");
    JSON_PUT_LITERAL(out, ", \"details\": ");
    part = json_object_get(port, "binding:vif_details");
    if (json_object_size(part))
        json_put_tree(out, part);
    else
        JSON_PUT_LITERAL(out, "{}");
    JSON_PUT_LITERAL(out, ", \"devname\": ");
    json_put_string(out, mem_printf(refresh->mem, "tap%.*s", NIC_NAME_LENGTH - 3, id));
    JSON_PUT_LITERAL(out, ", \"ovs_interfaceid\": ");
    json_put_string(out, wire.ovs_id);
    JSON_PUT_LITERAL(out, ", \"qbh_params\": null, \"qbg_params\": null, \"active\": ");
    json_put_bool(out,
                  json_is_false(json_object_get(port, "admin_state_up")) || text_is(text(port, "status"), "ACTIVE"));
    JSON_PUT_LITERAL(out, ", \"vnic_type\": ");
    kind = text(port, "binding:vnic_type");
    json_put_string(out, kind ? kind : "normal");
    JSON_PUT_LITERAL(out, ", \"profile\": ");
    part = json_object_get(port, "binding:profile");
    if (json_object_size(part))
        json_put_tree(out, part);
    else
        JSON_PUT_LITERAL(out, "{}");
    JSON_PUT_LITERAL(out, ", \"preserve_on_delete\": ");
    json_put_bool(out, preserved);
    JSON_PUT_LITERAL(out, ", \"delegate_create\": true, \"meta\": {}}");
    return NULL;
}

/* A port that is bound does not change its kind: whoever did that is told. */
static void check_kind(const struct refresh *refresh, const json_t *old, const json_t *port)
{
    const char *was = text(old, "vnic_type"), *is = text(port, "binding:vnic_type");

    if (was && *was && !text_is(is ? is : "normal", was))
        log_instance(LOG_LEVEL_ERROR, refresh->target->row->uuid,
                     "Port %s is bound, and its vnic_type went from \"%s\" to \"%s\" in neutron, which the server's "
                     "host cannot follow: set it back",
                     text(port, "id"), was, is ? is : "normal");
}

/* The networks of what was kept; of a server without interfaces those that its project may use. */
static struct fault *list_networks(struct refresh *refresh)
{
    const struct neutron_param own[] = { { "tenant_id", refresh->target->row->project_id },
                                         { "shared", "False" },
                                         { NULL, NULL } };
    static const struct neutron_param shared[] = { { "shared", "True" }, { NULL, NULL } };
    size_t count = json_array_size(refresh->old), i;
    const char **ids;
    const json_t *vif;
    json_t *more;

    if (!count) {
        TRY(list(refresh, NEUTRON_NETWORKS, own, &refresh->networks));
        return list(refresh, NEUTRON_NETWORKS, shared, &more);
    }
    ids = mem_array(refresh->mem, const char *, count + 1);
    json_array_foreach(refresh->old, i, vif)
    {
        ids[i] = text(json_object_get(vif, "network"), "id");
        if (!ids[i])
            return fault_new(refresh->mem, TypeError, "'NoneType' object is not subscriptable");
    }
    TRY(neutron_list_many(refresh->context, refresh->mem, NEUTRON_SERVICE, NEUTRON_NETWORKS, "id", ids, count, 0, NULL,
                          &refresh->networks));
    return neutron_networks_asked(refresh->mem, refresh->networks, ids, count);
}

static struct fault *read_kept(struct refresh *refresh)
{
    const struct target *target = refresh->target;
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };
    const struct info_cache *cache;

    db_param_text(&params, target->row->uuid);
    TRY(db_query(refresh->context, refresh->mem, target->cell->link, &INFO_CACHE_READ, &params, &rows));
    cache = rows.rows;
    return read_vifs(refresh->mem, rows.count ? &cache->network_info : &target->row->network_info, &refresh->old);
}

static struct fault *save(struct refresh *refresh)
{
    const struct target *target = refresh->target;
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };
    struct fault *fault;

    db_param_text(&params, target->row->uuid);
    db_param_text(&params, refresh->out.data);
    db_param_time(&params, refresh->mem, clock_utc_usec());
    fault = db_query(refresh->context, refresh->mem, target->cell->link, &INFO_CACHE_SAVE, &params, &rows);
    if (fault && fault_is(fault, FAULT_DBReferenceError))
        return fault_new(refresh->mem, InstanceNotFound, target->row->uuid);
    return fault;
}

static struct fault *refresh_all(struct refresh *refresh)
{
    const struct instance_row *row = refresh->target->row;
    const struct neutron_param params[] = { { "tenant_id", row->project_id },
                                            { "device_id", row->uuid },
                                            { NULL, NULL } };
    const json_t *vif, *one;
    json_t *id_of_one;
    size_t i;

    TRY(read_kept(refresh));
    TRY(list(refresh, NEUTRON_PORTS, params, &refresh->ports));
    json_array_foreach(refresh->ports, i, one)
    {
        TRY(take_key(refresh->mem, one, "id", &id_of_one));
        TRY(take_hashable(refresh->mem, id_of_one));
    }
    TRY(list_networks(refresh));
    strbuf_init(&refresh->out, refresh->mem, 2048);
    strbuf_putc(&refresh->out, '[');
    json_array_foreach(refresh->old, i, vif)
    {
        const char *id = text(vif, "id");
        const json_t *port = find_by_id(refresh->ports, id);

        if (!port) {
            log_instance(LOG_LEVEL_INFO, row->uuid,
                         "Port %s is the server's no more, in neutron's eyes: it is forgotten", id ? id : "-");
            continue;
        }
        if (refresh->out.length > 1)
            JSON_PUT_LITERAL(&refresh->out, ", ");
        TRY(put_vif(refresh, port, json_is_true(json_object_get(vif, "preserve_on_delete"))));
        check_kind(refresh, vif, port);
    }
    strbuf_putc(&refresh->out, ']');
    return save(refresh);
}

struct fault *network_cache_refresh(const struct context *context, const struct target *target)
{
    struct refresh refresh = { .context = context, .target = target, .mem = target->mem };
    struct fault *fault;

    if (!target->cell)
        return fault_new(target->mem, InstanceNotFound, target->row->uuid);
    fault = refresh_all(&refresh);
    if (fault)
        log_instance(LOG_LEVEL_ERROR, target->row->uuid, "What is known of its ports could not be kept: %s",
                     fault->message);
    return fault;
}
