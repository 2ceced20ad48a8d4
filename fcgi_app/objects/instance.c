/* SPDX-License-Identifier: Apache-2.0 */
/* Instances out of serialised objects. Neighbours: db/instances.h has the struct and the cell's rows. */
#include "config.h"

#include "fcgi_app/objects/instance.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"

#include <string.h>

/* The members of a serialised object, NULL where it is none. */
static const json_t *object_data(const json_t *object)
{
    return json_object_get(object, "nova_object.data");
}

static const char *member_text(const json_t *data, const char *key)
{
    return json_string_value(json_object_get(data, key));
}

static int64_t member_int(const json_t *data, const char *key, int64_t missing)
{
    const json_t *value = json_object_get(data, key);

    if (!value)
        return missing;
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL_INT;
}

static struct db_bytes text_of_tree(const void *mem, const char *before, const json_t *tree, const char *after)
{
    struct strbuf out;

    if (!tree || json_is_null(tree))
        return (struct db_bytes){ 0 };
    strbuf_init(&out, mem, 1000);
    strbuf_puts(&out, before);
    json_put_tree(&out, tree);
    strbuf_puts(&out, after);
    return (struct db_bytes){ out.data, out.length };
}

static bool read_object(const void *mem, const char *text, json_t **tree)
{
    return text && !json_read(mem, text, strlen(text), tree) && json_is_object(object_data(*tree));
}

static void put_texts(struct strbuf *pieces, const json_t *metadata, char kind, const char *only)
{
    const char *key;
    json_t *value;
    int64_t id = 0;

    json_object_foreach((json_t *)(uintptr_t)metadata, key, value)
    {
        if (only && strcmp(key, only))
            continue;
        instance_piece_put(pieces, kind, ++id, only ? "" : key, json_string_value(value));
    }
}

static void put_tags(const void *mem, struct strbuf *pieces, const char *text)
{
    json_t *tree, *tag;
    size_t index;

    if (!read_object(mem, text, &tree))
        return;
    json_array_foreach(json_object_get(object_data(tree), "objects"), index, tag)
    {
        const char *word = member_text(object_data(tag), "tag");

        if (word)
            instance_piece_put(pieces, INSTANCE_PIECE_TAG, (int64_t)index, word, NULL);
    }
}

struct instance *instance_from_request(const void *mem, const struct build_request *request)
{
    struct instance *instance;
    const char *network_info;
    const json_t *data;
    struct strbuf pieces;
    json_t *tree;

    if (!read_object(mem, request->instance, &tree))
        return NULL;
    data = object_data(tree);
    strbuf_init(&pieces, mem, 256);
    put_texts(&pieces, json_object_get(data, "metadata"), INSTANCE_PIECE_METADATA, NULL);
    put_texts(&pieces, json_object_get(data, "system_metadata"), INSTANCE_PIECE_REASON, "locked_reason");
    put_tags(mem, &pieces, request->tags);

