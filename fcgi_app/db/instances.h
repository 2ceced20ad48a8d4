/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers in a cell's database: `instances` and what hangs off it.
 *
 * One statement fetches a page, or one server, together with everything that
 * the asked version shows and nothing else: a column that is not wanted is
 * not selected, a table that is not wanted is not joined.  The many small
 * rows of a server (metadata, tags, volumes, the reason of a lock) come as
 * one text in pieces, which instance_piece_next() takes apart.
 * Source: nova-facts/db.md sections 3, 4 and 11.
 */
#ifndef NOVA_DB_INSTANCES_H
#define NOVA_DB_INSTANCES_H

#include "fcgi_app/db/db.h"

/* What a reader wants beside uuid and name. */
enum {
    INSTANCE_DETAIL = 1 << 0,      /* every detailed view: states, image, flavor, addresses, metadata, volumes */
    INSTANCE_ATTRIBUTES = 1 << 1,  /* host's own name: OS-EXT-SRV-ATTR of 2.1 */
    INSTANCE_ATTRIBUTES3 = 1 << 2, /* and what 2.3 added */
    INSTANCE_HOSTNAME = 1 << 3,
    INSTANCE_LOCKED = 1 << 4,
    INSTANCE_SERVICE = 1 << 5, /* the compute service of its host */
    INSTANCE_DESCRIPTION = 1 << 6,
    INSTANCE_TAGS = 1 << 7,
    INSTANCE_CERTIFICATES = 1 << 8,
    INSTANCE_LOCKED_REASON = 1 << 9,
    INSTANCE_FAULT = 1 << 10, /* the newest one; by instance_by_uuid() only */
};

enum instance_service {
    INSTANCE_SERVICE_NONE,
    INSTANCE_SERVICE_ENABLED, /* up or not: service_seen tells */
    INSTANCE_SERVICE_FORCED_DOWN,
    INSTANCE_SERVICE_DISABLED,
};

struct instance {
    int64_t position; /* in the page, from 1 */
    int64_t id;       /* DB_NULL_INT: in no cell yet */
    int64_t deleted;  /* 0, or the id */
    const char *uuid;
    const char *display_name;
    const char *project_id;
    const char *user_id;
    const char *vm_state;
    const char *task_state;
    int64_t power_state; /* DB_NULL_INT: none */
    const char *host;
    const char *availability_zone;
    const char *image_ref;
    int64_t created_at;
    int64_t updated_at;
    int64_t launched_at;
    int64_t terminated_at;
    const char *access_ip_v4;
    const char *access_ip_v6;
    bool auto_disk_config;
    int64_t progress; /* DB_NULL_INT: none */
    const char *config_drive;
    const char *key_name;
    const char *node;
    const char *reservation_id;
    int64_t launch_index;
    const char *hostname;
    const char *kernel_id;
    const char *ramdisk_id;
    const char *root_device_name;
    const char *user_data;
    const char *locked_by;
    const char *display_description;
    struct db_bytes network_info;  /* JSON; NULL: no cache row */
    struct db_bytes flavor;        /* JSON of instance_extra, {"cur": …} */
    struct db_bytes trusted_certs; /* JSON of a TrustedCerts object */
    struct db_bytes pieces;
    int64_t service_state; /* enum instance_service */
    int64_t service_seen;  /* last sign of life */
    int64_t fault_code;    /* DB_NULL_INT: no fault */
    int64_t fault_created_at;
    const char *fault_message;
    const char *fault_details;
};

/* ---- the small rows of a server ---- */

enum instance_piece_kind {
    INSTANCE_PIECE_METADATA = 'm', /* key, value */
    INSTANCE_PIECE_TAG = 't',      /* tag */
    INSTANCE_PIECE_VOLUME = 'v',   /* volume id, "true" or "false" */
    INSTANCE_PIECE_REASON = 'l',   /* "", text */
};

struct instance_piece {
    char kind;
    int64_t id; /* of the row: pieces of a kind are shown in this order */
    struct db_bytes first, second;
};

/* Takes the next piece off the front; false at the end (or where the text is none). */
bool instance_piece_next(struct db_bytes *rest, struct instance_piece *piece);
/* Appends a piece in the same writing, for servers that are in no cell yet. */
struct strbuf;
void instance_piece_put(struct strbuf *out, char kind, int64_t id, const char *first, const char *second);

/* ---- which servers ---- */

enum instance_deleted {
    INSTANCES_LIVE,         /* and not soft-deleted */
    INSTANCES_LIVE_OR_SOFT, /* soft-deleted ones among them */
    INSTANCES_GONE_OR_SOFT, /* deleted or soft-deleted */
    INSTANCES_GONE,         /* deleted only */
    INSTANCES_EVERY,        /* no condition */
};

/* A condition: a filter's name as instance_filter_find() knows it and its value as a parameter's text. */
struct instance_filter {
    unsigned short name;
    bool list; /* `value` is a PostgreSQL array: any of these */
    const char *value;
};
#define INSTANCE_FILTER_NONE 0xffff
/* The number of a filter; INSTANCE_FILTER_NONE: no such column. */
unsigned instance_filter_find(const char *name);

#define INSTANCE_SORT_MAX 40
struct instance_sort {
    unsigned short key; /* instance_sort_find() */
    bool descending;
};
/* The number of a sort key; INSTANCE_SORT_NONE: no such column. */
#define INSTANCE_SORT_NONE 0xffff
unsigned instance_sort_find(const char *name);
const char *instance_sort_name(unsigned key);
bool instance_sort_is_number(unsigned key);

/* A server as marker: the texts of its sort keys in the order of the query's, NULL for NULL. */
struct instance_marker {
    const char *uuid;
    const char *values[INSTANCE_SORT_MAX];
};

struct instance_query {
    unsigned wants;
    enum instance_deleted deleted;
    const struct instance_filter *filters;
    size_t filter_count;
    struct instance_sort sort[INSTANCE_SORT_MAX];
    size_t sort_count;
    const struct instance_marker *marker; /* NULL: from the start */
    int64_t limit;                        /* -1: none */
    size_t value_count; /* the first so many sort keys are also given as texts: instance_sort_value() */
};

/* The statement of a page; rows are struct instance, each followed by its sort values. */
const struct db_statement *instances_page(const void *mem, const struct instance_query *query,
                                          struct db_params *params);
/* The i-th row of such a page, and the text of one of its sort keys (NULL for NULL). */
struct instance *instances_row(const struct instance_query *query, const struct db_rows *rows, size_t index);
const char *instance_sort_value(const struct instance *instance, size_t index);

/* The marker's row: struct instance_marker, deleted servers count too. */
const struct db_statement *instances_marker(const void *mem, const struct instance_query *query, const char *uuid,
                                            struct db_params *params);

/*
 * One live server by uuid; `project_id` NULL: of any project.  The statement is the process's own and good for this
 * request: the next ones may replace it.
 */
const struct db_statement *instance_by_uuid(unsigned wants, const char *uuid, const char *project_id,
                                            struct db_params *params);

/* The newest fault of each of some servers: struct instance_fault; $1 is an array of uuids. */
struct instance_fault {
    const char *instance_uuid;
    int64_t code;
    int64_t created_at;
    const char *message;
    const char *details;
};
extern const struct db_statement INSTANCE_FAULTS_LATEST;

/* Models of the dynamic statements, for the prepare test. */
extern const struct db_statement INSTANCES_PAGE;
extern const struct db_statement INSTANCE_BY_UUID;

#endif
