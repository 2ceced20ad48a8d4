/* SPDX-License-Identifier: Apache-2.0 */
/* Images as the API shows them; see the header. */
#include "config.h"

#include "routes/views/images.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/take.h"
#include "routes/links.h"

#include <string.h>

/* What one request's images have in common. */
struct image_view {
    struct call *call;
    struct links links, servers;
    const char *glance; /* where images are at the image service */
};

/* [api] glance_link_prefix in place of scheme and host, in front of the path. */
static const char *with_prefix(const struct call *call, const char *url)
{
    const char *prefix = conf_string(call->context->worker->conf, OPTION_api_glance_link_prefix), *path;
    size_t length;

    if (text_is_empty(prefix))
        return url;
    path = strstr(url, "://");
    path = strchr(path ? path + 3 : url, '/');
    length = strlen(prefix);
    while (length && prefix[length - 1] == '/')
        length--;
    return mem_printf(call->mem, "%.*s%s", (int)length, prefix, path && strcmp(path, "/") ? path : "");
}

static void view_open(struct image_view *view, struct call *call)
{
    const char *url = glance_url(call->context, call->mem);

    view->call = call;
    links_open(call, "images", &view->links);
    links_open_beside(call, &view->links, "servers", &view->servers);
    view->glance = with_prefix(call, url ? url : "");
}

static void put_links(const struct image_view *view, const struct glance_image *image)
{
    struct strbuf *out = view->call->out;

    JSON_PUT_LITERAL(out, "\"links\": ");
    links_put(&view->links, out, image->id ? image->id : "");
    strbuf_cut(out, out->length - 1); /* its closing bracket: one more comes */
    JSON_PUT_LITERAL(out, ", {\"rel\": \"alternate\", \"type\": \"application/vnd.openstack.image\", \"href\": ");
    json_put_string(out, mem_printf(view->call->mem, "%s/images/%s", view->glance, image->id ? image->id : ""));
    JSON_PUT_LITERAL(out, "}]");
}

/* What is there and empty is now. */
static void put_time(struct strbuf *out, const json_t *raw, const char *key, int64_t usec)
{
    const json_t *value = json_object_get(raw, key);
    char text[21];

    if (usec == GLANCE_NO_TIME && value && !json_is_null(value) && !take_is_true(value))
        usec = clock_utc_usec();
    if (usec == GLANCE_NO_TIME) {
        json_put_null(out);
        return;
    }
    clock_format_iso(usec, text);
    json_put_string(out, text);
}

struct status {
    const char *glance, *shown;
    int progress;
};
static const struct status statuses[] = {
    { "active", "ACTIVE", 100 }, { "queued", "SAVING", 25 },         { "saving", "SAVING", 50 },
    { "deleted", "DELETED", 0 }, { "pending_delete", "DELETED", 0 }, { "killed", "ERROR", 0 },
};

static const struct status *status_of(const struct glance_image *image)
{
    static const struct status unknown = { "", "UNKNOWN", 0 };

    for (size_t i = 0; image->status && i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (!strcmp(statuses[i].glance, image->status))
            return &statuses[i];
    return &unknown;
}

static void put_basic(const struct image_view *view, const struct glance_image *image)
{
    struct strbuf *out = view->call->out;

    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, image->meta, "id");
    JSON_PUT_LITERAL(out, ", \"name\": ");
    json_put_member(out, image->meta, "name");
    JSON_PUT_LITERAL(out, ", ");
    put_links(view, image);
    strbuf_putc(out, '}');
}

static void put_full(const struct image_view *view, const struct glance_image *image)
{
    const json_t *server = json_object_get(image->properties, "instance_uuid");
    const json_t *disk = json_object_get(image->properties, "auto_disk_config");
    struct strbuf *out = view->call->out;

    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, image->meta, "id");
    JSON_PUT_LITERAL(out, ", \"name\": ");
    json_put_member(out, image->meta, "name");
    strbuf_printf(out, ", \"minRam\": %lld, \"minDisk\": %lld, \"metadata\": ", (long long)image->min_ram,
                  (long long)image->min_disk);
    json_put_tree(out, image->properties);
    JSON_PUT_LITERAL(out, ", \"created\": ");
    put_time(out, image->raw, "created_at", image->created_at);
    JSON_PUT_LITERAL(out, ", \"updated\": ");
    put_time(out, image->raw, "updated_at", image->updated_at);
    strbuf_printf(out, ", \"status\": \"%s\", \"progress\": %d, \"OS-EXT-IMG-SIZE:size\": ", status_of(image)->shown,
                  status_of(image)->progress);
    json_put_member(out, image->meta, "size");
    JSON_PUT_LITERAL(out, ", ");
    put_links(view, image);
    if (json_is_string(server)) {
        JSON_PUT_LITERAL(out, ", \"server\": {\"id\": ");
        json_put_string(out, json_string_value(server));
        JSON_PUT_LITERAL(out, ", \"links\": ");
        links_put(&view->servers, out, json_string_value(server));
        strbuf_putc(out, '}');
    }
    if (disk && !json_is_null(disk)) {
        bool automatic = json_is_true(disk) || (json_is_string(disk) && text_bool(json_string_value(disk)) == 1);

        strbuf_printf(out, ", \"OS-DCF:diskConfig\": \"%s\"", automatic ? "AUTO" : "MANUAL");
    }
    strbuf_putc(out, '}');
}

static void put_list(struct call *call, const struct glance_image *images, size_t count, const char *path,
                     void (*put)(const struct image_view *view, const struct glance_image *image))
{
    struct image_view view;

    view_open(&view, call);
    JSON_PUT_LITERAL(call->out, "{\"images\": [");
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put(&view, &images[i]);
    }
    strbuf_putc(call->out, ']');
    if (count)
        links_put_next(call, "images", path, count, images[count - 1].id ? images[count - 1].id : "");
    strbuf_putc(call->out, '}');
}

void images_view_index(struct call *call, const struct glance_image *images, size_t count)
{
    put_list(call, images, count, "images", put_basic);
}

void images_view_detail(struct call *call, const struct glance_image *images, size_t count)
{
    put_list(call, images, count, "images/detail", put_full);
}

void images_view_show(struct call *call, const struct glance_image *image)
{
    struct image_view view;

    view_open(&view, call);
    JSON_PUT_LITERAL(call->out, "{\"image\": ");
    put_full(&view, image);
    strbuf_putc(call->out, '}');
}
