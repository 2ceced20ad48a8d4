/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One server whole, for the verbs: every column of its row and what the bus'
 * Instance object may carry besides; and the conditional write of a few of
 * its columns (compare and swap) together with the rows that a verb leaves.
 * Neighbour: instances.h has the narrower rows that lists and shows read.
 * Source: nova-facts/db.md 6.1 and 6.2, objects.tsv (Instance 2.7).
 */
#ifndef NOVA_DB_INSTANCE_ROWS_H
#define NOVA_DB_INSTANCE_ROWS_H

#include "fcgi_app/db/db.h"

/* What a verb wants beside the row and both kinds of metadata; upstream's expected_attrs. */
enum {
    INSTANCE_WITH_CACHE = 1 << 0, /* info_cache, and the empty list of security groups */
    INSTANCE_WITH_FLAVOR = 1 << 1,
    INSTANCE_WITH_NUMA = 1 << 2,
    INSTANCE_WITH_PCI_REQUESTS = 1 << 3,
    INSTANCE_WITH_DEVICES = 1 << 4, /* device_metadata */
    INSTANCE_WITH_VCPU = 1 << 5,
    INSTANCE_WITH_MIGRATION = 1 << 6, /* migration_context */
    INSTANCE_WITH_KEYPAIRS = 1 << 7,
    INSTANCE_WITH_CERTS = 1 << 8,
    INSTANCE_WITH_RESOURCES = 1 << 9,
    INSTANCE_WITH_SERVICES = 1 << 10, /* the compute services of its host, a deleted one behind the other */
    INSTANCE_WITH_TAGS = 1 << 11,
    /* no part of the object: */
    INSTANCE_WITH_BDMS = 1 << 12,         /* block device mappings */
    INSTANCE_WITH_HOST_SERVICE = 1 << 13, /* `services` too, but no deleted one: to see whether the host is up */
    INSTANCE_EVEN_DELETED = 1 << 14,      /* a server that is deleted is found too, one that is hidden is not */
    INSTANCE_WITHOUT_METADATA = 1 << 30,  /* the object has no metadata of either kind and no security groups */
};

#define INSTANCE_MEMBER_TEXT const char *
#define INSTANCE_MEMBER_INT int64_t /* DB_NULL_INT for NULL */
#define INSTANCE_MEMBER_FLAG int64_t
#define INSTANCE_MEMBER_BOOL bool
#define INSTANCE_MEMBER_TIME int64_t /* DB_NO_TIME for NULL */

struct instance_row {
#define COLUMN(type, name) INSTANCE_MEMBER_##type name;
#include "fcgi_app/db/instance_columns.def"
    int64_t cache_created_at, cache_updated_at, cache_deleted_at; /* the last: DB_NO_TIME unless it is deleted */
    int64_t cache_id;                                             /* DB_NULL_INT: no row */
    struct db_bytes network_info;
    int64_t extra_id; /* DB_NULL_INT: no row */
    /* JSON texts of instance_extra; empty where NULL or not wanted */
    struct db_bytes flavor, numa_topology, pci_requests, device_metadata, vcpu_model, migration_context, keypairs,
        trusted_certs, resources;
};
/* $1 uuid, $2 the only project whose servers may be seen (NULL: all), $3 INSTANCE_WITH_… */
extern const struct db_statement INSTANCE_ROW;

/* Metadata and system metadata, in the order in which they were made; $1 uuid. */
struct instance_text {
    const char *kind; /* "m" or "s" */
    const char *key;
    const char *value; /* NULL for NULL */
};
extern const struct db_statement INSTANCE_TEXTS;

/* The live nova-compute services of its host; $1 uuid */
struct instance_service_row {
    int64_t id;
    const char *uuid, *host, *binary, *topic;
    int64_t report_count;
    bool disabled;
    const char *disabled_reason;
    int64_t last_seen_up;
    bool forced_down;
    int64_t version;
    int64_t created_at, updated_at, deleted_at;
    bool deleted;
};
extern const struct db_statement INSTANCE_SERVICES;     /* what the object of the server has */
extern const struct db_statement INSTANCE_HOST_SERVICE; /* what a look-up by the host finds */

/* Its tags, sorted; $1 uuid */
struct instance_tag_row {
    const char *tag;
};
extern const struct db_statement INSTANCE_TAGS_OF;

