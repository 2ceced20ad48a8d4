/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers, devices and moves as upstream sent them: recorded objects are read into rows and written again, and come out
 * byte for byte.  data/messages.jsonl has one object of each shape (which parts it carries) that was recorded.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *data_of(const json_t *object)
{
    return json_object_get(object, "nova_object.data");
}

static int64_t time_of(const json_t *value)
{
    char text[20];
    int64_t usec;

    if (!json_is_string(value))
        return DB_NO_TIME;
    snprintf(text, sizeof(text), "%.19s", json_string_value(value));
    text[10] = ' ';
    assert_true(clock_parse_sql(text, strlen(text), &usec));
    return usec;
}

static int64_t int_of(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL_INT;
}

static struct db_bytes text_of(const void *mem, const json_t *value)
{
    struct strbuf out;

    if (!value || json_is_null(value))
        return (struct db_bytes){ 0 };
    strbuf_init(&out, mem, 1000);
    json_put_tree(&out, value);
    return (struct db_bytes){ out.data, out.length };
}

static struct instance_pair *pairs_of(const void *mem, const json_t *object, size_t *count)
{
    struct instance_pair *pairs = mem_array(mem, struct instance_pair, json_object_size(object) + 1);
    const char *key;
    json_t *value;

    *count = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        pairs[(*count)++] = (struct instance_pair){ key, json_string_value(value) };
    }
    return pairs;
}

static struct instance_service_row *services_of(const void *mem, const json_t *list, size_t *count)
{
    const json_t *objects = json_object_get(data_of(list), "objects"), *object;
    struct instance_service_row *rows = mem_array(mem, struct instance_service_row, json_array_size(objects) + 1);
    size_t i;

    *count = json_array_size(objects);
    json_array_foreach(objects, i, object)
    {
        const json_t *data = data_of(object);

        rows[i] = (struct instance_service_row){
            .id = int_of(json_object_get(data, "id")),
            .uuid = json_string_value(json_object_get(data, "uuid")),
            .host = json_string_value(json_object_get(data, "host")),
            .binary = json_string_value(json_object_get(data, "binary")),
            .topic = json_string_value(json_object_get(data, "topic")),
            .report_count = int_of(json_object_get(data, "report_count")),
            .disabled = json_is_true(json_object_get(data, "disabled")),
            .disabled_reason = json_string_value(json_object_get(data, "disabled_reason")),
            .last_seen_up = time_of(json_object_get(data, "last_seen_up")),
            .forced_down = json_is_true(json_object_get(data, "forced_down")),
            .version = int_of(json_object_get(data, "version")),
            .created_at = time_of(json_object_get(data, "created_at")),
            .updated_at = time_of(json_object_get(data, "updated_at")),
            .deleted_at = time_of(json_object_get(data, "deleted_at")),
            .deleted = json_is_true(json_object_get(data, "deleted")),
        };
    }
    return rows;
}

#define READ_TEXT(name) row->name = json_string_value(json_object_get(data, #name));
#define READ_INT(name) row->name = int_of(json_object_get(data, #name));
#define READ_FLAG(name) row->name = json_is_true(json_object_get(data, #name));
#define READ_BOOL(name) row->name = json_is_true(json_object_get(data, #name));
#define READ_TIME(name) row->name = time_of(json_object_get(data, #name));

