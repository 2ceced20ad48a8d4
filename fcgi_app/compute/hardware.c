/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of extra specs and image properties that must agree; see the header.  Neighbour: hardware_numa.c. */
#include "config.h"

#include "fcgi_app/compute/hardware.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *hardware_extra_spec(const struct flavor_row *flavor, const char *key)
{
    return json_string_value(json_object_get(flavor->extra_specs, key));
}

/* What a refusal calls the image by; one that is known by its properties alone has neither name nor id. */
static struct fault *image_word(const void *mem, const json_t *image, const char *key, const char **word)
{
    const json_t *value = tree_get(image, key);

    *word = json_is_null(value) ? "None" : json_string_value(value);
    return *word ? NULL
                 : fault_new(mem, NotImplementedError, mem_printf(mem, "Cannot load '%s' in the base class", key));
}

static const char *bool_word(int value)
{
    return value ? "True" : "False";
}

/* -1: not said. */
static int spec_bool(const struct flavor_row *flavor, const char *key)
{
    const char *text = hardware_extra_spec(flavor, key);

    return text ? text_bool(text) == true : -1;
}

/* ---- memory encryption ---- */

static struct fault *check_memory_encryption(const void *mem, const struct flavor_row *flavor, const json_t *image)
{
    const char *spec = hardware_extra_spec(flavor, "hw:mem_encryption");
    int of_flavor = spec_bool(flavor, "hw:mem_encryption");
    int of_image = image_meta_bool(image, "hw_mem_encryption");
    const char *firmware = image_meta_text(image, "hw_firmware_type");
    const char *machine = image_meta_text(image, "hw_machine_type");
    const char *id, *name, *who = "";

    if (of_flavor != 1 && of_image != 1)
        return NULL;
    if (of_flavor != -1 && of_image != -1 && of_flavor != of_image) {
        TRY(image_word(mem, image, "name", &name));
        return fault_text(mem, FlavorImageConflict,
                          "Flavor %s has hw:mem_encryption extra spec explicitly set to %s, conflicting with image %s "
                          "which has hw_mem_encryption property explicitly set to %s",
                          flavor->name, spec, name, bool_word(of_image));
    }
    if (of_flavor == 1)
        who = mem_printf(mem, "hw:mem_encryption extra spec in %s flavor", flavor->name);
    if (of_image == true) {
        TRY(image_word(mem, image, "id", &id));
        who = mem_printf(mem, "%s%shw_mem_encryption property of image %s", who, *who ? " and " : "", id);
    }
    if (!firmware || strcmp(firmware, "uefi")) {
        TRY(image_word(mem, image, "name", &name));
        return fault_text(mem, FlavorImageConflict,
                          "Memory encryption requested by %s but image %s doesn't have 'hw_firmware_type' property set "
                          "to 'uefi'",
                          who, name);
    }
    if (machine && !strstr(machine, "q35")) {
        TRY(image_word(mem, image, "id", &id));
        TRY(image_word(mem, image, "name", &name));
        return fault_new(mem, InvalidMachineType, machine, name, id, "q35 type is required for SEV to work");
    }
    return NULL;
}

/* ---- booleans ---- */

static struct fault *check_bool(const void *mem, const struct flavor_row *flavor, const json_t *image, const char *key)
{
    int of_flavor = spec_bool(flavor, mem_printf(mem, "hw:%s", key));
    int of_image = image_meta_bool(image, mem_printf(mem, "hw_%s", key));
    const char *name;

    if (of_flavor == -1 || of_image == -1 || of_flavor == of_image)
        return NULL;
    TRY(image_word(mem, image, "name", &name));
    return fault_text(mem, FlavorImageConflict,
                      "Flavor %s has hw:%s extra spec explicitly set to %s, conflicting with image %s which has hw_%s "
                      "explicitly set to %s.",
                      flavor->name, key, bool_word(of_flavor), name, key, bool_word(of_image));
}

/* ---- serial ports ---- */

