/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /servers: the body becomes a wish, what goes wrong an HTTP error, the
 * first server the answer.
 * Neighbours: compute/create.c does it; schemas/servers_create.c let the body through.
 * Source: nova-facts/flows.md section 1 (1 to 14), error_mapping.tsv.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/compute/servers_create.h"
#include "routes/links.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define POLICY(name) "os_compute_api:servers:" name

/* ---- what faults become ---- */

static const struct mapping {
    enum fault_name name;
    short code;
    const char *text; /* NULL: the fault's own */
} mappings[] = {
    { FAULT_OverQuota, 403, NULL },
    { FAULT_ImageNotFound, 400, "Can not find requested image" },
    { FAULT_KeypairNotFound, 400, "Invalid key_name provided." },
    { FAULT_ConfigDriveInvalidValue, 400, "Invalid config_drive provided." },
    { FAULT_BootFromVolumeRequiredForZeroDiskFlavor, 403, NULL },
    { FAULT_ExternalNetworkAttachForbidden, 403, NULL },
    { FAULT_ImageNotActive, 400, NULL },
    { FAULT_ImageBadRequest, 400, NULL },
    { FAULT_ImageNotAuthorized, 400, NULL },
    { FAULT_ImageUnacceptable, 400, NULL },
    { FAULT_FlavorNotFound, 400, NULL },
    { FAULT_InvalidMetadata, 400, NULL },
    { FAULT_InvalidVolume, 400, NULL },
    { FAULT_VolumeNotFound, 400, NULL },
    { FAULT_MismatchVolumeAZException, 400, NULL },
    { FAULT_MultiplePortsNotApplicable, 400, NULL },
    { FAULT_InvalidFixedIpAndMaxCountRequest, 400, NULL },
    { FAULT_AmbiguousHostnameForMultipleInstances, 400, NULL },
    { FAULT_InstanceUserDataMalformed, 400, NULL },
    { FAULT_PortNotFound, 400, NULL },
    { FAULT_FixedIpAlreadyInUse, 400, NULL },
    { FAULT_SecurityGroupNotFound, 400, NULL },
    { FAULT_PortRequiresFixedIP, 400, NULL },
    { FAULT_NetworkRequiresSubnet, 400, NULL },
    { FAULT_NetworkNotFound, 400, NULL },
    { FAULT_InvalidBDM, 400, NULL },
    { FAULT_VolumeTypeNotFound, 400, NULL },
    { FAULT_AutoDiskConfigDisabledByImage, 400, NULL },
    { FAULT_InstanceGroupNotFound, 400, NULL },
    { FAULT_SnapshotNotFound, 400, NULL },
    { FAULT_UnableToAutoAllocateNetwork, 400, NULL },
    { FAULT_MultiattachNotSupportedOldMicroversion, 400, NULL },
    { FAULT_CertificateValidationFailed, 400, NULL },
    { FAULT_CreateWithPortResourceRequestOldVersion, 400, NULL },
    { FAULT_DeviceProfileError, 400, NULL },
    { FAULT_ComputeHostNotFound, 400, NULL },
    { FAULT_ForbiddenPortsWithAccelerator, 400, NULL },
    { FAULT_ForbiddenWithRemoteManagedPorts, 400, NULL },
    { FAULT_ExtendedResourceRequestOldCompute, 400, NULL },
    { FAULT_PortInUse, 409, NULL },
    { FAULT_InstanceExists, 409, NULL },
    { FAULT_NetworkAmbiguous, 409, NULL },
    { FAULT_NoUniqueMatch, 409, NULL },
    { FAULT_MixedInstanceNotSupportByComputeService, 409, NULL },
};

