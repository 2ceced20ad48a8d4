/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes of servers; see the header. */
#include "config.h"

#include "fcgi_app/compute/volume_attachments.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/attachments.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/write.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static const struct instance_states attachable =
    INSTANCE_STATES("active", "paused", "stopped", "resized", "soft-delete", "shelved", "shelved_offloaded");
static const struct instance_states idle = INSTANCE_STATES(NULL);
static const struct instance_states swappable = INSTANCE_STATES("active", "paused", "resized");

const struct bdm_row *volume_attachment_find(const struct target *target, const char *volume_id)
{
    for (size_t i = 0; i < target->bdm_count; i++)
        if (target->bdms[i].volume_id && !strcmp(target->bdms[i].volume_id, volume_id))
            return &target->bdms[i];
    return NULL;
}

static bool is_offloaded(const struct target *target)
{
    return target->row->vm_state && !strcmp(target->row->vm_state, "shelved_offloaded");
}

/* ---- rows ---- */

static struct fault *save(const struct context *context, const struct target *target,
                          const struct db_statement *statement, const char *uuid, const char *value)
{
    struct db_params params = { 0 };

    if (!target->cell)
        return NULL;
    db_param_text(&params, uuid);
    db_param_time(&params, target->mem, clock_utc_usec());
    if (statement->params > 2)
        db_param_text(&params, value);
    return db_query(context, target->mem, target->cell->link, statement, &params, NULL);
}

struct fault *volume_set_termination(const struct context *context, const struct target *target,
                                     const struct bdm_row *bdm, bool delete_on_termination)
{
    return save(context, target, &BDM_SET_TERMINATION, bdm->uuid, delete_on_termination ? "t" : "f");
}

/* The server's rows as they are now; the one of the volume, or NULL. */
static struct fault *read_again(const struct context *context, const struct target *target, const char *volume_id,
                                const struct bdm_row **bdm)
{
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };
    const struct bdm_row *list;

    *bdm = NULL;
    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, target->mem, target->cell->link, &BDMS_OF_INSTANCE, &params, &rows));
    list = rows.rows;
    for (size_t i = 0; i < rows.count && !*bdm; i++)
        if (list[i].volume_id && !strcmp(list[i].volume_id, volume_id))
            *bdm = &list[i];
    return NULL;
}

/* Takes the row of a volume away; why it could not is only logged, since another fault is on its way. */
static void forget(const struct context *context, const struct target *target, const char *volume_id)
{
    const struct bdm_row *bdm;
    struct fault *fault = read_again(context, target, volume_id, &bdm);

    if (!fault && bdm)
        fault = save(context, target, &BDM_DELETE, bdm->uuid, NULL);
    if (fault)
        log_warning("The block device mapping of volume %s stays: %s", volume_id, fault->message);
}

/* ---- attach ---- */

/* /dev/ and letters, then digits. */
static bool is_device(const char *device)
{
    size_t letters;

    if (strncmp(device, "/dev/", 5))
        return false;
    device += 5;
    letters = strspn(device, "abcdefghijklmnopqrstuvwxyz");
    device += letters;
    return letters && !device[strspn(device, "0123456789")];
}

static struct fault *check_free(const struct context *context, const struct target *target,
                                const struct cinder_volume *volume)
{
    struct db_params params = { 0 };
    const struct volume_user *users;
    struct db_rows rows = { 0 };
    struct strbuf servers;
    bool here = false;

    db_param_text(&params, volume->id);
    TRY(db_query(context, target->mem, target->cell->link, &VOLUME_USERS, &params, &rows));
    if (!rows.count)
        return NULL;
    users = rows.rows;
    strbuf_init(&servers, target->mem, 128);
    for (size_t i = 0; i < rows.count; i++) {
        strbuf_printf(&servers, "%s%s", i ? " " : "", users[i].instance_uuid);
        here = here || !strcmp(users[i].instance_uuid, target->row->uuid);
    }
    if (!volume->multiattach)
        return fault_new(
            target->mem, InvalidVolume,
            mem_printf(target->mem, "volume %s is already attached to instances: %s", volume->id, servers.data));
    return here ? fault_new(target->mem, InvalidVolume,
                            mem_printf(target->mem, "volume %s already attached", volume->id))
                : NULL;
}

