/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block devices of a new server: what the body names in its two forms, what
 * the image brings along, what the flavor adds; see create.h.
 * Neighbours: create_volumes.c looks at what stands behind them.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- device names ---- */

const char *create_strip_device(const char *name)
{
    return name && !strncmp(name, "/dev/", 5) ? name + 5 : name;
}

const char *create_prepend_device(const void *mem, const char *name)
{
    return text_is_empty(name) ? name : mem_printf(mem, "/dev/%s", create_strip_device(name));
}

/* The letter behind vd, sd, xvd or hd; NUL where more than one is left, or none. */
char create_device_letter(const char *name)
{
    const char *p = create_strip_device(name);
    char letter = '\0';

    if (p[0] == 'x' && p[1] == 'v' && p[2] == 'd')
        p += 3;
    else if ((p[0] == 'v' || p[0] == 's' || p[0] == 'h') && p[1] == 'd')
        p += 2;
    for (; *p; p++) {
        if (isdigit((unsigned char)*p))
            continue;
        if (letter)
            return '\0';
        letter = *p;
    }
    return letter;
}

/* ---- reading one form or the other ---- */

static struct fault *bad_format(const void *mem, const char *details)
{
    return fault_new(mem, InvalidBDMFormat, details);
}

static const char *text_at(const json_t *item, const char *key)
{
    return json_string_value(json_object_get(item, key));
}

/* Is it what Python takes for true? */
static bool is_true(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_TRUE:
        return true;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) != 0.0;
    case JSON_STRING:
        return *json_string_value(value);
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_FALSE:
    case JSON_NULL:
    default:
        return false;
    }
}

static bool is_yes(const void *mem, const json_t *value)
{
    struct strbuf text;

    if (!value)
        return false;
    if (json_is_boolean(value))
        return json_is_true(value);
    strbuf_init(&text, mem, 16);
    json_put_python_str(&text, value);
    return text_bool(text.data) == true;
}

/* A number or the text of one; the schema let nothing else through. */
static int64_t number_at(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);

    if (json_is_string(value))
        return strtoll(json_string_value(value), NULL, 10);
    return json_is_integer(value) ? json_integer_value(value) : DEVICE_NONE;
}

static struct fault *check_name(const void *mem, const char *name)
{
    size_t characters = 0;

    if (!name)
        return NULL;
    for (const char *p = name; *p; p++)
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    if (!characters || characters > 255)
        return bad_format(mem, "Device name empty or too long.");
    if (strchr(name, ' '))
        return bad_format(mem, "Device name contains spaces.");
    return NULL;
}

/* What both forms say in the same words. */
static struct fault *read_common(const void *mem, const json_t *item, struct new_device *device)
{
    device->no_device = is_true(json_object_get(item, "no_device"));
    if (!device->no_device)
        TRY(check_name(mem, text_at(item, "device_name")));
    device->device_name = create_prepend_device(mem, text_at(item, "device_name"));
    device->delete_on_termination = device->no_device ? is_true(json_object_get(item, "delete_on_termination"))
                                                      : is_yes(mem, json_object_get(item, "delete_on_termination"));
    device->snapshot_id = text_at(item, "snapshot_id");
    device->volume_id = text_at(item, "volume_id");
    device->volume_size = number_at(item, "volume_size");
    device->connection_info = text_at(item, "connection_info");
    device->boot_index = DEVICE_NONE;
    return NULL;
}

static struct fault *check_source(const void *mem, const json_t *item, bool image_given)
{
    const char *source = text_at(item, "source_type");
    const char *uuid = text_at(item, "uuid");
    const char *destination = text_at(item, "destination_type");
    const char *volume_type = text_at(item, "volume_type");
    int64_t boot_index;

