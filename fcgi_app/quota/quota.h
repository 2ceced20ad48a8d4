/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotas: what may be used, what is used, and whether more may be.
 *
 * Limits are rows of the API database over the options of [quota]; usage is
 * counted, never stored.  [quota] driver decides: the database's, none at all
 * (noop), or limits that keystone keeps (unified).  Each check below does what
 * the configured driver wants, so that callers do not ask which it is.
 * Neighbours: db/quotas.h beneath; compute/ calls.
 * Source: nova-facts/db.md section 9; behaviour of nova.quota, nova.limit, nova.compute.utils.
 */
#ifndef NOVA_QUOTA_QUOTA_H
#define NOVA_QUOTA_QUOTA_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which upstream registers them. */
enum quota_resource {
    QUOTA_INSTANCES,
    QUOTA_CORES,
    QUOTA_RAM,
    QUOTA_METADATA_ITEMS,
    QUOTA_INJECTED_FILES,
    QUOTA_INJECTED_FILE_CONTENT_BYTES,
    QUOTA_INJECTED_FILE_PATH_BYTES,
    QUOTA_KEY_PAIRS,
    QUOTA_SERVER_GROUPS,
    QUOTA_SERVER_GROUP_MEMBERS,
    QUOTA_FIXED_IPS,
    QUOTA_FLOATING_IPS,
    QUOTA_SECURITY_GROUPS,
    QUOTA_SECURITY_GROUP_RULES,
    QUOTA_COUNT,
};
#define QUOTA_UNLIMITED (-1)

const char *quota_name(enum quota_resource resource);
/* QUOTA_COUNT: no such resource. */
enum quota_resource quota_by_name(const char *name);

/* A number for each resource. */
struct quota_values {
    int64_t of[QUOTA_COUNT];
};

/* ---- what verbs on servers and what belongs to them ask before they write ---- */

/* What a server takes. */
struct quota_server {
    int64_t vcpus;
    int64_t memory_mb;
    int64_t root_gb, ephemeral_gb, swap; /* GB, GB, MB: for unified limits */
    const char *extra_specs;             /* JSON object text, or NULL */
    bool boots_from_volume;
};

/*
 * May `max_count` servers be made, or at least `min_count`?  *allowed is how many may.  NULL project or user: the
 * context's.  Faults: TooManyInstances.
 */
struct fault *quota_check_servers(const struct context *context, const struct quota_server *server, int64_t min_count,
                                  int64_t max_count, const char *project_id, const char *user_id,
                                  int64_t *allowed) FAULT_CHECK;

/*
 * May a server of project and user grow from one size to another?  A revert asks the database's limits only.
 * Faults: TooManyInstances.
 */
struct fault *quota_check_resize(const struct context *context, const struct quota_server *from,
                                 const struct quota_server *to, bool revert, const char *project_id,
                                 const char *user_id) FAULT_CHECK;

/* A server's metadata of that many items. Faults: MetadataLimitExceeded. */
struct fault *quota_check_metadata(const struct context *context, int64_t items) FAULT_CHECK;
/*
 * The same for an image's metadata: asks the database's limits only, with words of its own.
 * Faults: OverQuota ("Image metadata limit exceeded").
 */
struct fault *quota_check_image_metadata(const struct context *context, int64_t items) FAULT_CHECK;

/*
 * Files put into a server: how many, the longest path and the longest content, in characters.
 * Faults: OnsetFileLimitExceeded, OnsetFilePathLimitExceeded, OnsetFileContentLimitExceeded.
 */
struct fault *quota_check_files(const struct context *context, int64_t count, int64_t longest_path,
                                int64_t longest_content) FAULT_CHECK;

/* `more` key pairs of the user; 0 is the check after the write. Faults: KeypairLimitExceeded. */
struct fault *quota_check_key_pairs(const struct context *context, const char *user_id, int64_t more) FAULT_CHECK;

/* `more` server groups of the project by the context's user. Faults: ServerGroupLimitExceeded. */
struct fault *quota_check_server_groups(const struct context *context, const char *project_id,
                                        int64_t more) FAULT_CHECK;

/*
 * `more` servers of the context's user in a group whose members are given.
 * Faults: OverQuota "Quota exceeded, too many servers in group"; GroupMemberLimitExceeded with unified limits.
 */
struct fault *quota_check_group_members(const struct context *context, const char *const *members, size_t count,
                                        int64_t more) FAULT_CHECK;

/* Are the three above to be asked again after the write ([quota] recheck_quota)? */
bool quota_rechecks(const struct context *context);

/* ---- what the API shows and sets ---- */

/* Each fills all resources. */
struct fault *quota_defaults(const struct context *context, struct quota_values *limits) FAULT_CHECK;
struct fault *quota_of_class(const struct context *context, const char *name, struct quota_values *limits) FAULT_CHECK;
/* Of a project, or of a user in it (NULL: none). `used`, when given, is what is in use; in one round trip. */
struct fault *quota_of(const struct context *context, const char *project_id, const char *user_id,
                       struct quota_values *limits, struct quota_values *used) FAULT_CHECK;
/* What is shown as reserved: 0, or -1 of the noop driver. */
int64_t quota_reserved(const struct context *context);
/* Does keystone keep the limits? Then nothing is written here. */
bool quota_is_unified(const struct context *context);

/* The bounds within which a limit may be set; -1: no bound. */
struct fault *quota_settable(const struct context *context, const char *project_id, const char *user_id,
                             struct quota_values *minimum, struct quota_values *maximum) FAULT_CHECK;

/* One limit to be set. */
struct quota_setting {
    enum quota_resource resource;
    int64_t limit;
};
/* All or nothing. NULL user: the project's. */
struct fault *quota_set(const struct context *context, const char *project_id, const char *user_id,
                        const struct quota_setting *settings, size_t count) FAULT_CHECK;
struct fault *quota_set_class(const struct context *context, const char *name, const struct quota_setting *settings,
                              size_t count) FAULT_CHECK;
/* Removes what was set for a project, its users included, or for a user of it. */
struct fault *quota_delete(const struct context *context, const char *project_id, const char *user_id) FAULT_CHECK;

#endif
