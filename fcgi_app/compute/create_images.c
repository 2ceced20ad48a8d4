/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a new server, or what its boot volume remembers of one: found,
 * understood, and held against the flavor; see create.h.
 * Neighbours: objects/image_meta.c, hardware.c, clients/glance.h.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/tree.h"
#include "fcgi_app/policies/policies.h"

#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GIB ((int64_t)1 << 30)

const json_t *create_image_prop(const struct create *create, const char *name)
{
    return json_object_get(json_object_get(create->image, "properties"), name);
}

const char *create_image_text(const struct create *create, const char *name)
{
    return json_string_value(create_image_prop(create, name));
}

/* ---- finding it ---- */

/* A volume's image metadata hold all as text, the image's attributes among them. */
static struct fault *image_of_volume(const struct create *create, const struct cinder_volume *volume, json_t **found)
{
    static const char *const own[] = { "image_id",         "image_name",  "size",    "checksum",
                                       "container_format", "disk_format", "min_ram", "min_disk" };
    json_t *image = create_keep(create, json_object());
    const json_t *size = json_object_get(volume->raw, "size");
    json_t *props;

    if (!json_is_number(size) && !json_is_boolean(size))
        return fault_new(create->mem, TypeError, "unsupported operand for *");
    if (json_is_array(volume->volume_image_metadata))
        return fault_new(create->mem, TypeError, "pop expected at most 1 argument, got 2");
    if (volume->volume_image_metadata && !json_is_object(volume->volume_image_metadata))
        return fault_new(
            create->mem, AttributeError,
            mem_printf(create->mem, "'%s' object has no attribute 'pop'", take_type(volume->volume_image_metadata)));
    props =
        volume->volume_image_metadata ? json_copy((json_t *)(uintptr_t)volume->volume_image_metadata) : json_object();
    json_object_set_new(image, "properties", props);
    json_object_set_new(image, "size", json_integer(volume->size * GIB));
    for (size_t i = 0; i < COUNT(own); i++) {
        const json_t *value = json_object_get(props, own[i]);

        if (!strncmp(own[i], "min_", 4)) {
            int64_t number = 0;

            if (take_is_true(value))
                TRY(take_int(create->mem, value, &number));
            json_object_set_new(image, own[i], json_integer(number));
        }
        json_object_del(props, own[i]);
    }
    json_object_set_new(image, "status", json_string("active"));
    *found = image;
    return NULL;
}

static struct fault *read_volume(struct create *create, const char *volume_id, const char *snapshot_id)
{
    struct cinder_volume volume;
    struct fault *fault;

    if (!text_is_empty(snapshot_id)) {
        struct cinder_snapshot snapshot;

        TRY(cinder_snapshot_show(create->context, create->mem, snapshot_id, &snapshot));
        volume_id = snapshot.volume_id;
    }
    if (text_is_empty(volume_id))
        return NULL;
    fault = cinder_volume_show(create->context, create->mem, volume_id, NULL, &volume);
    if (fault)
        return fault_is(fault, FAULT_CinderConnectionFailed) ? fault
                                                             : fault_new(create->mem, InvalidBDMVolume, volume_id);
    if (!volume.bootable)
        return fault_new(create->mem, InvalidBDMVolumeNotBootable, volume_id);
    return image_of_volume(create, &volume, &create->image);
}

/* Of the first device that boots: the old form says so by a name that ends in "a", the new one by its index. */
static struct fault *read_boot_device(struct create *create)
{
    const struct create_wish *wish = create->wish;
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)wish->legacy_devices, index, item)
    {
        const char *name = json_string_value(json_object_get(item, "device_name"));
        const char *snapshot = json_string_value(json_object_get(item, "snapshot_id"));
        const char *volume = json_string_value(json_object_get(item, "volume_id"));

        if (create_device_letter(name ? name : "") != 'a')
            continue;
        if (!text_is_empty(snapshot) || !text_is_empty(volume))
            return read_volume(create, volume, snapshot);
    }
    for (size_t i = 0; !wish->legacy_devices && i < wish->devices.count; i++) {
        const struct new_device *device = &wish->devices.items[i];

        if (device->boot_index != 0)
            continue;
        if (!text_is_empty(device->image_id) && text_is_empty(device->snapshot_id)) {
            struct glance_image image;

            if (glance_image_show(create->context, create->mem, device->image_id, &image))
                return fault_new(create->mem, InvalidBDMImage, device->image_id);
            create->image = image.meta;
            return NULL;
        }
        if (!text_is_empty(device->snapshot_id) || !text_is_empty(device->volume_id))
            return read_volume(create, device->volume_id, device->snapshot_id);
    }
    return NULL;
}

