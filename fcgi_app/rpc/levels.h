/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of rpc/: which version a message is sent with under [upgrade_levels]. */
#ifndef NOVA_RPC_LEVELS_H
#define NOVA_RPC_LEVELS_H

#include "fcgi_app/rpc/rpc.h"

/*
 * The version that goes into a message of this method.
 * Faults: RPCVersionCapError, ServiceTooOld, those of the look-up for "auto".
 */
struct fault *levels_version(const struct context *context, enum rpc_method method, const char **version) FAULT_CHECK;

#endif