/* [cinder] cross_az_attach: a volume of another zone. */
static struct fault *check_zone(const struct context *context, const struct target *target,
                                const struct cinder_volume *volume)
{
    const char *zone = target->row->availability_zone;

    if (conf_bool(context->worker->conf, OPTION_cinder_cross_az_attach))
        return NULL;
    if (target->row->host)
        TRY(host_find_zone(context, target->row->host, &zone));
    if (zone && volume->availability_zone && !strcmp(zone, volume->availability_zone))
        return NULL;
    return fault_new(target->mem, InvalidVolume,
                     mem_printf(target->mem,
                                "Instance %s and volume %s are not in the same availability_zone. Instance is in %s. "
                                "Volume is in %s",
                                target->row->uuid, volume->id, zone ? zone : "None",
                                volume->availability_zone ? volume->availability_zone : "None"));
}

/* The server's host chooses the device and makes the row. */
static struct fault *reserve(const struct context *context, struct target *target, const struct volume_wish *wish,
                             const struct cinder_volume *volume)
{
    struct rpc_target to = { .transport_url = target->cell->transport_url, .server = target->row->host };
    const json_t *shared = json_object_get(volume->raw, "multiattach");
    struct rpc_args args;
    json_t *bdm;

    if (!to.server)
        return fault_text(target->mem, NovaException, "No compute host specified");
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    rpc_arg_string(&args, "device", wish->device);
    rpc_arg_string(&args, "volume_id", volume->id);
    rpc_arg_null(&args, "disk_bus");
    rpc_arg_null(&args, "device_type");
    rpc_arg_string(&args, "tag", wish->tag);
    if (shared)
        json_put_tree(rpc_arg(&args, "multiattach"), shared);
    else
        rpc_arg_bool(&args, "multiattach", false);
    return rpc_call(context, &to, RPC_reserve_block_device_name, &args, &bdm);
}

static void put_bdm(struct rpc_args *args, const void *arg)
{
    bdm_object_put(rpc_arg(args, "bdm"), arg);
}

static struct fault *attach_reserved(const struct context *context, struct target *target,
                                     const struct volume_wish *wish, const struct cinder_volume *volume,
                                     const char **device)
{
    const struct bdm_row *bdm;
    const char *attachment;

    TRY(check_zone(context, target, volume));
    if (volume->multiattach && !wish->multiattach)
        return fault_new(target->mem, MultiattachNotSupportedOldMicroversion);
    TRY(cinder_attachment_create(context, target->mem, volume->id, target->row->uuid, NULL, NULL, &attachment));
    TRY(read_again(context, target, volume->id, &bdm));
    if (!bdm)
        return fault_new(target->mem, VolumeBDMNotFound, volume->id);
    TRY(save(context, target, &BDM_SET_ATTACHMENT, bdm->uuid, attachment));
    TRY(read_again(context, target, volume->id, &bdm));
    if (!bdm)
        return fault_new(target->mem, VolumeBDMNotFound, volume->id);
    *device = bdm->device_name;
    TRY(instance_action_start(context, target, "attach_volume"));
    return action_send(context, target, RPC_attach_volume, NULL, false, put_bdm, bdm);
}

/* The server is on no host: its row is made here, and cinder told that it is there. */
static struct fault *attach_row(const struct context *context, struct target *target,
                                const struct cinder_volume *volume, const char *uuid)
{
    const char *attachment;
    struct fault *fault;
    int64_t start;

    TRY(check_zone(context, target, volume));
    TRY(cinder_attachment_create(context, target->mem, volume->id, target->row->uuid, NULL, NULL, &attachment));
    TRY(save(context, target, &BDM_SET_ATTACHMENT, uuid, attachment));
    TRY(instance_action_start(context, target, "attach_volume"));
    start = clock_utc_usec();
    fault = cinder_attachment_complete(context, target->mem, attachment);
    TRY(instance_action_event(context, target, "api_attach_volume", start, fault));
    return fault;
}

