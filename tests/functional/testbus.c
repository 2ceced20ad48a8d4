/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus without an API: takes what to send from standard input, one JSON
 * object a line, and prints what came of it, one JSON object a line.
 *
 *   testbus --config-file nova.conf
 *   {"op": "cast", "method": "stop_instance", "server": "h", "args": {…}}     "call" likewise
 *   {"op": "fork", "method": …}     the same call by a child, with what it inherits
 *   {"op": "notify", "event": "x.y", "payload": {…}}
 *   {"op": "tick"}  {"op": "sleep", "ms": 100}  {"op": "reset"}
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/rpc/notify.h"
#include "fcgi_app/rpc/rpc.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *text_of(const json_t *command, const char *key)
{
    return json_string_value(json_object_get(command, key));
}

static enum rpc_method method_of(const char *name)
{
    for (size_t i = 0; name && i < RPC_METHOD_COUNT; i++)
        if (!strcmp(rpc_rows[i].method, name))
            return (enum rpc_method)i;
    fprintf(stderr, "no such method: %s\n", name ? name : "");
    exit(2);
}

static void say(const struct context *context, const struct fault *fault, const json_t *result, uint64_t begun)
{
    struct strbuf out;

    strbuf_init(&out, context->mem, 256);
    if (fault) {
        JSON_PUT_LITERAL(&out, "{\"fault\": ");
        json_put_string(&out, fault_kinds[fault->name].name);
        JSON_PUT_LITERAL(&out, ", \"class\": ");
        json_put_string(&out, fault_shown(context->mem, fault, false));
        JSON_PUT_LITERAL(&out, ", \"message\": ");
        json_put_string(&out, fault->message);
        strbuf_printf(&out, ", \"code\": %d", fault->code);
    } else {
        JSON_PUT_LITERAL(&out, "{\"result\": ");
        if (result)
            json_put_tree(&out, result);
        else
            json_put_null(&out);
    }
    strbuf_printf(&out, ", \"ms\": %d, \"open\": %u}", (int)((clock_monotonic_usec() - begun) / 1000),
                  rpc_open_connections(context->worker->rpc));
    puts(out.data);
    fflush(stdout);
}

static void send_one(const struct context *context, const json_t *command, bool call)
{
    struct rpc_target target = { text_of(command, "url"), text_of(command, "topic"), text_of(command, "server"),
                                 json_is_true(json_object_get(command, "fanout")) };
    enum rpc_method method = method_of(text_of(command, "method"));
    uint64_t begun = clock_monotonic_usec();
    struct rpc_args args;
    json_t *result = NULL, *value;
    struct fault *fault;
    const char *key;

    rpc_args_init(&args, context->mem);
    json_object_foreach(json_object_get(command, "args"), key, value) json_put_tree(rpc_arg(&args, key), value);
    fault = call ? rpc_call(context, &target, method, &args, &result) : rpc_cast(context, &target, method, &args);
    say(context, fault, result, begun);
}

static void notify(const struct context *context, const json_t *command)
{
    uint64_t begun = clock_monotonic_usec();
    struct strbuf payload;

    strbuf_init(&payload, context->mem, 256);
    json_put_tree(&payload, json_object_get(command, "payload"));
    for (int format = NOTIFY_LEGACY; format <= NOTIFY_VERSIONED; format++)
        if (notify_wanted(context, (enum notify_format)format))
            notify_publish(context, (enum notify_format)format, notify_default_priority(context),
                           text_of(command, "event"), NULL, payload.data, payload.length);
    say(context, NULL, NULL, begun);
}

static void obey(const struct context *context, const json_t *command)
{
    const char *op = text_of(command, "op");
    uint64_t begun = clock_monotonic_usec();

    if (!strcmp(op, "cast") || !strcmp(op, "call")) {
        send_one(context, command, !strcmp(op, "call"));
    } else if (!strcmp(op, "fork")) {
        pid_t child = fork();

        if (!child) {
            send_one(context, command, true);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    } else if (!strcmp(op, "notify")) {
        notify(context, command);
    } else if (!strcmp(op, "tick")) {
        (void)rpc_tick(context->worker->rpc);
        say(context, NULL, NULL, begun);
    } else if (!strcmp(op, "sleep")) {
        poll(NULL, 0, (int)json_integer_value(json_object_get(command, "ms")));
        say(context, NULL, NULL, begun);
    } else if (!strcmp(op, "reset")) {
        rpc_reset(context->worker->rpc);
        say(context, NULL, NULL, begun);
    }
}

int main(int argc, char **argv)
{
    void *mem = mem_context(NULL, "testbus");
    struct worker worker = { .mem = mem };
    struct log_settings settings;
    struct fault *fault;
    char *line = NULL;
    size_t size = 0;
    bool stop;
    int status;

    signal(SIGPIPE, SIG_IGN);
    fault = conf_load(mem, "nova", "testbus", argc, argv, &worker.conf, &stop, &status);
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
                                   .user_name = "un",
                                   .project_id = "p1",
                                   .project_name = "pn",
                                   .auth_token = "tok",
                                   .service_catalog = "[{\"type\": \"image\", \"endpoints\": []}, {\"type\": \"x\"}]",
                                   .roles = roles,
                                   .is_admin_project = true };
        json_t *command;

        fault = json_read(request, line, strlen(line), &command);
        if (fault)
            fprintf(stderr, "%s\n", fault->message);
        else
            obey(&context, command);
        talloc_free(request);
    }
    free(line);
    rpc_reset(worker.rpc);
    log_shutdown();
    talloc_free(mem);
    return 0;
}
