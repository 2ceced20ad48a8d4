/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clients of one process keep between requests: libcurl's handles,
 * tokens of our own users, and whatever a client wants to remember of its
 * peer (an extension list, a version).  Hangs on worker->clients, made at
 * first use, freed with the worker.
 */
#ifndef NOVA_CLIENTS_STATE_H
#define NOVA_CLIENTS_STATE_H

#include "fcgi_app/base/worker.h"

#include <stddef.h>

/*
 * The `size` bytes, zeroed when new, that this process keeps under `name`;
 * talloc memory: what hangs on it lives as long.  The name is kept by address
 * and compared by text: "neutron.extensions".
 */
void *clients_state(struct worker *worker, const char *name, size_t size);

#endif
