/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a server by version; see the header.
 *
 * A page of a thousand servers is written straight into the answer.  What
 * repeats from server to server (image, flavor, host id) is rendered once and
 * copied; JSON columns are scanned, never read into a tree.
 */
#include "config.h"

#include "routes/views/servers.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/network.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "fcgi_app/policies/policies.h"
#include "routes/links.h"

#include <string.h>

#define SEES_ATTRIBUTES "os_compute_api:os-extended-server-attributes"
#define SEES_EXTRA_SPECS "os_compute_api:servers:show:flavor-extra-specs"
#define SEES_HOST_STATUS "os_compute_api:servers:show:host_status"
#define SEES_HOST_UNKNOWN "os_compute_api:servers:show:host_status:unknown-only"

/* ---- what a view keeps while it writes ---- */

#define MEMO_SIZE 64 /* a power of two */

/* A text that was rendered from a key, kept for the next server with the same key. */
struct memo {
    struct db_bytes key;
    size_t at, length; /* in `rendered` */
};

struct address {
    unsigned label; /* of labels */
    bool floating;
    struct json_piece version, address, type, mac;
};

struct server_view {
    struct call *call;
    struct links servers, flavors, images;
    bool detail; /* a list: host_status stands at its end */
    bool attributes, extra_specs, host_status, host_unknown_only;
    int64_t now;
    const struct server *server; /* the one being written */
    struct instance_piece *pieces;
    size_t piece_count, piece_size;
    struct strbuf rendered;
    struct memo hosts[MEMO_SIZE], images_memo[MEMO_SIZE], flavors_memo[MEMO_SIZE];
    struct json_piece *labels;
    size_t label_count, label_size;
    struct address *addresses;
    size_t address_count, address_size;
    const struct network_groups *groups; /* of the server being written, or NULL */
};

static const struct server_view *view_of(const struct view_state *state)
{
    return state->data;
}

static struct server_view *writable(const struct view_state *state)
{
    return (struct server_view *)(uintptr_t)state->data;
}

/* ---- memos ---- */

