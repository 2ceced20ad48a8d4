/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a server mean together: status words, its host, its zone, its name. */
#include "config.h"

#include "fcgi_app/compute/servers.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/build_requests.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.openstack.common");

/* ---- status ---- */

struct state_row {
    const char *vm_state;
    const char *task_state; /* NULL: any other */
    const char *status;
};

/* Of each vm_state the row without task_state comes first: its usual status. Source: db.md section 9. */
static const struct state_row state_rows[] = {
    { "active", NULL, "ACTIVE" },
    { "active", "rebooting", "REBOOT" },
    { "active", "reboot_pending", "REBOOT" },
    { "active", "reboot_started", "REBOOT" },
    { "active", "rebooting_hard", "HARD_REBOOT" },
    { "active", "reboot_pending_hard", "HARD_REBOOT" },
    { "active", "reboot_started_hard", "HARD_REBOOT" },
    { "active", "updating_password", "PASSWORD" },
    { "active", "rebuilding", "REBUILD" },
    { "active", "rebuild_block_device_mapping", "REBUILD" },
    { "active", "rebuild_spawning", "REBUILD" },
    { "active", "migrating", "MIGRATING" },
    { "active", "resize_prep", "RESIZE" },
    { "active", "resize_migrating", "RESIZE" },
    { "active", "resize_migrated", "RESIZE" },
    { "active", "resize_finish", "RESIZE" },
    { "building", NULL, "BUILD" },
    { "stopped", NULL, "SHUTOFF" },
    { "stopped", "resize_prep", "RESIZE" },
    { "stopped", "resize_migrating", "RESIZE" },
    { "stopped", "resize_migrated", "RESIZE" },
    { "stopped", "resize_finish", "RESIZE" },
    { "stopped", "rebuilding", "REBUILD" },
    { "stopped", "rebuild_block_device_mapping", "REBUILD" },
    { "stopped", "rebuild_spawning", "REBUILD" },
    { "resized", NULL, "VERIFY_RESIZE" },
    { "resized", "resize_reverting", "REVERT_RESIZE" },
    { "paused", NULL, "PAUSED" },
    { "paused", "migrating", "MIGRATING" },
    { "suspended", NULL, "SUSPENDED" },
    { "rescued", NULL, "RESCUE" },
    { "error", NULL, "ERROR" },
    { "error", "rebuilding", "REBUILD" },
    { "error", "rebuild_block_device_mapping", "REBUILD" },
    { "error", "rebuild_spawning", "REBUILD" },
    { "deleted", NULL, "DELETED" },
    { "soft-delete", NULL, "SOFT_DELETED" },
    { "shelved", NULL, "SHELVED" },
    { "shelved_offloaded", NULL, "SHELVED_OFFLOADED" },
};
#define STATE_COUNT (sizeof(state_rows) / sizeof(state_rows[0]))

const char *server_status(const struct instance *instance)
{
    const char *status = NULL;

    if (instance->deleted)
        return "DELETED";
    for (size_t i = 0; instance->vm_state && i < STATE_COUNT; i++) {
        const struct state_row *row = &state_rows[i];

        if (strcmp(row->vm_state, instance->vm_state)) {
            if (status)
                break;
            continue;
        }
        if (!row->task_state) {
            status = row->status;
            if (!instance->task_state)
                break;
        } else if (strcmp(row->task_state, instance->task_state) == 0) {
            return row->status;
        }
    }
    if (status)
        return status;
    log_error("status is UNKNOWN from vm_state=%s task_state=%s. Bad upgrade or db corrupted?",
              instance->vm_state ? instance->vm_state : "None", instance->task_state ? instance->task_state : "None");
    return "UNKNOWN";
}

static void add_word(const char **words, size_t *count, const char *word)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(words[i], word) == 0)
            return;
    words[(*count)++] = word;
}

bool server_states_add(struct server_states *states, const char *status)
{
    bool found = false;

    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcasecmp(state_rows[i].status, status))
            continue;
        found = true;
        add_word(states->vm_states, &states->vm_count, state_rows[i].vm_state);
        if (state_rows[i].task_state)
            add_word(states->task_states, &states->task_count, state_rows[i].task_state);
        else
            states->any_task = true;
    }
    return found;
}

/* ---- the host ---- */

