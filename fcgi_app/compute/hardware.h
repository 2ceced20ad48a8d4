/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flavor's extra specs and an image's properties ask of the hardware,
 * and whether they contradict each other.  Rebuild and resize ask the same.
 *
 *   hardware.c       memory encryption, PMU, serial ports, real time, CPU topology, queues, disk encryption
 *   hardware_numa.c  CPU policies, pages, NUMA nodes
 *   hardware_pci.c   PCI devices by alias
 * Source: nova-facts/extra_specs.tsv, flows.md section 1 (25, 29), exceptions.tsv.
 */
#ifndef NOVA_COMPUTE_HARDWARE_H
#define NOVA_COMPUTE_HARDWARE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/create.h"

#include <jansson.h>
#include <stdbool.h>

/* An extra spec as text, NULL: none. */
const char *hardware_extra_spec(const struct flavor_row *flavor, const char *key);

/* The pairs that must agree. `image` is an ImageMeta object. */
struct fault *hardware_check(const void *mem, const struct flavor_row *flavor, const json_t *image) FAULT_CHECK;

/*
 * The InstanceNUMATopology that is asked for, its fields changed; *topology NULL: none.  The caller owns it.
 */
struct fault *hardware_numa(const void *mem, const struct flavor_row *flavor, const json_t *image,
                            json_t **topology) FAULT_CHECK;
/* Fault: MixedInstanceNotSupportByComputeService for the policy "mixed" (topology NULL: none) while a nova-compute is
 * too old. */
struct fault *hardware_numa_check_mixed(const struct context *context, const json_t *topology) FAULT_CHECK;

/* Is it one of "required", "legacy", "preferred", "socket"? */
bool hardware_pci_is_affinity(const char *text);
/* One of them, or NULL. */
struct fault *hardware_pci_affinity(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                    const char **affinity) FAULT_CHECK;
/* InstancePCIRequests of pci_passthrough:alias; the caller owns it. */
struct fault *hardware_pci_requests(const struct context *context, const struct flavor_row *flavor,
                                    const char *affinity, json_t **requests) FAULT_CHECK;
/* One InstancePCIRequest; `spec` is taken over; texts NULL: not set. The caller owns it. */
json_t *hardware_pci_request(int64_t count, json_t *spec, const char *alias, const char *affinity,
                             const char *requester, const char **request_id);

/* Are local disks to be encrypted, and in which format (NULL: none is said)? */
struct fault *hardware_ephemeral_encryption(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                            bool *encrypted, const char **format) FAULT_CHECK;

/* CPU numbers within hardware: used by both files. */
struct fault *hardware_realtime_cpus(const void *mem, const struct flavor_row *flavor, const json_t *image,
                                     json_t **cpus) FAULT_CHECK;
struct fault *hardware_emulator_policy(const void *mem, const struct flavor_row *flavor,
                                       const char **policy) FAULT_CHECK;

#endif