static uint64_t hash_bytes(struct db_bytes key)
{
    uint64_t hash = key.length * 0x9e3779b97f4a7c15u, word;
    const char *p = key.data;
    size_t left = key.length;

    for (; left >= sizeof(word); p += sizeof(word), left -= sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        hash = (hash ^ word) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    for (word = 0; left; left--)
        word = word << 8 | (unsigned char)*p++;
    hash = (hash ^ word) * 0x9fb21c651e98df25u;
    return hash ^ hash >> 29;
}

/* The place of a key; *known tells whether it was rendered before. */
static struct memo *memo_find(struct memo *memos, struct db_bytes key, bool *known)
{
    struct memo *memo = &memos[hash_bytes(key) & (MEMO_SIZE - 1)];

    *known = memo->key.data && memo->key.length == key.length && !memcmp(memo->key.data, key.data, key.length);
    if (!*known) {
        memo->key = key;
        memo->length = 0;
    }
    return memo;
}

static void memo_put(const struct server_view *view, const struct memo *memo, struct strbuf *out)
{
    strbuf_put(out, view->rendered.data + memo->at, memo->length);
}

static void memo_begin(struct server_view *view, struct memo *memo)
{
    memo->at = view->rendered.length;
}

static void memo_end(struct server_view *view, struct memo *memo)
{
    memo->length = view->rendered.length - memo->at;
}

static struct db_bytes bytes_of(const char *text)
{
    return (struct db_bytes){ text, text ? strlen(text) : 0 };
}

/* ---- pieces: metadata, tags, volumes, the reason of a lock ---- */

/* By kind and row; tags have no rows of their own and stand as their index has them. */
static bool in_order(const struct instance_piece *a, const struct instance_piece *b)
{
    size_t shorter = a->first.length < b->first.length ? a->first.length : b->first.length;
    int order;

    if (a->kind != b->kind || a->id != b->id)
        return a->kind < b->kind || (a->kind == b->kind && a->id < b->id);
    order = memcmp(a->first.data, b->first.data, shorter);
    return order < 0 || (!order && a->first.length <= b->first.length);
}

/* Takes the pieces of a server apart, in the order of kinds and ids. */
static void read_pieces(struct server_view *view, const struct instance *instance)
{
    struct db_bytes rest = instance->pieces;
    struct instance_piece piece;

    view->piece_count = 0;
    while (instance_piece_next(&rest, &piece)) {
        size_t at = view->piece_count++;

        if (at == view->piece_size) {
            view->piece_size = view->piece_size ? view->piece_size * 2 : 64;
            view->pieces = mem_grow(view->call->mem, view->pieces, struct instance_piece, view->piece_size);
        }
        for (; at && !in_order(&view->pieces[at - 1], &piece); at--)
            view->pieces[at] = view->pieces[at - 1];
        view->pieces[at] = piece;
    }
}

static void put_bytes(struct strbuf *out, struct db_bytes bytes)
{
    if (bytes.data)
        json_put_string_length(out, bytes.data, bytes.length);
    else
        json_put_null(out);
}

/* A key that comes again overwrites the first one's value, in its place. */
static const struct instance_piece *last_of_key(const struct server_view *view, size_t index)
{
    const struct instance_piece *last = &view->pieces[index];

    for (size_t i = index + 1; i < view->piece_count; i++)
        if (view->pieces[i].kind == last->kind && view->pieces[i].first.length == last->first.length &&
            !memcmp(view->pieces[i].first.data, last->first.data, last->first.length))
            last = &view->pieces[i];
    return last;
}

static bool key_seen(const struct server_view *view, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (view->pieces[i].kind == view->pieces[index].kind && last_of_key(view, i) == last_of_key(view, index))
            return true;
    return false;
}

static void put_metadata(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    bool first = true;

    (void)object;
    strbuf_putc(state->out, '{');
    for (size_t i = 0; i < view->piece_count; i++) {
        if (view->pieces[i].kind != INSTANCE_PIECE_METADATA || (!first && key_seen(view, i)))
            continue;
        if (!first)
            strbuf_put(state->out, ", ", 2);
        first = false;
        put_bytes(state->out, view->pieces[i].first);
        strbuf_put(state->out, ": ", 2);
        put_bytes(state->out, last_of_key(view, i)->second);
    }
    strbuf_putc(state->out, '}');
}

static void put_tags(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    bool first = true;

    (void)object;
    strbuf_putc(state->out, '[');
    for (size_t i = 0; i < view->piece_count; i++) {
        if (view->pieces[i].kind != INSTANCE_PIECE_TAG)
            continue;
        if (!first)
            strbuf_put(state->out, ", ", 2);
        first = false;
        put_bytes(state->out, view->pieces[i].first);
    }
    strbuf_putc(state->out, ']');
}

static void put_volumes(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    bool first = true;

    (void)object;
    strbuf_putc(state->out, '[');
    for (size_t i = 0; i < view->piece_count; i++) {
        const struct instance_piece *piece = &view->pieces[i];

        if (piece->kind != INSTANCE_PIECE_VOLUME || !piece->first.length)
            continue;
        if (!first)
            strbuf_put(state->out, ", ", 2);
        first = false;
        strbuf_putc(state->out, '{');
        JSON_PUT_KEY(state->out, "id");
        put_bytes(state->out, piece->first);
        if (state->version >= 3) { /* 2.3 */
            JSON_PUT_LITERAL(state->out, ", \"delete_on_termination\": ");
            strbuf_put(state->out, piece->second.data, piece->second.length);
        }
        strbuf_putc(state->out, '}');
    }
    strbuf_putc(state->out, ']');
}

static void put_locked_reason(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    struct db_bytes reason = { 0 };

    (void)object;
    for (size_t i = 0; i < view->piece_count; i++)
        if (view->pieces[i].kind == INSTANCE_PIECE_REASON)
            reason = view->pieces[i].second;
    put_bytes(state->out, reason);
}

/* ---- plain values that a row alone cannot say ---- */

static void put_int(struct strbuf *out, int64_t value)
{
    if (value == DB_NULL_INT)
        json_put_null(out);
    else
        strbuf_put_int(out, value);
}

/* A text, or "" for NULL. */
static void put_or_empty(struct strbuf *out, const char *text)
{
    json_put_string(out, text ? text : "");
}

static void put_time(struct strbuf *out, int64_t usec)
{
    char text[24];

    clock_format_iso(usec, text);
    strbuf_putc(out, '"');
    strbuf_put(out, text, 20);
    strbuf_putc(out, '"');
}

static void put_status(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->status);
}

static void put_tenant(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->project_id);
}

static void put_user(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->user_id);
}

static void put_created(const struct view_state *state, const void *object)
{
    int64_t created = ((const struct instance *)object)->created_at;

    put_time(state->out, created == DB_NO_TIME ? view_of(state)->now : created);
}

/* What was never updated was updated now: upstream's clock has no other word for it. */
static void put_updated(const struct view_state *state, const void *object)
{
    int64_t updated = ((const struct instance *)object)->updated_at;

    put_time(state->out, updated == DB_NO_TIME ? view_of(state)->now : updated);
}

static void put_access_ip_v4(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->access_ip_v4);
}

static void put_access_ip_v6(const struct view_state *state, const void *object)
{
    put_or_empty(state->out, ((const struct instance *)object)->access_ip_v6);
}