struct fault *servers_image_conflict(struct call *call, struct fault *fault)
{
    static const enum fault_name names[] = {
        FAULT_BadRequirementEmulatorThreadsPolicy,
        FAULT_CPUThreadPolicyConfigurationInvalid,
        FAULT_FlavorImageConflict,
        FAULT_FlavorDiskTooSmall,
        FAULT_FlavorMemoryTooSmall,
        FAULT_ImageCPUPinningForbidden,
        FAULT_ImageCPUThreadPolicyForbidden,
        FAULT_ImageNUMATopologyAsymmetric,
        FAULT_ImageNUMATopologyCPUDuplicates,
        FAULT_ImageNUMATopologyCPUOutOfRange,
        FAULT_ImageNUMATopologyCPUsUnassigned,
        FAULT_ImageNUMATopologyForbidden,
        FAULT_ImageNUMATopologyIncomplete,
        FAULT_ImageNUMATopologyMemoryOutOfRange,
        FAULT_ImageNUMATopologyRebuildConflict,
        FAULT_ImageSerialPortNumberExceedFlavorValue,
        FAULT_ImageSerialPortNumberInvalid,
        FAULT_ImageVCPULimitsRangeExceeded,
        FAULT_ImageVCPUTopologyRangeExceeded,
        FAULT_InvalidCPUAllocationPolicy,
        FAULT_InvalidCPUThreadAllocationPolicy,
        FAULT_InvalidEmulatorThreadsPolicy,
        FAULT_InvalidMachineType,
        FAULT_InvalidNUMANodesNumber,
        FAULT_InvalidRequest,
        FAULT_MemoryPageSizeForbidden,
        FAULT_MemoryPageSizeInvalid,
        FAULT_PciInvalidAlias,
        FAULT_PciRequestAliasNotDefined,
        FAULT_RealtimeConfigurationInvalid,
        FAULT_RealtimeMaskNotFoundOrInvalid,
        FAULT_RequiredMixedInstancePolicy,
        FAULT_RequiredMixedOrRealtimeCPUMask,
        FAULT_InvalidMixedInstanceDedicatedMask,
        FAULT_COUNT,
    };

    return action_fault_as(call, fault, 400, names);
}

static struct fault *as_http(const void *mem, struct fault *fault)
{
    for (size_t i = 0; fault && i < COUNT(mappings); i++)
        if (fault_is(fault, mappings[i].name))
            return fault_http(mem, mappings[i].code, "%s", mappings[i].text ? mappings[i].text : fault->message);
    return fault;
}

/* ---- the body ---- */

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A number, or the text of one. */
static int64_t number_at(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_string(value))
        return strtoll(json_string_value(value), NULL, 10);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

const char *const *servers_read_texts(const void *mem, const json_t *array, size_t *count)
{
    size_t size = json_array_size(array);
    const char **texts = mem_array(mem, const char *, size + 1);

    for (size_t i = 0; i < size; i++)
        texts[i] = json_string_value(json_array_get(array, i));
    *count = size;
    return texts;
}

/* Each name once; those without one do not count. */
static void read_security_groups(const void *mem, const json_t *given, struct create_wish *wish)
{
    const char **names = mem_array(mem, const char *, json_array_size(given) + 1);
    size_t index;
    json_t *group;

    json_array_foreach((json_t *)(uintptr_t)given, index, group)
    {
        const char *name = text_at(group, "name");
        size_t i = 0;

        if (text_is_empty(name))
            continue;
        while (i < wish->security_group_count && strcmp(names[i], name))
            i++;
        if (i == wish->security_group_count)
            names[wish->security_group_count++] = name;
    }
    wish->security_groups = names;
}

struct fault *servers_read_files(const void *mem, const json_t *given, struct create_wish *wish)
{
    struct create_file *files = mem_array(mem, struct create_file, json_array_size(given));
    size_t index;
    json_t *file;

    json_array_foreach((json_t *)(uintptr_t)given, index, file)
    {
        files[index] = (struct create_file){ text_at(file, "path"), text_at(file, "contents") };
        if (!files[index].path || !files[index].contents) /* the schema asks for neither */
            return fault_new(mem, KeyError, files[index].path ? "'contents'" : "'path'");
    }
    wish->files = files;
    wish->file_count = json_array_size(given);
    return NULL;
}

static const json_t *hints_of(const json_t *body)
{
    const json_t *hints = json_object_get(body, "os:scheduler_hints");

    return hints ? hints : json_object_get(body, "OS-SCH-HNT:scheduler_hints");
}

static struct fault *read_plain(const struct call *call, const json_t *server, struct create_wish *wish)
{
    const char *disk_config = text_at(server, "OS-DCF:diskConfig");
    const char *password = text_at(server, "adminPass");
    const void *mem = call->mem;