    instance = mem_new(mem, struct instance);
    network_info = member_text(object_data(json_object_get(data, "info_cache")), "network_info");
    *instance = (struct instance){
        .id = DB_NULL_INT,
        .uuid = member_text(data, "uuid"),
        .display_name = member_text(data, "display_name"),
        .project_id = member_text(data, "project_id"),
        .user_id = member_text(data, "user_id"),
        .vm_state = member_text(data, "vm_state"),
        .task_state = member_text(data, "task_state"),
        .power_state = member_int(data, "power_state", DB_NULL_INT),
        .availability_zone = member_text(data, "availability_zone"),
        .image_ref = member_text(data, "image_ref"),
        .created_at = request->created_at,
        .updated_at = request->updated_at,
        .launched_at = DB_NO_TIME,
        .terminated_at = DB_NO_TIME,
        .access_ip_v4 = member_text(data, "access_ip_v4"),
        .access_ip_v6 = member_text(data, "access_ip_v6"),
        .auto_disk_config = json_is_true(json_object_get(data, "auto_disk_config")),
        .progress = member_int(data, "progress", 0),
        .config_drive = member_text(data, "config_drive"),
        .key_name = member_text(data, "key_name"),
        .reservation_id = member_text(data, "reservation_id"),
        .launch_index = member_int(data, "launch_index", DB_NULL_INT),
        .hostname = member_text(data, "hostname"),
        .kernel_id = member_text(data, "kernel_id"),
        .ramdisk_id = member_text(data, "ramdisk_id"),
        .root_device_name = member_text(data, "root_device_name"),
        .user_data = member_text(data, "user_data"),
        .locked_by = member_text(data, "locked_by"),
        .display_description = member_text(data, "display_description"),
        .network_info = { network_info, network_info ? strlen(network_info) : 0 },
        .flavor = text_of_tree(mem, "{\"cur\": ", json_object_get(data, "flavor"), "}"),
        .trusted_certs = text_of_tree(mem, "", json_object_get(data, "trusted_certs"), ""),
        .pieces = { pieces.data, pieces.length },
        .service_seen = DB_NO_TIME,
        .fault_code = DB_NULL_INT,
        .fault_created_at = DB_NO_TIME,
    };
    return instance->uuid ? instance : NULL;
}

#define ROW_TEXT(name) row->name = member_text(tree, #name);
#define ROW_INT(name) row->name = member_int(tree, #name, DB_NULL_INT);
#define ROW_FLAG(name) row->name = 0;
#define ROW_BOOL(name) row->name = json_is_true(json_object_get(tree, #name));
#define ROW_TIME(name) row->name = DB_NO_TIME;

struct instance_row *instance_row_from_request(const void *mem, const struct build_request *request,
                                               const json_t **data)
{
    struct instance_row *row;
    const char *network_info;
    const json_t *tree;
    json_t *object;

    if (!read_object(mem, request->instance, &object))
        return NULL;
    tree = object_data(object);
    row = mem_new(mem, struct instance_row);
#define COLUMN(type, name) ROW_##type(name)
#include "fcgi_app/db/instance_columns.def"
    row->created_at = request->created_at;
    row->updated_at = request->updated_at;
    row->cache_created_at = row->cache_updated_at = row->cache_deleted_at = DB_NO_TIME;
    row->cache_id = row->extra_id = DB_NULL_INT;
    network_info = member_text(object_data(json_object_get(tree, "info_cache")), "network_info");
    row->network_info = (struct db_bytes){ network_info, network_info ? strlen(network_info) : 0 };
    row->flavor = text_of_tree(mem, "{\"cur\": ", json_object_get(tree, "flavor"), "}");
    row->trusted_certs = text_of_tree(mem, "", json_object_get(tree, "trusted_certs"), "");
    if (data)
        *data = tree;
    return row->uuid ? row : NULL;
}

struct instance *instance_from_spec(const void *mem, const struct instance_mapping *mapping, const char *spec)
{
    struct instance *instance;
    const json_t *data;
    json_t *tree;

    if (!read_object(mem, spec, &tree))
        return NULL;
    data = object_data(tree);
    instance = mem_new(mem, struct instance);
    *instance = (struct instance){
        .id = DB_NULL_INT,
        .uuid = mapping->instance_uuid,
        .project_id = mapping->project_id,
        .user_id = member_text(data, "user_id"),
        .availability_zone = member_text(data, "availability_zone"),
        .image_ref = member_text(object_data(json_object_get(data, "image")), "id"),
        .created_at = mapping->created_at,
        .updated_at = DB_NO_TIME,
        .launched_at = DB_NO_TIME,
        .terminated_at = DB_NO_TIME,
        .flavor = text_of_tree(mem, "{\"cur\": ", json_object_get(data, "flavor"), "}"),
        .service_seen = DB_NO_TIME,
        .fault_code = DB_NULL_INT,
        .fault_created_at = DB_NO_TIME,
    };
    return instance;
}
