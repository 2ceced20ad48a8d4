/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clients without an API: what one call to a service of the cloud comes to
 * under a nova.conf, as one JSON object.  test_clients.py plays the services.
 *
 *   testclient --config-file nova.conf       and on standard input, one JSON object a line:
 *   {"service": "placement", "method": "GET", "path": "/x", "token": "…", "catalogue": [the token's, v3]}
 *   {"service": "barbican", "key": 256, "token": "…", "catalogue": […]}     a key is ordered
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/barbican.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/json/json.h"
#include "tests/functional/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct service *service_of(const char *group)
{
    static const struct service *const all[] = {
        &service_glance,   &service_neutron, &service_cinder, &service_placement,  &service_keystone,
        &service_barbican, &service_cyborg,  &service_ironic, &service_oslo_limit,
    };

    for (size_t i = 0; group && i < sizeof(all) / sizeof(all[0]); i++)
        if (!strcmp(all[i]->group, group))
            return all[i];
    fprintf(stderr, "no such service: %s\n", group ? group : "");
    exit(2);
}

static void obey(struct context *context, const json_t *command)
{
    const json_t *bits = json_object_get(command, "key");
    const void *mem = context->mem;
    struct service_call call = { .service = service_of(commands_text(command, "service")),
                                 .method = commands_text(command, "method"),
                                 .path = commands_text(command, "path") };
    const char *id = NULL;
    struct fault *fault;
    struct strbuf out;

    strbuf_init(&out, mem, 256);
    json_put_member(&out, command, "catalogue");
    context->token_catalog = out.data;
    context->auth_token = commands_text(command, "token");
    fault = bits ? barbican_key_create(context, mem, "aes", json_integer_value(bits), &id)
                 : service_call(context, mem, &call);
    strbuf_init(&out, mem, 256);
    if (fault) {
        JSON_PUT_LITERAL(&out, "{\"fault\": ");
        json_put_string(&out, fault_kinds[fault->name].name);
        JSON_PUT_LITERAL(&out, ", \"message\": ");
        json_put_string(&out, fault->message);
    } else if (bits) {
        JSON_PUT_LITERAL(&out, "{\"key\": ");
        json_put_string(&out, id);
    } else {
        strbuf_printf(&out, "{\"status\": %d", call.status);
    }
    strbuf_putc(&out, '}');
    puts(out.data);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    return commands_run(argc, argv, "testclient", obey, NULL);
}
