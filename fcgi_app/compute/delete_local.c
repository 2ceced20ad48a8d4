/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server has at other services, released by the API itself where no
 * host does it: volumes, accelerators, allocations, the snapshot of a shelved
 * one.  Neighbour: delete_ports.c.
 * Source: nova-facts/db.md 6.4, outbound.md.
 */
#include "config.h"

#include "fcgi_app/compute/delete.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/db/deletes.h"
#include "fcgi_app/json/json.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

/* ---- volumes ---- */

struct device {
    const char *volume_id, *attachment_id, *connection_info;
    bool delete_on_termination;
};

/* Older attachments are ended with the connector that the host has left, if it was this server's host. */
static json_t *stashed_connector(const struct target *target, const struct device *device)
{
    json_t *info = NULL, *connector;
    const char *host;

    if (!device->connection_info ||
        json_read(target->mem, device->connection_info, strlen(device->connection_info), &info))
        return NULL;
    connector = json_object_get(info, "connector");
    host = json_string_value(json_object_get(connector, "host"));
    if (host && target->row->host && strcmp(host, target->row->host))
        return NULL;
    return connector;
}

static struct fault *release(const struct context *context, const struct target *target, const struct device *device)
{
    if (device->attachment_id) {
        TRY(cinder_attachment_delete(context, target->mem, device->attachment_id));
    } else {
        json_t *connector = stashed_connector(target, device);

        if (connector)
            TRY(cinder_terminate_connection(context, target->mem, device->volume_id, connector));
        TRY(cinder_detach(context, target->mem, device->volume_id, target->row->uuid, NULL));
    }
    return device->delete_on_termination ? cinder_volume_delete(context, target->mem, device->volume_id) : NULL;
}

static void release_logged(const struct context *context, const struct target *target, const struct device *device)
{
    struct fault *fault = release(context, target, device);

    if (fault)
        log_warning("Ignoring volume cleanup failure due to %s", fault->message);
}

void server_release_volumes(const struct context *context, const struct target *target, const struct bdm_row *bdms,
                            size_t count)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    struct fault *fault;

    for (size_t i = 0; i < count; i++)
        if (bdms[i].destination_type && !strcmp(bdms[i].destination_type, "volume"))
            release_logged(context, target,
                           &(struct device){ bdms[i].volume_id, bdms[i].attachment_id, bdms[i].connection_info,
                                             bdms[i].delete_on_termination });
    if (!count)
        return;
    db_param_text(&params, target->row->uuid);
    db_param_time(&params, target->mem, clock_utc_usec());
    fault = db_query(context, target->mem, target->cell->link, &BDMS_DESTROY, &params, &rows);
    if (fault)
        log_warning("The devices of server %s could not be marked as deleted: %s", target->row->uuid, fault->message);
}

void server_release_stored_volumes(const struct context *context, const struct target *target, const char *bdms)
{
    json_t *list = NULL, *bdm;
    size_t i;

    if (!bdms || json_read(target->mem, bdms, strlen(bdms), &list))
        return;
    json_array_foreach(json_object_get(json_object_get(list, "nova_object.data"), "objects"), i, bdm)
    {
        const json_t *data = json_object_get(bdm, "nova_object.data");
        const char *destination = json_string_value(json_object_get(data, "destination_type"));

        if (destination && !strcmp(destination, "volume"))
            release_logged(context, target,
                           &(struct device){ json_string_value(json_object_get(data, "volume_id")),
                                             json_string_value(json_object_get(data, "attachment_id")),
                                             json_string_value(json_object_get(data, "connection_info")),
                                             json_is_true(json_object_get(data, "delete_on_termination")) });
    }
}

/* ---- the rest ---- */

void server_release_snapshot(const struct context *context, const struct target *target)
{
    const char *id = target_system(target, "shelved_image_id");
    struct fault *fault;

    log_info("Working on deleting snapshot %s from shelved instance...", id ? id : "None");
    /* one on volumes has no such image; it is asked for all the same */
    fault = glance_image_delete(context, target->mem, id ? id : "None");
    if (fault)
        log_warning("Failed to delete snapshot from shelved instance (%s).", fault->message);
}

void server_release_accelerators(const struct context *context, const struct target *target)
{
    struct fault *fault;

    if (!target_extra_spec(target, "accel:device_profile"))
        return;
    fault = cyborg_requests_delete(context, target->mem, target->row->uuid);
    if (fault)
        log_error("Failed to delete accelerator requests for instance %s. Exception: %s", target->row->uuid,
                  fault->message);
}

struct fault *server_release_allocation(const struct context *context, const struct target *target)
{
    return placement_allocations_delete(context, target->mem, target->row->uuid, true);
}
