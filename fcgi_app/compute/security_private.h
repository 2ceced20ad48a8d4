/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of security groups share. */
#ifndef NOVA_COMPUTE_SECURITY_PRIVATE_H
#define NOVA_COMPUTE_SECURITY_PRIVATE_H

#include "fcgi_app/compute/security_groups.h"

/* A rule of the network service's in nova's shape. */
/* Faults: KeyError, TypeError for what is no rule. */
struct fault *security_rule_read(const void *mem, const json_t *raw, struct security_rule *rule) FAULT_CHECK;
/* Neutron's 404 as SecurityGroupNotFound; anything else (and NULL) unchanged. */
struct fault *security_not_found(const void *mem, struct fault *fault);

#endif
