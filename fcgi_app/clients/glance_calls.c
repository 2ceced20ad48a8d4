/* SPDX-License-Identifier: Apache-2.0 */
/* The operations at the image service; see glance.h. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/glance_private.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

static const char *image_path(const void *mem, const char *id, const char *tail)
{
    struct strbuf path;

    strbuf_init(&path, mem, 128);
    strbuf_puts(&path, "/v2/images/");
    path_put_part(&path, id);
    strbuf_puts(&path, tail);
    return path.data;
}

/* An id is one; of a URL the last part is the id, and what stands in front of the last three says where. */
static const char *split_reference(const void *mem, const char *reference, const char **endpoint)
{
    const char *cut = strrchr(reference, '/'), *id = cut ? cut + 1 : reference;

    *endpoint = NULL;
    if (!cut)
        return id;
    for (int parts = 0; parts < 2; parts++) {
        while (cut > reference && cut[-1] != '/')
            cut--;
        if (cut > reference)
            cut--;
    }
    *endpoint = mem_strndup(mem, reference, (size_t)(cut - reference));
    return id;
}

/* ---- show ---- */

void glance_images_show(const struct context *context, const void *mem, const char *const *references, size_t count,
                        struct glance_image *images, struct fault **faults)
{
    struct glance_request *requests = mem_array(mem, struct glance_request, count + 1);
    const char **ids = mem_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++) {
        ids[i] = split_reference(mem, references[i], &requests[i].endpoint);
        requests[i].method = "GET";
        requests[i].path = image_path(mem, ids[i], "");
    }
    glance_requests(context, mem, requests, count);
    for (size_t i = 0; i < count; i++) {
        faults[i] = requests[i].fault;
        if (!faults[i] && requests[i].status >= 400)
            faults[i] = glance_image_fault(mem, &requests[i], ids[i]);
        if (!faults[i])
            faults[i] = glance_image_read(mem, requests[i].answer, &images[i]);
        if (!faults[i] && !glance_image_visible(context, &images[i]))
            faults[i] = fault_new(mem, ImageNotFound, ids[i]);
    }
}

struct fault *glance_image_show(const struct context *context, const void *mem, const char *reference,
                                struct glance_image *image)
{
    struct fault *fault;

    glance_images_show(context, mem, &reference, 1, image, &fault);
    return fault;
}

/* ---- list ---- */

/* What glanceclient asks for at once where nobody says. */
enum { PAGE_SIZE = 200, PAGES_AT_MOST = 10000 };

struct fault *glance_images_list(const struct context *context, const void *mem, const struct glance_list *list,
                                 struct glance_image **images, size_t *count)
{
    int64_t page_size = list->page_size ? list->page_size : PAGE_SIZE, left = list->limit;
    const char *next, *key, *at;
    struct strbuf path;
    size_t room = 0;

    strbuf_init(&path, mem, 256);
    strbuf_puts(&path, "/v2/images");
    for (size_t i = 0; i < list->filters.count; i++)
        service_put_param(&path, list->filters.pairs[i].key, list->filters.pairs[i].value);
    service_put_param(&path, "limit", mem_printf(mem, "%lld", (long long)page_size));
    if (list->marker)
        strbuf_printf(&path, "&marker=%s", list->marker);
    next = path.data;
    key = mem_printf(mem, "limit=%lld", (long long)page_size);
    *images = NULL;
    *count = 0;
    for (int page = 0; next && page < PAGES_AT_MOST; page++) {
        struct glance_request request = { .method = "GET" };
        json_t *items, *item;
        size_t i;

        if (list->limit && page_size > left && (at = strstr(next, key)))
            next = mem_printf(mem, "%.*slimit=%lld%s", (int)(at - next), next, (long long)left, at + strlen(key));
        request.path = next;
        TRY(glance_request(context, mem, &request));
        if (request.status >= 400)
            return glance_plain_fault(mem, &request);
        TRY(take_key(mem, request.answer, "images", &items));
        TRY(take_each(mem, items, &items));
        json_array_foreach(items, i, item)
        {
            if (*count == room) {
                room = room ? room * 2 : 64;
                *images = mem_grow(mem, *images, struct glance_image, room);
            }
            TRY(glance_image_read(mem, item, &(*images)[*count]));
            if (glance_image_visible(context, &(*images)[*count]))
                (*count)++;
            if (list->limit && --left <= 0)
                return NULL;
        }
        next = json_string_value(json_object_get(request.answer, "next"));
    }
    return NULL;
}

/* ---- create ---- */

/* The first of the formats that nova likes which this glance takes. */
static struct fault *default_disk_format(const struct context *context, const void *mem, const char **format)
{
    static const char *const liked[] = { "qcow2", "vhd", "vmdk", "raw" };
    struct glance_request request = { .method = "GET", .path = "/v2/schemas/image" };
    const json_t *formats, *one;
    size_t i;

    TRY(glance_request(context, mem, &request));
    if (request.status >= 400)
        return glance_plain_fault(mem, &request);
    formats = json_object_get(json_object_get(json_object_get(request.answer, "properties"), "disk_format"), "enum");
    *format = liked[0];
    if (!json_array_size(formats))
        return NULL;
    for (size_t l = 0; l < sizeof(liked) / sizeof(liked[0]); l++)
        json_array_foreach(formats, i, one) if (json_is_string(one) && !strcmp(json_string_value(one), liked[l]))
        {
            *format = liked[l];
            return NULL;
        }
    *format = json_string_value(json_array_get(formats, 0));
    return NULL;
}

