/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that is about to be: what POST /servers leaves in build_requests
 * and tells the conductor, as serialised objects (Instance, its devices, its
 * tags, Flavor, key pair).
 * Neighbours: request_spec.h is what the scheduler reads of the same wish;
 * compute/create.c fills the structs.
 * Source: nova-facts/db.md section 5, rpc.md sections 3.1 and 4; captures.
 */
#ifndef NOVA_OBJECTS_BUILD_REQUEST_H
#define NOVA_OBJECTS_BUILD_REQUEST_H

#include "fcgi_app/db/create.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that is None. */
#define DEVICE_NONE INT64_MIN

/* Fields of a device that an old mapping leaves unset, and that are then not in the object. */
enum {
    DEVICE_NO_BOOT_INDEX = 1,
    DEVICE_NO_DISK_BUS = 2,
    DEVICE_NO_GUEST_FORMAT = 4,
    DEVICE_NO_DEVICE_TYPE = 8,
};

/* One block device of a new server: BlockDeviceMapping. Texts are NULL for None. */
struct new_device {
    const char *source_type;      /* volume, image, snapshot, blank */
    const char *destination_type; /* local, volume */
    const char *guest_format;
    const char *device_type;
    const char *disk_bus;
    const char *device_name; /* with /dev/ */
    const char *snapshot_id;
    const char *volume_id;
    const char *image_id;
    const char *connection_info;
    const char *tag;
    const char *volume_type;
    const char *attachment_id; /* NULL: not set */
    const char *encryption_secret_uuid;
    const char *encryption_format;
    const char *encryption_options;
    int64_t boot_index;  /* or DEVICE_NONE */
    int64_t volume_size; /* GiB, or DEVICE_NONE */
    bool delete_on_termination;
    bool no_device;
    bool encrypted;
    unsigned unset; /* DEVICE_NO_… */
};

struct new_devices {
    struct new_device *items;
    size_t count;
};

/* A BlockDeviceMappingList; `uuid` NULL leaves instance_uuid unset. */
json_t *new_devices_tree(const struct new_devices *devices, const char *uuid);

/* A TagList; `uuid` NULL leaves resource_id unset. */
json_t *new_tags_tree(const char *const *tags, size_t count, const char *uuid);

/* A Flavor as it was read from its row. */
json_t *flavor_tree(const struct flavor_row *flavor);

/* A KeyPairList of the one, or of none (NULL). */
json_t *key_pairs_tree(const struct key_pair_row *pair);
/* TrustedCerts of the ids, NULL-terminated; null for NULL. */
json_t *trusted_certs_tree(const char *const *ids);

/* What a new Instance has of its own. */
struct new_server {
    char uuid[37];
    int64_t launch_index;
    const char *display_name;
    const char *hostname;
};

/* What all servers of one request share. Texts are NULL for None; the trees are borrowed. */
struct new_servers {
    const char *user_id;
    const char *project_id;
    const char *image_ref;
    const char *kernel_id;
    const char *ramdisk_id;
    const char *key_name;
    const char *key_data;
    const char *ephemeral_key_uuid;
    const char *user_data;
    const char *reservation_id;
    const char *availability_zone;
    const char *display_description;
    const char *os_type;
    const char *architecture;
    const char *vm_mode;
    const char *root_device_name;
    const char *access_ip_v4;
    const char *access_ip_v6;
    bool config_drive;
    bool auto_disk_config;
    const struct flavor_row *flavor;
    const struct key_pair_row *key_pair; /* NULL: none */
    const json_t *metadata;              /* object of texts */
    const json_t *system_metadata;
    json_t *numa_topology;            /* InstanceNUMATopology with its changes, or NULL */
    json_t *pci_requests;             /* InstancePCIRequests with its changes */
    const char *const *trusted_certs; /* NULL-terminated, or NULL */
};

/* The Instance as it is stored: every field that is set counts as changed. */
json_t *new_server_tree(const struct new_servers *shared, const struct new_server *server);

/*
 * The BuildRequest as it is sent once its row is there: the stored objects without their changes, and the fields that
 * reading them back adds.  Takes over none of the trees.
 */
json_t *build_request_tree(int64_t id, int64_t created_at, const char *uuid, const char *project_id,
                           const json_t *instance, const json_t *devices, const json_t *tags);

#endif