    if (source && !strcmp(source, "blank")) {
        if (!text_is_empty(uuid))
            return bad_format(mem, "Invalid device UUID.");
    } else if (text_is_empty(uuid)) {
        return bad_format(mem, "Missing device UUID.");
    } else if (!source) {
        return fault_new(mem, TypeError, "unsupported operand type(s) for +: 'NoneType' and 'str'");
    }
    if (source && !strcmp(source, "image") && destination && !strcmp(destination, "local")) {
        boot_index = number_at(item, "boot_index");
        if (!image_given || boot_index != 0)
            return bad_format(mem, "Mapping image to local is not supported.");
    }
    if (destination && !strcmp(destination, "local") && !text_is_empty(volume_type))
        return bad_format(mem, "Specifying a volume_type with destination_type=local is not supported.");
    if (!strcmp(source, "volume") && !text_is_empty(volume_type))
        return bad_format(mem, "Specifying volume type to existing volume is not supported.");
    return NULL;
}

static bool is_device_type(const char *type)
{
    static const char *const known[] = { "cdrom", "disk", "floppy", "fs", "lun" };

    for (size_t i = 0; i < COUNT(known); i++)
        if (!strcmp(known[i], type))
            return true;
    return false;
}

/* Every member of the newer form, as requests and images say them. */
static struct fault *read_whole(const void *mem, const json_t *item, struct new_device *device)
{
    TRY(read_common(mem, item, device));
    device->source_type = text_at(item, "source_type");
    device->destination_type = text_at(item, "destination_type");
    device->guest_format = text_at(item, "guest_format");
    device->device_type = text_at(item, "device_type");
    device->disk_bus = text_at(item, "disk_bus");
    device->image_id = text_at(item, "image_id");
    device->tag = text_at(item, "tag");
    device->volume_type = text_at(item, "volume_type");
    device->boot_index = number_at(item, "boot_index");
    return NULL;
}

static struct fault *read_device(const void *mem, const json_t *item, bool image_given, struct new_device *device)
{
    const char *uuid = text_at(item, "uuid");
    const char *source = text_at(item, "source_type");
    bool no_device = is_true(json_object_get(item, "no_device"));

    if (!no_device)
        TRY(check_source(mem, item, image_given));
    if (json_object_get(item, "virtual_name"))
        return bad_format(mem, "Following fields are invalid: virtual_name");
    TRY(read_whole(mem, item, device));
    if (!no_device && strcmp(source, "blank")) {
        if (!strcmp(source, "image"))
            device->image_id = uuid;
        else if (!strcmp(source, "volume"))
            device->volume_id = uuid;
        else
            device->snapshot_id = uuid;
    }
    return NULL;
}

struct fault *create_devices_read(const void *mem, json_t *list, bool image_given, struct new_devices *devices)
{
    devices->count = json_array_size(list);
    devices->items = mem_array(mem, struct new_device, devices->count);
    for (size_t i = 0; i < devices->count; i++)
        TRY(read_device(mem, json_array_get(list, i), image_given, &devices->items[i]));
    return NULL;
}

/* "ephemeral0", "ephemeral12" */
static bool is_ephemeral_name(const char *name)
{
    const char *digits = name + 9;

    if (strncmp(name, "ephemeral", 9) || !isdigit((unsigned char)*digits) || (*digits == '0' && digits[1]))
        return false;
    while (isdigit((unsigned char)*digits))
        digits++;
    return !*digits;
}

static bool is_local_name(const char *name)
{
    return !text_is_empty(name) && (!strcmp(name, "swap") || is_ephemeral_name(name));
}

/* The old form knows nothing of buses, formats and boot order. */
static struct fault *read_legacy(const struct create *create, const json_t *item, struct new_device *device)
{
    const void *mem = create->mem;
    const char *virtual_name = text_at(item, "virtual_name");

