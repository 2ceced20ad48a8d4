/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /servers, /servers/detail, /servers/{id}, …: the rows of upstream's module servers.
 * Neighbours: views/servers.c shows, compute/servers.h finds.
 */
#include "config.h"

#include "fcgi_app/compute/servers.h"
#include "fcgi_app/policies/policies.h"
#include "routes/compute/servers_actions.h"
#include "routes/compute/servers_create.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/servers.h"
#include "routes/views/servers.h"

/* What is wrong with a list's words is the caller's fault, under whatever name. */
static struct fault *list_servers(struct call *call, bool detail, unsigned wants, struct servers *servers)
{
    struct servers_query query = { .query = &call->query, .version = call->version, .detail = detail, .wants = wants };
    struct paging paging;
    struct fault *fault;

    TRY(policy_check(call->context, detail ? "os_compute_api:servers:detail" : "os_compute_api:servers:index", NULL));
    TRY(paging_read(call, &paging));
    query.limit = paging.limit;
    query.marker = paging.marker;
    fault = servers_list(call->context, &query, servers);
    if (fault && fault_is(fault, FAULT_Invalid))
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

static struct fault *servers_index(struct call *call)
{
    struct servers servers;

    TRY(list_servers(call, false, 0, &servers));
    servers_view_index(call, &servers);
    return NULL;
}

static struct fault *servers_detail(struct call *call)
{
    struct servers servers;
    unsigned wants;

    TRY(servers_view_list_wants(call, &wants));
    TRY(list_servers(call, true, wants, &servers));
    return servers_view_detail(call, &servers);
}

static struct fault *servers_show(struct call *call)
{
    bool partial = call->version >= 69; /* 2.69: servers of cells that are down */
    bool group = call->version >= 71;   /* 2.71: the server's group */
    struct server server;
    struct fault *fault =
        servers_get(call->context, call->vars[0], servers_view_wants(call) | INSTANCE_FAULT, partial, group, &server);

    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    TRY(policy_check(call->context, "os_compute_api:servers:show",
                     &(struct policy_target){ server.instance->project_id, NULL }));
    return servers_view_show(call, &server);
}

/* clang-format off */
static const struct route servers_routes[] = {
    { "GET", "/servers", NULL, V_ALL, servers_index, 200, .errors = { 400, 403 }, .query = servers_query,
      .policies = "os_compute_api:servers:index; os_compute_api:servers:allow_all_filters?; "
                  "os_compute_api:servers:detail:get_all_tenants (only all_tenants on detail); "
                  "os_compute_api:servers:index:get_all_tenants (only all_tenants on index)" },
    { "POST", "/servers", NULL, V_ALL, servers_create_post, 202, .errors = { 400, 403, 409 }, .body = servers_create_body,
      .policies = "os_compute_api:servers:create; os_compute_api:servers:create:attach_volume (only with BDM); "
                  "os_compute_api:servers:create:attach_network (only with networks != none); "
                  "os_compute_api:servers:create:trusted_certs (>=2.63, if given); "
                  "os_compute_api:servers:create:forced_host; "
                  "compute:servers:create:requested_destination (>=2.74, host/hypervisor_hostname); "
                  "os_compute_api:servers:create:zero_disk_flavor? (image-backed + root_gb=0); "
                  "network:attach_external_network? (external net); "
                  "os_compute_api:servers:create:forced_host (only zone:host:node)" },
    { "GET", "/servers/detail", NULL, V_ALL, servers_detail, 200, .errors = { 400, 403 }, .query = servers_query,
      .policies = "os_compute_api:servers:detail; os_compute_api:servers:allow_all_filters?; "
                  "os_compute_api:servers:detail:get_all_tenants (only all_tenants on detail); "
                  "os_compute_api:servers:index:get_all_tenants (only all_tenants on index); "
                  "os_compute_api:servers:show:flavor-extra-specs? (>=2.47); "
                  "os_compute_api:os-extended-server-attributes?; "
                  "os_compute_api:servers:show:host_status? (>=2.16); "
                  "os_compute_api:servers:show:host_status:unknown-only? (>=2.16)" },
    { "GET", "/servers/{id}", NULL, V_ALL, servers_show, 200, .errors = { 404 },
      .policies = "os_compute_api:servers:show; os_compute_api:servers:show:flavor-extra-specs? (>=2.47); "
                  "os_compute_api:os-extended-server-attributes?; "
                  "os_compute_api:servers:show:host_status? (>=2.16); "
                  "os_compute_api:servers:show:host_status:unknown-only? (>=2.16)" },
    { "PUT", "/servers/{id}", NULL, V_ALL, servers_update, 200, .errors = { 404 }, .body = servers_update_body,
      .policies = "os_compute_api:servers:update; os_compute_api:servers:show:flavor-extra-specs? (>=2.47); "
                  "os_compute_api:os-extended-server-attributes? (>=2.75); "
                  "os_compute_api:servers:show:host_status? (>=2.75); "
                  "os_compute_api:servers:show:host_status:unknown-only? (>=2.75)" },
    { "DELETE", "/servers/{id}", NULL, V_ALL, servers_delete, 204, .errors = { 404, 409 },
      .policies = "os_compute_api:servers:delete" },
    { "POST", "/servers/{id}/action", "confirmResize", V_ALL, servers_confirm_resize, 204, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:servers:confirm_resize" },
    { "POST", "/servers/{id}/action", "revertResize", V_ALL, servers_revert_resize, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:servers:revert_resize" },
    { "POST", "/servers/{id}/action", "reboot", V_ALL, servers_reboot, 202, .errors = { 404, 409 }, .body = servers_reboot_body,
      .policies = "os_compute_api:servers:reboot" },
    { "POST", "/servers/{id}/action", "resize", V_ALL, servers_resize, 202, .errors = { 400, 401, 403, 404, 409 },
      .body = servers_resize_body,
      .policies = "os_compute_api:servers:resize; compute:servers:resize:cross_cell? (decides cross-cell)" },
    { "POST", "/servers/{id}/action", "rebuild", V_ALL, servers_rebuild, 202, .errors = { 400, 403, 404, 409 },
      .body = servers_rebuild_body,
      .policies = "os_compute_api:servers:rebuild; "
                  "os_compute_api:servers:rebuild:trusted_certs (>=2.63, if given); "
                  "os_compute_api:servers:show:flavor-extra-specs? (>=2.47); "
                  "os_compute_api:os-extended-server-attributes? (>=2.75); "
                  "os_compute_api:servers:show:host_status? (>=2.75)" },
    { "POST", "/servers/{id}/action", "createImage", V_ALL, servers_create_image, 202, .errors = { 400, 403, 404, 409 },
      .body = servers_create_image_body,
      .policies = "os_compute_api:servers:create_image; "
                  "os_compute_api:servers:create_image:allow_volume_backed (volume-backed only)" },
    { "POST", "/servers/{id}/action", "os-start", V_ALL, servers_start, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:servers:start" },
    { "POST", "/servers/{id}/action", "os-stop", V_ALL, servers_stop, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:servers:stop" },
    { "POST", "/servers/{id}/action", "trigger_crash_dump", V_FROM(17), servers_trigger_crash_dump, 202, .errors = { 400, 404, 409 },
      .body = servers_trigger_crash_dump_body,
      .policies = "os_compute_api:servers:trigger_crash_dump" },
    { 0 },
};
/* clang-format on */

const struct resource servers_resource = { "servers", servers_routes };
