/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts: their services, in which cell they are, what their hypervisors have. */
#ifndef NOVA_DB_HOSTS_H
#define NOVA_DB_HOSTS_H

#include "fcgi_app/db/instances.h"

struct service_row {
    int64_t id;
    const char *uuid;
    const char *host;
    const char *binary;
    const char *topic; /* NULL: none */
    bool disabled;
    const char *disabled_reason;
    bool forced_down;
    int64_t version;
    int64_t report_count;
    int64_t created_at, updated_at, last_seen_up;
};
/* Live services of a cell, by id. */
extern const struct db_statement SERVICES_ALL;
/* $1 id, a number or a uuid as text */
extern const struct db_statement SERVICE_BY_ID;
extern const struct db_statement SERVICE_BY_UUID;
/* $1 host, $2 binary */
extern const struct db_statement SERVICE_ON_HOST;
/* $1 hosts, an array: their nova-compute */
extern const struct db_statement COMPUTE_SERVICES_ON_HOSTS;
/*
 * Sets disabled ($2), reason ($3) and forced down ($4) of the service $1 at $5 and tells the time of its last change;
 * nothing is written where nothing differs.
 */
extern const struct db_statement SERVICE_SET;
struct service_saved {
    int64_t updated_at;
};
/* $1 id, $2 now; then its compute nodes: $1 id, $2 now, $3 host */
extern const struct db_statement SERVICE_DELETE;
extern const struct db_statement COMPUTE_NODES_DELETE;

/* In which cell a host is. */
struct host_mapping_row {
    const char *host;
    int64_t cell_id;
};
/* $1 host */
extern const struct db_statement HOST_MAPPING_BY_HOST;
/* $1 hosts, an array */
extern const struct db_statement HOST_MAPPINGS_BY_HOSTS;
extern const struct db_statement HOST_MAPPINGS_ALL;
/* $1 cell */
extern const struct db_statement HOST_MAPPINGS_OF_CELL;
/* $1 host */
extern const struct db_statement HOST_MAPPING_DELETE;

/* A hypervisor. */
struct compute_node {
    int64_t id;
    const char *uuid;
    const char *host;
    const char *hypervisor_hostname;
    const char *hypervisor_type;
    int64_t hypervisor_version;
    int64_t vcpus, memory_mb, local_gb;
    int64_t vcpus_used, memory_mb_used, local_gb_used;
    /* DB_NULL_INT where the host told nothing */
    int64_t free_ram_mb, free_disk_gb, current_workload, running_vms, disk_available_least;
    const char *cpu_info; /* JSON, as a text */
    const char *host_ip;
};
/* $1 id behind which a page begins (NULL: the first), $2 how many (NULL: all) */
extern const struct db_statement COMPUTE_NODES_PAGE;
/* $1 a piece of the name, as a pattern of LIKE */
extern const struct db_statement COMPUTE_NODES_BY_NAME;
/* $1 host, by id */
extern const struct db_statement COMPUTE_NODES_OF_HOST;
/* $1 id / $1 uuid */
extern const struct db_statement COMPUTE_NODE_BY_ID;
extern const struct db_statement COMPUTE_NODE_BY_UUID;

/* A server on a host, with what its name may be made of. */
struct host_instance {
    struct instance instance;
    int64_t vcpus, memory_mb, root_gb, ephemeral_gb;
};
/* $1 hosts, an array: live servers, by id */
extern const struct db_statement INSTANCES_ON_HOSTS;

/* Sums over the hypervisors whose service is enabled. */
struct compute_node_sums {
    int64_t count, vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, free_ram_mb, free_disk_gb,
        current_workload, running_vms, disk_available_least;
};
extern const struct db_statement COMPUTE_NODE_SUMS;

#endif