static void put_links(const struct view_state *state, const void *object)
{
    links_put(&view_of(state)->servers, state->out, ((const struct instance *)object)->uuid);
}

static void put_disk_config(const struct view_state *state, const void *object)
{
    if (((const struct instance *)object)->auto_disk_config)
        JSON_PUT_LITERAL(state->out, "\"AUTO\"");
    else
        JSON_PUT_LITERAL(state->out, "\"MANUAL\"");
}

static void put_progress(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->progress);
}

static bool shows_progress(const struct view_state *state, const void *object)
{
    static const char *const words[] = { "ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING" };

    (void)object;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(view_of(state)->server->status, words[i]) == 0)
            return true;
    return false;
}

static bool shows_fault(const struct view_state *state, const void *object)
{
    const struct server *server = view_of(state)->server;

    (void)object;
    return server->fault && (strcmp(server->status, "ERROR") == 0 || strcmp(server->status, "DELETED") == 0);
}

static void put_fault(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    const struct instance_fault *fault = view->server->fault;

    (void)object;
    strbuf_putc(state->out, '{');
    JSON_PUT_KEY(state->out, "code");
    strbuf_put_int(state->out, fault->code);
    JSON_PUT_LITERAL(state->out, ", \"created\": ");
    put_time(state->out, fault->created_at == DB_NO_TIME ? view->now : fault->created_at);
    JSON_PUT_LITERAL(state->out, ", \"message\": ");
    json_put_string(state->out, fault->message);
    if (fault->details && *fault->details && (view->call->context->is_admin || fault->code != 500)) {
        JSON_PUT_LITERAL(state->out, ", \"details\": ");
        json_put_string(state->out, fault->details);
    }
    strbuf_putc(state->out, '}');
}

static void put_zone(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->zone);
}

static void put_internal_name(const struct view_state *state, const void *object)
{
    const struct call *call = view_of(state)->call;

    json_put_string(state->out, server_internal_name(call->context, call->mem, object));
}

static void put_launch_index(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->launch_index);
}

static void put_power_state(const struct view_state *state, const void *object)
{
    put_int(state->out, ((const struct instance *)object)->power_state);
}

static void put_locked(const struct view_state *state, const void *object)
{
    const char *who = ((const struct instance *)object)->locked_by;

    json_put_bool(state->out, who && *who);
}

static void put_host_status(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, view_of(state)->server->host_status);
}

static bool host_status_allowed(const struct server_view *view)
{
    return view->host_status && (!view->host_unknown_only || strcmp(view->server->host_status, "UNKNOWN") == 0);
}

static bool shows_host_status(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->detail && host_status_allowed(view_of(state));
}

static bool shows_host_status_last(const struct view_state *state, const void *object)
{
    (void)object;
    return view_of(state)->detail && host_status_allowed(view_of(state));
}

static bool shows_attributes(const struct view_state *state, const void *object)
{
    (void)object;
    return view_of(state)->attributes;
}

static bool shows_hostname_alone(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->attributes;
}

#define PUT_MEMBER(member)                                                                                             \
    static void put_##member(const struct view_state *state, const void *object)                                       \
    {                                                                                                                  \
        json_put_string(state->out, ((const struct instance *)object)->member);                                        \
    }
PUT_MEMBER(host)
PUT_MEMBER(node)
PUT_MEMBER(reservation_id)
PUT_MEMBER(hostname)
PUT_MEMBER(kernel_id)
PUT_MEMBER(ramdisk_id)
PUT_MEMBER(root_device_name)
PUT_MEMBER(user_data)

static bool is_show(const struct view_state *state, const void *object)
{
    (void)object;
    return !view_of(state)->detail;
}

static void put_group(const struct view_state *state, const void *object)
{
    const char *group = view_of(state)->server->group;

    (void)object;
    strbuf_putc(state->out, '[');
    if (group)
        json_put_string(state->out, group);
    strbuf_putc(state->out, ']');
}

static bool shows_security_groups(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);

    return is_show(state, object) && view->groups && view->groups->names && view->groups->names[0];
}

static bool shows_security_groups_last(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);

    return !is_show(state, object) && view->groups && view->groups->names && view->groups->names[0];
}

static void put_security_groups(const struct view_state *state, const void *object)
{
    const char *const *name = view_of(state)->groups->names;

    (void)object;
    strbuf_putc(state->out, '[');
    for (bool first = true; *name; name++, first = false) {
        strbuf_puts(state->out, first ? "{\"name\": " : ", {\"name\": ");
        json_put_string(state->out, *name);
        strbuf_putc(state->out, '}');
    }
    strbuf_putc(state->out, ']');
}

/* ---- values that repeat ---- */

