/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filters that a paste file may name.  Each lives in a file of its own
 * name; fcgi_app/paste/factories.def says which upstream name means which.
 * Source: nova-facts/middleware.md.
 */
#ifndef NOVA_MIDDLEWARE_FILTERS_H
#define NOVA_MIDDLEWARE_FILTERS_H

#include "middleware/chain.h"

extern const struct middleware authtoken;
extern const struct middleware compute_req_id;
extern const struct middleware cors;
extern const struct middleware faultwrap;
extern const struct middleware healthcheck;
extern const struct middleware http_proxy_to_wsgi;
extern const struct middleware keystonecontext;
extern const struct middleware legacy_v2_compatible;
extern const struct middleware noauth2;
extern const struct middleware noauth2_v2_18; /* tells of the URL without the project in it */
extern const struct middleware osprofiler;
extern const struct middleware request_log;
extern const struct middleware sizelimit;

/* healthcheck as an application: `state` is what its open() gave. Answers every path. */
struct fault *healthcheck_serve(const struct app *app, struct request *request) FAULT_CHECK;

#endif
