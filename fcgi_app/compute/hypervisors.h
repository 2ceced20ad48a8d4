/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypervisors: the compute nodes of all cells but cell0, each with the
 * service that runs it.
 * Neighbours: objects/hosts.h finds hosts, hosts.h asks them.
 * Source: behaviour of nova.compute.api.HostAPI.
 */
#ifndef NOVA_COMPUTE_HYPERVISORS_H
#define NOVA_COMPUTE_HYPERVISORS_H

#include "fcgi_app/objects/hosts.h"

struct hypervisor {
    const struct compute_node *node;
    struct service service;          /* row NULL: none is found, or its host is in no cell */
    bool mapped;                     /* is its host in a cell? */
    const struct db_rows *instances; /* struct host_instance of the host's cell; NULL: not asked for */
};

struct hypervisors {
    struct hypervisor *items;
    size_t count;
};

/* Which ones. */
struct hypervisors_query {
    int64_t limit;      /* -1: all */
    const char *marker; /* id or uuid behind which the page begins; NULL: the first */
    const char *name;   /* a piece of the name (LIKE's % and _ count); NULL: any */
    const char *id;     /* the one of this id or uuid; NULL: any */
    bool instances;     /* with servers */
};

/*
 * Those asked for, by cell and id, with services: two round trips.
 * Faults: MarkerNotFound; ComputeHostNotFound for an id that there is not.
 */
struct fault *hypervisors_find(const struct context *context, const struct hypervisors_query *query,
                               struct hypervisors *found) FAULT_CHECK;

/* Sums over all cells; all 0 without any. */
struct fault *hypervisors_statistics(const struct context *context, struct compute_node_sums *sums) FAULT_CHECK;

#endif