    device->unset = DEVICE_NO_BOOT_INDEX | DEVICE_NO_DISK_BUS | DEVICE_NO_GUEST_FORMAT | DEVICE_NO_DEVICE_TYPE;
    if (is_local_name(virtual_name)) {
        device->source_type = "blank";
        device->destination_type = "local";
        device->guest_format = !strcmp(virtual_name, "swap") ? "swap"
                                                             : conf_string(create->context->worker->conf,
                                                                           OPTION_DEFAULT_default_ephemeral_format);
        device->unset &= ~(unsigned)DEVICE_NO_GUEST_FORMAT;
    } else if (is_true(json_object_get(item, "snapshot_id"))) {
        device->source_type = "snapshot";
        device->destination_type = "volume";
    } else if (is_true(json_object_get(item, "volume_id"))) {
        device->source_type = "volume";
        device->destination_type = "volume";
    } else if (!is_true(json_object_get(item, "no_device"))) {
        return bad_format(mem, "Unrecognized legacy format.");
    }
    if (!device->source_type && !is_true(json_object_get(item, "no_device")))
        return bad_format(mem, "Some required fields are missing");
    TRY(read_common(mem, item, device));
    if (is_local_name(virtual_name))
        device->delete_on_termination = true;
    return NULL;
}

/* ---- lists ---- */

static void append(const void *mem, struct new_devices *devices, const struct new_device *device)
{
    devices->items = mem_grow(mem, devices->items, struct new_device, devices->count + 1);
    devices->items[devices->count++] = *device;
}

static struct new_device blank_device(int64_t size, const char *format)
{
    return (struct new_device){
        .source_type = "blank",
        .destination_type = "local",
        .device_type = "disk",
        .guest_format = format,
        .delete_on_termination = true,
        .boot_index = -1,
        .volume_size = size,
    };
}

static struct new_device image_device(const char *image_id)
{
    return (struct new_device){
        .source_type = "image",
        .destination_type = "local",
        .device_type = "disk",
        .image_id = image_id,
        .delete_on_termination = true,
        .boot_index = 0,
        .volume_size = DEVICE_NONE,
    };
}

static bool is_blank_local(const struct new_device *device)
{
    return device->source_type && !strcmp(device->source_type, "blank") && device->destination_type &&
           !strcmp(device->destination_type, "local");
}

static bool is_swap(const struct new_device *device)
{
    return is_blank_local(device) && device->guest_format && !strcmp(device->guest_format, "swap");
}

static bool is_attached(const struct new_device *device)
{
    return device->source_type && strcmp(device->source_type, "blank");
}

static void set_boot_index(struct new_device *device, int64_t index)
{
    device->boot_index = index;
    device->unset &= ~(unsigned)DEVICE_NO_BOOT_INDEX;
}

/* Which device of the old form boots: the one at the root's name; without a name or an image the first that holds any.
 */
static struct fault *from_legacy(const struct create *create, const json_t *list, const char *image, const char *root,
                                 bool no_root, struct new_devices *devices)
{
    struct new_devices read = { .count = json_array_size(list) };
    bool volume_backed = false;

    *devices = (struct new_devices){ 0 };
    read.items = mem_array(create->mem, struct new_device, read.count);
    for (size_t i = 0; i < read.count; i++)
        TRY(read_legacy(create, json_array_get(list, i), &read.items[i]));
    if (no_root) {
        for (size_t i = 0; i < read.count; i++)
            set_boot_index(&read.items[i], -1);
        *devices = read;
        return NULL;
    }
    for (size_t i = 0; i < read.count; i++) {
        struct new_device *device = &read.items[i];
        const char *name = create_strip_device(device->device_name);

        if (is_attached(device) && name && !strcmp(name, create_strip_device(root))) {
            set_boot_index(device, 0);
            volume_backed = true;
        } else {
            set_boot_index(device, device->no_device ? DEVICE_NONE : -1);
        }
    }
    if (!volume_backed && !text_is_empty(image)) {
        const struct new_device device = image_device(image);

        append(create->mem, devices, &device);
    }
    for (size_t i = 0; i < read.count; i++)
        append(create->mem, devices, &read.items[i]);
    return NULL;
}

