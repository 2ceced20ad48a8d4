/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs that tell of their own failures: where one of upstream's decorated
 * functions ends in an exception, whoever listens hears of it twice, as an
 * error named as the function and as compute.exception.  One row a verb says
 * what it is called upstream and what it is called with.
 * Neighbours: notifications.h tells of what went well; rpc/notify.h publishes.
 * Source: what nova 26.2.2 sends (nova.exception_wrapper around nova.compute.api).
 */
#ifndef NOVA_OBJECTS_FAILURE_NOTIFICATIONS_H
#define NOVA_OBJECTS_FAILURE_NOTIFICATIONS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>

enum failing_verb {
    FAILING_CREATE_AGGREGATE, /* aggregate_name, availability_zone */
    FAILING_UPDATE_AGGREGATE, /* aggregate_id, values */
    FAILING_UPDATE_METADATA,  /* aggregate_id, metadata */
    FAILING_DELETE_AGGREGATE, /* aggregate_id */
    FAILING_ADD_HOST,         /* aggregate_id, host_name */
    FAILING_REMOVE_HOST,      /* aggregate_id, host_name */
    FAILING_SET_ENABLED,      /* host_name, enabled */
    FAILING_SET_MAINTENANCE,  /* host_name, mode */
    FAILING_POWER_ACTION,     /* host_name, action */
    FAILING_IMPORT_KEY_PAIR,  /* user_id, key_name, public_key, key_type */
    FAILING_CREATE_KEY_PAIR,  /* user_id, key_name, key_type */
    FAILING_DELETE_KEY_PAIR,  /* user_id, key_name */
    FAILING_COUNT
};

/* One argument of a verb: a text, or a JSON value; neither: None. */
struct failing_arg {
    const char *text;
    const char *raw; /* as json.dumps writes it */
    const json_t *tree;
};
#define FAILING_TRUTH(truth)                                                                                           \
    {                                                                                                                  \
        .raw = (truth) ? "true" : "false"                                                                              \
    }

/*
 * Tells of `fault`, which is answered again, so that a verb ends with
 *     return notify_failure(context, FAILING_…, do_it(…), args);
 * NULL: it went well, nobody hears anything.  `args` as the row of the verb
 * has them.  Neither the requester's context nor what a verb made (a private
 * key) is among them.
 */
struct fault *notify_failure(const struct context *context, enum failing_verb verb, struct fault *fault,
                             const struct failing_arg *args) FAULT_CHECK;

#endif
