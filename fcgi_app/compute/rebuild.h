/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rebuilding a server: its disk becomes that of an image again, and a few of
 * its words change with it.
 * Neighbours: create.h understands images; live.h has evacuate, which sends the same message.
 * Source: nova-facts/flows.md section 2, db.md 6.3, rpc.md 3.1.
 */
#ifndef NOVA_COMPUTE_REBUILD_H
#define NOVA_COMPUTE_REBUILD_H

#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/target.h"

/* What is asked for, beside columns that are set in the target already (names, addresses, user data). */
struct rebuild {
    struct create_wish wish;     /* image_ref, password, files, metadata, key_name, auto_disk_config, trusted_certs */
    bool key_given, certs_given; /* NULL in the wish takes them away */
    bool preserve_ephemeral;
    bool reimage_boot_volume; /* 2.93 */
};

/* What the target must be found with. */
#define REBUILD_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_NUMA | INSTANCE_WITH_BDMS)

/* Faults: those that flows.md names, by the reference's classes; of the saves and of the bus. */
struct fault *server_rebuild(const struct context *context, struct target *target,
                             const struct rebuild *how) FAULT_CHECK;

#endif
