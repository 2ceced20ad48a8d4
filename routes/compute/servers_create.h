/* SPDX-License-Identifier: Apache-2.0 */
/* POST /servers, and what rebuilding reads of a body in the same way; servers.c has the rows. */
#ifndef NOVA_ROUTES_COMPUTE_SERVERS_CREATE_H
#define NOVA_ROUTES_COMPUTE_SERVERS_CREATE_H

#include "fcgi_app/compute/create.h"
#include "routes/resource.h"

route_handler servers_create_post;

/* HTTP 400 for a flavor and an image that do not go together; any other fault (and NULL) unchanged. */
struct fault *servers_image_conflict(struct call *call, struct fault *fault);
/* The texts of an array, NULL-terminated. */
const char *const *servers_read_texts(const void *mem, const json_t *array, size_t *count);
/* "personality"; NULL: none. Faults: KeyError, for a file without path or contents. */
struct fault *servers_read_files(const void *mem, const json_t *given, struct create_wish *wish) FAULT_CHECK;

#endif