static void put_host_id(const struct view_state *state, const void *object)
{
    struct server_view *view = writable(state);
    const struct instance *instance = object;
    struct memo *memo;
    char text[57];
    bool known;

    if (!instance->host || !*instance->host) {
        JSON_PUT_LITERAL(state->out, "\"\"");
        return;
    }
    memo = memo_find(view->hosts, bytes_of(instance->host), &known);
    /* the project is part of it: kept in front of the rendered text */
    if (known) {
        size_t size = instance->project_id ? strlen(instance->project_id) : 0;

        known =
            memo->length == size + 58 && (!size || !memcmp(view->rendered.data + memo->at, instance->project_id, size));
        if (known) {
            strbuf_put(state->out, view->rendered.data + memo->at + size, 58);
            return;
        }
    }
    server_host_id(instance, text);
    memo_begin(view, memo);
    if (instance->project_id)
        strbuf_puts(&view->rendered, instance->project_id);
    strbuf_putc(&view->rendered, '"');
    strbuf_put(&view->rendered, text, 56);
    strbuf_putc(&view->rendered, '"');
    memo_end(view, memo);
    strbuf_put(state->out, view->rendered.data + view->rendered.length - 58, 58);
}

/* What stands after the last slash of an image's address: mostly it is the id itself. */
static const char *image_id(const struct server_view *view, const char *image_ref)
{
    size_t length = strcspn(image_ref, "?#");
    const char *id = mem_strndup(view->call->mem, image_ref, length), *slash = strrchr(id, '/');

    return slash ? slash + 1 : id;
}

static void put_image(const struct view_state *state, const void *object)
{
    struct server_view *view = writable(state);
    const struct instance *instance = object;
    struct memo *memo;
    const char *id;
    bool known;

    if (!instance->image_ref || !*instance->image_ref) {
        JSON_PUT_LITERAL(state->out, "\"\"");
        return;
    }
    memo = memo_find(view->images_memo, bytes_of(instance->image_ref), &known);
    if (!known) {
        id = image_id(view, instance->image_ref);
        memo_begin(view, memo);
        JSON_PUT_LITERAL(&view->rendered, "{\"id\": ");
        json_put_string(&view->rendered, id);
        JSON_PUT_LITERAL(&view->rendered, ", \"links\": [");
        links_put_bookmark(&view->images, &view->rendered, id);
        JSON_PUT_LITERAL(&view->rendered, "]}");
        memo_end(view, memo);
    }
    memo_put(view, memo, state->out);
}

/* The members of a serialised flavor that views show. */
struct flavor_text {
    struct json_piece vcpus, ram, disk, ephemeral, swap, name, flavorid, extra_specs;
};

static void scan_flavor(struct json_scan *scan, struct flavor_text *flavor)
{
    static const struct {
        const char *key;
        size_t length, offset;
    } keys[] = {
#define KEY(text, member) { text, sizeof(text) - 1, offsetof(struct flavor_text, member) }
        KEY("vcpus", vcpus), KEY("memory_mb", ram), KEY("root_gb", disk),      KEY("ephemeral_gb", ephemeral),
        KEY("swap", swap),   KEY("name", name),     KEY("flavorid", flavorid), KEY("extra_specs", extra_specs),
#undef KEY
    };
    struct json_piece key;

    for (json_scan_object(scan); json_scan_key(scan, &key);) {
        size_t i = 0;

        while (i < sizeof(keys) / sizeof(keys[0]) && !json_piece_is(key, keys[i].key, keys[i].length))
            i++;
        if (i < sizeof(keys) / sizeof(keys[0]))
            json_scan_raw(scan, (struct json_piece *)(void *)((char *)flavor + keys[i].offset));
        else
            json_scan_skip(scan);
    }
}

static void put_raw(struct strbuf *out, struct json_piece piece)
{
    if (piece.text)
        json_put_raw(out, piece.text, piece.length);
    else
        json_put_null(out);
}

