/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations at the block storage service, and what nova reads of
 * volumes and snapshots.  See cinder.h; cinder.c performs the calls.
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/cinder_private.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("nova.volume.cinder");

/* The microversion that attachments need. */
#define ATTACHMENTS "3.44"

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* What nova reads of a volume, as attributes, in its order: those that must be there. */
static struct fault *must_have(const void *mem, const json_t *raw, const char *const *names)
{
    json_t *value;

    for (; *names; names++)
        TRY(take_attribute(mem, raw, *names, &value));
    return NULL;
}

/* One a server: the last that cinder named. */
static struct fault *read_attachments(const void *mem, const json_t *list, struct cinder_volume *volume)
{
    struct cinder_volume_attachment *attachments;
    json_t *each, *one, *server;
    size_t i, at;

    volume->attach_status = "detached";
    if (!take_is_true(list))
        return NULL;
    TRY(take_each(mem, list, &each));
    volume->attachments = attachments = mem_array(mem, struct cinder_volume_attachment, json_array_size(each) + 1);
    json_array_foreach(each, i, one)
    {
        const char *id;

        TRY(take_key(mem, one, "server_id", &server));
        TRY(take_hashable(mem, server));
        id = take_text(mem, server);
        for (at = 0; at < volume->attachment_count; at++)
            if (id && attachments[at].server_id && !strcmp(attachments[at].server_id, id))
                break;
        attachments[at] = (struct cinder_volume_attachment){ id, text(one, "attachment_id"), text(one, "device"), one };
        if (at == volume->attachment_count)
            volume->attachment_count++;
    }
    volume->attach_status = "attached";
    return NULL;
}

struct fault *cinder_volume_read(const void *mem, const json_t *raw, struct cinder_volume *volume)
{
    static const char *const first[] = {
        "id", "status", "size", "availability_zone", "created_at", "attachments", NULL
    };
    static const char *const then[] = { "name",     "description", "volume_type", "snapshot_id",
                                        "bootable", "metadata",    NULL };
    const json_t *shared = json_object_get(raw, "shared_targets"), *bootable = json_object_get(raw, "bootable");

    *volume = (struct cinder_volume){
        .id = text(raw, "id"),
        .status = text(raw, "status"),
        .availability_zone = text(raw, "availability_zone"),
        .created_at = text(raw, "created_at"),
        .display_name = text(raw, "name"),
        .display_description = text(raw, "description"),
        .volume_type = text(raw, "volume_type"),
        .snapshot_id = text(raw, "snapshot_id"),
        .size = json_integer_value(json_object_get(raw, "size")),
        .multiattach = take_is_true(json_object_get(raw, "multiattach")),
        .metadata = json_object_get(raw, "metadata"),
        .volume_image_metadata = json_object_get(raw, "volume_image_metadata"),
        .has_shared_targets = shared != NULL,
        .shared_targets = take_is_true(shared),
        .service_uuid = text(raw, "service_uuid"),
        .migration_status = text(raw, "migration_status"),
        .raw = raw,
    };
    TRY(must_have(mem, raw, first));
    TRY(read_attachments(mem, json_object_get(raw, "attachments"), volume));
    TRY(must_have(mem, raw, then));
    volume->bootable = take_text(mem, bootable) && text_bool(take_text(mem, bootable)) == 1;
    if (!json_is_object(volume->metadata))
        return fault_new(mem, AttributeError, "object has no attribute 'items'");
    if (shared)
        TRY(must_have(mem, raw, (const char *const[]){ "service_uuid", NULL }));
    return NULL;
}

static const char *const snapshot_members[] = { "id",   "status",      "size",      "created_at",
                                                "name", "description", "volume_id", NULL };

struct fault *cinder_snapshot_read(const void *mem, const json_t *raw, struct cinder_snapshot *snapshot)
{
    *snapshot = (struct cinder_snapshot){
        .id = text(raw, "id"),
        .status = text(raw, "status"),
        .progress = text(raw, "os-extended-snapshot-attributes:progress"),
        .created_at = text(raw, "created_at"),
        .display_name = text(raw, "name"),
        .display_description = text(raw, "description"),
        .volume_id = take_text(mem, json_object_get(raw, "volume_id")),
        .project_id = text(raw, "os-extended-snapshot-attributes:project_id"),
        .size = json_integer_value(json_object_get(raw, "size")),
        .raw = raw,
    };
    return must_have(mem, raw, snapshot_members);
}

