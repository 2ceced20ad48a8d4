/* SPDX-License-Identifier: Apache-2.0 */
/* A server and what hangs off it as objects of the bus; db/instance_columns.def has the order of the members. */
#include "config.h"

#include "fcgi_app/objects/write.h"

#include "fcgi_app/json/json.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MEMBER(kind, type, name)                                                                                       \
    {                                                                                                                  \
#name, OBJECT_##kind, offsetof(struct type, name)                                                              \
    }

/* ---- what a server is made of ---- */

static void put_pairs(struct strbuf *out, const struct instance_pair *pairs, size_t count)
{
    strbuf_putc(out, '{');
    for (size_t i = 0; i < count; i++) {
        strbuf_puts(out, i ? ", " : "");
        json_put_string(out, pairs[i].key);
        strbuf_puts(out, ": ");
        json_put_string(out, pairs[i].value);
    }
    strbuf_putc(out, '}');
}

static void put_metadata(struct strbuf *out, const struct instance_source *source)
{
    put_pairs(out, source->metadata, source->metadata_count);
}

static void put_system_metadata(struct strbuf *out, const struct instance_source *source)
{
    put_pairs(out, source->system_metadata, source->system_metadata_count);
}

static const struct object_member service_members[] = {
    MEMBER(INT, instance_service_row, id),
    MEMBER(TEXT, instance_service_row, uuid),
    MEMBER(TEXT, instance_service_row, host),
    MEMBER(TEXT, instance_service_row, binary),
    MEMBER(TEXT, instance_service_row, topic),
    MEMBER(INT, instance_service_row, report_count),
    MEMBER(BOOL, instance_service_row, disabled),
    MEMBER(TEXT, instance_service_row, disabled_reason),
    MEMBER(TIME, instance_service_row, last_seen_up),
    MEMBER(BOOL, instance_service_row, forced_down),
    MEMBER(INT, instance_service_row, version),
    MEMBER(TIME, instance_service_row, created_at),
    MEMBER(TIME, instance_service_row, updated_at),
    MEMBER(TIME, instance_service_row, deleted_at),
    MEMBER(BOOL, instance_service_row, deleted),
};

static void put_services(struct strbuf *out, const struct instance_source *source)
{
    object_begin(out, "ServiceList");
    object_key(out, "objects");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < source->service_count; i++) {
        strbuf_puts(out, i ? ", " : "");
        object_put_row(out, "Service", service_members, COUNT(service_members), &source->services[i], NULL);
    }
    strbuf_putc(out, ']');
    object_end(out, NULL);
}

static void put_info_cache(struct strbuf *out, const struct instance_source *source)
{
    const struct instance_row *row = source->row;

    if (row->cache_id == DB_NULL_INT && !row->network_info.data) {
        json_put_null(out);
        return;
    }
    object_begin(out, "InstanceInfoCache");
    object_key(out, "instance_uuid");
    json_put_string(out, row->uuid);
    object_key(out, "network_info");
    if (row->network_info.data)
        json_put_string_length(out, row->network_info.data, row->network_info.length);
    else
        strbuf_puts(out, "\"[]\"");
    object_key(out, "created_at");
    object_put_time(out, row->cache_created_at);
    object_key(out, "updated_at");
    object_put_time(out, row->cache_updated_at);
    object_key(out, "deleted_at");
    object_put_time(out, row->cache_deleted_at);
    object_key(out, "deleted");
    json_put_bool(out, row->cache_deleted_at != DB_NO_TIME);
    object_end(out, NULL);
}

/* nova-network's are gone, the list stays. */
static void put_security_groups(struct strbuf *out, const struct instance_source *source)
{
    (void)source;
    object_begin(out, "SecurityGroupList");
    object_key(out, "objects");
    strbuf_puts(out, "[]");
    object_end(out, NULL);
}

static void put_tags(struct strbuf *out, const struct instance_source *source)
{
    object_begin(out, "TagList");
    object_key(out, "objects");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < source->tag_count; i++) {
        strbuf_puts(out, i ? ", " : "");
        object_begin(out, "Tag");
        object_key(out, "resource_id");
        json_put_string(out, source->row->uuid);
        object_key(out, "tag");
        json_put_string(out, source->tags[i].tag);
        object_end(out, NULL);
    }
    strbuf_putc(out, ']');
    object_end(out, NULL);
}

