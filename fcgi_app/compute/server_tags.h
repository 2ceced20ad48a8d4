/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags of a server.  A reader needs the server's mapping alone: the cell says
 * the rest.  Neighbours: db/server_tags.h beneath, routes/compute/server_tags.c above.
 * Source: behaviour of nova.objects.tag and the controller of server tags.
 */
#ifndef NOVA_COMPUTE_SERVER_TAGS_H
#define NOVA_COMPUTE_SERVER_TAGS_H

#include "fcgi_app/compute/target.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/db/server_tags.h"

#define SERVER_TAGS_MAX 50

struct server_tag_list {
    const struct server_tag *rows;
    size_t count;
};

/* Faults: InstanceMappingNotFound. */
struct fault *server_tags_mapping(const struct context *context, const char *uuid,
                                  const struct instance_mapping **mapping) FAULT_CHECK;
/* Faults: InstanceNotFound; a server in no cell yet is not found. */
struct fault *server_tags_list(const struct context *context, const struct instance_mapping *mapping,
                               struct server_tag_list *list) FAULT_CHECK;
/* The same faults. */
struct fault *server_tags_exists(const struct context *context, const struct instance_mapping *mapping, const char *tag,
                                 bool *exists) FAULT_CHECK;

/* The server to be changed: InstanceInvalidState with `action` in its words unless it is in a steady state. */
struct fault *server_tags_target(const struct context *context, const char *uuid, const char *action,
                                 struct target **target) FAULT_CHECK;
struct fault *server_tags_add(const struct context *context, struct target *target, const char *tag) FAULT_CHECK;
/* These and no others; no tags: none. */
struct fault *server_tags_set(const struct context *context, struct target *target, const char *const *tags,
                              size_t count) FAULT_CHECK;
/* Faults: InstanceTagNotFound. */
struct fault *server_tags_delete(const struct context *context, struct target *target, const char *tag) FAULT_CHECK;

#endif