static struct fault *attach_offloaded(const struct context *context, struct target *target,
                                      const struct volume_wish *wish, const struct cinder_volume *volume)
{
    struct db_params params = { 0 };
    struct fault *fault;
    char uuid[37];

    text_uuid4(uuid);
    db_param_text(&params, uuid);
    db_param_time(&params, target->mem, clock_utc_usec());
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, volume->id);
    db_param_bool(&params, wish->delete_on_termination);
    TRY(db_query(context, target->mem, target->cell->link, &BDM_CREATE_VOLUME, &params, NULL));
    fault = attach_row(context, target, volume, uuid);
    if (fault)
        forget(context, target, volume->id);
    return fault;
}

struct fault *volume_attach(const struct context *context, struct target *target, const struct volume_wish *wish,
                            const char **device)
{
    struct cinder_volume volume;
    const struct bdm_row *bdm;
    struct fault *fault;

    *device = NULL;
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &attachable, &idle, true, "attach_volume"));
    if (wish->device && *wish->device && !is_device(wish->device))
        return fault_new(target->mem, InvalidDevicePath, wish->device);
    TRY(cinder_volume_show(context, target->mem, wish->volume_id, NULL, &volume));
    TRY(check_free(context, target, &volume));
    if (is_offloaded(target) && wish->tag && *wish->tag)
        return fault_new(target->mem, VolumeTaggedAttachToShelvedNotSupported);
    if (is_offloaded(target) && volume.multiattach)
        return fault_new(target->mem, MultiattachToShelvedNotSupported);
    if (is_offloaded(target))
        return attach_offloaded(context, target, wish, &volume);
    fault = reserve(context, target, wish, &volume);
    if (fault) {
        if (fault_is(fault, FAULT_MessagingTimeout))
            forget(context, target, volume.id);
        return fault;
    }
    fault = read_again(context, target, volume.id, &bdm);
    if (!fault && bdm)
        fault = volume_set_termination(context, target, bdm, wish->delete_on_termination);
    TRY(fault);
    fault = attach_reserved(context, target, wish, &volume, device);
    if (fault)
        forget(context, target, volume.id);
    return fault;
}

/* ---- detach ---- */

/* Cinder's 400 is what is wrong with the volume. */
static struct fault *begin_detaching(const struct context *context, const struct target *target, const char *id)
{
    struct fault *fault = cinder_volume_action(context, target->mem, id, CINDER_BEGIN_DETACHING);

    return fault && fault_is(fault, FAULT_InvalidInput) ? fault_new(target->mem, InvalidVolume, fault->message) : fault;
}

static const char *attachment_of(const struct target *target, const struct cinder_volume *volume)
{
    for (size_t i = 0; i < volume->attachment_count; i++)
        if (volume->attachments[i].server_id && !strcmp(volume->attachments[i].server_id, target->row->uuid))
            return volume->attachments[i].attachment_id;
    return NULL;
}

/* The server is on no host: cinder is told from here, and the row goes. What cinder refuses is only logged. */
static struct fault *detach_offloaded(const struct context *context, struct target *target, const struct bdm_row *bdm)
{
    int64_t start = clock_utc_usec();
    struct fault *fault;

    TRY(instance_action_start(context, target, "detach_volume"));
    fault = cinder_attachment_delete(context, target->mem, bdm->attachment_id);
    if (!fault && bdm->delete_on_termination)
        fault = cinder_volume_delete(context, target->mem, bdm->volume_id);
    if (fault)
        log_warning("Ignoring a failure of the volume service while volume %s is detached: %s", bdm->volume_id,
                    fault->message);
    fault = save(context, target, &BDM_DELETE, bdm->uuid, NULL);
    TRY(instance_action_event(context, target, "api_detach_volume", start, fault));
    return fault;
}

struct detaching {
    const char *volume_id, *attachment_id;
};

static void put_detaching(struct rpc_args *args, const void *arg)
{
    const struct detaching *what = arg;

    rpc_arg_string(args, "volume_id", what->volume_id);
    rpc_arg_string(args, "attachment_id", what->attachment_id);
}

struct fault *volume_detach(const struct context *context, struct target *target, const struct cinder_volume *volume,
                            const struct bdm_row *bdm)
{
    const struct detaching what = { volume->id, attachment_of(target, volume) };

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &attachable, &idle, true, "detach_volume"));
    if (is_offloaded(target) && bdm->attachment_id)
        return detach_offloaded(context, target, bdm);
    TRY(target_check_host_up(context, target));
    TRY(begin_detaching(context, target, volume->id));
    TRY(instance_action_start(context, target, "detach_volume"));
    return action_send(context, target, RPC_detach_volume, NULL, false, put_detaching, &what);
}