/* ---- instance_extra ---- */

/* Writes the text again, so that it may be cut and glued: scanning alone jumps over what is no JSON. False: it is none.
 */
static bool rewrite(const void *mem, const char *text, size_t length, struct json_piece *piece)
{
    struct strbuf again;

    strbuf_init(&again, mem, length + 1);
    json_put_raw(&again, text, length);
    *piece = (struct json_piece){ .text = again.data, .length = again.length };
    return again.data[0] == '{';
}

/* The text of one flavor of the column, on mem; false: it has none. */
static bool flavor_find(const void *mem, struct db_bytes flavors, const char *which, struct json_piece *piece)
{
    struct json_scan scan = json_scan_text(flavors.data, flavors.length);

    if (!flavors.length || !json_scan_find(&scan, which) || json_scan_peek(&scan) != JSON_KIND_OBJECT)
        return false;
    json_scan_raw(&scan, piece);
    return !scan.bad && rewrite(mem, piece->text, piece->length, piece);
}

static bool lists_changes(struct json_piece flavor)
{
    struct json_scan scan = json_scan_text(flavor.text, flavor.length);

    return json_scan_find(&scan, "nova_object.changes") && json_scan_array(&scan) && json_scan_element(&scan);
}

static bool has_extra_specs(struct json_piece flavor)
{
    struct json_scan scan = json_scan_text(flavor.text, flavor.length);
    struct json_piece key;

    return json_scan_find(&scan, "nova_object.data") && json_scan_find(&scan, "extra_specs") &&
           json_scan_object(&scan) && json_scan_key(&scan, &key);
}

/* A flavor's text up to its last brace, then what reading it back has changed. */
static void put_flavor_end(struct strbuf *out, const char *from, struct json_piece flavor)
{
    const char *brace = flavor.text + flavor.length - 1;

    strbuf_put(out, from, (size_t)(brace - from));
    if (!lists_changes(flavor) && has_extra_specs(flavor))
        strbuf_puts(out, ", \"nova_object.changes\": [\"extra_specs\"]");
    strbuf_putc(out, '}');
}

void instance_flavor_put(struct strbuf *out, struct db_bytes flavors, const char *which)
{
    struct json_piece flavor;

    if (!flavor_find(out->mem, flavors, which, &flavor))
        json_put_null(out);
    else if (lists_changes(flavor) || !has_extra_specs(flavor))
        json_put_raw(out, flavor.text, flavor.length);
    else
        put_flavor_end(out, flavor.text, flavor);
}

static void put_saved_flavor(struct strbuf *out, struct db_bytes flavors, const char *which)
{
    struct json_piece flavor, description;
    const char *from;
    struct json_scan scan;

    if (!flavor_find(out->mem, flavors, which, &flavor)) {
        json_put_null(out);
        return;
    }
    from = flavor.text;
    scan = json_scan_text(flavor.text, flavor.length);
    if (json_scan_find(&scan, "nova_object.data") && json_scan_find(&scan, "description")) {
        json_scan_raw(&scan, &description);
        strbuf_put(out, from, (size_t)(description.text - from));
        json_put_null(out);
        from = description.text + description.length;
    }
    put_flavor_end(out, from, flavor);
}

bool instance_flavors_put_saved(struct strbuf *out, struct db_bytes flavors)
{
    static const char *const all[] = { "cur", "old", "new" };
    struct json_piece flavor;
    bool changed = false;

    for (size_t i = 0; i < COUNT(all); i++)
        changed = changed || (flavor_find(out->mem, flavors, all[i], &flavor) &&
                              (lists_changes(flavor) || has_extra_specs(flavor)));
    if (!changed || !rewrite(out->mem, flavors.data, flavors.length, &flavor)) /* what nobody can read stays as it is */
        return false;
    for (size_t i = 0; i < COUNT(all); i++) {
        strbuf_printf(out, "%s\"%s\": ", i ? ", " : "{", all[i]);
        put_saved_flavor(out, flavors, all[i]);
    }
    strbuf_putc(out, '}');
    return true;
}

static void put_flavor(struct strbuf *out, const struct instance_source *source)
{
    instance_flavor_put(out, source->row->flavor, "cur");
}

static void put_old_flavor(struct strbuf *out, const struct instance_source *source)
{
    instance_flavor_put(out, source->row->flavor, "old");
}

