/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making servers: what POST /servers means once its body is read.  All or
 * nothing: a fault leaves no row behind.
 *
 *   create.c           the checks in the contract's order, the message to the conductor
 *   create_names.c     names, hostnames, passwords, zone texts
 *   create_zones.c     zones and hosts that are asked for
 *   create_devices.c   block devices: forms of the body, the image's and the flavor's
 *   create_volumes.c   what devices need of images, volumes and snapshots
 *   create_images.c    the image's (or boot volume's) metadata, and whether it fits the flavor
 *   create_networks.c  networks, ports, what they ask of a host
 *   hardware.c hardware_numa.c  what flavor and image ask of the hardware
 *   create_rows.c      rows of the API database, and taking them back
 * Source: nova-facts/flows.md section 1, db.md section 5.
 */
#ifndef NOVA_COMPUTE_CREATE_H
#define NOVA_COMPUTE_CREATE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/create.h"
#include "fcgi_app/objects/build_request.h"
#include "fcgi_app/objects/request_spec.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file to be put into the server. */
struct create_file {
    const char *path;
    const char *contents; /* base64 as it was sent */
};

/* Where a server is wanted. NULL: no wish. */
struct create_place {
    const char *zone;
    const char *host; /* forced, out of zone:host:node; "" where nothing stands between the colons */
    const char *node;
    const char *requested_host; /* 2.74 */
    const char *requested_node;
};

/* What a body asks for. */
struct create_wish {
    const char *image_ref; /* "": none */
    const char *name;
    const char *description; /* NULL: null */
    const char *hostname;    /* NULL: made from the name */
    int64_t min_count, max_count;
    const char *key_name;
    const char *const *security_groups; /* as named, each once; count 0: the default one */
    size_t security_group_count;
    struct create_place place;
    const char *user_data;
    const json_t *metadata; /* object, or NULL */
    const struct create_file *files;
    size_t file_count;
    const char *password;
    const json_t *legacy_devices; /* block_device_mapping, or NULL */
    struct new_devices devices;   /* block_device_mapping_v2, read */
    const char *access_ip_v4, *access_ip_v6;
    struct network_request *networks;
    size_t network_count;
    bool networks_given;        /* an empty list is not the same as none */
    const json_t *config_drive; /* or NULL */
    int auto_disk_config;       /* -1: not said */
    const json_t *hints;        /* object, or NULL */
    const char *const *tags;
    size_t tag_count;
    const char *const *trusted_certs; /* NULL-terminated, or NULL */
    bool multiattach;                 /* the version knows volumes that several servers share */
    bool port_resources;              /* it knows ports that ask for resources */
};

struct create_answer {
    const char *reservation_id;
    const char *uuid; /* of the first server */
    bool auto_disk_config;
};

/*
 * Faults: those that flows.md names, by the reference's classes; the caller knows what HTTP makes of each.
 */
struct fault *servers_create(const struct context *context, const struct flavor_row *flavor,
                             const struct create_wish *wish, struct create_answer *answer) FAULT_CHECK;

/* ---- reading parts of a body ---- */

/*
 * "zone", "zone:host", "zone:host:node", "zone::node"; an empty zone is [DEFAULT] default_schedule_zone.
 * Faults: InvalidInput.
 */
struct fault *create_zone_parse(const struct context *context, const char *text,
                                struct create_place *place) FAULT_CHECK;
/* The zone that stays when a host is forced: dropped (NULL) unless it is the host's. */
struct fault *create_zone_of_host(const struct context *context, struct create_place *place) FAULT_CHECK;
/* block_device_mapping_v2. Faults: InvalidBDMFormat; TypeError and ValueError where the reference trips. */
struct fault *create_devices_read(const void *mem, json_t *list, bool image_given,
                                  struct new_devices *devices) FAULT_CHECK;
/* `networks`: a list, or "none" or "auto". Faults: Http 400. */
struct fault *create_networks_read(const void *mem, const json_t *given, struct create_wish *wish) FAULT_CHECK;
/* An IP address as it is kept: IPv6 in its short form, in small letters. */
const char *create_address(const void *mem, const char *text);
/* A fresh password of [DEFAULT] password_length characters. */
const char *create_password(const struct context *context);

/* ---- parts of servers_create() ---- */

