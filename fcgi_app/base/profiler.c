/* SPDX-License-Identifier: Apache-2.0 */
/* Trace points; see the header.  Opened by middleware/osprofiler.c. */
#include "config.h"

#include "fcgi_app/base/profiler.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <unistd.h>

/* An event that has begun. */
struct profiler_event {
    struct profiler_event *outer;
    const char *name;
    char id[37];
};

struct profiler {
    const void *mem;
    const char *key;
    const char *base_id;
    const char *parent_id;
    struct profiler_event *running; /* the innermost */
    profiler_notifier *notify;
    void *arg;
    char host[256];
};

struct profiler *profiler_open(const void *mem, const char *key, const char *base_id, const char *parent_id,
                               profiler_notifier *notify, void *arg)
{
    struct profiler *profiler = mem_new(mem, struct profiler);

    profiler->mem = mem;
    profiler->key = key;
    profiler->base_id = base_id;
    profiler->parent_id = parent_id ? parent_id : base_id;
    profiler->notify = notify;
    profiler->arg = arg;
    if (gethostname(profiler->host, sizeof(profiler->host) - 1) != 0)
        profiler->host[0] = '\0';
    return profiler;
}

/* The id of what runs now. */
static const char *running_id(const struct profiler *profiler)
{
    return profiler->running ? profiler->running->id : profiler->parent_id;
}

/* Ids come from a caller: quotes and control characters do not pass. */
static void put_text(struct strbuf *out, const char *text)
{
    strbuf_putc(out, '"');
    for (; *text; text++)
        if ((unsigned char)*text >= ' ' && *text != '"' && *text != '\\')
            strbuf_putc(out, *text);
    strbuf_putc(out, '"');
}

/* {…info…, "host": …} */
static void put_info(struct strbuf *out, const struct profiler *profiler, const char *info)
{
    size_t length = info ? strlen(info) : 0;

    while (length && info[length - 1] != '}')
        length--;
    if (length > 2) {
        strbuf_put(out, info, length - 1);
        strbuf_puts(out, ", ");
    } else {
        strbuf_putc(out, '{');
    }
    strbuf_puts(out, "\"host\": ");
    put_text(out, profiler->host);
    strbuf_putc(out, '}');
}

static void notify(const struct profiler *profiler, const struct profiler_event *event, const char *phase,
                   const char *info)
{
    char time[27];
    struct strbuf out;

    if (!profiler->notify)
        return;
    clock_format_python(clock_utc_usec(), time);
    strbuf_init(&out, profiler->mem, 512);
    strbuf_printf(&out, "{\"name\": \"%s-%s\", \"base_id\": ", event->name, phase);
    put_text(&out, profiler->base_id);
    strbuf_printf(&out, ", \"trace_id\": \"%s\", \"parent_id\": ", event->id);
    put_text(&out, event->outer ? event->outer->id : profiler->parent_id);
    strbuf_printf(&out, ", \"timestamp\": \"%s\", \"info\": ", time);
    put_info(&out, profiler, info);
    strbuf_putc(&out, '}');
    profiler->notify(profiler->arg, out.data);
}

static struct profiler_event *begin(struct profiler *profiler, const char *name, const char *info)
{
    struct profiler_event *event = mem_new(profiler->mem, struct profiler_event);

    event->outer = profiler->running;
    event->name = name;
    text_uuid4(event->id);
    notify(profiler, event, "start", info);
    return event;
}

void profiler_start_slow(struct profiler *profiler, const char *name, const char *info)
{
    profiler->running = begin(profiler, name, info);
}

void profiler_stop_slow(struct profiler *profiler, const char *info)
{
    if (!profiler->running)
        return;
    notify(profiler, profiler->running, "stop", info);
    profiler->running = profiler->running->outer;
}

struct profiler_event *profiler_begin(struct profiler *profiler, const char *name, const char *info)
{
    return profiler ? begin(profiler, name, info) : NULL;
}

void profiler_end(struct profiler *profiler, struct profiler_event *event, const char *info)
{
    if (profiler && event)
        notify(profiler, event, "stop", info);
}

void profiler_sign(const char *text, const char *key, char hmac[PROFILER_HMAC_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (!HMAC(EVP_sha1(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), digest, &length))
        length = 0;
    text_to_hex(hmac, digest, length);
}

bool profiler_verify(const char *text, const char *key, const char *hmac)
{
    char own[PROFILER_HMAC_SIZE];

    profiler_sign(text, key, own);
    return strlen(own) == PROFILER_HMAC_SIZE - 1 && strlen(hmac) == PROFILER_HMAC_SIZE - 1 &&
           CRYPTO_memcmp(own, hmac, PROFILER_HMAC_SIZE - 1) == 0;
}

bool profiler_headers(struct profiler *profiler, const void *mem, const char **info, const char **hmac)
{
    struct strbuf data;
    char *encoded, *own;

    if (!profiler || !profiler->key)
        return false;
    strbuf_init(&data, mem, 128);
    strbuf_puts(&data, "{\"base_id\": ");
    put_text(&data, profiler->base_id);
    strbuf_puts(&data, ", \"parent_id\": ");
    put_text(&data, running_id(profiler));
    strbuf_putc(&data, '}');
    encoded = mem_array(mem, char, (data.length + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)data.data, (int)data.length);
    for (char *p = encoded; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    own = mem_array(mem, char, PROFILER_HMAC_SIZE);
    profiler_sign(encoded, profiler->key, own);
    *info = encoded;
    *hmac = own;
    return true;
}
