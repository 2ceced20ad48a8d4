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
#include "fcgi_app/json/json.h"
#include "fcgi_app/rpc/notify.h"
#include "fcgi_app/rpc/rpc.h"
#include "tests/functional/commands.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
    struct rpc_target target = { commands_text(command, "url"), commands_text(command, "topic"),
                                 commands_text(command, "server"), json_is_true(json_object_get(command, "fanout")) };
    enum rpc_method method = method_of(commands_text(command, "method"));
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
                           commands_text(command, "event"), NULL, payload.data, payload.length);
    say(context, NULL, NULL, begun);
}

static void obey(struct context *context, const json_t *command)
{
    const char *op = commands_text(command, "op");
    uint64_t begun = clock_monotonic_usec();

    context->user_name = "un";
    context->project_name = "pn";
    context->auth_token = "tok";
    context->service_catalog = "[{\"type\": \"image\", \"endpoints\": []}, {\"type\": \"x\"}]";
    context->is_admin_project = true;
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

static void leave(struct worker *worker)
{
    rpc_reset(worker->rpc);
}

int main(int argc, char **argv)
{
    return commands_run(argc, argv, "testbus", obey, leave);
}
