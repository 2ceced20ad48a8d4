/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of quota/: limits and counts of one project and user, asked of all databases at once. */
#ifndef NOVA_QUOTA_ASK_H
#define NOVA_QUOTA_ASK_H

#include "fcgi_app/db/quotas.h"
#include "fcgi_app/quota/quota.h"

enum quota_driver {
    QUOTA_DRIVER_DB,
    QUOTA_DRIVER_NOOP,
    QUOTA_DRIVER_UNIFIED,
};
enum quota_driver quota_driver(const struct context *context);

/* What is wanted, by bits. */
enum {
    QUOTA_ASK_LIMITS = 1,
    QUOTA_ASK_SERVERS = 2, /* instances, cores, ram */
    QUOTA_ASK_GROUPS = 4,
    QUOTA_ASK_KEY_PAIRS = 8,
    QUOTA_ASK_MEMBERS = 16,
};

struct quota_question {
    unsigned wanted;
    const char *project_id;
    const char *user_id; /* whose count and, unless limits_user_id is set, whose limits; NULL: none */
    const char *limits_user_id;
    bool limited_user;      /* the user's servers are counted only where a limit of them was set for the user itself */
    const char *class_name; /* NULL: the default class */
    const char *const *members;
    size_t member_count;
};

struct quota_answer {
    struct quota_values of_project, of_user; /* counts */
    struct quota_values limits;              /* of the project; of a class where no project was given */
    struct quota_values user_limits;         /* of the user; those of the project where none was given */
    struct quota_values user_rows;           /* what was set for the user itself, 0 where nothing was */
    bool user_has[QUOTA_COUNT];              /* was anything? */
    struct quota_values all_users;           /* the sum of what was set for users of the project */
};

/* The options' values. */
struct quota_values quota_option_values(const struct context *context);

/* Faults: those of the API database; a cell that does not answer counts nothing. */
struct fault *quota_ask(const struct context *context, const struct quota_question *question,
                        struct quota_answer *answer) FAULT_CHECK;

#endif
