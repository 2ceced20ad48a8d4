/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The net for what nobody expected: a fault that comes up this far is logged
 * and answered in the API's shape, without its own words, which may hold what
 * a caller must not see.
 * Source: nova-facts/middleware.md, faultwrap.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "middleware/fault_body.h"

#include <string.h>

LOG_MODULE("nova.api.openstack");

/* Upstream marks these classes safe to show, with all beneath them. */
static const char *const safe_classes[] = {
    "FloatingIpPoolNotFound",
    "InstanceAgentNotEnabled",
    "InstancePasswordSetFailed",
    "NoMoreFloatingIps",
    "OverQuota",
    "SetAdminPasswdNotSupported",
};

static bool is_safe(const struct fault *fault)
{
    for (enum fault_name at = fault->name;; at = fault_kinds[at].parent) {
        for (size_t i = 0; i < sizeof(safe_classes) / sizeof(safe_classes[0]); i++)
            if (strcmp(fault_kinds[at].name, safe_classes[i]) == 0)
                return true;
        if (fault_kinds[at].parent == at)
            return false;
    }
}

/* WebOb has an error class of its own for these; another code becomes a 500. */
static int webob_code(int code)
{
    static const short others[] = { 422, 423, 424, 426, 428, 429, 431, 451, 511 };

    if ((code >= 400 && code <= 417) || (code >= 500 && code <= 505))
        return code;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i] == code)
            return code;
    return 500;
}

/* The code that upstream finds on the exception: that of neutron's client goes by another name there. */
static int code_of(const struct fault *fault)
{
    static const char client[] = "neutronclient.";

    return strncmp(fault_kinds[fault->name].module, client, sizeof(client) - 1) == 0 ? 500 : fault->code;
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    struct fault *outer;
    int code;

    (void)filter;
    if (!fault)
        return NULL;
    code = code_of(fault);
    log_exception(mem_printf(request->mem, "  File \"%s\", line %d, in %s\n%s: %s", fault->file, fault->line,
                             fault->function, fault_shown(request->mem, fault, false), fault->message),
                  "Caught error: %s", fault->message);
    log_info("%s returned with HTTP %d", request_url(request), code);
    if (is_safe(fault))
        outer = fault_http(request->mem, webob_code(code), "%s: %s", fault_shown(request->mem, fault, true),
                           fault->message);
    else
        outer = fault_http(request->mem, webob_code(code), NULL);
    outer->retry_after = fault->retry_after;
    outer->www_authenticate = fault->www_authenticate;
    fault_body_put(request, outer);
    return NULL;
}

const struct middleware faultwrap = { .name = "faultwrap", .leave = leave };
