/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of other services: "OPERATION STATUS" on a line, the body behind it.
 * Whatever a peer says, the operation ends with a fault that has words, or
 * with results that can be read.  HTTP itself is not here: http_perform() is
 * this file's, and hands the body to every call of the operation.
 */
#include "config.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/http.h"
#include "fcgi_app/clients/identity.h"
#include "fcgi_app/clients/keystone_projects.h"
#include "fcgi_app/clients/network.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/clients/placement.h"
#include "tests/fuzz/conf.h"

#include <ctype.h>
#include <stdint.h>

#define ID "70a599e0-31e7-49b7-b260-868f441e862b"
#define CALLS 5 /* that are answered with the body: pages that lead to one another end */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char options[] = "[glance]\nendpoint_override = http://g\nnum_retries = 0\n"
                              "[neutron]\nendpoint_override = http://n\nauth_type = none\nhttp_retries = 0\n"
                              "[cinder]\nendpoint_template = http://c/v3/%(project_id)s\nhttp_retries = 0\n"
                              "[placement]\nendpoint_override = http://p\nauth_type = none\n"
                              "[cyborg]\nendpoint_override = http://y\nauth_type = none\n"
                              "[keystone]\nendpoint_override = http://k/v3\nauth_type = none\n"
                              "[quota]\nrecheck_quota = true\n";

static const char *body;
static size_t body_size;
static int status, calls;

void http_perform(struct worker *worker, const void *mem, struct http_call *all, size_t count)
{
    static const struct http_header headers[] = { { "Content-Type", "application/json" },
                                                  { "Location", "http://k/v3/" },
                                                  { "openstack-api-version", "placement 1.36" } };

    (void)worker;
    for (size_t i = 0; i < count; i++) {
        bool more = calls++ < CALLS;

        all[i].failure = HTTP_ANSWERED;
        all[i].status = more ? status : 404;
        all[i].reply_headers = headers;
        all[i].reply_header_count = sizeof(headers) / sizeof(headers[0]);
        all[i].reply_size = more ? body_size : 2;
        all[i].reply = mem_strndup(mem, more ? body : "{}", all[i].reply_size);
    }
}

const char *http_reply_header(const struct http_call *call, const char *name)
{
    for (size_t i = 0; i < call->reply_header_count; i++)
        if (!strcasecmp(call->reply_headers[i].name, name))
            return call->reply_headers[i].value;
    return NULL;
}

unsigned http_open_connections(const struct worker *worker)
{
    (void)worker;
    return 0;
}

/* ---- the operations; what they found is read to its end ---- */

static size_t seen;

static void see(const char *text)
{
    seen += text ? strlen(text) : 0;
}

static void see_tree(const json_t *tree)
{
    char *text = tree ? json_dumps(tree, JSON_ENCODE_ANY) : NULL;

    see(text);
    free(text);
}

#define OPERATION(name) static struct fault *name(const struct context *context, const void *mem)

OPERATION(image)
{
    struct glance_image found;

    TRY(glance_image_show(context, mem, ID, &found));
    see(found.id);
    see(found.name);
    see(found.status);
    see_tree(found.properties);
    see_tree(found.meta);
    return NULL;
}

OPERATION(images)
{
    struct glance_list list = { .limit = 3, .page_size = 2 };
    struct glance_image *found;
    size_t count;

    TRY(glance_images_list(context, mem, &list, &found, &count));
    for (size_t i = 0; i < count; i++)
        see_tree(found[i].meta);
    return NULL;
}

OPERATION(image_made)
{
    struct glance_image found;
    json_t *meta = json_pack("{s:s, s:{s:s}}", "name", "s", "properties", "a", "b");
    struct fault *fault = glance_image_create(context, mem, meta, false, NULL, &found);

    if (!fault)
        see(found.id);
    json_decref(meta);
    return fault;
}

OPERATION(port)
{
    struct neutron_port found;

    TRY(neutron_port_show(context, mem, NEUTRON_USER, ID, NULL, &found));
    see(found.id);
    see(found.network_id);
    see(found.vnic_type);
    for (size_t i = 0; i < found.fixed_ip_count; i++)
        see(found.fixed_ips[i].address);
    for (const char *const *group = found.security_groups; group && *group; group++)
        see(*group);
    return NULL;
}

OPERATION(ports)
{
    static const char *const devices[] = { ID, NULL };
    json_t *items;

    TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_PORTS, "device_id", devices, 1, 0, NULL, &items));
    see_tree(items);
    return NULL;
}

OPERATION(networks)
{
    static const char *const ids[] = { ID };
    struct neutron_network *found;
    size_t count;

    TRY(neutron_available_networks(context, mem, "p", ids, 1, false, &found, &count));
    for (size_t i = 0; i < count; i++) {
        see(found[i].id);
        for (const char *const *subnet = found[i].subnets; subnet && *subnet; subnet++)
            see(*subnet);
    }
    calls = 0;
    TRY(neutron_available_networks(context, mem, "p", NULL, 0, true, &found, &count));
    return NULL;
}

OPERATION(group)
{
    const char *id;

    TRY(neutron_security_group_find(context, mem, "p", "web", &id));
    see(id);
    return NULL;
}

OPERATION(groups)
{
    static const char *const uuids[] = { ID };
    struct network_groups found = { 0 };

    TRY(network_security_groups(context, mem, uuids, 1, &found));
    for (const char *const *name = found.names; name && *name; name++)
        see(*name);
    return NULL;
}

