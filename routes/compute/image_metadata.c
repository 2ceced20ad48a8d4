/* SPDX-License-Identifier: Apache-2.0 */
/* /images/{image_id}/metadata, /images/{image_id}/metadata/{id}: the rows of upstream's module image_metadata. */
#include "config.h"

#include "fcgi_app/clients/glance.h"
#include "fcgi_app/quota/quota.h"
#include "routes/resource.h"
#include "routes/schemas/image_metadata.h"

/* The image of the path. */
static struct fault *find(const struct call *call, struct glance_image *image)
{
    struct fault *fault = glance_image_show(call->context, call->mem, call->vars[0], image);

    if (fault && fault_is(fault, FAULT_ImageNotAuthorized))
        return fault_http(call->mem, 403, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_ImageNotFound))
        return fault_http(call->mem, 404, "Image not found.");
    return fault;
}

/* Gives the image these properties and takes the others from it; it is read anew. */
static struct fault *save(const struct call *call, struct glance_image *image, json_t *properties)
{
    json_t *meta = image->meta;
    struct fault *fault;

    json_object_set(meta, "properties", properties);
    fault = glance_image_update(call->context, call->mem, call->vars[0], meta, true, image);
    if (fault && fault_is(fault, FAULT_ImageNotAuthorized))
        return fault_http(call->mem, 403, "%s", fault->message);
    return fault;
}

static struct fault *check_quota(const struct call *call, const json_t *properties)
{
    size_t count = json_object_size(properties);
    struct fault *fault = count ? quota_check_image_metadata(call->context, (int64_t)count) : NULL;

    if (fault && fault_is(fault, FAULT_OverQuota))
        return fault_http(call->mem, 403, "Image metadata limit exceeded");
    return fault;
}

static void put_metadata(const struct call *call, const json_t *metadata)
{
    JSON_PUT_LITERAL(call->out, "{\"metadata\": ");
    json_put_tree(call->out, metadata);
    strbuf_putc(call->out, '}');
}

static struct fault *image_metadata_index(struct call *call)
{
    struct glance_image image;

    TRY(find(call, &image));
    put_metadata(call, image.properties);
    return NULL;
}

static struct fault *image_metadata_show(struct call *call)
{
    struct glance_image image;
    const json_t *value;

    TRY(find(call, &image));
    value = json_object_get(image.properties, call->vars[1]);
    if (!value)
        return fault_http(call->mem, 404, NULL);
    JSON_PUT_LITERAL(call->out, "{\"meta\": {");
    json_put_string(call->out, call->vars[1]);
    JSON_PUT_LITERAL(call->out, ": ");
    json_put_tree(call->out, value);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

static struct fault *image_metadata_create(struct call *call)
{
    struct glance_image image;

    TRY(find(call, &image));
    json_object_update(image.properties, json_object_get(call->body, "metadata"));
    TRY(check_quota(call, image.properties));
    TRY(save(call, &image, image.properties));
    put_metadata(call, image.properties);
    return NULL;
}

static struct fault *image_metadata_update_all(struct call *call)
{
    json_t *metadata = json_object_get(call->body, "metadata");
    struct glance_image image;

    TRY(find(call, &image));
    TRY(check_quota(call, metadata));
    TRY(save(call, &image, metadata));
    put_metadata(call, metadata);
    return NULL;
}

static struct fault *image_metadata_update(struct call *call)
{
    const json_t *meta = json_object_get(call->body, "meta");
    json_t *value = json_object_get(meta, call->vars[1]);
    struct glance_image image;

    if (!value)
        return fault_http(call->mem, 400, "Request body and URI mismatch");
    TRY(find(call, &image));
    json_object_set(image.properties, call->vars[1], value);
    TRY(check_quota(call, image.properties));
    TRY(save(call, &image, image.properties));
    JSON_PUT_LITERAL(call->out, "{\"meta\": ");
    json_put_tree(call->out, meta);
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *image_metadata_delete(struct call *call)
{
    struct glance_image image;

    TRY(find(call, &image));
    if (json_object_del(image.properties, call->vars[1]))
        return fault_http(call->mem, 404, "Invalid metadata key");
    return save(call, &image, image.properties);
}

/* clang-format off */
static const struct route image_metadata_routes[] = {
    { "GET", "/images/{image_id}/metadata", NULL, V_UPTO(38), image_metadata_index, 200, .errors = { 403, 404 } },
    { "POST", "/images/{image_id}/metadata", NULL, V_UPTO(38), image_metadata_create, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_create_body },
    { "PUT", "/images/{image_id}/metadata", NULL, V_UPTO(38), image_metadata_update_all, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_update_all_body },
    { "GET", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), image_metadata_show, 200, .errors = { 403, 404 } },
    { "PUT", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), image_metadata_update, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_update_body },
    { "DELETE", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), image_metadata_delete, 204, .errors = { 403, 404 } },
    { 0 },
};
/* clang-format on */

const struct resource image_metadata_resource = { "image_metadata", image_metadata_routes };