/* ---- volumes ---- */

void cinder_volumes_show(const struct context *context, const void *mem, const char *const *ids, size_t count,
                         const char *microversion, struct cinder_volume *volumes, struct fault **faults)
{
    struct cinder_request *requests = mem_array(mem, struct cinder_request, count + 1);
    json_t **answers = mem_array(mem, json_t *, count + 1);

    for (size_t i = 0; i < count; i++)
        requests[i] = (struct cinder_request){ .kind = CINDER_VOLUME,
                                               .id = ids[i],
                                               .method = "GET",
                                               .path = cinder_path(mem, "/volumes/", ids[i], ""),
                                               .microversion = microversion,
                                               .check = microversion != NULL };
    cinder_requests(context, mem, requests, count, answers, faults);
    for (size_t i = 0; i < count; i++) {
        const json_t *raw;

        if (!faults[i])
            faults[i] = cinder_take(mem, answers[i], "volume", &raw);
        if (!faults[i])
            faults[i] = cinder_volume_read(mem, raw, &volumes[i]);
    }
}

struct fault *cinder_volume_show(const struct context *context, const void *mem, const char *id,
                                 const char *microversion, struct cinder_volume *volume)
{
    struct fault *fault;

    cinder_volumes_show(context, mem, &id, 1, microversion, volume, &fault);
    return fault;
}

struct fault *cinder_volumes_list(const struct context *context, const void *mem, struct cinder_volume **volumes,
                                  size_t *count)
{
    json_t *items;
    const json_t *item;
    size_t i;

    TRY(cinder_pages(context, mem, "/volumes/detail", "volumes", &items));
    *count = json_array_size(items);
    *volumes = mem_array(mem, struct cinder_volume, *count + 1);
    json_array_foreach(items, i, item) TRY(cinder_volume_read(mem, item, &(*volumes)[i]));
    return NULL;
}

/* Does an answer to a create have all that nova looks for? */
static bool has_all(const json_t *raw)
{
    static const char *const names[] = {
        "id",          "status",      "size",     "availability_zone",     "created_at",
        "multiattach", "attachments", "name",     "description",           "volume_type",
        "snapshot_id", "bootable",    "metadata", "volume_image_metadata", "shared_targets",
        NULL
    };

    for (size_t i = 0; names[i]; i++)
        if (!json_object_get(raw, names[i]))
            return false;
    return true;
}

struct fault *cinder_volume_create(const struct context *context, const void *mem, const struct cinder_volume_new *what,
                                   struct cinder_volume *volume)
{
    struct cinder_request request = { .kind = CINDER_CREATE, .method = "POST", .path = "/volumes" };
    const json_t *raw, *more;
    json_t *answer, *id;
    struct strbuf body;

