/* SPDX-License-Identifier: Apache-2.0 */
/* A worker with options from text, requests made of texts, and paste files written on the spot. */
#ifndef TESTS_UNIT_MIDDLEWARE_FIXTURE_H
#define TESTS_UNIT_MIDDLEWARE_FIXTURE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/http/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything of one test. */
struct fixture {
    void *mem;
    struct worker worker;
    struct context context;
    struct request request;
    const char *body; /* what is left to read */
    const char *options_file;
};

/* A file with this text; removed when mem is freed. */
static inline void fixture_unlink(void *path)
{
    unlink(path);
}

static inline char *fixture_file(const void *mem, const char *text)
{
    char *path = mem_strdup(mem, "/tmp/nova-unit-XXXXXX");
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    mem_attach(mem, path, fixture_unlink);
    return path;
}

/* Options from the text of a file. */
static inline void fixture_open(struct fixture *fixture, const char *options)
{
    char *argv[] = { (char *)"nova-api-fcgi", (char *)"--config-file", NULL, NULL };
    bool stop = false;
    int status = 0;

    memset(fixture, 0, sizeof(*fixture));
    fixture->mem = mem_context(NULL, "fixture");
    argv[2] = fixture_file(fixture->mem, options);
    fixture->options_file = argv[2];
    assert_null(conf_load(fixture->mem, "nova", "nova-api-fcgi", 3, argv, &fixture->worker.conf, &stop, &status));
    assert_false(stop);
    fixture->worker.mem = fixture->mem;
}

static inline void fixture_close(struct fixture *fixture)
{
    talloc_free(fixture->mem);
}

static inline long fixture_read(void *source, char *out, size_t size)
{
    struct fixture *fixture = source;
    size_t length = strlen(fixture->body);

    if (length > size)
        length = size;
    memcpy(out, fixture->body, length);
    fixture->body += length;
    return (long)length;
}

static inline char *fixture_unquote(const void *mem, const char *text, size_t size)
{
    char *out = mem_array(mem, char, size + 1), *end = out;

    for (size_t i = 0; i < size; i++)
        if (text[i] == '%' && i + 2 < size) {
            char hex[3] = { text[i + 1], text[i + 2], '\0' };
            *end++ = (char)strtol(hex, NULL, 16);
            i += 2;
        } else {
            *end++ = text[i];
        }
    return out;
}

/* A header as a front server passes it on. */
static inline void fixture_header(struct fixture *fixture, const char *name, const char *value)
{
    bool plain = strcasecmp(name, "Content-Type") == 0 || strcasecmp(name, "Content-Length") == 0;
    char *param = mem_printf(fixture->mem, "%s%s", plain ? "" : "HTTP_", name);

    for (char *p = param; *p; p++)
        *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
    request_set_param(&fixture->request, param, value);
}

/* Begins a request; then fixture_header(), then fixture_ready(). `target` is what stands in the request line. */
static inline void fixture_request(struct fixture *fixture, const char *method, const char *target)
{
    size_t path = strcspn(target, "?");
    struct request *request = &fixture->request;

    memset(request, 0, sizeof(*request));
    memset(&fixture->context, 0, sizeof(fixture->context));
    request->mem = fixture->mem;
    request_set_param(request, "REQUEST_METHOD", method);
    request_set_param(request, "SCRIPT_NAME", "");
    request_set_param(request, "PATH_INFO", fixture_unquote(fixture->mem, target, path));
    request_set_param(request, "QUERY_STRING", target[path] ? target + path + 1 : "");
    request_set_param(request, "SERVER_NAME", "server");
    request_set_param(request, "SERVER_PORT", "80");
    request_set_param(request, "REMOTE_ADDR", "192.0.2.1");
}

static inline void fixture_ready(struct fixture *fixture, const char *body)
{
    fixture->body = body ? body : "";
    fixture->request.read = fixture_read;
    fixture->request.source = fixture;
    fixture->context.mem = fixture->mem;
    fixture->context.worker = &fixture->worker;
    request_init(&fixture->request, fixture->mem, &fixture->worker, &fixture->context);
}

/* The values of all headers of a name, joined by " | "; "" when there is none. */
static inline const char *fixture_answer_header(struct fixture *fixture, const char *name)
{
    const struct response *response = &fixture->request.response;
    char *all = mem_strdup(fixture->mem, "");

    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0)
            all = mem_printf(fixture->mem, "%s%s%s", all, *all ? " | " : "", response->headers[i].value);
    return all;
}

#endif