static bool wants_certificates(const struct create *create)
{
    const struct conf *conf = create->context->worker->conf;

    return create->wish->trusted_certs || (conf_bool(conf, OPTION_glance_verify_glance_signatures) &&
                                           conf_bool(conf, OPTION_glance_enable_certificate_validation) &&
                                           conf_list(conf, OPTION_glance_default_trusted_certificate_ids)[0]);
}

struct fault *create_image_read(struct create *create)
{
    create->image = create_keep(create, json_object());
    if (*create->wish->image_ref) {
        struct glance_image image;
        json_t *id;

        TRY(glance_image_show(create->context, create->mem, create->wish->image_ref, &image));
        TRY(take_key(create->mem, image.meta, "id", &id));
        create->image_id = take_text(create->mem, id);
        create->image = image.meta;
        return NULL;
    }
    if (wants_certificates(create))
        return fault_text(create->mem, CertificateValidationFailed,
                          "Image certificate validation is not supported when booting from volume");
    return read_boot_device(create);
}

/* ---- what is taken over of it ---- */

static bool is_disabled(const char *text)
{
    return text && !strcasecmp(text, "disabled");
}

struct fault *create_image_disk_config(struct create *create)
{
    const char *of_image = create_image_text(create, "auto_disk_config");
    const char *id = json_string_value(json_object_get(create->image, "id"));

    if (create->wish->auto_disk_config == true && json_object_size(create->image) && of_image &&
        is_disabled(text_strip(create->mem, of_image)))
        return fault_new(create->mem, AutoDiskConfigDisabledByImage, id ? id : "None");
    create->shared.auto_disk_config =
        create->wish->auto_disk_config == -1 ? of_image && text_bool(of_image) == true : create->wish->auto_disk_config;
    create->shared.os_type = create_image_text(create, "os_type");
    create->shared.architecture = create_image_text(create, "architecture");
    create->shared.vm_mode = create_image_text(create, "vm_mode");
    return NULL;
}

static struct fault *find_part(const struct create *create, const char *id, const char **found)
{
    struct glance_image image;
    json_t *given;

    *found = "";
    if (!id)
        return NULL;
    TRY(glance_image_show(create->context, create->mem, id, &image));
    TRY(take_key(create->mem, image.meta, "id", &given));
    *found = take_text(create->mem, given);
    return NULL;
}

static const char *root_device_name(const struct create *create)
{
    const json_t *mappings = create_image_prop(create, "mappings");
    const json_t *set = create_image_prop(create, "root_device_name");
    const char *name = NULL;
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)mappings, index, item)
    {
        const char *virtual = json_string_value(json_object_get(item, "virtual"));

        if (virtual && !strcmp(virtual, "root"))
            name = json_string_value(json_object_get(item, "device"));
    }
    return create_prepend_device(create->mem, set ? json_string_value(set) : name);
}

/* Kernel and ramdisk, each looked up; then the image as an object. */
struct fault *create_image_parts(struct create *create)
{
    const char *kernel = create_image_text(create, "kernel_id");
    const char *ramdisk = create_image_text(create, "ramdisk_id");

    if (kernel && !strcmp(kernel, "nokernel"))
        kernel = ramdisk = NULL;
    TRY(find_part(create, kernel, &create->shared.kernel_id));
    TRY(find_part(create, ramdisk, &create->shared.ramdisk_id));
    create->shared.root_device_name = root_device_name(create);
    return NULL;
}

/* ---- does it fit? ---- */

/* int(image[key] or 0) */
static struct fault *number_of(const struct create *create, const char *key, int64_t *number)
{
    const json_t *value = json_object_get(create->image, key);

    *number = 0;
    return take_is_true(value) ? take_int(create->mem, value, number) : NULL;
}

/* In bytes; what is more than they can be counted stays the most. */
static int64_t gib(int64_t number)
{
    int64_t bytes;

    return __builtin_mul_overflow(number, (int64_t)GIB, &bytes) ? number < 0 ? INT64_MIN : INT64_MAX : bytes;
}

static struct fault *check_disk(const struct create *create)
{
    const struct new_device *root = create_root_device(&create->devices);
    int64_t least, size, there = gib(create->flavor->root_gb);
    bool may;

