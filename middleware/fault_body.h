/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer that a fault makes: {"itemNotFound": {"code": 404, "message": …}},
 * and the version headers that stand on every answer of a resource.  Written
 * by the resource layer and by faultwrap.
 * Source: nova-facts/startup.md 11.1, 11.3.
 */
#ifndef NOVA_MIDDLEWARE_FAULT_BODY_H
#define NOVA_MIDDLEWARE_FAULT_BODY_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/http/request.h"

#define HEADER_API_VERSION "OpenStack-API-Version"
#define HEADER_API_VERSION_OLD "X-OpenStack-Nova-API-Version"

/*
 * Makes the fault the request's whole answer: status, body, Content-Type,
 * Retry-After, WWW-Authenticate, and the version headers once the version is
 * known.  The message of the fault is shown as it is.
 */
void fault_body_put(struct request *request, const struct fault *fault);

/* Adds the two version headers and the two Vary; nothing while request->version_text is NULL. */
void version_headers_put(struct request *request);

#endif