struct hardware;
struct cinder_type;

/* What is known by the time that servers are built. */
struct create {
    const struct context *context;
    const void *mem;
    const struct create_wish *wish;
    const struct flavor_row *flavor;
    int64_t min_count, max_count;
    const char *image_id; /* NULL: boots from a volume */
    json_t *image;        /* the image's dict; {} when nothing is known of it */
    json_t *image_meta;   /* the ImageMeta object */
    const char *const *security_groups;
    size_t security_group_count;
    struct new_devices devices;
    bool devices_checked; /* for a first server: the images behind them were found */
    struct cinder_type *types;
    size_t type_count;
    const struct group_row *group; /* NULL: none */
    struct new_servers shared;
    struct new_spec spec;
    json_t *resource_groups; /* array of RequestGroup */
    json_t *numa_topology;   /* or NULL */
    json_t *pci_requests;
    int64_t network_limit; /* how many servers the port quota allows */
};

/* Keeps a tree until the request is over. */
json_t *create_keep(const struct create *create, json_t *tree);
/* A property of the image, NULL: none. */
const json_t *create_image_prop(const struct create *create, const char *name);
const char *create_image_text(const struct create *create, const char *name);
/* An extra spec of the flavor, NULL: none. */
const char *create_extra_spec(const struct flavor_row *flavor, const char *key);

/* create.c, for rebuild.c too */
/* The wish's key pair into `shared`. Faults: KeypairNotFound. */
struct fault *create_key_pair_find(struct create *create) FAULT_CHECK;
/* Quota of the files. Faults: those of quota_check_files(). */
struct fault *create_files_check(const struct create *create) FAULT_CHECK;
/* [[path, contents], …], kept until the request is over. */
json_t *create_files_tree(const struct create *create);
/* The wish's certificates, or [glance] default_trusted_certificate_ids where signatures are checked; NULL: none. */
const char *const *create_trusted_certs(const struct create *create);

/* create_names.c */
const char *create_reservation_id(const void *mem);
const char *create_hostname(const void *mem, const char *name);
void create_server_names(const struct create *create, struct new_server *server, int64_t count);

/* create_zones.c */
struct fault *create_zone_available(const struct context *context, const char *zone) FAULT_CHECK;
struct fault *create_place_check(const struct context *context, const struct create_place *place) FAULT_CHECK;

/* create_images.c */
struct fault *create_image_read(struct create *create) FAULT_CHECK;
struct fault *create_image_disk_config(struct create *create) FAULT_CHECK;
struct fault *create_image_parts(struct create *create) FAULT_CHECK;
struct fault *create_image_fits(struct create *create) FAULT_CHECK;
json_t *create_system_metadata(const struct create *create);

/* create_devices.c */
const char *create_strip_device(const char *name);
const char *create_prepend_device(const void *mem, const char *name);
char create_device_letter(const char *name);
struct fault *create_devices_build(struct create *create) FAULT_CHECK;
const struct new_device *create_root_device(const struct new_devices *devices);

/* create_volumes.c */
struct cinder_volume;
struct create_volumes {
    const char **ids;
    struct cinder_volume *items;
    size_t count;
};
struct fault *create_volumes_read(struct create *create, struct create_volumes *volumes) FAULT_CHECK;
struct fault *create_volumes_zone(const struct create *create, const struct create_volumes *volumes,
                                  const char **zone) FAULT_CHECK;
struct fault *create_devices_check(struct create *create, const struct create_volumes *volumes,
                                   const char *uuid) FAULT_CHECK;
/* Sizes that a device takes from the flavor when it names none. */
void create_devices_size(const struct create *create, struct new_devices *devices);

/* create_networks.c */
struct fault *create_networks_check(struct create *create) FAULT_CHECK;
struct fault *create_networks_resources(struct create *create, const char *affinity) FAULT_CHECK;

/* create_rows.c */
struct created {
    struct new_server server;
    json_t *instance, *devices, *tags;
    int64_t spec_id, request_id, created_at;
    const struct group_row *group; /* as it was when the row was made */
};
struct fault *create_group_read(const struct create *create, const char *uuid,
                                const struct group_row **group) FAULT_CHECK;
struct fault *create_rows_write(const struct create *create, struct created *created, size_t count) FAULT_CHECK;

#endif