    wish->password = password ? password : create_password(call->context);
    wish->name = text_strip(mem, text_at(server, "name"));
    wish->description = call->version >= 19 ? text_at(server, "description") : wish->name;
    wish->hostname = call->version >= 90 ? text_at(server, "hostname") : NULL;
    wish->user_data = text_at(server, "user_data");
    wish->key_name = text_at(server, "key_name");
    wish->config_drive = json_object_get(server, "config_drive");
    read_security_groups(mem, json_object_get(server, "security_groups"), wish);
    wish->hints = hints_of(call->body);
    wish->min_count = number_at(server, "min_count", 1);
    wish->max_count = number_at(server, "max_count", wish->min_count);
    if (wish->min_count > wish->max_count)
        return fault_http(mem, 400, "min_count must be <= max_count");
    if (call->version >= 52)
        wish->tags = servers_read_texts(mem, json_object_get(server, "tags"), &wish->tag_count);
    wish->auto_disk_config = disk_config ? !strcmp(disk_config, "AUTO") : -1;
    wish->access_ip_v4 = create_address(mem, text_at(server, "accessIPv4"));
    wish->access_ip_v6 = create_address(mem, text_at(server, "accessIPv6"));
    TRY(servers_read_files(mem, json_object_get(server, "personality"), wish));
    wish->metadata = json_object_get(server, "metadata");
    wish->multiattach = call->version >= 60;
    wish->port_resources = call->version >= 72;
    return NULL;
}

static struct fault *read_place(const struct call *call, const json_t *server, const struct policy_target *target,
                                struct create_wish *wish)
{
    struct create_place *place = &wish->place;
    struct fault *fault = create_zone_parse(call->context, text_at(server, "availability_zone"), place);

    if (fault)
        return fault_http(call->mem, 400, "%s", fault->message);
    if (!text_is_empty(place->host) || !text_is_empty(place->node)) {
        TRY(policy_check(call->context, POLICY("create:forced_host"), target));
        TRY(create_zone_of_host(call->context, place));
    }
    if (call->version < 74)
        return NULL;
    place->requested_host = text_at(server, "host");
    place->requested_node = text_at(server, "hypervisor_hostname");
    if (text_is_empty(place->requested_host))
        place->requested_host = NULL;
    if (text_is_empty(place->requested_node))
        place->requested_node = NULL;
    if (!place->requested_host && !place->requested_node)
        return NULL;
    TRY(policy_check(call->context, "compute:servers:create:requested_destination", target));
    if (!text_is_empty(place->host) || !text_is_empty(place->node))
        return fault_http(call->mem, 400,
                          "One mechanism with host and/or hypervisor_hostname and another mechanism with "
                          "zone:host:node are mutually exclusive.");
    return NULL;
}

static struct fault *read_devices(const struct call *call, const json_t *server, const struct policy_target *target,
                                  struct create_wish *wish)
{
    const json_t *image = json_object_get(server, "imageRef");
    json_t *old = json_object_get(server, "block_device_mapping");
    json_t *new = json_object_get(server, "block_device_mapping_v2");

    if (json_array_size(old) && json_array_size(new))
        return fault_http(call->mem, 400,
                          "Using different block_device_mapping syntaxes is not allowed in the same request.");
    if (json_array_size(old)) {
        wish->legacy_devices = old;
    } else if (json_array_size(new)) {
        struct fault *fault = create_devices_read(call->mem, new, image && !json_is_null(image), &wish->devices);

        if (fault && fault_is(fault, FAULT_InvalidBDMFormat))
            return fault_http(call->mem, 400, "%s", fault->message);
        TRY(fault);
    }
    if (wish->legacy_devices || wish->devices.count)
        TRY(policy_check(call->context, POLICY("create:attach_volume"), target));
    wish->image_ref = json_is_string(image) ? json_string_value(image) : "";
    if (!*wish->image_ref && !wish->legacy_devices && !wish->devices.count)
        return fault_http(call->mem, 400, "Missing imageRef attribute");
    return NULL;
}

static struct fault *read_networks(const struct call *call, const json_t *server, const struct policy_target *target,
                                   struct create_wish *wish)
{
    TRY(create_networks_read(call->mem, json_object_get(server, "networks"), wish));
    if (wish->network_count &&
        !(wish->network_count == 1 && wish->networks[0].network_id && !strcmp(wish->networks[0].network_id, "none")))
        TRY(policy_check(call->context, POLICY("create:attach_network"), target));
    return NULL;
}

/* What a link is read without: blanks and controls before it, tabs and line ends anywhere. */
static const char *clean_link(const void *mem, const char *text)
{
    struct strbuf out;

    strbuf_init(&out, mem, 64);
    while (*text && (unsigned char)*text <= ' ')
        text++;
    for (; *text; text++)
        if (!strchr("\t\r\n", *text))
            strbuf_putc(&out, *text);
    return out.data;
}