static void put_new_flavor(struct strbuf *out, const struct instance_source *source)
{
    instance_flavor_put(out, source->row->flavor, "new");
}

/* The column is a list of plain dictionaries; the object has its own keys for them. */
static void put_pci_requests(struct strbuf *out, const struct instance_source *source)
{
    static const char *const plain[] = { "count",      "spec",         "alias_name", "is_new",
                                         "request_id", "requester_id", "numa_policy" };
    struct json_scan scan = json_scan_text(source->row->pci_requests.data, source->row->pci_requests.length);
    bool any = false;

    object_begin(out, "InstancePCIRequests");
    object_key(out, "instance_uuid");
    json_put_string(out, source->row->uuid);
    object_key(out, "requests");
    strbuf_putc(out, '[');
    if (source->row->pci_requests.length && json_scan_array(&scan))
        while (json_scan_element(&scan)) {
            struct json_piece request;

            json_scan_raw(&scan, &request);
            strbuf_puts(out, any ? ", " : "");
            any = true;
            object_begin(out, "InstancePCIRequest");
            for (size_t i = 0; i < COUNT(plain); i++) {
                struct json_scan member = json_scan_text(request.text, request.length);
                struct json_piece value = { 0 };

                object_key(out, plain[i]);
                if (json_scan_find(&member, plain[i]))
                    json_scan_raw(&member, &value);
                object_put_stored(out, (struct db_bytes){ value.text, value.length });
            }
            object_end(out, NULL);
        }
    strbuf_putc(out, ']');
    object_end(out, NULL);
}

#define STORED(name)                                                                                                   \
    static void put_##name(struct strbuf *out, const struct instance_source *source)                                   \
    {                                                                                                                  \
        object_put_stored(out, source->row->name);                                                                     \
    }
STORED(numa_topology)
STORED(device_metadata)
STORED(vcpu_model)
STORED(migration_context)
STORED(keypairs)
STORED(trusted_certs)
STORED(resources)

/* ---- the server ---- */

static void put_value(struct strbuf *out, const char *text)
{
    json_put_string(out, text);
}

static void put_number(struct strbuf *out, int64_t number)
{
    if (number == DB_NULL_INT)
        json_put_null(out);
    else
        strbuf_put_int(out, number);
}

#define PUT_TEXT(value) put_value(out, value)
#define PUT_INT(value) put_number(out, value)
#define PUT_FLAG(value) json_put_bool(out, (value) != 0)
#define PUT_BOOL(value) json_put_bool(out, value)
#define PUT_TIME(value) object_put_time(out, value)

/* What is changed of a server: what its source says, and parts that hold changes. */
struct changes {
    const char *names[32];
    size_t count;
};

static void add_change(struct changes *changes, const char *name)
{
    for (size_t i = 0; i < changes->count; i++)
        if (!strcmp(changes->names[i], name))
            return;
    if (changes->count + 1 < COUNT(changes->names))
        changes->names[changes->count++] = name;
}

/* The key cannot stand within a JSON string: its quotes would be escaped. */
static void note_part(struct changes *changes, const char *name, const struct strbuf *out, size_t from)
{
    if (strstr(out->data + from, "\"nova_object.changes\": ["))
        add_change(changes, name);
}

/* Some messages carry servers as lists read them: without what hangs off them in rows of its own. */
static bool is_left_out(const struct instance_source *source,
                        void (*part)(struct strbuf *out, const struct instance_source *source))
{
    return (source->wants & INSTANCE_WITHOUT_METADATA) &&
           (part == put_metadata || part == put_system_metadata || part == put_security_groups);
}

