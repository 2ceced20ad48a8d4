/* SPDX-License-Identifier: Apache-2.0 */
/* What clients keep; see the header. A short list: a process has a dozen of them at most. */
#include "config.h"

#include "fcgi_app/clients/state.h"

#include "fcgi_app/base/mem.h"

#include <string.h>

struct kept {
    struct kept *next;
    const char *name;
    void *state;
};

struct clients {
    struct kept *kept;
};

void *clients_state(struct worker *worker, const char *name, size_t size)
{
    struct kept *kept;

    if (!worker->clients)
        worker->clients = mem_new(worker->mem, struct clients);
    for (kept = worker->clients->kept; kept; kept = kept->next)
        if (!strcmp(kept->name, name))
            return kept->state;
    kept = mem_new(worker->clients, struct kept);
    kept->name = name;
    kept->state = mem_zeroed(kept, size, name);
    kept->next = worker->clients->kept;
    worker->clients->kept = kept;
    return kept->state;
}
