/* SPDX-License-Identifier: Apache-2.0 */
/* /images, /images/detail, /images/{id}: the rows of upstream's module images. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/take.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/views/images.h"

#include <ctype.h>
#include <string.h>

/* ---- filters ---- */

static const char *lowered(const void *mem, const char *text)
{
    char *copy = mem_strdup(mem, text);

    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* What stands behind the last slash, if there is one. */
static const char *last_part(const char *text)
{
    const char *cut = strrchr(text, '/');

    return cut ? cut + 1 : text;
}

/* The image service's name of a filter of ours, and its value; NULL: it is none. */
static const char *translated(const struct call *call, const char *name, const char **value)
{
    static const char *const names[][2] = {
        { "name", "name" },
        { "status", "status" },
        { "changes-since", "updated_at" },
        { "server", "instance_uuid" },
        { "type", "image_type" },
        { "minRam", "min_ram" },
        { "minDisk", "min_disk" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i][0], name))
            continue;
        if (!strcmp(name, "status"))
            *value = lowered(call->mem, *value);
        else if (!strcmp(name, "changes-since"))
            *value = mem_printf(call->mem, "gte:%s", *value);
        else if (!strcmp(name, "server"))
            *value = last_part(*value);
        return names[i][1];
    }
    if (strncmp(name, "property-", 9))
        return NULL;
    if (!strcmp(name, "property-instance_uuid"))
        *value = last_part(*value);
    return name + strspn(name, "property-"); /* upstream takes all such letters off the front */
}

static struct fault *number_of(const struct call *call, const char *name, int64_t *number)
{
    const char *text = query_get(&call->query, name);

    *number = 0;
    if (!text)
        return NULL;
    if (!take_int_text(text, number))
        return fault_http(call->mem, 400, "%s must be an integer", name);
    return *number < 0 ? fault_http(call->mem, 400, "%s must be >= 0", name) : NULL;
}

static struct fault *must_have_id(const struct call *call, const struct glance_image *image)
{
    json_t *id;

    return take_key(call->mem, image->meta, "id", &id);
}

static struct fault *list_images(struct call *call, struct glance_image **images, size_t *count)
{
    struct glance_list list = { .marker = query_get(&call->query, "marker") };
    struct paging paging;
    struct fault *fault;

    TRY(paging_read(call, &paging));
    TRY(number_of(call, "page_size", &list.page_size));
    if (paging.limited)
        TRY(number_of(call, "limit", &list.limit));
    list.filters.pairs = mem_array(call->mem, struct query_pair, call->query.count + 1);
    for (size_t i = 0; i < call->query.count; i++) {
        const char *value = query_get(&call->query, call->query.pairs[i].key);
        const char *name = translated(call, call->query.pairs[i].key, &value);
        size_t at = 0;

        while (name && at < list.filters.count && strcmp(list.filters.pairs[at].key, name))
            at++;
        if (!name)
            continue;
        list.filters.pairs[at] = (struct query_pair){ .key = name, .value = value };
        if (at == list.filters.count)
            list.filters.count++;
    }
    fault = glance_images_list(call->context, call->mem, &list, images, count);
    for (size_t i = 0; !fault && i < *count; i++)
        fault = must_have_id(call, &(*images)[i]);
    return fault && fault->name != FAULT_Http && fault_is(fault, FAULT_Invalid)
               ? fault_http(call->mem, 400, "%s", fault->message)
               : fault;
}

/* ---- handlers ---- */

static struct fault *images_index(struct call *call)
{
    struct glance_image *images;
    size_t count;

    TRY(list_images(call, &images, &count));
    images_view_index(call, images, count);
    return NULL;
}

static struct fault *images_detail(struct call *call)
{
    struct glance_image *images;
    size_t count;

    TRY(list_images(call, &images, &count));
    images_view_detail(call, images, count);
    return NULL;
}

static struct fault *images_show(struct call *call)
{
    struct glance_image image;
    struct fault *fault = glance_image_show(call->context, call->mem, call->vars[0], &image);

    if (fault && (fault_is(fault, FAULT_ImageNotFound) || fault_is(fault, FAULT_InvalidImageRef)))
        return fault_http(call->mem, 404, "Image not found.");
    TRY(fault);
    TRY(must_have_id(call, &image));
    images_view_show(call, &image);
    return NULL;
}

static struct fault *images_delete(struct call *call)
{
    struct fault *fault = glance_image_delete(call->context, call->mem, call->vars[0]);

    if (fault && fault_is(fault, FAULT_ImageNotFound))
        return fault_http(call->mem, 404, "Image not found.");
    if (fault && fault_is(fault, FAULT_ImageNotAuthorized))
        return fault_http(call->mem, 403, "You are not allowed to delete the image.");
    return fault;
}

/* clang-format off */
static const struct route images_routes[] = {
    { "GET", "/images", NULL, V_UPTO(35), images_index, 200, .errors = { 400 } },
    { "GET", "/images/detail", NULL, V_UPTO(35), images_detail, 200, .errors = { 400 } },
    { "GET", "/images/{id}", NULL, V_UPTO(35), images_show, 200, .errors = { 404 } },
    { "DELETE", "/images/{id}", NULL, V_UPTO(35), images_delete, 204, .errors = { 403, 404 } },
    { 0 },
};
/* clang-format on */

const struct resource images_resource = { "images", images_routes };
