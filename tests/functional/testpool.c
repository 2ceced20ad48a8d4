/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launcher with an application that tests can steer by the path, in
 * place of the API: what is tested is the pool, the socket, the signals.
 *
 *   /…            "pid <pid>"        /sleep/MS     the same, later
 *   /big/N        N bytes            /body         how many bytes of body it read
 *   /unread       answers 413 without reading the body
 *   /params       how many parameters, and their bytes
 *   /crash        ends the process by a signal
 *   /fcgi-status  the status application
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/launcher/start.h"
#include "routes/status.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long number_after(const char *path, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(path, prefix, length) ? -1 : strtol(path + length, NULL, 10);
}

static void answer(void *arg, struct request *request)
{
    struct strbuf *body;
    long number;

    (void)arg;
    response_reset(&request->response, request->mem);
    response_set_header(&request->response, request->mem, "Content-Type", "text/plain");
    body = &request->response.body;
    if ((number = number_after(request->path_info, "/sleep/")) >= 0) {
        struct timespec left = { number / 1000, number % 1000 * 1000000 };

        while (nanosleep(&left, &left))
            ;
    }
    if (!strcmp(request->path_info, "/fcgi-status")) {
        struct fault *fault = status_serve(NULL, request);

        if (fault)
            request->response.status = fault->code;
    } else if ((number = number_after(request->path_info, "/big/")) >= 0) {
        memset(strbuf_room(body, (size_t)number), 'x', (size_t)number);
        strbuf_wrote(body, (size_t)number);
    } else if (!strcmp(request->path_info, "/body")) {
        const char *data;
        size_t size = 0;
        struct fault *fault = request_body(request, &data, &size);

        if (fault)
            strbuf_printf(body, "fault %s", fault->message);
        else
            strbuf_printf(body, "body %zu", size);
    } else if (!strcmp(request->path_info, "/unread")) {
        request->response.status = 413;
    } else if (!strcmp(request->path_info, "/params")) {
        size_t bytes = 0;

        for (size_t i = 0; i < request->params.count; i++)
            bytes += strlen(request->params.items[i].name) + request->params.items[i].length;
        strbuf_printf(body, "params %zu bytes %zu", request->params.count, bytes);
    } else if (!strcmp(request->path_info, "/crash")) {
        raise(SIGABRT);
    } else {
        strbuf_printf(body, "pid %d", (int)getpid());
    }
}

static struct fault *load(void *arg, const void *mem, struct conf *conf, const char *name, service_answer **answer_to,
                          void **answer_arg)
{
    (void)arg;
    (void)conf;
    if (getenv("TESTPOOL_MISSING") && !strcmp(getenv("TESTPOOL_MISSING"), name))
        return fault_new(mem, PasteAppNotFound, name, "testpool");
    *answer_to = answer;
    *answer_arg = NULL;
    return NULL;
}

/* A database only where a test names one. */
static struct fault *open_worker(void *arg, struct worker *worker)
{
    (void)arg;
    return conf_is_set(worker->conf, OPTION_database_connection) ? db_open(worker->mem, worker->conf, &worker->db)
                                                                 : NULL;
}

int main(int argc, char **argv)
{
    static const struct start start = { .load = load, .worker_open = open_worker };

    return start_run(argc, argv, &start);
}