void instance_object_put(struct strbuf *out, const struct instance_source *source)
{
    const struct instance_row *row = source->row;
    struct changes changes = { .count = 0 };
    size_t from;

    for (size_t i = 0; source->changes && source->changes[i]; i++)
        add_change(&changes, source->changes[i]);
    object_begin(out, "Instance");
#define COLUMN(type, name)                                                                                             \
    object_key(out, #name);                                                                                            \
    PUT_##type(row->name);
#define PART(name, bits)                                                                                               \
    if ((!(bits) || (source->wants & (bits))) && !is_left_out(source, put_##name)) {                                   \
        object_key(out, #name);                                                                                        \
        from = out->length;                                                                                            \
        put_##name(out, source);                                                                                       \
        note_part(&changes, #name, out, from);                                                                         \
    }
#include "fcgi_app/db/instance_columns.def"
    object_end(out, changes.names);
}

/* ---- block device mappings ---- */

static const struct object_member bdm_members[] = {
    MEMBER(INT, bdm_row, id),
    MEMBER(TEXT, bdm_row, uuid),
    MEMBER(TEXT, bdm_row, instance_uuid),
    MEMBER(TEXT, bdm_row, source_type),
    MEMBER(TEXT, bdm_row, destination_type),
    MEMBER(TEXT, bdm_row, guest_format),
    MEMBER(TEXT, bdm_row, device_type),
    MEMBER(TEXT, bdm_row, disk_bus),
    MEMBER(INT, bdm_row, boot_index),
    MEMBER(TEXT, bdm_row, device_name),
    MEMBER(BOOL, bdm_row, delete_on_termination),
    MEMBER(TEXT, bdm_row, snapshot_id),
    MEMBER(TEXT, bdm_row, volume_id),
    MEMBER(INT, bdm_row, volume_size),
    MEMBER(TEXT, bdm_row, image_id),
    MEMBER(BOOL, bdm_row, no_device),
    MEMBER(TEXT, bdm_row, connection_info),
    MEMBER(TEXT, bdm_row, tag),
    MEMBER(TEXT, bdm_row, attachment_id),
    MEMBER(TEXT, bdm_row, volume_type),
    MEMBER(BOOL, bdm_row, encrypted),
    MEMBER(TEXT, bdm_row, encryption_secret_uuid),
    MEMBER(TEXT, bdm_row, encryption_format),
    MEMBER(TEXT, bdm_row, encryption_options),
    MEMBER(TIME, bdm_row, created_at),
    MEMBER(TIME, bdm_row, updated_at),
    { "deleted_at", OBJECT_NULL, 0 },
    { "deleted", OBJECT_FALSE, 0 },
};

void bdm_object_put(struct strbuf *out, const struct bdm_row *bdm)
{
    object_put_row(out, "BlockDeviceMapping", bdm_members, COUNT(bdm_members), bdm, NULL);
}

void bdm_list_put(struct strbuf *out, const struct bdm_row *bdms, size_t count)
{
    object_begin(out, "BlockDeviceMappingList");
    object_key(out, "objects");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        strbuf_puts(out, i ? ", " : "");
        bdm_object_put(out, &bdms[i]);
    }
    strbuf_putc(out, ']');
    object_end(out, NULL);
}

/* ---- moves ---- */

static const struct object_member migration_members[] = {
    MEMBER(INT, migration_row, id),
    MEMBER(TEXT, migration_row, uuid),
    MEMBER(TEXT, migration_row, source_compute),
    MEMBER(TEXT, migration_row, dest_compute),
    MEMBER(TEXT, migration_row, source_node),
    MEMBER(TEXT, migration_row, dest_node),
    MEMBER(TEXT, migration_row, dest_host),
    MEMBER(INT, migration_row, old_instance_type_id),
    MEMBER(INT, migration_row, new_instance_type_id),
    MEMBER(TEXT, migration_row, instance_uuid),
    MEMBER(TEXT, migration_row, status),
    MEMBER(TEXT, migration_row, migration_type),
    MEMBER(BOOL, migration_row, hidden),
    MEMBER(INT, migration_row, memory_total),
    MEMBER(INT, migration_row, memory_processed),
    MEMBER(INT, migration_row, memory_remaining),
    MEMBER(INT, migration_row, disk_total),
    MEMBER(INT, migration_row, disk_processed),
    MEMBER(INT, migration_row, disk_remaining),
    MEMBER(BOOL, migration_row, cross_cell_move),
    MEMBER(TEXT, migration_row, user_id),
    MEMBER(TEXT, migration_row, project_id),
    MEMBER(TIME, migration_row, created_at),
    MEMBER(TIME, migration_row, updated_at),
    { "deleted_at", OBJECT_NULL, 0 },
    { "deleted", OBJECT_FALSE, 0 },
};

void migration_object_put(struct strbuf *out, const struct migration_row *migration)
{
    object_put_row(out, "Migration", migration_members, COUNT(migration_members), migration, NULL);
}