/* Those that give way leave where another bears their name; two without a name do not meet. */
static struct new_devices merge(const void *mem, const struct new_devices *weak, const struct new_devices *strong)
{
    struct new_devices all = { 0 };

    for (size_t i = 0; i < strong->count; i++)
        append(mem, &all, &strong->items[i]);
    for (size_t i = 0; i < weak->count; i++) {
        bool taken = false;

        for (size_t k = 0; k < strong->count && !taken; k++)
            taken = !text_is_empty(strong->items[k].device_name) && weak->items[i].device_name &&
                    !strcmp(strong->items[k].device_name, weak->items[i].device_name);
        if (!taken)
            append(mem, &all, &weak->items[i]);
    }
    return all;
}

/* ---- what the image brings along ---- */

/* A device in the image's new form: as the body's, but nothing is refused for its source. */
static struct fault *read_image_device(const void *mem, const json_t *item, struct new_device *device)
{
    static const char *const known[] = {
        "source_type",
        "destination_type",
        "guest_format",
        "device_type",
        "disk_bus",
        "boot_index",
        "device_name",
        "delete_on_termination",
        "snapshot_id",
        "volume_id",
        "volume_size",
        "image_id",
        "no_device",
        "connection_info",
        "tag",
        "volume_type",
        "encrypted",
        "encryption_secret_uuid",
        "encryption_format",
        "encryption_options",
        "id",
        "instance_uuid",
        "attachment_id",
        "uuid",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted",
    };
    struct strbuf unknown;
    const char *key;
    json_t *value;

    strbuf_init(&unknown, mem, 64);
    json_object_foreach((json_t *)(uintptr_t)item, key, value)
    {
        size_t i = 0;

        while (i < COUNT(known) && strcmp(known[i], key))
            i++;
        if (i < COUNT(known))
            continue;
        if (unknown.length)
            strbuf_putc(&unknown, ' ');
        strbuf_puts(&unknown, key);
    }
    if (unknown.length)
        return bad_format(mem, mem_printf(mem, "Following fields are invalid: %s", unknown.data));
    if (!is_true(json_object_get(item, "no_device")) && !json_object_get(item, "source_type"))
        return bad_format(mem, "Some required fields are missing");
    TRY(read_whole(mem, item, device));
    device->encrypted = is_true(json_object_get(item, "encrypted"));
    device->encryption_secret_uuid = text_at(item, "encryption_secret_uuid");
    device->encryption_format = text_at(item, "encryption_format");
    device->encryption_options = text_at(item, "encryption_options");
    return NULL;
}

/* The image's oldest form: which virtual devices it wants under which names. */
static void read_mappings(const struct create *create, const json_t *mappings, struct new_devices *devices)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)mappings, index, item)
    {
        const char *virtual = text_at(item, "virtual");
        const char *name = text_at(item, "device");
        const char *format = text_at(item, "guest_format");
        struct new_device device;

        if (!is_local_name(virtual))
            continue;
        if (!strcmp(virtual, "swap"))
            format = "swap";
        else if (text_is_empty(format))
            format = conf_string(create->context->worker->conf, OPTION_DEFAULT_default_ephemeral_format);
        device = blank_device(format && !strcmp(format, "swap") ? create->flavor->swap : create->flavor->ephemeral_gb,
                              format);
        device.device_name = create_prepend_device(create->mem, name);
        if (device.volume_size)
            append(create->mem, devices, &device);
        if (!text_is_empty(name) && *name != '/') /* the conductor learns the whole name too */
            json_object_set_new(item, "device", json_string(device.device_name));
    }
}

static struct fault *image_devices(const struct create *create, const char *root, struct new_devices *devices)
{
    const json_t *given = create_image_prop(create, "block_device_mapping");
    const json_t *mappings = create_image_prop(create, "mappings");
    struct new_devices old = { 0 };

