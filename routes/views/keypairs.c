/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a key pair by version and by answer; see the header. */
#include "config.h"

#include "routes/views/keypairs.h"

#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

static void put_false(const struct view_state *state, const void *object)
{
    json_put_bool(state->out, false);
}

static void put_null(const struct view_state *state, const void *object)
{
    json_put_null(state->out);
}

static void put_private_key(const struct view_state *state, const void *object)
{
    json_put_string(state->out, state->data);
}

static bool has_private_key(const struct view_state *state, const void *object)
{
    return state->data != NULL;
}

static const struct view_field index_fields[] = {
    VIEW_STRING("name", struct keypair, name, V_ALL),
    VIEW_STRING("public_key", struct keypair, public_key, V_ALL),
    VIEW_STRING("fingerprint", struct keypair, fingerprint, V_ALL),
    VIEW_STRING("type", struct keypair, type, V_FROM(2)),
    VIEW_END,
};

static const struct view_field create_fields[] = {
    VIEW_WHEN("private_key", put_private_key, has_private_key, V_ALL),
    VIEW_STRING("type", struct keypair, type, V_FROM(2)),
    VIEW_STRING("name", struct keypair, name, V_ALL),
    VIEW_STRING("public_key", struct keypair, public_key, V_ALL),
    VIEW_STRING("fingerprint", struct keypair, fingerprint, V_ALL),
    VIEW_STRING("user_id", struct keypair, user_id, V_ALL),
    VIEW_END,
};

static const struct view_field show_fields[] = {
    VIEW_STRING("name", struct keypair, name, V_ALL),
    VIEW_STRING("public_key", struct keypair, public_key, V_ALL),
    VIEW_STRING("fingerprint", struct keypair, fingerprint, V_ALL),
    VIEW_STRING("user_id", struct keypair, user_id, V_ALL),
    VIEW_TIME_PYTHON("created_at", struct keypair, created_at, V_ALL),
    VIEW_CALL("deleted", put_false, V_ALL),
    VIEW_CALL("deleted_at", put_null, V_ALL),
    VIEW_INT("id", struct keypair, id, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct keypair, updated_at, V_ALL),
    VIEW_STRING("type", struct keypair, type, V_FROM(2)),
    VIEW_END,
};

static void put_one(struct call *call, const struct view_field *fields, const struct keypair *keypair,
                    const char *private_key)
{
    struct view_state state = { call->out, call->version, private_key };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"keypair\": ");
    view_put(&plan, &state, keypair);
    strbuf_putc(call->out, '}');
}

void keypairs_view_create(struct call *call, const struct keypair *keypair, const char *private_key)
{
    put_one(call, create_fields, keypair, private_key);
}

void keypairs_view_show(struct call *call, const struct keypair *keypair)
{
    put_one(call, show_fields, keypair, NULL);
}

void keypairs_view_index(struct call *call, const struct keypair_list *list)
{
    JSON_PUT_LITERAL(call->out, "{\"keypairs\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_one(call, index_fields, &list->rows[i], NULL);
    }
    strbuf_putc(call->out, ']');
    if (versions_hold((struct versions)V_FROM(35), call->version))
        links_put_next(call, "keypairs", "os-keypairs", list->count,
                       list->count ? list->rows[list->count - 1].name : NULL);
    strbuf_putc(call->out, '}');
}
