/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version applications: what stands outside the API, without
 * authentication.  No filter of theirs knows a user.
 * Source: nova-facts/startup.md 8.2.
 */
#ifndef NOVA_ROUTES_VERSIONS_H
#define NOVA_ROUTES_VERSIONS_H

#include "middleware/chain.h"

/* What a version application keeps (struct app's state): documents that were rendered, on `mem`. */
void *versions_open(const void *mem);

/* At "/": the list of versions, or for any other path the choices; any method, no microversion. */
struct fault *versions_serve(const struct app *app, struct request *request) FAULT_CHECK;

/* At "/v2" and "/v2.1": the document of that version; microversions are honoured. */
struct fault *versions_v2_serve(const struct app *app, struct request *request) FAULT_CHECK;

#endif