    *devices = (struct new_devices){ 0 };
    if (is_true(create_image_prop(create, "bdm_v2"))) {
        devices->count = json_array_size(given);
        devices->items = mem_array(create->mem, struct new_device, devices->count);
        for (size_t i = 0; i < devices->count; i++)
            TRY(read_image_device(create->mem, json_array_get(given, i), &devices->items[i]));
    } else {
        TRY(from_legacy(create, given, NULL, root, false, devices));
    }
    if (json_array_size(mappings)) {
        read_mappings(create, mappings, &old);
        *devices = merge(create->mem, &old, devices);
    }
    return NULL;
}

/* ---- all together ---- */

const struct new_device *create_root_device(const struct new_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        if (!(devices->items[i].unset & DEVICE_NO_BOOT_INDEX) && devices->items[i].boot_index == 0)
            return &devices->items[i];
    return NULL;
}

static void add_flavor_devices(const struct create *create, struct new_devices *devices)
{
    bool ephemeral = false, swap = false;

    for (size_t i = 0; i < devices->count; i++) {
        swap = swap || is_swap(&devices->items[i]);
        ephemeral = ephemeral || (is_blank_local(&devices->items[i]) && !is_swap(&devices->items[i]));
    }
    if (create->flavor->ephemeral_gb && !ephemeral) {
        const struct new_device device = blank_device(create->flavor->ephemeral_gb, NULL);

        append(create->mem, devices, &device);
    }
    if (create->flavor->swap && !swap) {
        const struct new_device device = blank_device(create->flavor->swap, "swap");

        append(create->mem, devices, &device);
    }
}

/* Is it a volume, called as the root device is? */
static bool takes_root_name(const char *destination, const char *name, const char *root)
{
    const char *stripped = create_strip_device(name);

    return destination && !strcmp(destination, "volume") && stripped && !strcmp(stripped, root);
}

/* The enumerations that the object checks when it is made. */
static struct fault *check_kinds(const void *mem, const struct new_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        const char *type = devices->items[i].device_type;

        if (type && !is_device_type(type))
            return fault_new(mem, ValueError, mem_printf(mem, "Field value %s is invalid", type));
    }
    return NULL;
}

struct fault *create_devices_build(struct create *create)
{
    const struct create_wish *wish = create->wish;
    const char *root = create->shared.root_device_name;
    struct new_devices given = wish->devices, defined;
    bool image_boots;

    if (text_is_empty(root))
        root = "vda";
    for (size_t i = 0; *wish->image_ref && i < given.count; i++)
        if (takes_root_name(given.items[i].destination_type, given.items[i].device_name, root))
            return fault_text(create->mem, InvalidRequest,
                              "The volume cannot be assigned the same device name as the root device %s", root);
    TRY(image_devices(create, root, &defined));
    image_boots = create_root_device(&defined) != NULL;
    if (wish->legacy_devices || !wish->devices.count) {
        TRY(from_legacy(create, wish->legacy_devices, wish->image_ref, root, image_boots, &given));
    } else if (image_boots) {
        struct new_devices kept = { 0 };

        for (size_t i = 0; i < given.count; i++)
            if (given.items[i].boot_index != 0 || !given.items[i].source_type ||
                strcmp(given.items[i].source_type, "image"))
                append(create->mem, &kept, &given.items[i]);
        given = kept;
    }
    create->devices = merge(create->mem, &defined, &given);
    if (create->min_count > 1 || create->max_count > 1)
        for (size_t i = 0; i < create->devices.count; i++)
            if (create->devices.items[i].source_type && !strcmp(create->devices.items[i].source_type, "volume"))
                return fault_text(create->mem, InvalidRequest,
                                  "Cannot attach one or more volumes to multiple instances");
    add_flavor_devices(create, &create->devices);
    return check_kinds(create->mem, &create->devices);
}
