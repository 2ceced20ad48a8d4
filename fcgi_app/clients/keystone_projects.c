/* SPDX-License-Identifier: Apache-2.0 */
/* Does a project exist? See the header. */
#include "config.h"

#include "fcgi_app/clients/keystone_projects.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/clients/service.h"

LOG_MODULE("nova.api.openstack.identity");

struct fault *keystone_project_check(const struct context *context, const char *project_id)
{
    struct service_call call = { .service = &service_keystone, .method = "GET" };
    struct fault *fault;
    struct strbuf path;

    if (!service_has_token(context)) {
        log_info("No credentials to verify project_id %s with", project_id);
        return NULL;
    }
    strbuf_init(&path, context->mem, 128);
    strbuf_puts(&path, "/projects/");
    path_put_part(&path, project_id);
    call.path = path.data;
    fault = service_call(context, context->mem, &call);
    /* Without a token the reference does not get as far as the catalogue. */
    if (fault && fault_is(fault, FAULT_keystone_EndpointNotFound) && service_has_token(context)) {
        log_error("Version 3.0 of the identity service was not found: nova or keystone may be misconfigured.");
        return fault_http(context->mem, 400, "Nova was unable to find Keystone service endpoint.");
    }
    if (fault && fault_is(fault, FAULT_keystone_ClientException)) {
        log_info("Unable to contact keystone to verify project_id");
        return NULL;
    }
    if (fault)
        return fault;
    if (call.status == 404)
        return fault_http(context->mem, 400, "Project ID %s is not a valid project.", project_id);
    if (call.status == 403)
        log_info("Insufficient permissions for user %s to verify existence of project_id %s",
                 context->user_id ? context->user_id : "", project_id);
    else if (call.status >= 400)
        log_warning("Unexpected response from keystone trying to verify project_id %s: %d", project_id, call.status);
    return NULL;
}
