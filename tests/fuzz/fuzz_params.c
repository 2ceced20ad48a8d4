/* SPDX-License-Identifier: Apache-2.0 */
/* FastCGI parameters from anybody, one a line: paths settled, URLs built, pages chosen, and a head without a stray
 * line. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/http/accept.h"
#include "fcgi_app/http/fcgi.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_head(const struct request *request)
{
    struct strbuf head;
    size_t lines = 0;

    strbuf_init(&head, request->mem, 64);
    http_fcgi_head(&head, request);
    for (const char *p = head.data; (p = strpbrk(p, "\r\n")); p += 2, lines++)
        if (p[0] != '\r' || p[1] != '\n')
            abort();
    if (lines != request->response.header_count + 3) /* status, length and the empty line */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "X-Auth-Token", "Content-Type", "Accept", "Proxy", "" };
    void *mem = mem_context(NULL, "fuzz_params");
    char *text = mem_strndup(mem, (const char *)data, size);
    char **texts = mem_array(mem, char *, size + 2);
    struct request request;
    size_t count = 0;

    for (char *line; (line = strsep(&text, "\n"));)
        texts[count++] = mem_strdup(mem, line);
    http_fcgi_params(texts, mem, NULL, NULL, &request);

    if (*request.path_info && *request.path_info != '/')
        abort();
    if (request_header(&request, "Proxy") || request_param(&request, "NOVA_SCRIPT_NAME"))
        abort();
    if (strncmp(request_url(&request), request_path_url(&request), strlen(request_path_url(&request))) != 0 ||
        strncmp(request_path_url(&request), request_host_url(&request), strlen(request_host_url(&request))) != 0)
        abort();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)request_header(&request, names[i]);
    webob_error(&request, 404, NULL, request_header(&request, "X-Detail"));
    response_add_header(&request.response, mem, "Location", request_url(&request));
    response_add_header(&request.response, mem, "X-Path", request.path_info);
    response_add_header(&request.response, mem, "X-Host", request.host);
    check_head(&request);
    while (request.params.count)
        request_delete_param(&request, request.params.items[request.params.count / 2].name);
    if (*request.path_info || request.content_length != -1)
        abort();
    talloc_free(mem);
    return 0;
}
