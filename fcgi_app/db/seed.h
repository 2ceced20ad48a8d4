/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A demonstration cloud written straight into the databases: flavors, hosts
 * of a fake hypervisor and any number of servers with all that hangs on them.
 * For the quickstart, tests and the bench; made inside the server, so that
 * 200,000 servers take a minute or so.
 */
#ifndef NOVA_DB_SEED_H
#define NOVA_DB_SEED_H

#include "fcgi_app/db/db.h"

struct seed_plan {
    unsigned servers;       /* how many more; numbering goes on where an earlier seed ended */
    const char *project_id; /* theirs, and of user_id */
    const char *user_id;
};

/*
 * Seeds the first cell that is not cell0.  Of a hundred servers 96 are active, two are stopped and two are in error,
 * with a fault; each tenth has a volume.  Every row is that of a server which nova has built on its fake driver.
 * Faults: Internal without such a cell, DBConnectionError, DBError.
 */
struct fault *seed_demonstration(const struct context *context, const struct seed_plan *plan) FAULT_CHECK;

#endif
