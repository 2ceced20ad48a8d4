/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scheduler is to look for: RequestSpec of a server to come, as its
 * row keeps it and as the conductor is told it, with the objects in it that
 * only a create makes (Destination, SecurityGroupList, NetworkRequestList,
 * RequestGroup, SchedulerLimits).
 * Neighbours: build_request.h is the server itself; image_meta.h the image.
 * Source: nova-facts/db.md section 5, rpc.md section 3.5.
 */
#ifndef NOVA_OBJECTS_REQUEST_SPEC_H
#define NOVA_OBJECTS_REQUEST_SPEC_H

#include "fcgi_app/db/create.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What all servers of one request share. The trees are borrowed. */
struct new_spec {
    const char *project_id;
    const char *user_id;
    const char *availability_zone;
    const struct flavor_row *flavor;
    int64_t num_instances;
    const char *force_host; /* NULL: none */
    const char *force_node;
    const char *requested_host; /* with requested_node: a Destination, when either is there */
    const char *requested_node;
    const struct group_row *group; /* NULL: none */
    const json_t *hints;           /* object of lists of texts */
    const json_t *image;           /* ImageMeta */
    const json_t *numa_topology;   /* InstanceNUMATopology, or NULL */
    const json_t *pci_requests;
    const char *const *security_groups; /* uuids, or the name "default" */
    size_t security_group_count;
    bool is_bfv;
    const json_t *requested_resources;  /* array of RequestGroup */
    const json_t *request_level_params; /* RequestLevelParams */
    const json_t *network_metadata;     /* NetworkMetadata, or NULL */
    const json_t *requested_networks;   /* NetworkRequestList, or NULL */
};

/* The spec of one server as its row keeps it: without what is asked anew each time. */
json_t *request_spec_stored(const struct new_spec *spec, const char *uuid);
/* The same as it is sent after its row `id` was made; `group` is the group as it is by then. */
json_t *request_spec_sent(const struct new_spec *spec, const char *uuid, int64_t id, const struct group_row *group);

/* InstanceGroup of a row, as the conductor is sent it, or as a row keeps it. The caller owns it. */
json_t *request_spec_group(const struct group_row *group, bool stored);

/* One network that a request names: NetworkRequest. */
struct network_request {
    const char *network_id; /* NULL, a uuid, "auto" or "none" */
    const char *address;
    const char *port_id;
    const char *pci_request_id;
    const char *tag;
    const char *device_profile;
    bool has_address; /* the object has the field, if only as null: what was asked of it on the way set it */
    bool has_tag;
    bool has_pci_request; /* and that of accelerators */
};
/* A NetworkRequestList of them. */
json_t *network_requests_tree(const struct network_request *requests, size_t count);

/* NetworkMetadata; the physical networks are borrowed. */
json_t *network_metadata_tree(const char *const *physnets, size_t count, bool tunneled);

#endif