static void read_instance(const void *mem, const json_t *object, struct instance_source *source)
{
    struct instance_row *row = mem_new(mem, struct instance_row);
    const json_t *data = data_of(object), *cache = data_of(json_object_get(data, "info_cache"));
    const json_t *changes = json_object_get(object, "nova_object.changes");
    const char **changed = mem_array(mem, const char *, json_array_size(changes) + 1);
    struct strbuf flavors;

#define COLUMN(type, name) READ_##type(name)
#include "fcgi_app/db/instance_columns.def"
    row->cache_id = cache ? 1 : DB_NULL_INT;
    row->cache_created_at = time_of(json_object_get(cache, "created_at"));
    row->cache_deleted_at = DB_NO_TIME;
    row->cache_updated_at = time_of(json_object_get(cache, "updated_at"));
    if (cache) {
        const char *text = json_string_value(json_object_get(cache, "network_info"));

        row->network_info = (struct db_bytes){ text, strlen(text) };
    }
    strbuf_init(&flavors, mem, 1000);
    strbuf_puts(&flavors, "{\"cur\": ");
    json_put_tree(&flavors, json_object_get(data, "flavor") ? json_object_get(data, "flavor") : json_null());
    strbuf_puts(&flavors, ", \"old\": ");
    json_put_tree(&flavors, json_object_get(data, "old_flavor") ? json_object_get(data, "old_flavor") : json_null());
    strbuf_puts(&flavors, ", \"new\": ");
    json_put_tree(&flavors, json_object_get(data, "new_flavor") ? json_object_get(data, "new_flavor") : json_null());
    strbuf_puts(&flavors, "}");
    row->flavor = (struct db_bytes){ flavors.data, flavors.length };
    row->numa_topology = text_of(mem, json_object_get(data, "numa_topology"));
    row->device_metadata = text_of(mem, json_object_get(data, "device_metadata"));
    row->migration_context = text_of(mem, json_object_get(data, "migration_context"));

    for (size_t i = 0; i < json_array_size(changes); i++)
        changed[i] = json_string_value(json_array_get(changes, i));
    *source = (struct instance_source){ .row = row, .changes = changed };
    source->metadata = pairs_of(mem, json_object_get(data, "metadata"), &source->metadata_count);
    source->system_metadata = pairs_of(mem, json_object_get(data, "system_metadata"), &source->system_metadata_count);
    source->services = services_of(mem, json_object_get(data, "services"), &source->service_count);
#define PART(name, bits)                                                                                               \
    if (json_object_get(data, #name))                                                                                  \
        source->wants |= (bits);
#include "fcgi_app/db/instance_columns.def"
}

static void same(const char *what, const void *mem, const json_t *recorded, const struct strbuf *ours)
{
    struct strbuf expected;

    strbuf_init(&expected, mem, 4000);
    json_put_tree(&expected, recorded);
    if (strcmp(expected.data, ours->data))
        fail_msg("%s:\nrecorded %s\nours     %s", what, expected.data, ours->data);
}

static void read_bdm(const json_t *data, struct bdm_row *bdm)
{
    *bdm = (struct bdm_row){
        .id = int_of(json_object_get(data, "id")),
        .boot_index = int_of(json_object_get(data, "boot_index")),
        .volume_size = int_of(json_object_get(data, "volume_size")),
        .delete_on_termination = json_is_true(json_object_get(data, "delete_on_termination")),
        .no_device = json_is_true(json_object_get(data, "no_device")),
        .encrypted = json_is_true(json_object_get(data, "encrypted")),
        .created_at = time_of(json_object_get(data, "created_at")),
        .updated_at = time_of(json_object_get(data, "updated_at")),
    };
#define TEXT(name) bdm->name = json_string_value(json_object_get(data, #name));
    /* clang-format off */
    TEXT(uuid)
    TEXT(instance_uuid)
    TEXT(source_type)
    TEXT(destination_type)
    TEXT(guest_format)
    TEXT(device_type)
    TEXT(disk_bus)
    TEXT(device_name)
    TEXT(snapshot_id)
    TEXT(volume_id)
    TEXT(image_id)
    TEXT(connection_info)
    TEXT(tag)
    TEXT(attachment_id)
    TEXT(volume_type)
    TEXT(encryption_secret_uuid)
    TEXT(encryption_format)
    TEXT(encryption_options)
    /* clang-format on */
#undef TEXT
}

static void read_migration(const json_t *data, struct migration_row *move)
{
#define INT(name) move->name = int_of(json_object_get(data, #name));
#define TEXT(name) move->name = json_string_value(json_object_get(data, #name));
    INT(id)
    INT(old_instance_type_id)
    INT(new_instance_type_id)
    INT(memory_total)
    INT(memory_processed)
    INT(memory_remaining)
    INT(disk_total)
    INT(disk_processed)
    INT(disk_remaining)
    TEXT(uuid)
    TEXT(source_compute)
    TEXT(dest_compute)
    TEXT(source_node)
    TEXT(dest_node)
    TEXT(dest_host)
    TEXT(instance_uuid)
    TEXT(status)
    TEXT(migration_type)
    TEXT(user_id)
    TEXT(project_id)
#undef INT
#undef TEXT
    move->hidden = json_is_true(json_object_get(data, "hidden"));
    move->cross_cell_move = json_is_true(json_object_get(data, "cross_cell_move"));
    move->created_at = time_of(json_object_get(data, "created_at"));
    move->updated_at = time_of(json_object_get(data, "updated_at"));
}

static void recorded_objects_come_out_again(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *top = getenv("srcdir");
    size_t lines = 0, servers = 0, devices = 0, moves = 0;
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(mem_printf(mem, "%s/tests/unit/objects/data/messages.jsonl", top ? top : "."), "r");

    (void)state;
    assert_non_null(file);
    while (getline(&line, &size, file) > 0) {
        const json_t *instance, *bdms, *migration;
        const char *action;
        struct strbuf out;
        json_t *tree;

        assert_null(json_read(mem, line, strlen(line), &tree));
        action = json_string_value(json_object_get(tree, "action"));
        lines++;
        instance = json_object_get(tree, "instance");
        if (instance) {
            struct instance_source source;

            read_instance(mem, instance, &source);
            strbuf_init(&out, mem, 4000);
            instance_object_put(&out, &source);
            same(action, mem, instance, &out);
            servers++;
        }
        bdms = json_object_get(tree, "bdms");
        if (bdms) {
            const json_t *objects = json_object_get(data_of(bdms), "objects");
            struct bdm_row *rows = mem_array(mem, struct bdm_row, json_array_size(objects) + 1);

            for (size_t i = 0; i < json_array_size(objects); i++)
                read_bdm(data_of(json_array_get(objects, i)), &rows[i]);
            strbuf_init(&out, mem, 4000);
            bdm_list_put(&out, rows, json_array_size(objects));
            same(action, mem, bdms, &out);
            devices++;
        }
        migration = json_object_get(tree, "migration");
        if (migration) {
            struct migration_row row = { 0 };

            read_migration(data_of(migration), &row);
            strbuf_init(&out, mem, 4000);
            migration_object_put(&out, &row);
            same(action, mem, migration, &out);
            moves++;
        }
    }
    free(line);
    fclose(file);
    assert_true(lines >= 10 && servers >= 10 && devices >= 2 && moves >= 1);
    talloc_free(mem);
}

static void stored_objects_keep_their_changes(void **state)
{
    static const char stored[] = "{\"cur\": {\"nova_object.name\": \"Flavor\", \"nova_object.data\": {\"id\":1,"
                                 "\"extra_specs\": {\"a\": \"\\u00e9\"}}, \"nova_object.changes\": [\"extra_specs\"]}, "
                                 "\"old\": null}";
    struct instance_row row = { .uuid = "u", .flavor = { stored, sizeof(stored) - 1 } };
    void *mem = mem_context(NULL, "test");
    struct strbuf out;

    (void)state;
    strbuf_init(&out, mem, 100);
    instance_flavor_put(&out, row.flavor, "cur");
    assert_string_equal(out.data, "{\"nova_object.name\": \"Flavor\", \"nova_object.data\": {\"id\": 1, "
                                  "\"extra_specs\": {\"a\": \"\\u00e9\"}}, \"nova_object.changes\": "
                                  "[\"extra_specs\"]}");
    strbuf_cut(&out, 0);
    instance_flavor_put(&out, row.flavor, "new");
    assert_string_equal(out.data, "null");
    /* a server that holds such a flavor has changed too, but only where the flavor goes with it */
    strbuf_cut(&out, 0);
    instance_object_put(&out, &(struct instance_source){ .row = &row, .wants = INSTANCE_WITH_FLAVOR });
    assert_non_null(strstr(out.data, "}, \"nova_object.changes\": [\"flavor\"]}"));
    strbuf_cut(&out, 0);
    instance_object_put(&out, &(struct instance_source){ .row = &row });
    assert_null(strstr(out.data, "nova_object.changes"));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_objects_come_out_again),
        cmocka_unit_test(stored_objects_keep_their_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
