/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of notifications' payloads, one function a kind of value, and their way out.
 * For notifications.c and instance_notifications.c alone.
 */
#ifndef NOVA_OBJECTS_NOTIFICATION_PAYLOAD_H
#define NOVA_OBJECTS_NOTIFICATION_PAYLOAD_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/rpc/notify.h"

/* Begins a payload on context->mem: "{". */
void payload_open(struct strbuf *out, const struct context *context);
/* And one that is a versioned object, up to the first of its members; payload_send_versioned() or "}}" closes it. */
void payload_open_object(struct strbuf *out, const struct context *context, const char *name, const char *version);
/* The same within a payload. */
void payload_put_object(struct strbuf *out, const char *name, const char *version);

/* ", " before every member but the first. */
void payload_key(struct strbuf *out, const char *key);
void payload_text(struct strbuf *out, const char *key, const char *text); /* NULL: null */
void payload_int(struct strbuf *out, const char *key, int64_t value);     /* DB_NULL_INT: null */
void payload_bool(struct strbuf *out, const char *key, bool value);
void payload_json(struct strbuf *out, const char *key, const char *json); /* NULL: null */
void payload_time(struct strbuf *out, const char *key, int64_t usec);     /* as objects have it; DB_NO_TIME: null */

/* A FlavorPayload object, whole but for its two closing braces. */
void payload_put_flavor(struct strbuf *out, const struct notified_flavor *flavor);

/* "keypair.create.start"; phase NULL: none */
const char *payload_event(const struct context *context, const char *thing, const char *action, const char *phase);

/* Closes and publishes; publisher NULL: the API's own. */
void payload_send_versioned(const struct context *context, const char *event_type, const char *publisher,
                            struct strbuf *out);
void payload_send_legacy(const struct context *context, const char *event_type, const char *publisher,
                         struct strbuf *out);
/* The same of an error. */
void payload_send_error(const struct context *context, enum notify_format format, const char *event_type,
                        const char *publisher, struct strbuf *out);

#endif
