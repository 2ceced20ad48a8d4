/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What picks a version: the two version headers, Accept and Content-Type, a
 * line each; and the URL map that reads the latter.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/versions.h"
#include "routes/media_list.h"
#include "routes/microversion.h"
#include "routes/urlmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the version headers gave; an application below the map, whose HTTP errors the chain turns into pages. */
static struct fault *serve(const struct app *app, struct request *request)
{
    struct fault *fault = microversion_negotiate(request);

    if (!request->best_content_type || strncmp(request->best_content_type, "application/", 12) != 0)
        abort();
    if (!fault && (request->version < VERSION_MIN || request->version > microversion_max() || !request->version_text))
        abort();
    if (fault && (request->version != VERSION_NONE || !text_utf8_valid(fault->message, strlen(fault->message))))
        abort();
    return fault;
}

static void mount(struct urlmap *map, const char *expression)
{
    static const struct app app = { .name = "app", .serve = serve };

    if (urlmap_mount(map, expression, &app))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "HTTP_OPENSTACK_API_VERSION", "HTTP_X_OPENSTACK_NOVA_API_VERSION",
                                         "HTTP_ACCEPT", "CONTENT_TYPE", "PATH_INFO" };
    void *mem = mem_context(NULL, "fuzz_version");
    char **lines = text_split(mem, mem_strndup(mem, (const char *)data, size), '\n');
    struct request request = { .mem = mem };
    struct urlmap *map = urlmap_new(mem, URLMAP_NOVA);
    const struct app app = { .name = "map", .serve = urlmap_serve, .state = map };
    struct fault *fault;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && lines[i]; i++)
        request_set_param(&request, names[i], lines[i]);
    request_init(&request, mem, NULL, NULL);
    mount(map, "/");
    mount(map, "/v2");
    mount(map, "/v2.1");
    mount(map, "/v2.1/+");
    fault = urlmap_serve(&app, &request);
    if (fault && fault->name != FAULT_ValueError) /* a path without a slash in front */
        abort();
    talloc_free(mem);
    return 0;
}