    strbuf_init(&body, mem, 512);
    JSON_PUT_LITERAL(&body, "{\"volume\": {\"size\": ");
    json_put_tree(&body, what->size);
    JSON_PUT_LITERAL(&body, ", \"consistencygroup_id\": null, \"snapshot_id\": ");
    json_put_string(&body, what->snapshot_id);
    JSON_PUT_LITERAL(&body, ", \"name\": ");
    json_put_string(&body, what->name);
    JSON_PUT_LITERAL(&body, ", \"description\": ");
    json_put_string(&body, what->description);
    JSON_PUT_LITERAL(&body, ", \"volume_type\": ");
    json_put_string(&body, what->volume_type);
    JSON_PUT_LITERAL(&body, ", \"availability_zone\": ");
    json_put_string(&body, what->availability_zone);
    JSON_PUT_LITERAL(&body, ", \"metadata\": ");
    if (what->metadata)
        json_put_tree(&body, what->metadata);
    else
        JSON_PUT_LITERAL(&body, "{}");
    JSON_PUT_LITERAL(&body, ", \"imageRef\": ");
    json_put_string(&body, what->image_id);
    JSON_PUT_LITERAL(&body, ", \"source_volid\": null, \"backup_id\": null}}");
    request.body = body.data;
    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "volume", &raw));
    if (has_all(raw))
        return cinder_volume_read(mem, raw, volume);
    /* cinderclient looks for what the answer lacks by asking for the volume, and fails where that fails */
    TRY(take_attribute(mem, raw, "id", &id));
    if (json_object_get(raw, "metadata") && !json_is_object(json_object_get(raw, "metadata")))
        return fault_new(mem, AttributeError, "object has no attribute 'items'");
    request = (struct cinder_request){ .kind = CINDER_CREATE, .method = "GET" };
    request.path = cinder_path(mem, "/volumes/", json_is_null(id) ? "None" : take_text(mem, id), "");
    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "volume", &more));
    json_object_update_missing((json_t *)(uintptr_t)raw, (json_t *)(uintptr_t)more);
    return cinder_volume_read(mem, raw, volume);
}

struct fault *cinder_volume_delete(const struct context *context, const void *mem, const char *id)
{
    const struct cinder_request request = {
        .kind = CINDER_VOLUME, .id = id, .method = "DELETE", .path = cinder_path(mem, "/volumes/", id, "")
    };

    return cinder_request(context, mem, &request, NULL);
}

static struct fault *act(const struct context *context, const void *mem, const char *id, const char *body, short tries)
{
    const struct cinder_request request = { .kind = CINDER_VOLUME,
                                            .id = id,
                                            .method = "POST",
                                            .path = cinder_path(mem, "/volumes/", id, "/action"),
                                            .body = body,
                                            .tries_500 = tries };

    return cinder_request(context, mem, &request, NULL);
}

struct fault *cinder_volume_action(const struct context *context, const void *mem, const char *id,
                                   enum cinder_action action)
{
    static const char *const bodies[] = {
        [CINDER_RESERVE] = "{\"os-reserve\": null}",
        [CINDER_UNRESERVE] = "{\"os-unreserve\": null}",
        [CINDER_BEGIN_DETACHING] = "{\"os-begin_detaching\": null}",
        [CINDER_ROLL_DETACHING] = "{\"os-roll_detaching\": null}",
    };

    return act(context, mem, id, bodies[action], 0);
}

/* How often what undoes an attachment is tried at a peer that fails. */
enum { UNDO_TRIES = 5 };

struct fault *cinder_terminate_connection(const struct context *context, const void *mem, const char *id,
                                          const json_t *connector)
{
    struct strbuf body;

    strbuf_init(&body, mem, 256);
    JSON_PUT_LITERAL(&body, "{\"os-terminate_connection\": {\"connector\": ");
    json_put_tree(&body, connector);
    JSON_PUT_LITERAL(&body, "}}");
    return act(context, mem, id, body.data, UNDO_TRIES);
}

struct fault *cinder_detach(const struct context *context, const void *mem, const char *id, const char *server_id,
                            const char *attachment_id)
{
    struct cinder_volume volume;
    struct strbuf body;

    if (!attachment_id) {
        TRY(cinder_volume_show(context, mem, id, NULL, &volume));
        for (size_t i = 0; volume.multiattach && server_id && i < volume.attachment_count; i++)
            if (volume.attachments[i].server_id && !strcmp(volume.attachments[i].server_id, server_id))
                attachment_id = volume.attachments[i].attachment_id;
        if (volume.multiattach && !attachment_id)
            log_warning("No attachment of server %s found at volume %s, which may have several: it can hardly be "
                        "detached",
                        server_id ? server_id : "-", id);
    }
    strbuf_init(&body, mem, 128);
    JSON_PUT_LITERAL(&body, "{\"os-detach\": {\"attachment_id\": ");
    json_put_string(&body, attachment_id);
    JSON_PUT_LITERAL(&body, "}}");
    return act(context, mem, id, body.data, UNDO_TRIES);
}

/* ---- attachments ---- */

