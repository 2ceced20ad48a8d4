/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications: what happened, told to whoever listens, through the drivers
 * of [oslo_messaging_notifications].  Who builds a payload asks first whether
 * anybody wants it.
 * Source: nova-facts/rpc.md section 5.
 */
#ifndef NOVA_RPC_NOTIFY_H
#define NOVA_RPC_NOTIFY_H

#include "fcgi_app/base/context.h"

#include <stdbool.h>
#include <stddef.h>

/* The two formats have their own topics. */
enum notify_format {
    NOTIFY_LEGACY,    /* unversioned: topics of [oslo_messaging_notifications] */
    NOTIFY_VERSIONED, /* [notifications] versioned_notifications_topics */
};

/* Also the end of the topic: "notifications.info". */
enum notify_priority {
    NOTIFY_DEBUG,
    NOTIFY_INFO,
    NOTIFY_WARN,
    NOTIFY_ERROR,
    NOTIFY_CRITICAL,
    NOTIFY_AUDIT,
    NOTIFY_SAMPLE
};

/* Does anybody want notifications of this format? */
bool notify_wanted(const struct context *context, enum notify_format format);

/* [notifications] default_level, which most legacy events are sent with. */
enum notify_priority notify_default_priority(const struct context *context);

/*
 * Publishes `payload`, one JSON value in json.dumps' form.  publisher_id
 * NULL: the API's own ("api.<host>", "nova-api:<host>").  Nothing that fails
 * here fails a request: it is logged.
 */
void notify_publish(const struct context *context, enum notify_format format, enum notify_priority priority,
                    const char *event_type, const char *publisher_id, const char *payload, size_t length);

#endif
