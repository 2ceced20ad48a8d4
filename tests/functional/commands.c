/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and hands on the lines; see the header. */
#include "config.h"

#include "tests/functional/commands.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/conf/logging.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *commands_text(const json_t *command, const char *key)
{
    return json_string_value(json_object_get(command, key));
}

int commands_run(int argc, char **argv, const char *program,
                 void (*obey)(struct context *context, const json_t *command), void (*leave)(struct worker *worker))
{
    static const char *const roles[] = { "member", NULL };
    void *mem = mem_context(NULL, program);
    struct worker worker = { .mem = mem };
    struct log_settings settings;
    struct fault *fault;
    char *line = NULL;
    size_t size = 0;
    bool stop;
    int status;

    signal(SIGPIPE, SIG_IGN);
    fault = conf_load(mem, "nova", program, argc, argv, &worker.conf, &stop, &status);
    if (fault || stop) {
        fprintf(stderr, "%s\n", fault ? fault->message : "");
        return 1;
    }
    settings = conf_log_settings(worker.conf);
    if (log_setup(&settings))
        return 1;
    while (getline(&line, &size, stdin) > 0) {
        void *request = mem_context(mem, "request");
        struct context context = { .mem = request,
                                   .worker = &worker,
                                   .request_id = "req-5fb3712a-69ed-4b4e-b614-321df3d4c484",
                                   .user_id = "u1",
                                   .project_id = "p1",
                                   .roles = roles };
        json_t *command;

        fault = json_read(request, line, strlen(line), &command);
        if (fault)
            fprintf(stderr, "%s\n", fault->message);
        else
            obey(&context, command);
        talloc_free(request);
    }
    free(line);
    if (leave)
        leave(&worker);
    log_shutdown();
    talloc_free(mem);
    return 0;
}
