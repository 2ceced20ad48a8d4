/* SPDX-License-Identifier: Apache-2.0 */
/* Ports and networks as nova reads them; texts stay the tree's. See neutron.h. */
#include "config.h"

#include "fcgi_app/clients/neutron.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/take.h"

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool flag(const json_t *object, const char *key, bool absent)
{
    const json_t *value = json_object_get(object, key);

    return value ? json_is_true(value) : absent;
}

static const json_t *object_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_object(value) ? value : NULL;
}

static const char *const *texts(const void *mem, const json_t *array)
{
    const char **list = mem_array(mem, const char *, json_array_size(array) + 1);
    size_t i, count = 0;
    const json_t *item;

    json_array_foreach(array, i, item) if (json_is_string(item)) list[count++] = json_string_value(item);
    return list;
}

void neutron_port_read(const void *mem, const json_t *raw, struct neutron_port *port)
{
    const json_t *ips = json_object_get(raw, "fixed_ips"), *ip;
    struct neutron_address *addresses = mem_array(mem, struct neutron_address, json_array_size(ips) + 1);
    size_t i;

    *port = (struct neutron_port){
        .id = text(raw, "id"),
        .name = text(raw, "name"),
        .network_id = take_text(mem, json_object_get(raw, "network_id")),
        .device_id = take_text(mem, json_object_get(raw, "device_id")),
        .device_owner = text(raw, "device_owner"),
        .mac_address = text(raw, "mac_address"),
        .status = text(raw, "status"),
        .project_id = text(raw, "tenant_id"),
        .security_groups = texts(mem, json_object_get(raw, "security_groups")),
        .port_security_enabled = flag(raw, "port_security_enabled", true),
        .ip_allocation = text(raw, "ip_allocation"),
        .vnic_type = text(raw, "binding:vnic_type"),
        .binding_host = text(raw, "binding:host_id"),
        .vif_type = text(raw, "binding:vif_type"),
        .numa_affinity_policy = text(raw, "numa_affinity_policy"),
        .device_profile = text(raw, "device_profile"),
        .binding_profile = object_of(raw, "binding:profile"),
        .resource_request = object_of(raw, "resource_request"),
        .fixed_ips = addresses,
        .raw = raw,
    };
    if (!port->vnic_type)
        port->vnic_type = "normal";
    json_array_foreach(ips, i, ip) addresses[port->fixed_ip_count++] =
        (struct neutron_address){ text(ip, "subnet_id"), text(ip, "ip_address") };
}

void neutron_network_read(const void *mem, const json_t *raw, struct neutron_network *network)
{
    const json_t *segments = json_object_get(raw, "segments");

    *network = (struct neutron_network){
        .id = text(raw, "id"),
        .name = text(raw, "name"),
        .project_id = text(raw, "tenant_id"),
        .physical_network = text(raw, "provider:physical_network"),
        .network_type = text(raw, "provider:network_type"),
        .shared = flag(raw, "shared", false),
        .external = flag(raw, "router:external", false),
        .admin_state_up = flag(raw, "admin_state_up", false),
        .port_security_enabled = flag(raw, "port_security_enabled", true),
        .subnets = texts(mem, json_object_get(raw, "subnets")),
        .segments = json_is_array(segments) ? segments : NULL,
        .raw = raw,
    };
}
