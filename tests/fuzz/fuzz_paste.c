/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paste files from anybody: loaded or refused with words; an application that
 * was loaded answers a request.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/paste/loader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path to these bytes; *fd is to be closed. */
static char *path_of(const void *mem, const void *data, size_t size, int *fd)
{
    *fd = memfd_create("paste", 0);
    if (*fd < 0 || write(*fd, data, size) != (ssize_t)size)
        abort();
    return mem_printf(mem, "/proc/self/fd/%d", *fd);
}

static struct conf *options(void)
{
    static const char text[] = "[api]\nauth_strategy = noauth2\n";
    static struct conf *conf;
    static const struct log_settings quiet = { .program = "fuzz_paste", .log_file = "/dev/null" };
    char *argv[] = { (char *)"fuzz_paste", (char *)"--config-file", NULL, NULL };
    bool stop = false;
    int fd, status;

    if (conf)
        return conf;
    log_setup(&quiet);
    argv[2] = path_of(NULL, text, sizeof(text) - 1, &fd);
    if (conf_load(NULL, "nova", "fuzz_paste", 3, argv, &conf, &stop, &status))
        abort();
    return conf;
}

static void ask(const void *mem, struct worker *worker, const struct app *app)
{
    struct context context = { .mem = mem, .worker = worker };
    struct request request = { .mem = mem };

    request_set_param(&request, "REQUEST_METHOD", "GET");
    request_set_param(&request, "PATH_INFO", "/v2.1/servers");
    request_set_param(&request, "HTTP_HOST", "api.example");
    request_init(&request, mem, worker, &context);
    chain_answer(app, &request);
    if (request.response.status < 200 || request.response.status > 599)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_paste");
    struct worker worker = { .mem = mem, .conf = options() };
    const struct app *app = NULL;
    struct fault *fault;
    int fd;

    fault = paste_load(mem, worker.conf, path_of(mem, data, size, &fd), "main", &app);
    close(fd);
    if (!fault && !app)
        abort();
    if (fault && !*fault->message)
        abort();
    if (!fault)
        ask(mem, &worker, app);
    talloc_free(mem);
    return 0;
}
