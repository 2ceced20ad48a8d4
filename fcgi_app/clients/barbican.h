/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key manager: a key for a server's ephemeral disks, with the token of
 * the one who asks.
 * Source: nova-facts/outbound.md section 10.
 */
#ifndef NOVA_CLIENTS_BARBICAN_H
#define NOVA_CLIENTS_BARBICAN_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdint.h>

/* Orders a symmetric key and waits until it is made; *id is the key's. Fault: KeyManagerError. */
struct fault *barbican_key_create(const struct context *context, const void *mem, const char *algorithm, int64_t bits,
                                  const char **id) FAULT_CHECK;

#endif
