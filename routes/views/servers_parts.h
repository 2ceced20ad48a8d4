/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of views/: the fields of a server whose shape varies (metadata, tags,
 * volumes, image, flavor, addresses, …), and what a view keeps while it
 * writes a list.  Neighbour: servers.c has the rows and the whole answers.
 */
#ifndef NOVA_ROUTES_VIEWS_SERVERS_PARTS_H
#define NOVA_ROUTES_VIEWS_SERVERS_PARTS_H

#include "fcgi_app/clients/network.h"
#include "fcgi_app/compute/servers.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

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
    bool plain_addresses; /* without what extensions say of them */
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

static inline const struct server_view *view_of(const struct view_state *state)
{
    return state->data;
}

static inline struct server_view *writable(const struct view_state *state)
{
    return (struct server_view *)(uintptr_t)state->data;
}

/* Takes the pieces of a server apart, in the order of kinds and ids: before its fields are written. */
void servers_read_pieces(struct server_view *view, const struct instance *instance);

/* Fills labels and addresses from what the network cache of a server holds; of a view with a call alone, too. */
void servers_read_addresses(struct server_view *view, struct db_bytes network_info);

/* Each writes the value of one field; the object is a struct instance. */
void servers_put_metadata(const struct view_state *state, const void *object);
void servers_put_tags(const struct view_state *state, const void *object);
void servers_put_volumes(const struct view_state *state, const void *object);
void servers_put_locked_reason(const struct view_state *state, const void *object);
void servers_put_host_id(const struct view_state *state, const void *object);
void servers_put_image(const struct view_state *state, const void *object);
void servers_put_flavor(const struct view_state *state, const void *object);
void servers_put_addresses(const struct view_state *state, const void *object);
void servers_put_certificates(const struct view_state *state, const void *object);

#endif
