/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a server by network; see the header. servers_parts.c reads them. */
#include "config.h"

#include "routes/views/ips.h"

#include "fcgi_app/json/json.h"
#include "routes/views/servers_parts.h"

#include <string.h>

static void put_address(struct strbuf *out, const struct address *address)
{
    JSON_PUT_LITERAL(out, "{\"version\": ");
    if (address->version.text)
        json_put_raw(out, address->version.text, address->version.length);
    else
        json_put_null(out);
    JSON_PUT_LITERAL(out, ", \"addr\": ");
    if (address->address.text)
        json_put_piece(out, address->address);
    else
        json_put_null(out);
    strbuf_putc(out, '}');
}

/* "label": [fixed addresses, then floating ones] */
static void put_network(struct strbuf *out, const struct server_view *view, size_t label)
{
    const char *joint = "";

    json_put_piece(out, view->labels[label]);
    JSON_PUT_LITERAL(out, ": [");
    for (int floating = 0; floating < 2; floating++)
        for (size_t i = 0; i < view->address_count; i++)
            if (view->addresses[i].label == label && view->addresses[i].floating == floating) {
                strbuf_puts(out, joint);
                joint = ", ";
                put_address(out, &view->addresses[i]);
            }
    strbuf_putc(out, ']');
}

void ips_view_index(struct call *call, struct db_bytes network_info)
{
    struct server_view view = { .call = call };

    servers_read_addresses(&view, network_info);
    JSON_PUT_LITERAL(call->out, "{\"addresses\": {");
    for (size_t label = 0; label < view.label_count; label++) {
        if (label)
            JSON_PUT_LITERAL(call->out, ", ");
        put_network(call->out, &view, label);
    }
    JSON_PUT_LITERAL(call->out, "}}");
}

bool ips_view_show(struct call *call, struct db_bytes network_info, const char *label)
{
    struct server_view view = { .call = call };

    servers_read_addresses(&view, network_info);
    for (size_t i = 0; i < view.label_count; i++)
        if (json_piece_is(view.labels[i], label, strlen(label))) {
            strbuf_putc(call->out, '{');
            put_network(call->out, &view, i);
            strbuf_putc(call->out, '}');
            return true;
        }
    return false;
}