static void render_flavor(const struct server_view *view, struct strbuf *out, struct db_bytes text)
{
    struct json_scan scan = json_scan_text(text.data, text.length);
    struct flavor_text flavor = { 0 };

    if (!json_scan_find(&scan, "cur") || !json_scan_find(&scan, "nova_object.data")) {
        JSON_PUT_LITERAL(out, "{}");
        return;
    }
    scan_flavor(&scan, &flavor);
    if (view->call->version < 47) { /* until 2.47: a reference */
        struct json_scan id = json_scan_text(flavor.flavorid.text, flavor.flavorid.length);
        struct json_piece piece = { 0 };
        const char *flavorid;

        flavorid = json_scan_string(&id, &piece) ? json_piece_text(view->call->mem, piece) : "";
        JSON_PUT_LITERAL(out, "{\"id\": ");
        json_put_string(out, flavorid);
        JSON_PUT_LITERAL(out, ", \"links\": [");
        links_put_bookmark(&view->flavors, out, flavorid);
        JSON_PUT_LITERAL(out, "]}");
        return;
    }
    JSON_PUT_LITERAL(out, "{\"vcpus\": ");
    put_raw(out, flavor.vcpus);
    JSON_PUT_LITERAL(out, ", \"ram\": ");
    put_raw(out, flavor.ram);
    JSON_PUT_LITERAL(out, ", \"disk\": ");
    put_raw(out, flavor.disk);
    JSON_PUT_LITERAL(out, ", \"ephemeral\": ");
    put_raw(out, flavor.ephemeral);
    JSON_PUT_LITERAL(out, ", \"swap\": ");
    put_raw(out, flavor.swap);
    JSON_PUT_LITERAL(out, ", \"original_name\": ");
    put_raw(out, flavor.name);
    if (view->extra_specs) {
        JSON_PUT_LITERAL(out, ", \"extra_specs\": ");
        if (flavor.extra_specs.text)
            put_raw(out, flavor.extra_specs);
        else
            JSON_PUT_LITERAL(out, "{}");
    }
    strbuf_putc(out, '}');
}

static void put_flavor(const struct view_state *state, const void *object)
{
    struct server_view *view = writable(state);
    struct db_bytes text = ((const struct instance *)object)->flavor;
    struct memo *memo;
    bool known;

    if (!text.data) {
        JSON_PUT_LITERAL(state->out, "{}");
        return;
    }
    memo = memo_find(view->flavors_memo, text, &known);
    if (!known) {
        memo_begin(view, memo);
        render_flavor(view, &view->rendered, text);
        memo_end(view, memo);
    }
    memo_put(view, memo, state->out);
}

/* ---- addresses ---- */

static unsigned label_of(struct server_view *view, struct json_piece label)
{
    for (size_t i = 0; i < view->label_count; i++)
        if (json_piece_is(view->labels[i], label.text, label.length))
            return (unsigned)i;
    if (view->label_count == view->label_size) {
        view->label_size = view->label_size ? view->label_size * 2 : 16;
        view->labels = mem_grow(view->call->mem, view->labels, struct json_piece, view->label_size);
    }
    view->labels[view->label_count] = label;
    return (unsigned)view->label_count++;
}

static struct address *new_address(struct server_view *view)
{
    if (view->address_count == view->address_size) {
        view->address_size = view->address_size ? view->address_size * 2 : 32;
        view->addresses = mem_grow(view->call->mem, view->addresses, struct address, view->address_size);
    }
    view->addresses[view->address_count] = (struct address){ 0 };
    return &view->addresses[view->address_count++];
}

static void scan_ip(struct server_view *view, struct json_scan *scan, bool floating)
{
    size_t index = view->address_count;
    struct json_scan beneath = { 0 };
    struct json_piece key, raw;
    struct address address = { .floating = floating };

    new_address(view);
    for (json_scan_object(scan); json_scan_key(scan, &key);)
        if (json_key_is(key, "address")) {
            json_scan_string(scan, &address.address);
        } else if (json_key_is(key, "type")) {
            json_scan_string(scan, &address.type);
        } else if (json_key_is(key, "version")) {
            json_scan_raw(scan, &address.version);
        } else if (json_key_is(key, "floating_ips") && !floating) {
            json_scan_raw(scan, &raw);
            beneath = json_scan_text(raw.text, raw.length);
        } else {
            json_scan_skip(scan);
        }
    view->addresses[index] = address;
    if (beneath.p)
        for (json_scan_array(&beneath); json_scan_element(&beneath);)
            scan_ip(view, &beneath, true);
}

static void scan_subnets(struct server_view *view, struct json_scan *scan)
{
    struct json_piece key;

    for (json_scan_array(scan); json_scan_element(scan);)
        for (json_scan_object(scan); json_scan_key(scan, &key);)
            if (json_key_is(key, "ips"))
                for (json_scan_array(scan); json_scan_element(scan);)
                    scan_ip(view, scan, false);
            else
                json_scan_skip(scan);
}

static void scan_interface(struct server_view *view, struct json_scan *scan)
{
    struct json_piece key, inner, mac = { 0 }, label = { 0 };
    size_t from = view->address_count;
    unsigned number;

    for (json_scan_object(scan); json_scan_key(scan, &key);)
        if (json_key_is(key, "address"))
            json_scan_string(scan, &mac);
        else if (json_key_is(key, "network"))
            for (json_scan_object(scan); json_scan_key(scan, &inner);)
                if (json_key_is(inner, "label"))
                    json_scan_string(scan, &label);
                else if (json_key_is(inner, "subnets"))
                    scan_subnets(view, scan);
                else
                    json_scan_skip(scan);
        else
            json_scan_skip(scan);
    if (!label.text)
        label.text = "";
    number = label_of(view, label);
    for (size_t i = from; i < view->address_count; i++) {
        view->addresses[i].label = number;
        view->addresses[i].mac = mac;
    }
}

