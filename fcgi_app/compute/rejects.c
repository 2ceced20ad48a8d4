/* SPDX-License-Identifier: Apache-2.0 */
/* What a server's flavor, image and ports say about verbs that must not be. */
#include "config.h"

#include "fcgi_app/compute/rejects.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/network.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/service.h"

#include <string.h>
#include <strings.h>

/* The cursor at the members of the present flavor; false: there is no flavor. */
static bool flavor_data(const struct target *target, struct json_scan *scan)
{
    *scan = json_scan_text(target->row->flavor.data, target->row->flavor.length);
    return target->row->flavor.length && json_scan_find(scan, "cur") && json_scan_find(scan, "nova_object.data");
}

const char *target_extra_spec(const struct target *target, const char *key)
{
    struct json_piece value;
    struct json_scan scan;

    if (!flavor_data(target, &scan) || !json_scan_find(&scan, "extra_specs") || !json_scan_find(&scan, key) ||
        !json_scan_string(&scan, &value))
        return NULL;
    return json_piece_text(target->mem, value);
}

const char *target_extra_specs(const struct target *target)
{
    struct json_piece value;
    struct json_scan scan;

    if (!flavor_data(target, &scan) || !json_scan_find(&scan, "extra_specs"))
        return NULL;
    json_scan_raw(&scan, &value);
    return mem_strndup(target->mem, value.text, value.length);
}

const struct bdm_row *target_root_device(const struct target *target)
{
    for (size_t i = 0; i < target->bdm_count; i++)
        if (target->bdms[i].boot_index == 0)
            return &target->bdms[i];
    return NULL;
}

bool target_is_volume_backed(const struct target *target)
{
    const struct bdm_row *root = target_root_device(target);

    if (root)
        return root->destination_type && !strcmp(root->destination_type, "volume");
    return !target->row->image_ref || !*target->row->image_ref;
}

int64_t target_flavor_int(const struct target *target, const char *key)
{
    struct json_scan scan;
    int64_t value = 0;

    if (flavor_data(target, &scan) && json_scan_find(&scan, key))
        json_scan_int(&scan, &value);
    return value;
}

/* Does a port of the server have a type that begins so? */
static bool has_port(const struct target *target, const char *const *types)
{
    struct json_scan scan = json_scan_text(target->row->network_info.data, target->row->network_info.length);

    if (!target->row->network_info.length || !json_scan_array(&scan))
        return false;
    while (json_scan_element(&scan)) {
        struct json_piece port, type;
        struct json_scan member;

        json_scan_raw(&scan, &port);
        member = json_scan_text(port.text, port.length);
        if (!json_scan_find(&member, "vnic_type") || !json_scan_string(&member, &type))
            continue;
        for (size_t i = 0; types[i]; i++)
            if (json_piece_is(type, types[i], strlen(types[i])))
                return true;
    }
    return false;
}

static bool is_true(const char *text)
{
    static const char *const words[] = { "1", "t", "true", "on", "y", "yes" };

    for (size_t i = 0; text && i < sizeof(words) / sizeof(words[0]); i++)
        if (!strcasecmp(text, words[i]))
            return true;
    return false;
}

static struct fault *computes_are(const struct context *context, int64_t wanted, bool *are)
{
    static const char *const compute[] = { "nova-compute" };
    int64_t version = 0;

    *are = false;
    if (!wanted)
        return NULL;
    TRY(service_minimum_version_all_cells(context, compute, 1, false, &version));
    *are = version >= wanted;
    return NULL;
}

/* From this version of all nova-computes on servers with such ports may move. */
enum { EXTENDED_REQUEST_FROM = 59 };

static struct fault *check_extended_request(const struct context *context, const struct target *target)
{
    const struct neutron_param params[] = { { "device_id", target->row->uuid },
                                            { "fields", "resource_request" },
                                            { NULL, NULL } };
    json_t *ports, *port, *request, *groups;
    bool has = false, asks = false;
    size_t i;

    if (!network_is_there(context))
        return NULL;
    TRY(neutron_has_extension(context, target->mem, NEUTRON_SERVICE, "port-resource-request-groups", &has));
    if (!has)
        return NULL;
    TRY(neutron_list(context, target->mem, NEUTRON_SERVICE, NEUTRON_PORTS, params, &ports));
    json_array_foreach(ports, i, port)
    {
        TRY(take_get(target->mem, port, "resource_request", &request));
        if (!take_is_true(request))
            continue;
        TRY(take_get(target->mem, request, "request_groups", &groups));
        asks = asks || take_is_true(groups);
    }
    if (!asks)
        return NULL;
    TRY(computes_are(context, EXTENDED_REQUEST_FROM, &has));
    return has ? NULL : fault_new(target->mem, ExtendedResourceRequestOldCompute);
}

struct fault *target_reject(const struct context *context, const struct target *target, unsigned what,
                            struct reject_until until, const char *operation)
{
    static const char *const accelerated[] = { "accelerator-direct", "accelerator-direct-physical", NULL };
    static const char *const vdpa[] = { "vdpa", NULL };
    bool new_enough;

    if (what & REJECT_EXTENDED_REQUEST)
        TRY(check_extended_request(context, target));
    if ((what & REJECT_PORT_ACCELERATORS) && has_port(target, accelerated))
        return fault_new(target->mem, ForbiddenPortsWithAccelerator);
    if ((what & REJECT_VDPA) && has_port(target, vdpa)) {
        TRY(computes_are(context, until.vdpa, &new_enough));
        if (!new_enough)
            return fault_new(target->mem, OperationNotSupportedForVDPAInterface, operation);
    }
    if ((what & REJECT_ACCELERATORS) && target_extra_spec(target, "accel:device_profile")) {
        TRY(computes_are(context, until.accelerators, &new_enough));
        if (!new_enough)
            return fault_new(target->mem, ForbiddenWithAccelerators);
    }
    if ((what & REJECT_SEV) && (is_true(target_extra_spec(target, "hw:mem_encryption")) ||
                                is_true(target_system(target, "image_hw_mem_encryption"))))
        return fault_new(target->mem, OperationNotSupportedForSEV, operation, target->row->uuid);
    if ((what & REJECT_VTPM) &&
        (target_extra_spec(target, "hw:tpm_version") || target_system(target, "image_hw_tpm_version")))
        return fault_new(target->mem, OperationNotSupportedForVTPM, operation, target->row->uuid);
    return NULL;
}

struct fault *target_check_volumes(const struct context *context, const struct target *target)
{
    for (size_t i = 0; i < target->bdm_count; i++) {
        struct cinder_volume volume;

        if (!target->bdms[i].volume_id)
            continue;
        TRY(cinder_volume_show(context, target->mem, target->bdms[i].volume_id, NULL, &volume));
        if (!volume.status || strcmp(volume.status, "in-use"))
            return fault_new(target->mem, InvalidVolume,
                             mem_printf(target->mem, "volume '%s' status must be 'in-use'. Currently in '%s' status",
                                        volume.id, volume.status ? volume.status : "None"));
    }
    return NULL;
}
