/* SPDX-License-Identifier: Apache-2.0 */
/* Images between glance's JSON and nova's dictionary. See glance.h. */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/glance_private.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool listed(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (!strcmp(*list, name))
            return true;
    return false;
}

/* Properties of the image schema that are an image's own. */
static const char *const base_properties[] = {
    "id",          "name",       "status",       "visibility",
    "protected",   "checksum",   "os_hash_algo", "os_hash_value",
    "owner",       "size",       "virtual_size", "container_format",
    "disk_format", "created_at", "updated_at",   "tags",
    "direct_url",  "min_ram",    "min_disk",     "self",
    "file",        "schema",     "locations",    "os_hidden",
    "stores",      NULL,
};

/* Those that nova does not keep. */
static const char *const dropped[] = {
    "self", "schema", "protected", "virtual_size", "file", "tags", "direct_url", "locations", NULL,
};

/* "2026-11-22T08:55:37Z"; what is empty is no time. Fault: ValueError for what is neither. */
static struct fault *time_of(const void *mem, const json_t *raw, const char *key, int64_t *time)
{
    const json_t *value = json_object_get(raw, key);
    char *copy, *at;

    *time = GLANCE_NO_TIME;
    if (!take_is_true(value))
        return NULL;
    copy = mem_strdup(mem, take_text(mem, value));
    if ((at = strchr(copy, 'T')))
        *at = ' ';
    if ((at = strchr(copy, 'Z')))
        *at = '\0';
    if (json_is_string(value) && clock_parse_sql(copy, strlen(copy), time))
        return NULL;
    *time = GLANCE_NO_TIME;
    if (json_is_string(value) && pattern_matches("^[0-9]{4}(-?[0-9]{2}|$)", copy, strlen(copy)))
        return NULL; /* another form of ISO 8601 than glance's own */
    return fault_new(mem, ValueError, mem_printf(mem, "Unable to parse date string '%s'", take_text(mem, value)));
}

/* Text that holds JSON becomes what it says. */
static struct fault *parse_property(const void *mem, json_t *properties, const char *name)
{
    const json_t *value = json_object_get(properties, name);
    json_t *tree;

    if (!json_is_string(value))
        return NULL;
    if (json_read(mem, json_string_value(value), json_string_length(value), &tree))
        return fault_new(mem, json_JSONDecodeError);
    json_object_set(properties, name, tree);
    return NULL;
}

static struct fault *check_object(const void *mem, const json_t *raw)
{
    if (json_is_array(raw))
        return fault_new(mem, TypeError, "pop expected at most 1 argument, got 2");
    return json_is_object(raw) ? NULL : fault_new(mem, AttributeError, "object has no attribute 'pop'");
}

/* Types of the image schema that are not one of text alone, which all other members and properties are. */
static bool type_fits(const char *name, const json_t *value)
{
    static const char *const booleans[] = { "protected", "os_hidden", NULL };
    static const char *const integers[] = { "size", "virtual_size", "min_ram", "min_disk", NULL };
    static const char *const arrays[] = { "tags", "locations", NULL };
    static const char *const nullable[] = { "name",         "checksum",  "os_hash_algo", "os_hash_value",
                                            "owner",        "size",      "virtual_size", "container_format",
                                            "disk_format",  "kernel_id", "ramdisk_id",   "instance_uuid",
                                            "architecture", "os_distro", "os_version",   NULL };

    if (json_is_null(value) && listed(nullable, name))
        return true;
    if (listed(booleans, name))
        return json_is_boolean(value);
    if (listed(integers, name))
        return json_is_integer(value) || json_number_is_integer(value);
    return listed(arrays, name) ? json_is_array(value) : json_is_string(value) && !json_number_text(value);
}

struct fault *glance_image_validate(const void *mem, const json_t *raw)
{
    const char *name;
    json_t *value;

    TRY(check_object(mem, raw));
    json_object_foreach((json_t *)(uintptr_t)raw, name, value) if (!type_fits(name, value)) return fault_new(
        mem, ValueError, mem_printf(mem, "%s of an image is of a type that its schema does not know", name));
    return NULL;
}

struct fault *glance_image_read(const void *mem, json_t *raw, struct glance_image *image)
{
    static const char empty[] = "{\"properties\": {}, \"deleted\": false, \"deleted_at\": null, \"disk_format\": null, "
                                "\"container_format\": null, \"name\": null, \"checksum\": null}";
    const char *name, *visibility;
    json_t *value, *meta, *properties;