/* ---- swap ---- */

/* Attachments that write; one that is gone meanwhile counts. */
static struct fault *count_writers(const struct context *context, const struct target *target,
                                   const struct cinder_volume *volume, size_t *count)
{
    *count = volume->attachment_count;
    if (*count <= 1)
        return NULL;
    *count = 0;
    for (size_t i = 0; i < volume->attachment_count; i++) {
        const char *id = volume->attachments[i].attachment_id, *mode = NULL;
        json_t *attachment = NULL;
        struct fault *fault = cinder_attachment_show(context, target->mem, id ? id : "None", &attachment);

        if (fault && !fault_is(fault, FAULT_VolumeAttachmentNotFound))
            return fault;
        if (!fault)
            mode = json_string_value(json_object_get(attachment, "attach_mode"));
        *count += fault || (mode && !strcmp(mode, "rw"));
    }
    return NULL;
}

/* Undoes what begin_detaching did; the fault that made it necessary is the answer, unless this fails too. */
static struct fault *roll_back(const struct context *context, const struct target *target, const char *volume_id,
                               struct fault *fault)
{
    TRY(cinder_volume_action(context, target->mem, volume_id, CINDER_ROLL_DETACHING));
    return fault;
}

struct swapping {
    const char *old_id, *new_id, *attachment_id;
};

static void put_swapping(struct rpc_args *args, const void *arg)
{
    const struct swapping *what = arg;

    rpc_arg_string(args, "old_volume_id", what->old_id);
    rpc_arg_string(args, "new_volume_id", what->new_id);
    rpc_arg_string(args, "new_attachment_id", what->attachment_id);
}

struct fault *volume_swap(const struct context *context, struct target *target, const struct cinder_volume *old,
                          const struct cinder_volume *new)
{
    struct swapping what = { old->id, new->id, NULL };
    const struct bdm_row *bdm;
    struct fault *fault;
    int64_t size, old_size;
    bool here = false;
    size_t writers;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &swappable, &idle, true, "swap_volume"));
    for (size_t i = 0; i < old->attachment_count; i++)
        here = here || (old->attachments[i].server_id && !strcmp(old->attachments[i].server_id, target->row->uuid));
    if (!here)
        return fault_new(target->mem, InvalidVolume, "Old volume is attached to a different instance.");
    if (new->attachment_count)
        return fault_new(target->mem, InvalidVolume, "New volume must be detached in order to swap.");
    TRY(take_int(target->mem, json_object_get(new->raw, "size"), &size));
    TRY(take_int(target->mem, json_object_get(old->raw, "size"), &old_size));
    if (size < old_size)
        return fault_new(target->mem, InvalidVolume, "New volume must be the same size or larger.");
    TRY(check_zone(context, target, new));
    TRY(begin_detaching(context, target, old->id));
    fault = count_writers(context, target, old, &writers);
    if (!fault && writers > 1)
        fault = fault_new(target->mem, MultiattachSwapVolumeNotSupported);
    if (fault)
        return roll_back(context, target, old->id, fault);
    bdm = volume_attachment_find(target, old->id);
    if (!bdm)
        return fault_new(target->mem, VolumeBDMNotFound, old->id);
    if (!bdm->attachment_id) {
        TRY(cinder_volume_action(context, target->mem, new->id, CINDER_RESERVE));
    } else {
        fault = check_free(context, target, new);
        if (fault)
            return fault_is(fault, FAULT_InvalidVolume) ? roll_back(context, target, old->id, fault) : fault;
        TRY(cinder_attachment_create(context, target->mem, new->id, target->row->uuid, NULL, NULL,
                                     &what.attachment_id));
    }
    TRY(instance_action_start(context, target, "swap_volume"));
    fault = action_send(context, target, RPC_swap_volume, NULL, false, put_swapping, &what);
    if (!fault)
        return NULL;
    TRY(cinder_volume_action(context, target->mem, old->id, CINDER_ROLL_DETACHING));
    TRY(what.attachment_id ? cinder_attachment_delete(context, target->mem, what.attachment_id)
                           : cinder_volume_action(context, target->mem, new->id, CINDER_UNRESERVE));
    return fault;
}
