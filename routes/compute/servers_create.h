/* SPDX-License-Identifier: Apache-2.0 */
/* POST /servers; servers.c has the row. */
#ifndef NOVA_ROUTES_COMPUTE_SERVERS_CREATE_H
#define NOVA_ROUTES_COMPUTE_SERVERS_CREATE_H

#include "routes/resource.h"

route_handler servers_create_post;

#endif
