/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind the block devices of a new server: images, volumes and
 * snapshots that must be there, boot order, sizes, local disks within the
 * flavor; and the reservation of each volume.  See create.h.
 * Neighbours: create_devices.c made the list; clients/cinder.h, clients/glance.h.
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

LOG_MODULE("nova.compute.api");

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* ---- volumes ---- */

static size_t index_of(const struct create_volumes *volumes, const char *id)
{
    size_t i = 0;

    while (i < volumes->count && strcmp(volumes->ids[i], id))
        i++;
    return i;
}

struct fault *create_volumes_read(struct create *create, struct create_volumes *volumes)
{
    const void *mem = create->mem;
    struct fault **faults;

    volumes->count = 0;
    volumes->ids = mem_array(mem, const char *, create->devices.count);
    for (size_t i = 0; i < create->devices.count; i++) {
        const char *id = create->devices.items[i].volume_id;

        if (!text_is_empty(id) && index_of(volumes, id) == volumes->count)
            volumes->ids[volumes->count++] = id;
    }
    if (!volumes->count)
        return NULL;
    volumes->items = mem_array(mem, struct cinder_volume, volumes->count);
    faults = mem_array(mem, struct fault *, volumes->count);
    cinder_volumes_show(create->context, mem, volumes->ids, volumes->count, NULL, volumes->items, faults);
    for (size_t i = 0; i < volumes->count; i++)
        TRY(faults[i]);
    return NULL;
}

/* Where volumes may not be attached across zones the server goes to theirs. */
struct fault *create_volumes_zone(const struct create *create, const struct create_volumes *volumes, const char **zone)
{
    const struct conf *conf = create->context->worker->conf;
    const char *by_default = conf_string(conf, OPTION_DEFAULT_default_availability_zone);
    const char *wanted = create->wish->place.zone, *first;
    struct strbuf all;
    bool differ = false;

    if (conf_bool(conf, OPTION_cinder_cross_az_attach) || !volumes->count)
        return NULL;
    first = volumes->items[0].availability_zone ? volumes->items[0].availability_zone : "";
    strbuf_init(&all, create->mem, 64);
    for (size_t i = 0; i < volumes->count; i++) {
        const char *of = volumes->items[i].availability_zone ? volumes->items[i].availability_zone : "";

        differ = differ || strcmp(of, first) != 0;
        if (i)
            strbuf_putc(&all, ',');
        strbuf_puts(&all, of);
    }
    if (differ)
        return fault_new(create->mem, MismatchVolumeAZException,
                         mem_printf(create->mem, "Volumes are in different availability zones: %s", all.data));
    if (!wanted) {
        if (!is(by_default, first))
            *zone = first;
        return NULL;
    }
    if (strcmp(wanted, first))
        return fault_new(create->mem, MismatchVolumeAZException,
                         mem_printf(create->mem,
                                    "Server and volumes are not in the same availability zone. Server is in: %s. "
                                    "Volumes are in: %s",
                                    wanted, first));
    return NULL;
}

/* ---- the checks of one server's devices ---- */

static int by_number(const void *one, const void *other)
{
    const int64_t *a = one, *b = other;

    return (*a > *b) - (*a < *b);
}

static struct fault *check_boot_order(const struct create *create)
{
    int64_t *indexes = mem_array(create->mem, int64_t, create->devices.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < create->devices.count; i++) {
        const struct new_device *device = &create->devices.items[i];

        if (!(device->unset & DEVICE_NO_BOOT_INDEX) && device->boot_index >= 0)
            indexes[count++] = device->boot_index;
    }
    qsort(indexes, count, sizeof *indexes, by_number);
    for (size_t i = 0; i < count; i++)
        if (indexes[i] != (int64_t)i)
            return fault_new(create->mem, InvalidBDMBootSequence);
    return count ? NULL : fault_new(create->mem, InvalidBDMBootSequence);
}

/* A type of volumes by name or id goes on by its name. They are asked for once. */
static struct fault *find_type(struct create *create, struct new_device *device)
{
    if (text_is_empty(device->volume_type))
        return NULL;
    if (!create->type_count)
        TRY(cinder_types_list(create->context, create->mem, &create->types, &create->type_count));
    for (size_t i = 0; i < create->type_count; i++)
        if (is(create->types[i].id, device->volume_type) || is(create->types[i].name, device->volume_type)) {
            device->volume_type = create->types[i].name;
            return NULL;
        }
    return fault_new(create->mem, VolumeTypeNotFound, device->volume_type);
}

static struct fault *check_image(const struct create *create, const struct new_device *device, size_t position)
{
    const char *id = device->image_id;
    struct glance_image image;
    bool known = create->devices_checked || is(create->wish->image_ref, id);

    for (size_t i = 0; i < position && !known; i++)
        known = is(create->devices.items[i].image_id, id);
    if (!known && *id && glance_image_show(create->context, create->mem, id, &image))
        return fault_new(create->mem, InvalidBDMImage, id);
    if (is(device->source_type, "image") && is(device->destination_type, "volume") &&
        (device->volume_size == DEVICE_NONE || !device->volume_size))
        return fault_text(create->mem, InvalidBDM,
                          "Images with destination_type 'volume' need to have a non-zero size specified");
    return NULL;
}