OPERATION(extension)
{
    bool has;

    TRY(neutron_has_extension(context, mem, NEUTRON_USER, "multi-provider", &has));
    calls = 0;
    return neutron_can_auto_allocate(context, mem, "p", &has);
}

OPERATION(volume)
{
    struct cinder_volume found;

    TRY(cinder_volume_show(context, mem, ID, "3.48", &found));
    see(found.id);
    see(found.status);
    see(found.availability_zone);
    see(found.attach_status);
    see_tree(found.metadata);
    see_tree(found.volume_image_metadata);
    for (size_t i = 0; i < found.attachment_count; i++)
        see(found.attachments[i].server_id);
    return NULL;
}

OPERATION(volumes)
{
    struct cinder_volume *found;
    size_t count;

    TRY(cinder_volumes_list(context, mem, &found, &count));
    for (size_t i = 0; i < count; i++)
        see(found[i].id);
    return NULL;
}

OPERATION(snapshot)
{
    struct cinder_snapshot *found, one;
    size_t count;

    TRY(cinder_snapshot_show(context, mem, ID, &one));
    see(one.id);
    calls = 0;
    TRY(cinder_snapshots_list(context, mem, &found, &count));
    for (size_t i = 0; i < count; i++)
        see(found[i].volume_id);
    return NULL;
}

OPERATION(attachment)
{
    const char *id;
    json_t *tree;

    TRY(cinder_attachment_create(context, mem, ID, ID, NULL, NULL, &id));
    see(id);
    calls = 0;
    TRY(cinder_attachment_show(context, mem, ID, &tree));
    see_tree(tree);
    return NULL;
}

OPERATION(types)
{
    struct cinder_type *found;
    json_t *absolute;
    size_t count;

    TRY(cinder_types_list(context, mem, &found, &count));
    for (size_t i = 0; i < count; i++)
        see(found[i].name);
    calls = 0;
    TRY(cinder_limits(context, mem, &absolute));
    see_tree(absolute);
    return NULL;
}

OPERATION(versions)
{
    return cinder_supports(context, mem, "3.44");
}

OPERATION(provider)
{
    struct placement_provider found;
    const char *const *traits;

    TRY(placement_provider_by_name(context, mem, "host", &found));
    see_tree(found.raw);
    calls = 0;
    TRY(placement_provider_traits(context, mem, ID, &traits));
    for (; *traits; traits++)
        see(*traits);
    return NULL;
}

OPERATION(usages)
{
    struct placement_usage usage;
    json_t *found;

    TRY(placement_usages(context, mem, "p", "u", &usage));
    calls = 0;
    TRY(placement_usages_by_class(context, mem, "p", &found));
    see_tree(found);
    return NULL;
}

OPERATION(allocations)
{
    json_t *found;

    TRY(placement_allocations_show(context, mem, ID, &found));
    see_tree(found);
    calls = 0;
    TRY(placement_allocations_delete(context, mem, ID, false));
    calls = 0;
    return placement_aggregate_add_host(context, mem, ID, "host");
}

OPERATION(project)
{
    const struct identity_way way = { 0 };
    const char *url;

    TRY(keystone_project_check(context, "p"));
    calls = 0;
    TRY(identity_discover(context->worker, mem, "http://k", &way, &url));
    see(url);
    return NULL;
}

OPERATION(profile)
{
    const char *const *ids;
    json_t *found;

    TRY(cyborg_device_profile_groups(context, mem, "d", &found));
    see_tree(found);
    calls = 0;
    TRY(cyborg_requests_of(context, mem, ID, &ids));
    for (; *ids; ids++)
        see(*ids);
    return NULL;
}

static const struct {
    const char *name;
    struct fault *(*run)(const struct context *context, const void *mem);
} operations[] = {
#define ROW(name)                                                                                                      \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
    ROW(image),  ROW(images),    ROW(image_made), ROW(port),        ROW(ports),   ROW(networks), ROW(group),
    ROW(groups), ROW(extension), ROW(volume),     ROW(types),       ROW(volumes), ROW(snapshot), ROW(attachment),
    ROW(usages), ROW(versions),  ROW(provider),   ROW(allocations), ROW(project), ROW(profile),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roles[] = { "member", NULL };
    void *mem = mem_context(NULL, "fuzz_peer");
    const char *text = mem_strndup(mem, (const char *)data, size);
    size_t word = strcspn(text, " \n"), line = strcspn(text, "\n");
    struct worker worker = { .mem = mem, .conf = fuzz_conf(options) };
    const struct context context = { .mem = mem,
                                     .worker = &worker,
                                     .user_id = "u",
                                     .project_id = "p",
                                     .roles = roles,
                                     .auth_token = "t",
                                     .authenticated = true,
                                     .service_catalog = "[]" };

    status = atoi(text + word);
    if (status < 100 || status >= 500) /* those are asked again after a while */
        status = 200;
    body = line < size ? text + line + 1 : "";
    body_size = line < size ? size - line - 1 : 0;
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        struct fault *fault;

        if (strlen(operations[i].name) != word || strncmp(operations[i].name, text, word))
            continue;
        calls = 0;
        fault = operations[i].run(&context, mem);
        if (fault && (!fault->message || fault->code < 100 || !*fault_shown(mem, fault, false)))
            abort();
    }
    talloc_free(mem);
    return 0;
}
