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

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/barbican.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/conf/logging.h"
#include "fcgi_app/json/json.h"

#include <signal.h>
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

static const char *text_of(const json_t *command, const char *key)
{
    return json_string_value(json_object_get(command, key));
}

static void obey(const struct context *context, const json_t *command)
{
    const json_t *bits = json_object_get(command, "key");
    const void *mem = context->mem;
    struct service_call call = { .service = service_of(text_of(command, "service")),
                                 .method = text_of(command, "method"),
                                 .path = text_of(command, "path") };
    const char *id = NULL;
    struct fault *fault;
    struct strbuf out;

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
    void *mem = mem_context(NULL, "testclient");
    struct worker worker = { .mem = mem };
    struct log_settings settings;
    struct fault *fault;
    char *line = NULL;
    size_t size = 0;
    bool stop;
    int status;

    signal(SIGPIPE, SIG_IGN);
    fault = conf_load(mem, "nova", "testclient", argc, argv, &worker.conf, &stop, &status);
    if (fault || stop) {
        fprintf(stderr, "%s\n", fault ? fault->message : "");
        return 1;
    }
    settings = conf_log_settings(worker.conf);
    if (log_setup(&settings))
        return 1;
    while (getline(&line, &size, stdin) > 0) {
        static const char *const roles[] = { "member", NULL };
        void *request = mem_context(mem, "request");
        struct context context = { .mem = request,
                                   .worker = &worker,
                                   .request_id = "req-5fb3712a-69ed-4b4e-b614-321df3d4c484",
                                   .user_id = "u1",
                                   .project_id = "p1",
                                   .roles = roles };
        struct strbuf catalogue;
        json_t *command;

        fault = json_read(request, line, strlen(line), &command);
        if (fault) {
            fprintf(stderr, "%s\n", fault->message);
        } else {
            strbuf_init(&catalogue, request, 256);
            json_put_tree(&catalogue, json_object_get(command, "catalogue"));
            context.token_catalog = catalogue.data;
            context.auth_token = text_of(command, "token");
            obey(&context, command);
        }
        talloc_free(request);
    }
    free(line);
    log_shutdown();
    talloc_free(mem);
    return 0;
}