static struct fault *send_json(const struct context *context, const void *mem, const char *path, const json_t *tree,
                               struct glance_request *request)
{
    struct strbuf body;

    strbuf_init(&body, mem, 512);
    json_put_tree(&body, tree);
    *request = (struct glance_request){
        .method = "POST", .path = path, .body = body.data, .content_type = "application/json"
    };
    TRY(glance_request(context, mem, request));
    if (request->status >= 400)
        return glance_plain_fault(mem, request);
    return NULL;
}

struct fault *glance_image_create(const struct context *context, const void *mem, const json_t *meta, bool data,
                                  const char *member, struct glance_image *image)
{
    struct glance_request request;
    const char *format = NULL, *id;
    json_t *body, *tree;

    TRY(glance_body_of(mem, meta, &body));
    if (data && !json_object_get(body, "disk_format")) {
        TRY(default_disk_format(context, mem, &format));
        json_object_set_new(body, "disk_format", json_string(format));
    }
    if (data && !json_object_get(body, "container_format"))
        json_object_set_new(body, "container_format", json_string("bare"));
    TRY(send_json(context, mem, "/v2/images", body, &request));
    TRY(glance_image_validate(mem, request.answer));
    TRY(glance_image_read(mem, request.answer, image));
    if (!image->id)
        return fault_new(mem, KeyError, "'id'");
    id = image->id;
    if (member) {
        TRY(json_read(mem, "{}", 2, &tree));
        json_object_set_new(tree, "member", json_string(member));
        TRY(send_json(context, mem, image_path(mem, id, "/members"), tree, &request));
    }
    if (!data)
        return NULL;
    request = (struct glance_request){
        .method = "PUT", .path = image_path(mem, id, "/file"), .body = "", .content_type = "application/octet-stream"
    };
    TRY(glance_request(context, mem, &request));
    if (request.status >= 400)
        return glance_plain_fault(mem, &request);
    request = (struct glance_request){ .method = "GET", .path = image_path(mem, id, "") };
    TRY(glance_request(context, mem, &request));
    if (request.status >= 400)
        return glance_plain_fault(mem, &request);
    TRY(glance_image_read(mem, request.answer, image));
    return image->id ? NULL : fault_new(mem, KeyError, "'id'");
}

/* ---- update ---- */

static void put_pointer(struct strbuf *out, const char *name)
{
    struct strbuf path;

    strbuf_init(&path, out->mem, 64);
    strbuf_putc(&path, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            strbuf_puts(&path, *name == '~' ? "~0" : "~1");
        else
            strbuf_putc(&path, *name);
    }
    json_put_string_length(out, path.data, path.length);
}

static void put_operation(struct strbuf *out, const char *operation, const char *name, const json_t *value)
{
    if (out->length > 1)
        JSON_PUT_LITERAL(out, ", ");
    strbuf_printf(out, "{\"op\": \"%s\", \"path\": ", operation);
    put_pointer(out, name);
    if (value) {
        JSON_PUT_LITERAL(out, ", \"value\": ");
        json_put_tree(out, value);
    }
    strbuf_putc(out, '}');
}

struct fault *glance_image_update(const struct context *context, const void *mem, const char *id, const json_t *meta,
                                  bool purge, struct glance_image *image)
{
    struct glance_request request;
    struct strbuf patch;
    const char *name;
    json_t *body, *value;

    TRY(glance_body_of(mem, meta, &body));
    if (purge)
        TRY(glance_image_show(context, mem, id, image)); /* nova asks what there is, and glanceclient asks again */
    TRY(glance_image_show(context, mem, id, image));
    TRY(glance_image_validate(mem, image->raw));
    json_object_del(body, "id");
    json_object_del(body, "location");
    strbuf_init(&patch, mem, 512);
    strbuf_putc(&patch, '[');
    if (purge)
        json_object_foreach(image->properties, name,
                            value) if (!json_object_get(json_object_get(meta, "properties"), name) &&
                                       !json_object_get(body, name)) put_operation(&patch, "remove", name, NULL);
    json_object_foreach(body, name, value) if (!json_object_get(image->raw, name))
        put_operation(&patch, "add", name, value);
    json_object_foreach(body, name, value)
    {
        const json_t *old = json_object_get(image->raw, name);

        if (old && !json_equal(old, value))
            put_operation(&patch, "replace", name, value);
    }
    strbuf_putc(&patch, ']');
    request = (struct glance_request){ .method = "PATCH",
                                       .path = image_path(mem, id, ""),
                                       .body = patch.data,
                                       .content_type = "application/openstack-images-v2.1-json-patch" };
    TRY(glance_request(context, mem, &request));
    if (request.status >= 400)
        return glance_image_fault(mem, &request, id);
    request = (struct glance_request){ .method = "GET", .path = image_path(mem, id, "") };
    TRY(glance_request(context, mem, &request));
    if (request.status >= 400)
        return glance_image_fault(mem, &request, id);
    return glance_image_read(mem, request.answer, image);
}

/* ---- delete ---- */

struct fault *glance_image_delete(const struct context *context, const void *mem, const char *id)
{
    struct glance_request request = { .method = "DELETE", .path = image_path(mem, id, "") };

    TRY(glance_request(context, mem, &request));
    if (request.status == 404)
        return fault_new(mem, ImageNotFound, id);
    if (request.status == 403)
        return fault_new(mem, ImageNotAuthorized, id);
    if (request.status == 409)
        return fault_new(mem, ImageDeleteConflict, request.text);
    return request.status >= 400 ? glance_status_fault(mem, &request) : NULL;
}