static const char *host_status(const struct context *context, const struct instance *instance)
{
    int64_t elapsed;

    if (!instance->host || !*instance->host)
        return "";
    switch ((enum instance_service)instance->service_state) {
    case INSTANCE_SERVICE_FORCED_DOWN:
        return "DOWN";
    case INSTANCE_SERVICE_DISABLED:
        return "MAINTENANCE";
    case INSTANCE_SERVICE_ENABLED:
        elapsed = clock_utc_usec() - instance->service_seen;
        if (elapsed < 0)
            elapsed = -elapsed;
        return instance->service_seen != DB_NO_TIME &&
                       elapsed <= conf_int(context->worker->conf, OPTION_DEFAULT_service_down_time) * 1000000
                   ? "UP"
                   : "UNKNOWN";
    case INSTANCE_SERVICE_NONE:
        break;
    }
    return "";
}

void servers_fill_host_status(const struct context *context, struct servers *servers)
{
    const struct server **spoken;
    size_t size = 16;

    while (size < servers->count * 2)
        size *= 2;
    spoken = mem_array(context->mem, const struct server *, size);
    for (size_t i = 0; i < servers->count; i++) {
        struct server *server = &servers->items[i];
        const char *host = server->instance->host;
        size_t at = 5381;

        if (server->partial)
            continue;
        if (!host || !*host) {
            server->host_status = "";
            continue;
        }
        for (const char *c = host; *c; c++)
            at = at * 33 + (unsigned char)*c;
        for (at &= size - 1; spoken[at] && strcmp(spoken[at]->instance->host, host); at = (at + 1) & (size - 1))
            ;
        if (!spoken[at]) {
            server->host_status = host_status(context, server->instance);
            spoken[at] = server;
        } else {
            server->host_status = spoken[at]->host_status;
        }
    }
}

void server_host_id(const struct instance *instance, char out[57])
{
    unsigned char digest[SHA224_DIGEST_LENGTH];
    const char *project = instance->project_id ? instance->project_id : "None";
    size_t project_size = strlen(project), host_size;
    static EVP_MD *sha224; /* to look it up by name costs more than to use it */
    char data[600];

    *out = '\0';
    if (!instance->host || !*instance->host)
        return;
    host_size = strlen(instance->host);
    if (project_size + host_size > sizeof(data))
        return; /* both columns hold at most 255 characters */
    memcpy(data, project, project_size);
    memcpy(data + project_size, instance->host, host_size);
    if (!sha224)
        sha224 = EVP_MD_fetch(NULL, "SHA224", NULL);
    EVP_Digest(data, project_size + host_size, digest, NULL, sha224, NULL);
    text_to_hex(out, digest, sizeof(digest));
}

/* ---- zones ---- */

/* The zones of hosts, kept for a minute: a host changes its zone only while it has no servers. */
#define ZONES_KEPT_USEC 60000000

struct zones {
    void *mem;
    struct host_zone *rows; /* by host, the first aggregate's only */
    size_t count;
    uint64_t read_usec;
};
static struct zones kept_zones;

static int compare_zones(const void *a, const void *b)
{
    return strcmp(((const struct host_zone *)a)->host, ((const struct host_zone *)b)->host);
}

static struct fault *read_zones(const struct context *context)
{
    void *mem = mem_context(NULL, "host zones");
    struct host_zone *rows;
    struct db_rows read;
    struct fault *fault;
    size_t kept = 0;

    fault = db_query(context, mem, db_api(context->worker->db), &HOST_ZONES, NULL, &read);
    if (fault) {
        fault = fault_text(context->mem, DBError, "%s", fault->message);
        talloc_free(mem);
        return fault;
    }
    rows = read.rows;
    /* hosts by name; of one host the aggregates keep their order */
    for (size_t i = 0; i < read.count; i++) {
        bool known = false;

        for (size_t j = 0; j < kept && !known; j++)
            known = strcmp(rows[j].host, rows[i].host) == 0;
        if (!known)
            rows[kept++] = rows[i];
    }
    if (kept)
        qsort(rows, kept, sizeof(*rows), compare_zones);
    /* servers of the running request may point into the old rows */
    if (kept_zones.mem)
        talloc_steal(context->mem, kept_zones.mem);
    kept_zones = (struct zones){ mem, rows, kept, clock_monotonic_usec() };
    return NULL;
}

static const char *zone_of(const struct context *context, const char *host)
{
    struct host_zone key = { host, NULL };
    const struct host_zone *found = NULL;

    if (kept_zones.count)
        found = bsearch(&key, kept_zones.rows, kept_zones.count, sizeof(key), compare_zones);
    return found ? found->zone : conf_string(context->worker->conf, OPTION_DEFAULT_default_availability_zone);
}

struct fault *servers_fill_zones(const struct context *context, struct servers *servers)
{
    bool fresh = false;