static void put_piece(struct strbuf *out, struct json_piece piece)
{
    if (piece.text)
        json_put_piece(out, piece);
    else
        json_put_null(out);
}

static void put_address(struct strbuf *out, const struct address *address)
{
    JSON_PUT_LITERAL(out, "{\"version\": ");
    put_raw(out, address->version);
    JSON_PUT_LITERAL(out, ", \"addr\": ");
    put_piece(out, address->address);
    JSON_PUT_LITERAL(out, ", \"OS-EXT-IPS:type\": ");
    put_piece(out, address->type);
    JSON_PUT_LITERAL(out, ", \"OS-EXT-IPS-MAC:mac_addr\": ");
    put_piece(out, address->mac);
    strbuf_putc(out, '}');
}

static void put_addresses(const struct view_state *state, const void *object)
{
    struct server_view *view = writable(state);
    const struct instance *instance = object;
    struct json_scan scan = json_scan_text(instance->network_info.data, instance->network_info.length);

    if (!instance->network_info.data || (instance->vm_state && strcmp(instance->vm_state, "building") == 0)) {
        JSON_PUT_LITERAL(state->out, "{}");
        return;
    }
    view->label_count = view->address_count = 0;
    for (json_scan_array(&scan); json_scan_element(&scan);)
        scan_interface(view, &scan);
    strbuf_putc(state->out, '{');
    for (unsigned label = 0; label < view->label_count; label++) {
        bool first = true;

        if (label)
            strbuf_put(state->out, ", ", 2);
        put_piece(state->out, view->labels[label]);
        JSON_PUT_LITERAL(state->out, ": [");
        for (int floating = 0; floating < 2; floating++)
            for (size_t i = 0; i < view->address_count; i++) {
                if (view->addresses[i].label != label || view->addresses[i].floating != floating)
                    continue;
                if (!first)
                    strbuf_put(state->out, ", ", 2);
                first = false;
                put_address(state->out, &view->addresses[i]);
            }
        strbuf_putc(state->out, ']');
    }
    strbuf_putc(state->out, '}');
}

static void put_certificates(const struct view_state *state, const void *object)
{
    struct db_bytes text = ((const struct instance *)object)->trusted_certs;
    struct json_scan scan = json_scan_text(text.data, text.length);
    struct json_piece ids = { 0 };

    if (text.data && json_scan_find(&scan, "nova_object.data") && json_scan_find(&scan, "ids"))
        json_scan_raw(&scan, &ids);
    put_raw(state->out, ids);
}

/* ---- the rows ---- */

static const struct view_field brief_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_STRING("name", struct instance, display_name, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_END,
};

#define ATTRIBUTE(name, put, ...) VIEW_WHEN("OS-EXT-SRV-ATTR:" name, put, shows_attributes, __VA_ARGS__)