static struct fault *check_serial_ports(const void *mem, const struct flavor_row *flavor, const json_t *image)
{
    const char *spec = hardware_extra_spec(flavor, "hw:serial_port_count");
    int64_t of_image = image_meta_int(image, "hw_serial_port_count", 0), of_flavor;

    if (text_is_empty(spec))
        return NULL;
    if (!take_int_text(spec, &of_flavor))
        return fault_new(mem, ImageSerialPortNumberInvalid, spec);
    if (of_flavor && of_image && of_image > of_flavor)
        return fault_new(mem, ImageSerialPortNumberExceedFlavorValue);
    return NULL;
}

/* ---- sockets, cores, threads ---- */

static const char *const parts[] = { "sockets", "cores", "threads" };

struct topology {
    int64_t of[COUNT(parts)];
};

static struct fault *read_topology(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                   const char *prefix, struct topology *of_flavor, struct topology *of_image)
{
    for (size_t i = 0; i < COUNT(parts); i++) {
        const json_t *spec = json_object_get(flavor->extra_specs, mem_printf(mem, "hw:%s%s", prefix, parts[i]));
        struct fault *fault = NULL;

        of_flavor->of[i] = 0;
        of_image->of[i] = image_meta_int(image, mem_printf(mem, "hw_%s%s", prefix, parts[i]), 0);
        if (json_is_string(spec))
            fault = take_int(mem, spec, &of_flavor->of[i]);
        if (fault)
            return fault_text(mem, InvalidRequest, "Invalid flavor extra spec. Error: %s", fault->message);
    }
    return NULL;
}

static struct fault *check_topology(const void *mem, const struct flavor_row *flavor, const json_t *image)
{
    struct topology flavor_most, image_most, most, of_flavor, of_image;
    bool beyond = false;

    TRY(read_topology(mem, flavor, image, "cpu_max_", &flavor_most, &image_most));
    for (size_t i = 0; i < COUNT(parts); i++)
        beyond = beyond || (flavor_most.of[i] && image_most.of[i] > flavor_most.of[i]);
    if (beyond)
        return fault_new(mem, ImageVCPULimitsRangeExceeded, image_most.of[0], image_most.of[1], image_most.of[2],
                         flavor_most.of[0], flavor_most.of[1], flavor_most.of[2]);
    for (size_t i = 0; i < COUNT(parts); i++) {
        most.of[i] = image_most.of[i] ? image_most.of[i] : flavor_most.of[i];
        if (!most.of[i])
            most.of[i] = 65536;
    }
    TRY(read_topology(mem, flavor, image, "cpu_", &of_flavor, &of_image));
    for (size_t i = 0; i < COUNT(parts); i++)
        beyond = beyond || of_image.of[i] > most.of[i];
    if (beyond)
        return fault_new(mem, ImageVCPUTopologyRangeExceeded, of_image.of[0], of_image.of[1], of_image.of[2],
                         most.of[0], most.of[1], most.of[2]);
    return NULL;
}

/* ---- real time ---- */

struct fault *hardware_emulator_policy(const void *mem, const struct flavor_row *flavor, const char **policy)
{
    *policy = hardware_extra_spec(flavor, "hw:emulator_threads_policy");
    if (text_is_empty(*policy)) {
        *policy = NULL;
        return NULL;
    }
    if (strcmp(*policy, "share") && strcmp(*policy, "isolate"))
        return fault_new(mem, InvalidEmulatorThreadsPolicy, *policy, "('share', 'isolate')");
    return NULL;
}

struct fault *hardware_realtime_cpus(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                     json_t **cpus)
{
    const char *mask = image_meta_text(image, "hw_cpu_realtime_mask");
    const char *emulator = NULL;
    struct fault *fault = NULL;
    size_t count;

