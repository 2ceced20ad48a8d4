/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the API tells of things that are no servers: key pairs, server groups,
 * flavors, aggregates, services.  One function a thing writes both formats,
 * in upstream's order, where somebody wants them; verbs call it at the points
 * where upstream does.  Texts are the caller's.
 * Neighbour: rpc/notify.h publishes.
 * Source: nova-facts/rpc.md section 5; payloads as nova 26.2.2 sends them.
 */
#ifndef NOVA_OBJECTS_NOTIFICATIONS_H
#define NOVA_OBJECTS_NOTIFICATIONS_H

#include "fcgi_app/base/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Members that are arrays or dictionaries come as JSON in json.dumps' form; NULL: null. */

/* Upstream tells in the older form before it has looked for a thing, and in the newer one when it has. */
enum notified_forms { NOTIFIED_BOTH, NOTIFIED_OLDER, NOTIFIED_NEWER };

struct notified_keypair {
    enum notified_forms forms;
    const char *user_id; /* the owner's; the older form has the requester's */
    const char *name;
    const char *fingerprint; /* NULL before it is known */
    const char *public_key;
    const char *type;
};
/* "create", "import" or "delete"; phase "start" or "end". */
void notify_keypair(const struct context *context, const char *action, const char *phase,
                    const struct notified_keypair *keypair);

struct notified_server_group {
    const char *uuid;
    const char *name;
    const char *user_id;
    const char *project_id;
    const char *policy;
    const char *rules;   /* {"max_server_per_host": "2"} */
    bool says_rules;     /* create, of the older form: the request may name rules */
    const char *members; /* uuids */
    const char *added;   /* add_member: those that are new among them */
    const char *hosts;
};
/* "create", "delete" (legacy: the group's words, its id) or "add_member" (versioned with its hosts). */
void notify_server_group(const struct context *context, const char *action,
                         const struct notified_server_group *server_group);

struct notified_flavor {
    const char *flavorid;
    const char *name;
    const char *description;
    int64_t memory_mb;
    int64_t vcpus;
    int64_t root_gb;
    int64_t ephemeral_gb;
    int64_t swap;
    int64_t vcpu_weight;
    double rxtx_factor;
    bool disabled;
    bool is_public;
    const char *extra_specs; /* NULL where upstream has not loaded them */
    const char *projects;
};
/* "create", "update" or "delete"; there is no legacy form. */
void notify_flavor(const struct context *context, const char *action, const struct notified_flavor *flavor);

struct notified_aggregate {
    enum notified_forms forms;
    int64_t id; /* INT64_MIN: not made yet */
    const char *uuid;
    const char *name;
    const char *hosts;
    const char *metadata; /* {"availability_zone": "…"} */
    /* of the legacy form */
    const char *host;  /* add_host, remove_host */
    const char *given; /* update_metadata, create: the metadata asked for; NULL: none was */
    const char *asked; /* upstream shows the id as it stood in the URL: the hosts' verbs, delete; NULL: the number */
};
/*
 * "create", "update_prop", "update_metadata", "add_host", "remove_host", "delete", "cache_images"; phase "start" or
 * "end".  The legacy names have no underscore.
 */
void notify_aggregate(const struct context *context, const char *action, const char *phase,
                      const struct notified_aggregate *aggregate);

struct notified_service {
    const char *host;
    const char *binary;
    const char *topic;
    const char *uuid;
    const char *disabled_reason;
    int64_t report_count;
    int64_t version;
    int64_t last_seen_up; /* INT64_MIN: never */
    bool disabled;
    bool forced_down;
};
/* "create", "update" or "delete"; there is no legacy form. */
void notify_service(const struct context *context, const char *action, const struct notified_service *service);

/* What is done to a host, in the older form alone: "set_enabled.start" … with one word or truth by its key. */
struct notified_host {
    const char *host;
    const char *key;  /* "enabled", "mode", "action" */
    const char *word; /* NULL: the truth */
    bool truth;
};
void notify_host(const struct context *context, const char *event, const struct notified_host *host);

#endif