/* What is told of the connection is an object where it is told. */
static struct fault *check_connection(const void *mem, const json_t *raw)
{
    const json_t *connection = json_object_get(raw, "connection_info");

    if (!take_is_true(connection) || json_is_object(connection))
        return NULL;
    return json_is_array(connection) ? fault_new(mem, TypeError, "pop expected at most 1 argument, got 2")
                                     : fault_new(mem, AttributeError, "object has no attribute 'pop'");
}

struct fault *cinder_attachment_create(const struct context *context, const void *mem, const char *volume_id,
                                       const char *server_id, const json_t *connector, const char *mountpoint,
                                       const char **id)
{
    struct cinder_request request = { .kind = CINDER_VOLUME,
                                      .id = volume_id,
                                      .method = "POST",
                                      .path = "/attachments",
                                      .microversion = ATTACHMENTS,
                                      .check = true };
    struct strbuf body;
    json_t *answer, *own, *given;
    const json_t *raw;

    strbuf_init(&body, mem, 256);
    JSON_PUT_LITERAL(&body, "{\"attachment\": {\"volume_uuid\": ");
    json_put_string(&body, volume_id);
    JSON_PUT_LITERAL(&body, ", \"connector\": ");
    if (connector && json_object_size(connector) && mountpoint && !json_object_get(connector, "mountpoint")) {
        struct strbuf copy;

        strbuf_init(&copy, mem, 256);
        json_put_tree(&copy, connector);
        TRY(json_read(mem, copy.data, copy.length, &own));
        json_object_set_new(own, "mountpoint", json_string(mountpoint));
        json_put_tree(&body, own);
    } else if (connector) {
        json_put_tree(&body, connector);
    } else {
        json_put_null(&body);
    }
    if (server_id) {
        JSON_PUT_LITERAL(&body, ", \"instance_uuid\": ");
        json_put_string(&body, server_id);
    }
    JSON_PUT_LITERAL(&body, "}}");
    request.body = body.data;
    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "attachment", &raw));
    TRY(check_connection(mem, raw));
    TRY(take_key(mem, raw, "id", &given));
    *id = take_text(mem, given);
    return NULL;
}

struct fault *cinder_attachment_show(const struct context *context, const void *mem, const char *id,
                                     json_t **attachment)
{
    const struct cinder_request request = { .kind = CINDER_ATTACHMENT,
                                            .id = id,
                                            .method = "GET",
                                            .path = cinder_path(mem, "/attachments/", id, ""),
                                            .microversion = ATTACHMENTS };
    json_t *answer;
    const json_t *raw;

    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "attachment", &raw));
    TRY(check_connection(mem, raw));
    *attachment = json_object_get(answer, "attachment");
    return NULL;
}

struct fault *cinder_attachment_complete(const struct context *context, const void *mem, const char *id)
{
    const struct cinder_request request = { .kind = CINDER_ATTACHMENT,
                                            .id = id,
                                            .method = "POST",
                                            .path = cinder_path(mem, "/attachments/", id, "/action"),
                                            .body = "{\"os-complete\": null}",
                                            .microversion = ATTACHMENTS };

    return cinder_request(context, mem, &request, NULL);
}

struct fault *cinder_attachment_delete(const struct context *context, const void *mem, const char *id)
{
    const struct cinder_request request = { .kind = CINDER_ATTACHMENT,
                                            .id = id,
                                            .method = "DELETE",
                                            .path = cinder_path(mem, "/attachments/", id, ""),
                                            .microversion = ATTACHMENTS,
                                            .tries_500 = UNDO_TRIES,
                                            .tries_504 = UNDO_TRIES,
                                            .missing_is_fine = true };

    return cinder_request(context, mem, &request, NULL);
}

/* ---- snapshots ---- */

struct fault *cinder_snapshot_show(const struct context *context, const void *mem, const char *id,
                                   struct cinder_snapshot *snapshot)
{
    const struct cinder_request request = {
        .kind = CINDER_SNAPSHOT, .id = id, .method = "GET", .path = cinder_path(mem, "/snapshots/", id, "")
    };
    const json_t *raw;
    json_t *answer;

    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "snapshot", &raw));
    return cinder_snapshot_read(mem, raw, snapshot);
}