    TRY(number_of(create, "min_disk", &least));
    TRY(number_of(create, "size", &size));
    least = gib(least);
    if (root && root->destination_type && !strcmp(root->destination_type, "volume")) {
        if (root->volume_size == DEVICE_NONE || least <= gib(root->volume_size))
            return NULL;
        return fault_new(create->mem, VolumeSmallerThanMinDisk, gib(root->volume_size), least);
    }
    if (!there) {
        TRY(policy_allows(create->context, "os_compute_api:servers:create:zero_disk_flavor", NULL, &may));
        return may ? NULL : fault_new(create->mem, BootFromVolumeRequiredForZeroDiskFlavor);
    }
    if (size > there)
        return fault_new(create->mem, FlavorDiskSmallerThanImage, there, size);
    if (least > there)
        return fault_new(create->mem, FlavorDiskSmallerThanMinDisk, there, least);
    return NULL;
}

struct fault *create_image_fits(struct create *create)
{
    const char *status = json_string_value(json_object_get(create->image, "status"));
    const char *key = create_image_text(create, "cinder_encryption_key_id");
    const json_t *drive = create_image_prop(create, "img_config_drive");
    const char *drive_text = json_string_value(drive);
    int64_t least;
    json_t *given;

    if (!json_object_size(create->image))
        return NULL;
    if (!text_is_empty(key) && create->image_id)
        return fault_new(create->mem, ImageUnacceptable, create->image_id,
                         "Direct booting of an image uploaded from an encrypted volume is unsupported.");
    TRY(take_key(create->mem, create->image, "status", &given));
    if (!status || strcmp(status, "active"))
        return fault_new(create->mem, ImageNotActive, create->image_id ? create->image_id : "None");
    if (drive && (!drive_text || (strcmp(drive_text, "optional") && strcmp(drive_text, "mandatory"))))
        return fault_new(create->mem, InvalidImageConfigDrive, drive_text ? drive_text : "None");
    TRY(number_of(create, "min_ram", &least));
    if (create->flavor->memory_mb < least)
        return fault_new(create->mem, FlavorMemoryTooSmall);
    TRY(check_disk(create));
    if (!create->image_meta) {
        TRY(image_meta_tree(create->mem, create->image, &create->image_meta));
        create_keep(create, create->image_meta);
    }
    return hardware_check(create->mem, create->flavor, create->image_meta);
}

/* ---- what the server remembers of it ---- */

enum { LONGEST_VALUE = 255 };

/* At most 255 bytes, not within a character. */
static json_t *cut(const struct create *create, const json_t *value)
{
    struct strbuf text;

    strbuf_init(&text, create->mem, 64);
    json_put_python_str(&text, value);
    if (text.length > LONGEST_VALUE) {
        size_t length = LONGEST_VALUE;

        while (length && ((unsigned char)text.data[length] & 0xc0) == 0x80)
            length--;
        strbuf_cut(&text, length);
    }
    return tree_text(text.data);
}

static void keep_number(json_t *kept, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    json_object_set_new_nocheck(kept, key, tree_text(text));
}

json_t *create_system_metadata(const struct create *create)
{
    static const char *const skipped[] = { "mappings", "block_device_mapping", "img_mappings",
                                           "img_block_device_mapping" };
    const char *disk_format = take_text(create->mem, json_object_get(create->image, "disk_format"));
    const char *container = take_text(create->mem, json_object_get(create->image, "container_format"));
    const json_t *min_ram = json_object_get(create->image, "min_ram");
    json_t *kept = create_keep(create, json_object());
    int64_t min_disk = create->flavor->root_gb, least = json_integer_value(json_object_get(create->image, "min_disk"));
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(create->image, "properties"), key, value)
    {
        size_t i = 0;

        while (i < COUNT(skipped) && strcmp(skipped[i], key))
            i++;
        if (i == COUNT(skipped))
            json_object_set_new_nocheck(kept, mem_printf(create->mem, "image_%s", key), cut(create, value));
    }
    if (min_ram && !json_is_null(min_ram))
        keep_number(kept, "image_min_ram", json_integer_value(min_ram));
    if (!(disk_format && !strcmp(disk_format, "vhd")) && least > min_disk)
        min_disk = least;
    keep_number(kept, "image_min_disk", min_disk);
    if (disk_format)
        json_object_set_new_nocheck(kept, "image_disk_format", tree_text(disk_format));
    if (container)
        json_object_set_new_nocheck(kept, "image_container_format", tree_text(container));
    if (!json_object_get(kept, "image_base_image_ref"))
        json_object_set_new_nocheck(kept, "image_base_image_ref", tree_text(create->wish->image_ref));
    json_object_set_new_nocheck(kept, "owner_user_name", tree_text(create->context->user_name));
    json_object_set_new_nocheck(kept, "owner_project_name", tree_text(create->context->project_name));
    return kept;
}