    for (size_t i = 0; i < servers->count; i++) {
        struct server *server = &servers->items[i];
        const struct instance *instance = server->instance;
        const char *asked = instance->availability_zone;
        /* neighbours in a list mostly share host and zone */
        const struct instance *before = i ? servers->items[i - 1].instance : NULL;

        if (server->partial)
            continue;
        if (!instance->host || !*instance->host) {
            server->zone = asked ? asked : "";
            continue;
        }
        if (before && before->host && !servers->items[i - 1].partial && strcmp(before->host, instance->host) == 0 &&
            asked && before->availability_zone && strcmp(before->availability_zone, asked) == 0) {
            server->zone = servers->items[i - 1].zone;
            continue;
        }
        if (!fresh && (!kept_zones.read_usec || clock_monotonic_usec() - kept_zones.read_usec > ZONES_KEPT_USEC)) {
            TRY(read_zones(context));
            fresh = true;
        }
        server->zone = zone_of(context, instance->host);
        if (!fresh && asked && strcmp(server->zone, asked)) {
            /* what we kept may be old: the server's own word differs */
            TRY(read_zones(context));
            fresh = true;
            server->zone = zone_of(context, instance->host);
        }
    }
    return NULL;
}

/* ---- the internal name ---- */

/* One conversion of Python's % operator for an integer or a text; `spec` is what stands between % and the letter. */
static void put_conversion(struct strbuf *out, const char *spec, size_t spec_length, char letter, int64_t number,
                           const char *text)
{
    char format[40];
    int size = (int)(spec_length < 20 ? spec_length : 20);

    if (text) {
        snprintf(format, sizeof(format), "%%%.*ss", size, spec);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        strbuf_printf(out, format, text);
    } else {
        if (letter == 's' || letter == 'r' || letter == 'i' || letter == 'u')
            letter = 'd';
        snprintf(format, sizeof(format), "%%%.*sll%c", size, spec, letter);
        strbuf_printf(out, format, (long long)number);
#pragma GCC diagnostic pop
    }
}

struct name_member {
    const char *name;
    size_t offset;
    bool number;
};

static const struct name_member name_members[] = {
    { "id", offsetof(struct instance, id), true },
    { "uuid", offsetof(struct instance, uuid), false },
    { "display_name", offsetof(struct instance, display_name), false },
    { "hostname", offsetof(struct instance, hostname), false },
    { "project_id", offsetof(struct instance, project_id), false },
    { "user_id", offsetof(struct instance, user_id), false },
    { "host", offsetof(struct instance, host), false },
    { "node", offsetof(struct instance, node), false },
    { "image_ref", offsetof(struct instance, image_ref), false },
    { "key_name", offsetof(struct instance, key_name), false },
    { "reservation_id", offsetof(struct instance, reservation_id), false },
    { "launch_index", offsetof(struct instance, launch_index), true },
};

static const struct name_member *member_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(name_members) / sizeof(name_members[0]); i++)
        if (strlen(name_members[i].name) == length && memcmp(name_members[i].name, name, length) == 0)
            return &name_members[i];
    return NULL;
}

const char *server_internal_name(const struct context *context, const void *mem, const struct instance *instance)
{
    const char *template = conf_string(context->worker->conf, OPTION_DEFAULT_instance_name_template);
    struct strbuf out;

    if (instance->id == DB_NULL_INT)
        return instance->vm_state && strcmp(instance->vm_state, "building") == 0 && instance->task_state &&
                       strcmp(instance->task_state, "scheduling") == 0
                   ? ""
                   : instance->uuid;
    strbuf_init(&out, mem, 48);
    for (const char *c = template; *c; c++) {
        const struct name_member *member = &name_members[0];
        const char *spec;

        if (*c != '%' || c[1] == '%') {
            strbuf_putc(&out, *c);
            c += *c == '%';
            continue;
        }
        if (*++c == '(') {
            const char *close = strchr(c, ')');

            member = close ? member_of(c + 1, (size_t)(close - c - 1)) : NULL;
            if (!member)
                return instance->uuid;
            c = close + 1;
        }
        spec = c;
        c += strspn(c, "#0- +.123456789");
        if (!*c)
            return instance->uuid;
        if (member->number) {
            put_conversion(&out, spec, (size_t)(c - spec), *c,
                           *(const int64_t *)(const void *)((const char *)instance + member->offset), NULL);
        } else {
            const char *text = *(const char *const *)(const void *)((const char *)instance + member->offset);

            put_conversion(&out, spec, (size_t)(c - spec), *c, 0, text ? text : "None");
        }
    }
    return out.data;
}