static const struct view_field full_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_STRING("name", struct instance, display_name, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_CALL("tenant_id", put_tenant, V_ALL),
    VIEW_CALL("user_id", put_user, V_ALL),
    VIEW_CALL("metadata", put_metadata, V_ALL),
    VIEW_CALL("hostId", put_host_id, V_ALL),
    VIEW_CALL("image", put_image, V_ALL),
    VIEW_CALL("flavor", put_flavor, V_ALL),
    VIEW_CALL("created", put_created, V_ALL),
    VIEW_CALL("updated", put_updated, V_ALL),
    VIEW_CALL("addresses", put_addresses, V_ALL),
    VIEW_CALL("accessIPv4", put_access_ip_v4, V_ALL),
    VIEW_CALL("accessIPv6", put_access_ip_v6, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_CALL("OS-DCF:diskConfig", put_disk_config, V_ALL),
    VIEW_WHEN("fault", put_fault, shows_fault, V_ALL),
    VIEW_WHEN("progress", put_progress, shows_progress, V_ALL),
    VIEW_CALL("OS-EXT-AZ:availability_zone", put_zone, V_ALL),
    VIEW_STRING("config_drive", struct instance, config_drive, V_ALL),
    VIEW_STRING("key_name", struct instance, key_name, V_ALL),
    VIEW_TIME_PYTHON("OS-SRV-USG:launched_at", struct instance, launched_at, V_ALL),
    VIEW_TIME_PYTHON("OS-SRV-USG:terminated_at", struct instance, terminated_at, V_ALL),
    VIEW_WHEN("security_groups", put_security_groups, shows_security_groups, V_ALL),
    ATTRIBUTE("host", put_host, V_ALL),
    ATTRIBUTE("instance_name", put_internal_name, V_ALL),
    ATTRIBUTE("hypervisor_hostname", put_node, V_ALL),
    ATTRIBUTE("reservation_id", put_reservation_id, V_FROM(3)),
    ATTRIBUTE("launch_index", put_launch_index, V_FROM(3)),
    ATTRIBUTE("hostname", put_hostname, V_FROM(3)),
    ATTRIBUTE("kernel_id", put_kernel_id, V_FROM(3)),
    ATTRIBUTE("ramdisk_id", put_ramdisk_id, V_FROM(3)),
    ATTRIBUTE("root_device_name", put_root_device_name, V_FROM(3)),
    ATTRIBUTE("user_data", put_user_data, V_FROM(3)),
    VIEW_STRING("OS-EXT-STS:task_state", struct instance, task_state, V_ALL),
    VIEW_STRING("OS-EXT-STS:vm_state", struct instance, vm_state, V_ALL),
    VIEW_CALL("OS-EXT-STS:power_state", put_power_state, V_ALL),
    VIEW_CALL("os-extended-volumes:volumes_attached", put_volumes, V_ALL),
    VIEW_WHEN("host_status", put_host_status, shows_host_status, V_FROM(16)),
    VIEW_CALL("locked", put_locked, V_FROM(9)),
    VIEW_CALL("locked_reason", put_locked_reason, V_FROM(73)),
    VIEW_STRING("description", struct instance, display_description, V_FROM(19)),
    VIEW_CALL("tags", put_tags, V_FROM(26)),
    VIEW_CALL("trusted_image_certificates", put_certificates, V_FROM(63)),
    VIEW_WHEN("OS-EXT-SRV-ATTR:hostname", put_hostname, shows_hostname_alone, V_FROM(90)),
    VIEW_WHEN("server_groups", put_group, is_show, V_FROM(71)),
    VIEW_WHEN("host_status", put_host_status, shows_host_status_last, V_FROM(16)),
    VIEW_WHEN("security_groups", put_security_groups, shows_security_groups_last, V_ALL),
    VIEW_END,
};

/* A server whose cell is down, in a list without details, with details, and alone. Source: db.md section 7. */

static const struct view_field partial_brief_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_END,
};

static void put_partial_zone(const struct view_state *state, const void *object)
{
    const char *zone = ((const struct instance *)object)->availability_zone;

    json_put_string(state->out, zone && *zone ? zone : "UNKNOWN");
}

static void put_partial_user(const struct view_state *state, const void *object)
{
    const char *user = ((const struct instance *)object)->user_id;

    json_put_string(state->out, user && *user ? user : "UNKNOWN");
}

static void put_zero(const struct view_state *state, const void *object)
{
    (void)object;
    strbuf_putc(state->out, '0');
}

