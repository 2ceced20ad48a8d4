/* SPDX-License-Identifier: Apache-2.0 */
/* What a hypervisor tells of a server, in the form that all hypervisors share (from 2.48). */
#ifndef NOVA_ROUTES_VIEWS_SERVER_DIAGNOSTICS_H
#define NOVA_ROUTES_VIEWS_SERVER_DIAGNOSTICS_H

#include "fcgi_app/base/strbuf.h"

#include <jansson.h>

/* `object` is a Diagnostics object as the bus writes it; what is not set is null. */
void view_server_diagnostics(struct strbuf *out, const json_t *object);

#endif