    TRY(check_object(mem, raw));
    TRY(json_read(mem, empty, sizeof(empty) - 1, &meta));
    properties = json_object_get(meta, "properties");
    json_object_foreach(raw, name, value)
    {
        if (listed(dropped, name))
            continue;
        if (!strcmp(name, "visibility"))
            json_object_set_new(meta, "is_public",
                                json_boolean(json_is_string(value) && !strcmp(json_string_value(value), "public")));
        else if (!strcmp(name, "size") && json_is_null(value))
            json_object_set_new(meta, "size", json_integer(0));
        else if (listed(base_properties, name))
            json_object_set(meta, name, value);
        else
            json_object_set(properties, name, value);
    }
    visibility = json_string_value(json_object_get(raw, "visibility"));
    *image = (struct glance_image){
        .id = take_text(mem, json_object_get(raw, "id")),
        .name = json_string_value(json_object_get(raw, "name")),
        .status = json_string_value(json_object_get(raw, "status")),
        .owner = json_string_value(json_object_get(raw, "owner")),
        .checksum = json_string_value(json_object_get(raw, "checksum")),
        .container_format = json_string_value(json_object_get(raw, "container_format")),
        .disk_format = json_string_value(json_object_get(raw, "disk_format")),
        .size = json_integer_value(json_object_get(raw, "size")),
        .min_ram = json_integer_value(json_object_get(raw, "min_ram")),
        .min_disk = json_integer_value(json_object_get(raw, "min_disk")),
        .is_public = visibility && !strcmp(visibility, "public"),
        .protected = json_is_true(json_object_get(raw, "protected")),
        .properties = properties,
        .meta = meta,
        .raw = raw,
    };
    TRY(time_of(mem, raw, "created_at", &image->created_at));
    TRY(time_of(mem, raw, "updated_at", &image->updated_at));
    TRY(parse_property(mem, properties, "block_device_mapping"));
    return parse_property(mem, properties, "mappings");
}

static bool property_is(const struct glance_image *image, const char *name, const char *wanted, bool *known)
{
    const json_t *value = json_object_get(image->properties, name);

    *known = value != NULL;
    return wanted && json_is_string(value) && !strcmp(json_string_value(value), wanted);
}

bool glance_image_visible(const struct context *context, const struct glance_image *image)
{
    bool known, same;

    if (context->auth_token || context->is_admin || image->is_public)
        return true;
    same = property_is(image, "owner_id", context->project_id, &known);
    if (context->project_id && known)
        return same;
    same = property_is(image, "project_id", context->project_id, &known);
    if (context->project_id && known)
        return same;
    return property_is(image, "user_id", context->user_id, &known);
}

/* Python's str() of a value that is neither text nor null. */
static json_t *as_text(const void *mem, const json_t *value)
{
    struct strbuf text;

    strbuf_init(&text, mem, 64);
    json_put_python_str(&text, value);
    return json_stringn(text.data, text.length);
}

static void put_property(const void *mem, json_t *body, const char *name, json_t *value)
{
    const char *text = json_string_value(value);
    struct strbuf dumped;

    if (text && (!strcmp(name, "kernel_id") || !strcmp(name, "ramdisk_id"))) {
        const char *plain = text_strip(mem, text);

        if (!*plain || !strcasecmp(plain, "none"))
            return;
    }
    if (!text && !json_is_null(value) && (!strcmp(name, "block_device_mapping") || !strcmp(name, "mappings"))) {
        strbuf_init(&dumped, mem, 256);
        json_put_tree(&dumped, value);
        json_object_set_new(body, name, json_stringn(dumped.data, dumped.length));
    } else if (text || json_is_null(value)) {
        json_object_set(body, name, value);
    } else {
        json_object_set_new(body, name, as_text(mem, value));
    }
}

struct fault *glance_body_of(const void *mem, const json_t *meta, json_t **body)
{
    static const char *const read_only[] = {
        "status", "updated_at", "created_at", "deleted_at", "size", "deleted", NULL
    };
    const char *name, *property;
    json_t *value, *inner;
    int64_t number;

    TRY(json_read(mem, "{}", 2, body));
    json_object_foreach((json_t *)(uintptr_t)meta, name, value)
    {
        if (listed(read_only, name))
            continue;
        if (!strcmp(name, "properties")) {
            json_object_foreach(value, property, inner) put_property(mem, *body, property, inner);
        } else if (!strcmp(name, "is_public")) {
            json_object_set_new(*body, "visibility", json_string(json_is_true(value) ? "public" : "private"));
        } else if (!strcmp(name, "min_ram") || !strcmp(name, "min_disk")) {
            TRY(take_int(mem, value, &number));
            json_object_set_new(*body, name, json_integer(number));
        } else {
            json_object_set(*body, name, value);
        }
    }
    return NULL;
}
