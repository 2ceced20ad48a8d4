/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What neutron, cinder, ironic and cyborg tell about servers, handed to the
 * hosts that wait for it.
 * Neighbours: objects/write.h makes the messages' objects, routes/compute/server_external_events.c answers.
 * Source: nova-facts/rpc.md section 3; captures/rpc.jsonl.
 */
#ifndef NOVA_COMPUTE_EXTERNAL_EVENTS_H
#define NOVA_COMPUTE_EXTERNAL_EVENTS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stddef.h>

struct external_event {
    const char *server_uuid, *name, *status;
    const char *tag; /* NULL: none */
    int code;        /* what came of it: 200 handed on, 400 no tag, 404 no such server, 422 the server is on no host */
};

/* Hands on what can be handed on and fills each code. Faults: those of the databases and of the bus. */
struct fault *external_events_send(const struct context *context, struct external_event *events,
                                   size_t count) FAULT_CHECK;

#endif
