/* SPDX-License-Identifier: Apache-2.0 */
/* Errors that other services send: their JSON text into a fault of ours. */
#ifndef NOVA_RPC_FAILURE_H
#define NOVA_RPC_FAILURE_H

#include "fcgi_app/base/fault.h"

/*
 * The fault of a reply's "failure" text, on mem: classes of nova.exception
 * and Python's own by name, RemoteError for all others and for a text that
 * cannot be read.  Never NULL.
 */
struct fault *failure_fault(const void *mem, const char *failure);

#endif