/* Its live block device mappings by id; $1 uuid */
struct bdm_row {
    int64_t id;
    const char *uuid, *instance_uuid, *source_type, *destination_type, *guest_format, *device_type, *disk_bus;
    int64_t boot_index;
    const char *device_name;
    bool delete_on_termination;
    const char *snapshot_id, *volume_id;
    int64_t volume_size;
    const char *image_id;
    bool no_device;
    const char *connection_info, *tag, *attachment_id, *volume_type;
    bool encrypted;
    const char *encryption_secret_uuid, *encryption_format, *encryption_options;
    int64_t created_at, updated_at;
};
extern const struct db_statement BDMS_OF_INSTANCE;

/* ---- columns by name ---- */

enum instance_column_type {
    INSTANCE_COLUMN_TEXT,
    INSTANCE_COLUMN_INT,
    INSTANCE_COLUMN_FLAG, /* a number in the table, a boolean in the object */
    INSTANCE_COLUMN_BOOL,
    INSTANCE_COLUMN_TIME,
};
struct instance_column {
    const char *name;
    enum instance_column_type type;
    size_t offset; /* in struct instance_row */
};
/* NULL: there is no such column. */
const struct instance_column *instance_column(const char *name);

/* ---- writing ---- */

/* A set of states that a write demands; NULL among the items is SQL's NULL. No items at all: any state. */
struct instance_states {
    const char *const *items;
    size_t count;
};
#define INSTANCE_STATES(...)                                                                                           \
    {                                                                                                                  \
        (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)      \
    }

/* An event of an action, begun and ended with it. */
struct instance_event {
    const char *name; /* "api_lock" */
    const char *host; /* this program's */
};

/*
 * One write of a server: a few columns, if it is in the states demanded, and with it (or not at all) the changes of
 * its metadata and the row of the action.  All in one statement.
 */
struct instance_write {
    const char *uuid;
    const char *project_id;                       /* the only project whose servers may be written, or NULL */
    const struct instance_row *row;               /* the new values */
    const struct instance_column *const *columns; /* which of them are written */
    size_t column_count;
    const struct instance_states *vm_states, *task_states; /* NULL: any */
    bool no_host;                                          /* only where the server is on no host */
    /* keys and values that are put, keys that go: of system_metadata (deleted) and metadata (soft-deleted) */
    const char *const *system_put_keys, *const *system_put_values, *const *system_drop_keys;
    size_t system_put_count, system_drop_count;
    const char *const *meta_put_keys, *const *meta_put_values, *const *meta_drop_keys;
    size_t meta_put_count, meta_drop_count;
    const char *const *extra_columns, *const *extra_values; /* of instance_extra */
    size_t extra_count;
    /* the action's row; NULL: none */
    const char *action;
    const char *request_id, *user_id, *action_project_id;
    int64_t start_time;  /* of the action */
    int64_t finish_time; /* DB_NO_TIME: it goes on elsewhere */
    const struct instance_event *event;
    int64_t now; /* updated_at */
};
/* What the write returns: one row when it was done, none when the server is not (or no longer) in those states. */
struct instance_written {
    int64_t id;
};
const struct db_statement *instance_write(const void *mem, const struct instance_write *write,
                                          struct db_params *params);
extern const struct db_statement INSTANCE_WRITE; /* the model, for the prepare test */

/* States as they are now, deleted servers too, for telling why a write was not done; $1 uuid */
struct instance_state_row {
    const char *vm_state, *task_state, *host;
    int64_t deleted;
};
extern const struct db_statement INSTANCE_STATE_NOW;

/* ---- actions alone ---- */

/* $1 action, $2 uuid, $3 request id, $4 user, $5 project, $6 start, $7 finish or NULL, $8 now */
extern const struct db_statement INSTANCE_ACTION_START;
/* What a server suffered: $1 now, $2 uuid, $3 message, $4 host of who says so */
extern const struct db_statement INSTANCE_FAULT_ADD;
/*
 * An event of the newest action of a request, begun and ended at once, and the action's time with it: $1 uuid,
 * $2 request id, $3 event, $4 host, $5 start, $6 finish, $7 result (Success, Error), $8 details or NULL,
 * $9 traceback or NULL
 */
extern const struct db_statement INSTANCE_EVENT_PUT;

/* The flavors of instance_extra. $1 uuid, $2 text, $3 now. */
extern const struct db_statement INSTANCE_FLAVOR_SET;

/* One key of its metadata goes (soft-deleted). $1 uuid, $2 key, $3 now. */
extern const struct db_statement INSTANCE_METADATA_DELETE;

#endif