/* Faults that are told as they are; any other becomes "failed to get". */
static struct fault *volume_fault(const struct create *create, const char *id, struct fault *fault)
{
    if (fault_is(fault, FAULT_CinderConnectionFailed) || fault_is(fault, FAULT_InvalidVolume) ||
        fault_is(fault, FAULT_MultiattachNotSupportedOldMicroversion))
        return fault;
    if (fault_is(fault, FAULT_InvalidInput))
        return fault_new(create->mem, InvalidVolume, fault->message);
    log_info("Failed validating volume %s. Error: %s", id, fault->message);
    return fault_new(create->mem, InvalidBDMVolume, id);
}

static struct fault *reserve(const struct create *create, const struct cinder_volume *volume, const char *uuid,
                             struct new_device *device)
{
    if (volume->multiattach && !create->wish->multiattach)
        return fault_new(create->mem, MultiattachNotSupportedOldMicroversion);
    return cinder_attachment_create(create->context, create->mem, volume->id, uuid, NULL, NULL, &device->attachment_id);
}

static struct fault *check_volume(const struct create *create, const struct create_volumes *volumes, const char *uuid,
                                  struct new_device *device)
{
    size_t i = index_of(volumes, device->volume_id);
    struct fault *fault;

    if (i == volumes->count)
        return fault_new(create->mem, InvalidBDMVolume, device->volume_id);
    fault = reserve(create, &volumes->items[i], uuid, device);
    if (fault)
        return volume_fault(create, device->volume_id, fault);
    device->volume_size = volumes->items[i].size;
    return NULL;
}

static struct fault *check_snapshot(const struct create *create, struct new_device *device)
{
    struct cinder_snapshot snapshot;
    struct fault *fault = cinder_snapshot_show(create->context, create->mem, device->snapshot_id, &snapshot);
    bool sized = device->volume_size != DEVICE_NONE && device->volume_size;
    const json_t *size = fault || sized ? NULL : json_object_get(snapshot.raw, "size");
    int64_t number;

    if (size && !json_is_null(size))
        fault = take_int(create->mem, size, &number);
    if (fault)
        return fault_is(fault, FAULT_CinderConnectionFailed)
                   ? fault
                   : fault_new(create->mem, InvalidBDMSnapshot, device->snapshot_id);
    if (size && !json_is_null(size))
        device->volume_size = number;
    return NULL;
}

static struct fault *check_bus(const struct create *create, const struct new_device *device)
{
    static const char *const known[] = { "fdc", "ide", "sata", "scsi", "usb", "virtio", "xen", "lxc", "uml" };

    if (text_is_empty(device->disk_bus))
        return NULL;
    for (size_t i = 0; i < COUNT(known); i++)
        if (!strcmp(known[i], device->disk_bus))
            return NULL;
    return fault_new(create->mem, InvalidBDMDiskBus);
}

static struct fault *check_device(struct create *create, const struct create_volumes *volumes, const char *uuid,
                                  size_t position)
{
    struct new_device *device = &create->devices.items[position];

    TRY(find_type(create, device));
    if (device->image_id)
        TRY(check_image(create, device, position));
    else if (device->volume_id)
        TRY(check_volume(create, volumes, uuid, device));
    else if (device->snapshot_id)
        TRY(check_snapshot(create, device));
    else if (is(device->source_type, "blank") && is(device->destination_type, "volume") &&
             (device->volume_size == DEVICE_NONE || !device->volume_size))
        return fault_text(create->mem, InvalidBDM,
                          "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size");
    return check_bus(create, device);
}

static struct fault *check_local_disks(const struct create *create)
{
    int64_t most = conf_int(create->context->worker->conf, OPTION_DEFAULT_max_local_block_devices);
    int64_t ephemeral = 0, local = 0, swap = 0, swaps = 0;

    for (size_t i = 0; i < create->devices.count; i++) {
        const struct new_device *device = &create->devices.items[i];
        bool sized = device->volume_size != DEVICE_NONE && device->volume_size;

        if (!is(device->destination_type, "local"))
            continue;
        local++;
        if (!is(device->source_type, "blank"))
            continue;
        if (!is(device->guest_format, "swap"))
            ephemeral += sized ? device->volume_size : create->flavor->ephemeral_gb;
        else if (!swaps++)
            swap = sized ? device->volume_size : 0;
    }
    if (ephemeral > create->flavor->ephemeral_gb)
        return fault_new(create->mem, InvalidBDMEphemeralSize);
    if (swaps > 1)
        return fault_new(create->mem, InvalidBDMFormat, "More than one swap drive requested.");
    if (swap > create->flavor->swap)
        return fault_new(create->mem, InvalidBDMSwapSize);
    if (most >= 0 && local > most)
        return fault_new(create->mem, InvalidBDMLocalsLimit);
    return NULL;
}

struct fault *create_devices_check(struct create *create, const struct create_volumes *volumes, const char *uuid)
{
    TRY(check_boot_order(create));
    for (size_t i = 0; i < create->devices.count; i++)
        TRY(check_device(create, volumes, uuid, i));
    TRY(check_local_disks(create));
    create->devices_checked = true;
    return NULL;
}

void create_devices_size(const struct create *create, struct new_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        struct new_device *device = &devices->items[i];

        if (device->volume_size == DEVICE_NONE && is(device->source_type, "blank") &&
            is(device->destination_type, "local"))
            device->volume_size =
                is(device->guest_format, "swap") ? create->flavor->swap : create->flavor->ephemeral_gb;
    }
}
