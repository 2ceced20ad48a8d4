/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks: one context for a request, handed to every floor below the
 * routes, which never see the HTTP request itself.  Logs, policies, SQL, RPC
 * and outgoing calls all take their words from here.
 * Source: nova-facts/middleware.md (keystonecontext, noauth2), rpc.md.
 */
#ifndef NOVA_BASE_CONTEXT_H
#define NOVA_BASE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct worker;

struct context {
    const void *mem;               /* the request's memory */
    struct worker *worker;         /* what outlives the request: handles and caches (fcgi_app/base/worker.h) */
    const char *request_id;        /* req-<uuid4>, NULL before compute_req_id ran */
    const char *global_request_id; /* from the caller, or NULL */
    const char *user_id;           /* NULL where the front end knows none */
    const char *user_name;
    const char *project_id;
    const char *project_name;
    const char *domain_id;
    const char *system_scope;
    const char *user_domain_id;
    const char *user_domain_name;
    const char *project_domain_id;
    const char *project_domain_name;
    const char *remote_address;
    const char *auth_token;
    const char *service_catalog; /* JSON text of X-Service-Catalog's services that upstream keeps, or NULL */
    const char *token_catalog; /* JSON text of the token's own catalogue, v3, whole; NULL where no token was checked */
    const char *const *roles;  /* NULL-terminated; never NULL once authenticated */
    const char *service_user_id; /* whose token came beside the user's, NULL: nobody's; rules may ask */
    const char *service_user_domain_id;
    const char *service_project_id;
    const char *service_project_domain_id;
    const char *const *service_roles;
    bool authenticated;    /* an authentication filter filled this */
    bool is_admin;         /* rule context_is_admin, or noauth2's admin */
    bool is_admin_project; /* default true */
};

/* A user within a project, or an administrator: whom upstream's tables of servers, flavors and limits are for. */
static inline bool context_is_someone(const struct context *context)
{
    return context->is_admin || (context->user_id && context->project_id);
}

#endif
