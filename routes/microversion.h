/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which version of the API a request asks for, from its two headers.
 * Source: nova-facts/startup.md 11 (item 1) and 11.3.
 */
#ifndef NOVA_ROUTES_MICROVERSION_H
#define NOVA_ROUTES_MICROVERSION_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/http/request.h"

/* The highest minor number that is answered, its name ("2.93"), and that of the lowest. */
int microversion_max(void);
const char *microversion_max_text(void);
const char *microversion_min_text(void);

/* What a version changed, for documents; NULL: no such version. */
const char *microversion_meaning(int minor);

/*
 * Sets request->version and request->version_text from the headers.
 * Faults: Http 400 for malformed text, with version_text left NULL so that
 * the answer bears no version headers; Http 406 outside the range, with
 * version_text as asked.  version_headers_put() and fault_body_put()
 * (middleware/fault_body.h) write the headers.
 */
struct fault *microversion_negotiate(struct request *request) FAULT_CHECK;

#endif
