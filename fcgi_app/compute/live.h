/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving servers off a host: alive, or after the host has failed.
 * Source: nova-facts/flows.md sections 7 and 8, rpc.md 3.1.
 */
#ifndef NOVA_COMPUTE_LIVE_H
#define NOVA_COMPUTE_LIVE_H

#include "fcgi_app/compute/target.h"

struct live_migration {
    const char *host;     /* NULL: the scheduler's choice */
    int block_migration;  /* -1: whatever the host finds right */
    int disk_over_commit; /* the same */
    int force;            /* -1: the version knows no such word */
    bool waited;          /* the answer of the conductor is waited for */
};
#define LIVE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_NUMA)
/* Faults: those of the checks, ComputeHostNotFound, RequestSpecNotFound; of a call what the conductor raised. */
struct fault *server_live_migrate(const struct context *context, struct target *target,
                                  const struct live_migration *how) FAULT_CHECK;

struct evacuation {
    const char *host; /* NULL: the scheduler's choice */
    const char *password;
    const struct db_cell *cell; /* the host's, where one is named */
    int on_shared_storage;      /* -1: null */
    int force;                  /* -1: the version knows no such word */
};
#define EVACUATE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_HOST_SERVICE)
/* Faults: those of the checks, ComputeServiceInUse, ComputeHostNotFound, RequestSpecNotFound. */
struct fault *server_evacuate(const struct context *context, struct target *target,
                              const struct evacuation *how) FAULT_CHECK;

#endif