    *cpus = NULL;
    if (spec_bool(flavor, "hw:cpu_realtime") != true)
        return NULL;
    if (text_is_empty(mask))
        mask = hardware_extra_spec(flavor, "hw:cpu_realtime_mask");
    if (text_is_empty(mask))
        mask = mem_printf(mem, "0-%ld", (long)flavor->vcpus - 1);
    else if (*text_strip(mem, mask) == '^')
        mask = mem_printf(mem, "0-%ld,%s", (long)flavor->vcpus - 1, mask);
    TRY(cpu_spec_parse(mem, mask, cpus));
    count = json_array_size(*cpus);
    if (!count)
        fault = fault_new(mem, RealtimeMaskNotFoundOrInvalid);
    if (!fault)
        fault = hardware_emulator_policy(mem, flavor, &emulator);
    if (!fault && json_integer_value(json_array_get(*cpus, count - 1)) >= flavor->vcpus)
        fault = fault_text(mem, RealtimeMaskNotFoundOrInvalid,
                           "Realtime policy vCPU(s) mask is configured with RT vCPUs that are not a subset of the "
                           "vCPUs in the flavor. See hw:cpu_realtime_mask or hw_cpu_realtime_mask");
    if (!fault && (int64_t)count == flavor->vcpus && !emulator)
        fault = fault_new(mem, RealtimeMaskNotFoundOrInvalid);
    if (fault) {
        json_decref(*cpus);
        *cpus = NULL;
    }
    return fault;
}

/* ---- disks ---- */

struct fault *hardware_ephemeral_encryption(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                            bool *encrypted, const char **format)
{
    static const char *const formats[] = { "plain", "luks", "luksv2" };
    const char *spec = hardware_extra_spec(flavor, "hw:ephemeral_encryption");
    int of_flavor = spec_bool(flavor, "hw:ephemeral_encryption");
    int of_image = image_meta_bool(image, "hw_ephemeral_encryption");
    const char *image_format = image_meta_text(image, "hw_ephemeral_encryption_format"), *name;

    *format = NULL;
    *encrypted = of_flavor == 1 || of_image == 1;
    if (of_flavor != -1 && of_image != -1 && of_flavor != of_image) {
        TRY(image_word(mem, image, "name", &name));
        return fault_text(mem, FlavorImageConflict,
                          "Flavor %s has hw:ephemeral_encryption extra spec explicitly set to %s, conflicting with "
                          "image %s which has hw_eph_encryption property explicitly set to %s",
                          flavor->name, spec, name, bool_word(of_image));
    }
    if (!*encrypted)
        return NULL;
    *format = hardware_extra_spec(flavor, "hw:ephemeral_encryption_format");
    if (!text_is_empty(*format) && !text_is_empty(image_format) && strcmp(*format, image_format)) {
        TRY(image_word(mem, image, "name", &name));
        return fault_text(mem, FlavorImageConflict,
                          "Flavor %s has hw:ephemeral_encryption_format extra spec explicitly set to %s, conflicting "
                          "with image %s which has hw_ephemeral_encryption_format explicitly set to %s.",
                          flavor->name, *format, name, image_format);
    }
    if (text_is_empty(*format))
        *format = image_format;
    if (text_is_empty(*format)) {
        *format = NULL;
        return NULL;
    }
    for (size_t i = 0; i < COUNT(formats); i++)
        if (!strcmp(formats[i], *format))
            return NULL;
    return fault_text(mem, Invalid, "Invalid ephemeral encryption format %s. Allowed values: plain, luks, luksv2",
                      *format);
}

/* ---- all pairs ---- */

struct fault *hardware_check(const void *mem, const struct flavor_row *flavor, const json_t *image)
{
    json_t *realtime;

    TRY(check_memory_encryption(mem, flavor, image));
    TRY(check_bool(mem, flavor, image, "pmu"));
    TRY(check_serial_ports(mem, flavor, image));
    TRY(hardware_realtime_cpus(mem, flavor, image, &realtime));
    json_decref(realtime);
    TRY(check_topology(mem, flavor, image));
    return flavor->vcpus < 2 ? NULL : check_bool(mem, flavor, image, "vif_multiqueue_enabled");
}