static const struct view_field partial_fields[] = {
    VIEW_STRING("id", struct instance, uuid, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_STRING("tenant_id", struct instance, project_id, V_ALL),
    VIEW_CALL("created", put_created, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_WHEN("image", put_image, is_show, V_ALL),
    VIEW_WHEN("flavor", put_flavor, is_show, V_ALL),
    VIEW_WHEN("OS-EXT-AZ:availability_zone", put_partial_zone, is_show, V_ALL),
    VIEW_WHEN("OS-EXT-STS:power_state", put_zero, is_show, V_ALL),
    VIEW_WHEN("user_id", put_partial_user, is_show, V_ALL),
    VIEW_WHEN("server_groups", put_group, is_show, V_FROM(71)),
    VIEW_END,
};

/* ---- what to fetch ---- */

struct want_row {
    unsigned wants;
    struct versions versions;
};

static const struct want_row want_rows[] = {
    { INSTANCE_DETAIL | INSTANCE_ATTRIBUTES, V_ALL },
    { INSTANCE_ATTRIBUTES3, V_FROM(3) },
    { INSTANCE_LOCKED, V_FROM(9) },
    { INSTANCE_SERVICE, V_FROM(16) },
    { INSTANCE_DESCRIPTION, V_FROM(19) },
    { INSTANCE_TAGS, V_FROM(26) },
    { INSTANCE_CERTIFICATES, V_FROM(63) },
    { INSTANCE_LOCKED_REASON, V_FROM(73) },
    { INSTANCE_HOSTNAME, V_FROM(90) },
};

unsigned servers_view_wants(const struct call *call)
{
    unsigned wants = 0;

    for (size_t i = 0; i < sizeof(want_rows) / sizeof(want_rows[0]); i++)
        if (versions_hold(want_rows[i].versions, call->version))
            wants |= want_rows[i].wants;
    return wants;
}

unsigned servers_view_list_wants(const struct call *call)
{
    unsigned wants = servers_view_wants(call);

    if (!policy_allows(call->context, SEES_ATTRIBUTES, NULL))
        wants &= ~(unsigned)(INSTANCE_ATTRIBUTES | INSTANCE_ATTRIBUTES3);
    if ((wants & INSTANCE_SERVICE) && !policy_allows(call->context, SEES_HOST_STATUS, NULL) &&
        !policy_allows(call->context, SEES_HOST_UNKNOWN, NULL))
        wants &= ~(unsigned)INSTANCE_SERVICE;
    return wants;
}

/* ---- whole answers ---- */

static struct server_view *view_open(struct call *call, bool detail, const struct policy_target *target)
{
    struct server_view *view = mem_new(call->mem, struct server_view);

    view->call = call;
    view->detail = detail;
    view->now = clock_utc_usec();
    links_open(call, "servers", &view->servers);
    links_open(call, "flavors", &view->flavors);
    links_open(call, "images", &view->images);
    strbuf_init(&view->rendered, call->mem, 4000);
    view->attributes = policy_allows(call->context, SEES_ATTRIBUTES, target);
    if (call->version >= 47) /* 2.47: the flavor is shown itself */
        view->extra_specs = policy_allows(call->context, SEES_EXTRA_SPECS, target);
    if (call->version >= 16) { /* 2.16 */
        view->host_status = policy_allows(call->context, SEES_HOST_STATUS, target);
        if (!view->host_status)
            view->host_status = view->host_unknown_only = policy_allows(call->context, SEES_HOST_UNKNOWN, target);
    }
    return view;
}

static void put_server(struct server_view *view, const struct view_plan *plan, struct view_state *state,
                       const struct server *server)
{
    view->server = server;
    if (!server->partial)
        read_pieces(view, server->instance);
    view_put(plan, state, server->instance);
}

static void put_list(struct server_view *view, const struct servers *servers, const struct view_field *fields,
                     const struct view_field *partial, const struct network_groups *groups, const char *path)
{
    struct call *call = view->call;
    struct view_state state = { call->out, call->version, view };
    struct view_plan full, little;

    view_plan(&full, fields, call->version);
    view_plan(&little, partial, call->version);
    JSON_PUT_LITERAL(call->out, "{\"servers\": [");
    for (size_t i = 0; i < servers->count; i++) {
        const struct server *server = &servers->items[i];

        if (i)
            strbuf_put(call->out, ", ", 2);
        if (i == 1) /* the others are about as long as the first: room for all at once */
            strbuf_room(call->out, call->out->length * (servers->count + servers->count / 16));
        view->groups = groups ? &groups[i] : NULL;
        put_server(view, server->partial ? &little : &full, &state, server);
    }
    strbuf_putc(call->out, ']');
    if (servers->count)
        links_put_next(call, "servers", path, servers->count, servers->items[servers->count - 1].instance->uuid);
    strbuf_putc(call->out, '}');
}

void servers_view_index(struct call *call, const struct servers *servers)
{
    struct server_view *view = mem_new(call->mem, struct server_view);

    view->call = call;
    view->detail = true;
    links_open(call, "servers", &view->servers);
    put_list(view, servers, brief_fields, partial_brief_fields, NULL, "servers");
}

static const struct network_groups *groups_of(const struct call *call, const struct server *servers, size_t count)
{
    const char **uuids = mem_array(call->mem, const char *, count + 1);
    struct network_groups *groups = mem_array(call->mem, struct network_groups, count + 1);

    for (size_t i = 0; i < count; i++)
        uuids[i] = servers[i].instance->uuid;
    return count && network_security_groups(call->context, call->mem, uuids, count, groups) ? groups : NULL;
}

void servers_view_detail(struct call *call, const struct servers *servers)
{
    struct server_view *view = view_open(call, true, NULL);

    put_list(view, servers, full_fields, partial_fields, groups_of(call, servers->items, servers->count),
             "servers/detail");
}

void servers_view_show(struct call *call, const struct server *server)
{
    struct policy_target target = { server->instance->project_id, NULL };
    struct server_view *view = view_open(call, false, &target);
    struct view_state state = { call->out, call->version, view };
    struct view_plan plan;

    view_plan(&plan, server->partial ? partial_fields : full_fields, call->version);
    view->groups = groups_of(call, server, 1);
    JSON_PUT_LITERAL(call->out, "{\"server\": ");
    put_server(view, &plan, &state, server);
    strbuf_putc(call->out, '}');
}
