/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front server's configuration, printed from ours: where it listens, TLS
 * and the FastCGI sockets come from the same options as the pool's.
 */
#ifndef NOVA_LAUNCHER_FRONTEND_H
#define NOVA_LAUNCHER_FRONTEND_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stdio.h>

struct conf;

/*
 * Prints for `server` ("lighttpd", "apache", "nginx") one block for each of
 * [DEFAULT] enabled_apis that this program serves.  `bare`: the FastCGI part
 * alone, for a configuration that says itself where it listens.
 * Faults: Internal for another server's name; on mem.
 */
struct fault *frontend_print(const void *mem, const struct conf *conf, const char *server, bool bare,
                             FILE *out) FAULT_CHECK;

/* The FastCGI address of an API: `[fcgi] <api>_address`, else <socket_dir>/<api>.sock; on mem. */
const char *frontend_address(const void *mem, const struct conf *conf, const char *api);

#endif