/* The last part of the path, when it is a link. */
static const char *id_of_link(const void *mem, const json_t *reference)
{
    const char *text, *p, *last;

    if (json_is_integer(reference))
        return mem_printf(mem, "%lld", (long long)json_integer_value(reference));
    text = json_string_value(reference);
    if (!text)
        return "";
    text = clean_link(mem, text);
    p = text;
    if (isalpha((unsigned char)*p)) {
        while (isalnum((unsigned char)*p) || *p == '+' || *p == '.' || *p == '-')
            p++;
        p = *p == ':' ? p + 1 : text;
    }
    if (p[0] == '/' && p[1] == '/')
        p += 2 + strcspn(p + 2, "/?#");
    text = mem_strndup(mem, p, strcspn(p, "?#"));
    last = strrchr(text, '/');
    return last ? last + 1 : text;
}

/* ---- the answer ---- */

static void put_answer(struct call *call, const json_t *server, const struct create_wish *wish,
                       const struct create_answer *answer)
{
    const json_t *groups = json_object_get(server, "security_groups");
    struct strbuf *out = call->out;
    struct links links;

    links_open(call, "servers", &links);
    JSON_PUT_LITERAL(out, "{\"server\": {\"id\": ");
    json_put_string(out, answer->uuid);
    JSON_PUT_LITERAL(out, ", \"links\": ");
    links_put(&links, out, answer->uuid);
    JSON_PUT_LITERAL(out, ", \"OS-DCF:diskConfig\": ");
    json_put_string(out, answer->auto_disk_config ? "AUTO" : "MANUAL");
    JSON_PUT_LITERAL(out, ", \"security_groups\": ");
    if (groups)
        json_put_tree(out, groups);
    else
        JSON_PUT_LITERAL(out, "[{\"name\": \"default\"}]");
    if (conf_bool(call->context->worker->conf, OPTION_api_enable_instance_password)) {
        JSON_PUT_LITERAL(out, ", \"adminPass\": ");
        json_put_string(out, wish->password);
    }
    JSON_PUT_LITERAL(out, "}}");
    response_set_header(&call->request->response, call->mem, "location",
                        mem_printf(call->mem, "%s/servers/%s", link_base(call), answer->uuid));
}

static bool wants_reservation(const json_t *server)
{
    const json_t *value = json_object_get(server, "return_reservation_id");

    return json_is_true(value) || (json_is_string(value) && *json_string_value(value)) ||
           (json_is_integer(value) && json_integer_value(value));
}

struct fault *servers_create_post(struct call *call)
{
    const struct context *context = call->context;
    const struct policy_target target = { context->project_id ? context->project_id : "None",
                                          context->user_id ? context->user_id : "None" };
    const json_t *server = json_object_get(call->body, "server");
    const struct flavor_row *flavor;
    struct create_wish wish = { 0 };
    struct create_answer answer;
    struct fault *fault;
    size_t count;

    TRY(read_plain(call, server, &wish));
    TRY(policy_check(call->context, POLICY("create"), &target));
    if (json_array_size(json_object_get(server, "trusted_image_certificates"))) {
        wish.trusted_certs =
            servers_read_texts(call->mem, json_object_get(server, "trusted_image_certificates"), &count);
        TRY(policy_check(call->context, POLICY("create:trusted_certs"), &target));
    }
    TRY(read_place(call, server, &target, &wish));
    TRY(read_devices(call, server, &target, &wish));
    TRY(read_networks(call, server, &target, &wish));
    /* From here on within a project, and for administrators: the flavor's table comes before the other checks. */
    if (!context_is_someone(context))
        return fault_new(call->mem, Forbidden);
    fault = db_flavor_whole(context, call->mem, id_of_link(call->mem, json_object_get(server, "flavorRef")), &flavor);
    if (!fault)
        fault = servers_create(call->context, flavor, &wish, &answer);
    TRY(servers_image_conflict(call, as_http(call->mem, fault)));
    if (wants_reservation(server)) {
        JSON_PUT_LITERAL(call->out, "{\"reservation_id\": ");
        json_put_string(call->out, answer.reservation_id);
        JSON_PUT_LITERAL(call->out, "}");
        return NULL;
    }
    put_answer(call, server, &wish, &answer);
    return NULL;
}