struct fault *cinder_snapshots_list(const struct context *context, const void *mem, struct cinder_snapshot **snapshots,
                                    size_t *count)
{
    json_t *items;
    const json_t *item;
    size_t i;

    TRY(cinder_pages(context, mem, "/snapshots/detail", "snapshots", &items));
    *count = json_array_size(items);
    *snapshots = mem_array(mem, struct cinder_snapshot, *count + 1);
    json_array_foreach(items, i, item) TRY(cinder_snapshot_read(mem, item, &(*snapshots)[i]));
    return NULL;
}

struct fault *cinder_snapshot_create(const struct context *context, const void *mem, const char *volume_id, bool force,
                                     const char *name, const char *description, struct cinder_snapshot *snapshot)
{
    struct cinder_request request = { .kind = CINDER_MIXED, .id = volume_id, .method = "POST", .path = "/snapshots" };
    const json_t *raw, *more;
    json_t *answer, *id;
    struct strbuf body;

    strbuf_init(&body, mem, 256);
    JSON_PUT_LITERAL(&body, "{\"snapshot\": {\"volume_id\": ");
    json_put_string(&body, volume_id);
    JSON_PUT_LITERAL(&body, ", \"force\": ");
    json_put_bool(&body, force);
    JSON_PUT_LITERAL(&body, ", \"name\": ");
    json_put_string(&body, name);
    JSON_PUT_LITERAL(&body, ", \"description\": ");
    json_put_string(&body, description);
    JSON_PUT_LITERAL(&body, ", \"metadata\": {}}}");
    request.body = body.data;
    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "snapshot", &raw));
    if (!must_have(mem, raw, snapshot_members))
        return cinder_snapshot_read(mem, raw, snapshot);
    /* as of a volume: what the answer lacks is looked for */
    TRY(take_attribute(mem, raw, "id", &id));
    request = (struct cinder_request){ .kind = CINDER_MIXED, .id = volume_id, .method = "GET" };
    request.path = cinder_path(mem, "/snapshots/", json_is_null(id) ? "None" : take_text(mem, id), "");
    TRY(cinder_request(context, mem, &request, &answer));
    TRY(cinder_take(mem, answer, "snapshot", &more));
    json_object_update_missing((json_t *)(uintptr_t)raw, (json_t *)(uintptr_t)more);
    return cinder_snapshot_read(mem, raw, snapshot);
}

struct fault *cinder_snapshot_delete(const struct context *context, const void *mem, const char *id)
{
    const struct cinder_request request = {
        .kind = CINDER_SNAPSHOT, .id = id, .method = "DELETE", .path = cinder_path(mem, "/snapshots/", id, "")
    };

    return cinder_request(context, mem, &request, NULL);
}

/* ---- others ---- */

struct fault *cinder_types_list(const struct context *context, const void *mem, struct cinder_type **types,
                                size_t *count)
{
    json_t *items;
    const json_t *item;
    size_t i;

    TRY(cinder_pages(context, mem, "/types?is_public=None", "volume_types", &items));
    *count = json_array_size(items);
    *types = mem_array(mem, struct cinder_type, *count + 1);
    json_array_foreach(items, i, item)
    {
        TRY(must_have(mem, item, (const char *const[]){ "id", "name", NULL }));
        (*types)[i] = (struct cinder_type){ text(item, "id"), take_text(mem, json_object_get(item, "name")) };
    }
    return NULL;
}

struct fault *cinder_limits(const struct context *context, const void *mem, json_t **absolute)
{
    const struct cinder_request request = { .kind = CINDER_PLAIN, .method = "GET", .path = "/limits" };
    json_t *answer, *limits;

    TRY(cinder_request(context, mem, &request, &answer));
    TRY(take_key(mem, answer, "limits", &limits));
    if (!json_is_object(limits))
        return fault_new(mem, AttributeError, "object has no attribute 'items'");
    TRY(take_key(mem, limits, "absolute", absolute));
    if (!json_is_object(*absolute))
        return fault_new(mem, AttributeError, "object has no attribute 'items'");
    return NULL;
}
