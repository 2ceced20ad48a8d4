/* SPDX-License-Identifier: Apache-2.0 */
/* Members of payloads; see the header. */
#include "config.h"

#include "fcgi_app/objects/notification_payload.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/write.h"

void payload_key(struct strbuf *out, const char *key)
{
    if (out->data[out->length - 1] != '{')
        strbuf_puts(out, ", ");
    json_put_string(out, key);
    strbuf_puts(out, ": ");
}

void payload_text(struct strbuf *out, const char *key, const char *text)
{
    payload_key(out, key);
    json_put_string(out, text);
}

void payload_int(struct strbuf *out, const char *key, int64_t value)
{
    payload_key(out, key);
    if (value == DB_NULL_INT)
        json_put_null(out);
    else
        strbuf_put_int(out, value);
}

void payload_bool(struct strbuf *out, const char *key, bool value)
{
    payload_key(out, key);
    json_put_bool(out, value);
}

void payload_json(struct strbuf *out, const char *key, const char *json)
{
    payload_key(out, key);
    strbuf_puts(out, json ? json : "null");
}

void payload_time(struct strbuf *out, const char *key, int64_t usec)
{
    payload_key(out, key);
    object_put_time(out, usec);
}

void payload_open(struct strbuf *out, const struct context *context)
{
    strbuf_init(out, context->mem, 512);
    strbuf_putc(out, '{');
}

void payload_put_object(struct strbuf *out, const char *name, const char *version)
{
    strbuf_putc(out, '{');
    payload_text(out, "nova_object.name", name);
    payload_text(out, "nova_object.namespace", "nova");
    payload_text(out, "nova_object.version", version);
    payload_key(out, "nova_object.data");
    strbuf_putc(out, '{');
}

void payload_open_object(struct strbuf *out, const struct context *context, const char *name, const char *version)
{
    strbuf_init(out, context->mem, 512);
    payload_put_object(out, name, version);
}

const char *payload_event(const struct context *context, const char *thing, const char *action, const char *phase)
{
    return mem_printf(context->mem, "%s.%s%s%s", thing, action, phase ? "." : "", phase ? phase : "");
}

void payload_send_versioned(const struct context *context, const char *event_type, const char *publisher,
                            struct strbuf *out)
{
    strbuf_puts(out, "}}");
    notify_publish(context, NOTIFY_VERSIONED, NOTIFY_INFO, event_type, publisher, out->data, out->length);
}

void payload_send_legacy(const struct context *context, const char *event_type, const char *publisher,
                         struct strbuf *out)
{
    strbuf_putc(out, '}');
    notify_publish(context, NOTIFY_LEGACY, NOTIFY_INFO, event_type, publisher, out->data, out->length);
}

void payload_send_error(const struct context *context, enum notify_format format, const char *event_type,
                        const char *publisher, struct strbuf *out)
{
    strbuf_puts(out, format == NOTIFY_VERSIONED ? "}}" : "}");
    notify_publish(context, format, NOTIFY_ERROR, event_type, publisher, out->data, out->length);
}
