/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server's host is asked and answers at once: console output, ways to
 * a console, diagnostics; and the password that the guest left in the
 * server's system metadata.
 * Neighbours: target.h finds the server, rpc/rpc.h asks.
 * Source: nova-facts/rpc.md sections 3.2 and 3.4.
 */
#ifndef NOVA_COMPUTE_CONSOLE_H
#define NOVA_COMPUTE_CONSOLE_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

/* What these need of a server beside its row. */
#define CONSOLE_WANTS INSTANCE_WITH_CACHE

/*
 * The console's last lines.  `length` as the client sent it (number, text or null); the text lives on the server's mem
 * and has no control bytes but tab and line feed.
 * Faults: InstanceNotReady without a host, TypeError when the host sends no text; those of rpc_call().
 */
struct fault *console_output(const struct context *context, const struct target *target, const json_t *length,
                             const char **output, size_t *size) FAULT_CHECK;

/*
 * The URL of a console: protocol vnc, spice, rdp, serial or mks; type as the client sent it.  `action` is the word of
 * a refusal.
 * Faults: InstanceNotReady, InstanceInvalidState; those of rpc_call().
 */
struct fault *console_url(const struct context *context, const struct target *target, const char *protocol,
                          const char *type, const char *action, const char **url) FAULT_CHECK;

/* The host's answer: a plain object, or (`standard`) a Diagnostics object as the bus writes it. Faults: as above. */
struct fault *console_diagnostics(const struct context *context, const struct target *target, bool standard,
                                  json_t **diagnostics) FAULT_CHECK;

/* The encrypted password, "" for none, on the server's mem. */
const char *console_password(const struct target *target);
/* Forgets it. Faults: target_save()'s. */
struct fault *console_password_clear(const struct context *context, struct target *target) FAULT_CHECK;

#endif
