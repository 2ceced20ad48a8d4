/* SPDX-License-Identifier: Apache-2.0 */
/* Changing what a server is called and how it may be reached. Source: nova-facts/db.md 6.1 and 11. */
#ifndef NOVA_COMPUTE_UPDATE_H
#define NOVA_COMPUTE_UPDATE_H

#include "fcgi_app/compute/target.h"

/*
 * Saves the changes that were set in the target: in its cell, or in its build request when it is in none yet (and when
 * that is gone meanwhile, in the cell after all).  Faults: InstanceNotFound; the database's.
 */
struct fault *server_update(const struct context *context, struct target *target) FAULT_CHECK;

#endif
