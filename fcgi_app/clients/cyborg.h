/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accelerator service: device profiles and accelerator requests, with the
 * token of the one who asks.
 * Source: nova-facts/outbound.md section 7.
 */
#ifndef NOVA_CLIENTS_CYBORG_H
#define NOVA_CLIENTS_CYBORG_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The groups of the one device profile of that name: an array of objects ("resources:X": "1", "trait:Y": "required").
 * Fault: DeviceProfileError.
 */
struct fault *cyborg_device_profile_groups(const struct context *context, const void *mem, const char *name,
                                           json_t **groups) FAULT_CHECK;
/* How many devices the groups ask for. */
int64_t cyborg_device_count(const json_t *groups);

/* Ids of a server's accelerator requests, NULL-terminated. Fault: AcceleratorRequestOpFailed. */
struct fault *cyborg_requests_of(const struct context *context, const void *mem, const char *server_id,
                                 const char *const **ids) FAULT_CHECK;
/* Takes them away. Fault: AcceleratorRequestOpFailed. */
struct fault *cyborg_requests_delete(const struct context *context, const void *mem, const char *server_id) FAULT_CHECK;
/* Takes one away, that of a port. That it did not go is logged. */
void cyborg_request_forget(const struct context *context, const void *mem, const char *id);

#endif
