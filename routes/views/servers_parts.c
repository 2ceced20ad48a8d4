/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of a server whose shape varies; see the header.  What repeats from
 * server to server (image, flavor, host id) is rendered once and copied; JSON
 * columns are scanned, never read into a tree.
 */
#include "config.h"

#include "routes/views/servers_parts.h"

#include "fcgi_app/base/mem.h"

#include <string.h>

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
void servers_read_pieces(struct server_view *view, const struct instance *instance)
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

void servers_put_metadata(const struct view_state *state, const void *object)
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

void servers_put_tags(const struct view_state *state, const void *object)
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

void servers_put_volumes(const struct view_state *state, const void *object)
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

void servers_put_locked_reason(const struct view_state *state, const void *object)
{
    const struct server_view *view = view_of(state);
    struct db_bytes reason = { 0 };

    (void)object;
    for (size_t i = 0; i < view->piece_count; i++)
        if (view->pieces[i].kind == INSTANCE_PIECE_REASON)
            reason = view->pieces[i].second;
    put_bytes(state->out, reason);
}

/* ---- values that repeat ---- */

void servers_put_host_id(const struct view_state *state, const void *object)
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

void servers_put_image(const struct view_state *state, const void *object)
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

void servers_put_flavor(const struct view_state *state, const void *object)
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

static void put_address(struct strbuf *out, const struct address *address, bool plain)
{
    JSON_PUT_LITERAL(out, "{\"version\": ");
    put_raw(out, address->version);
    JSON_PUT_LITERAL(out, ", \"addr\": ");
    put_piece(out, address->address);
    if (!plain) {
        JSON_PUT_LITERAL(out, ", \"OS-EXT-IPS:type\": ");
        put_piece(out, address->type);
        JSON_PUT_LITERAL(out, ", \"OS-EXT-IPS-MAC:mac_addr\": ");
        put_piece(out, address->mac);
    }
    strbuf_putc(out, '}');
}

void servers_read_addresses(struct server_view *view, struct db_bytes network_info)
{
    struct json_scan scan = json_scan_text(network_info.data, network_info.length);

    view->label_count = view->address_count = 0;
    if (network_info.data)
        for (json_scan_array(&scan); json_scan_element(&scan);)
            scan_interface(view, &scan);
}

void servers_put_addresses(const struct view_state *state, const void *object)
{
    struct server_view *view = writable(state);
    const struct instance *instance = object;

    if (!instance->network_info.data || (instance->vm_state && strcmp(instance->vm_state, "building") == 0)) {
        JSON_PUT_LITERAL(state->out, "{}");
        return;
    }
    servers_read_addresses(view, instance->network_info);
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
                put_address(state->out, &view->addresses[i], view->plain_addresses);
            }
        strbuf_putc(state->out, ']');
    }
    strbuf_putc(state->out, '}');
}

void servers_put_certificates(const struct view_state *state, const void *object)
{
    struct db_bytes text = ((const struct instance *)object)->trusted_certs;
    struct json_scan scan = json_scan_text(text.data, text.length);
    struct json_piece ids = { 0 };

    if (text.data && json_scan_find(&scan, "nova_object.data") && json_scan_find(&scan, "ids"))
        json_scan_raw(&scan, &ids);
    put_raw(state->out, ids);
}
