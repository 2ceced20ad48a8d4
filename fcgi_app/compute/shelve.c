/* SPDX-License-Identifier: Apache-2.0 */
/* Shelving. Neighbours: snapshot.h makes the image; server_spec.h has what the server was asked for. */
#include "config.h"

#include "fcgi_app/compute/shelve.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/server_spec.h"
#include "fcgi_app/compute/snapshot.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/hosts.h"

#include <string.h>

static const struct instance_states shelvable = INSTANCE_STATES("active", "stopped", "paused", "suspended");
static const struct instance_states shelved = INSTANCE_STATES("shelved");
static const struct instance_states any_shelved = INSTANCE_STATES("shelved", "shelved_offloaded");
static const struct instance_states idle = INSTANCE_STATES(NULL);

struct leaving {
    const char *image_id; /* NULL: the message has none */
    const char *const *accelerators;
};

static void fill_leaving(struct rpc_args *args, const void *arg)
{
    const struct leaving *leaving = arg;
    struct strbuf *out;

    if (leaving->image_id)
        rpc_arg_string(args, "image_id", leaving->image_id);
    rpc_arg_bool(args, "clean_shutdown", true);
    out = rpc_arg(args, "accel_uuids");
    strbuf_putc(out, '[');
    for (size_t i = 0; leaving->accelerators && leaving->accelerators[i]; i++) {
        strbuf_puts(out, i ? ", " : "");
        json_put_string(out, leaving->accelerators[i]);
    }
    strbuf_putc(out, ']');
}

static struct fault *find_accelerators(const struct context *context, const struct target *target,
                                       struct leaving *leaving)
{
    if (!target_extra_spec(target, "accel:device_profile"))
        return NULL;
    return cyborg_requests_of(context, target->mem, target->row->uuid, &leaving->accelerators);
}

struct fault *server_shelve(const struct context *context, struct target *target)
{
    struct leaving leaving = { 0 };

    TRY(target_reject(context, target, REJECT_PORT_ACCELERATORS | REJECT_ACCELERATORS | REJECT_VTPM,
                      (struct reject_until){ .accelerators = 54 }, "shelve"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &shelvable, &idle, true, "shelve"));
    target_set_text(target, "task_state", "shelving");
    target_set_system(target, "image_base_image_ref", target->row->image_ref);
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "shelve" }));
    TRY(find_accelerators(context, target, &leaving));
    if (target_is_volume_backed(target))
        return action_send(context, target, RPC_shelve_offload_instance, NULL, false, fill_leaving, &leaving);
    TRY(snapshot_create_image(context, target, mem_printf(target->mem, "%s-shelved", target->row->display_name),
                              "snapshot", NULL, &leaving.image_id));
    return action_send(context, target, RPC_shelve_instance, NULL, false, fill_leaving, &leaving);
}

struct fault *server_shelve_offload(const struct context *context, struct target *target)
{
    static const char *const unsaved[] = { "old_flavor", "new_flavor", NULL };
    struct leaving leaving = { 0 };

    TRY(target_reject(context, target, REJECT_PORT_ACCELERATORS, (struct reject_until){ 0 }, "shelveOffload"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &shelved, &idle, true, "shelveOffload"));
    target_set_text(target, "task_state", "shelving_offloading");
    /* the flavors come after the save: it does not write them */
    target->wants &= ~(unsigned)INSTANCE_WITH_FLAVOR;
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "shelveOffload" }));
    target->wants |= INSTANCE_WITH_FLAVOR;
    TRY(find_accelerators(context, target, &leaving));
    /* upstream reads the flavors after the save, which leaves these two marked */
    target->changes = unsaved;
    return action_send(context, target, RPC_shelve_offload_instance, NULL, false, fill_leaving, &leaving);
}

/* ---- back ---- */

/* Is there such a zone with a service that is up, and are the volumes in it where they must be? */
static struct fault *check_zone(const struct context *context, const struct target *target, const char *zone)
{
    TRY(create_zone_available(context, zone));
    if (conf_bool(context->worker->conf, OPTION_cinder_cross_az_attach))
        return NULL;
    for (size_t i = 0; i < target->bdm_count; i++) {
        const struct bdm_row *bdm = &target->bdms[i];
        struct cinder_volume volume;

        if (!bdm->volume_id || strcmp(bdm->destination_type ? bdm->destination_type : "", "volume"))
            continue;
        TRY(cinder_volume_show(context, target->mem, bdm->volume_id, NULL, &volume));
        if (!volume.availability_zone || strcmp(volume.availability_zone, zone))
            return fault_text(target->mem, MismatchVolumeAZException,
                              "The availability zone between the server and its attached volumes do not match: "
                              "The specified availability zone does not match the volume %s attached to the server. "
                              "Specified availability zone is %s. Volume is in %s..",
                              volume.id, zone, volume.availability_zone ? volume.availability_zone : "None");
    }
    return NULL;
}

/* The host must be there, and in the zone that the server will have. */
static struct fault *check_host(const struct context *context, const struct target *target, const char *host,
                                const char *zone)
{
    struct db_params params = { 0 };
    const char *host_zone;
    struct db_rows rows;

    db_param_text(&params, host);
    TRY(db_query(context, target->mem, target->cell->link, &COMPUTE_NODES_OF_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(target->mem, ComputeHostNotFound, host);
    if (!zone)
        return NULL;
    TRY(host_find_zone(context, host, &host_zone));
    if (strcmp(host_zone, zone))
        return fault_new(target->mem, UnshelveHostNotInAZ, host, zone);
    return NULL;
}

struct fault *server_unshelve(const struct context *context, struct target *target, const struct unshelving *how,
                              struct fault *(*may_choose_host)(const struct context *context,
                                                               const struct target *target))
{
    struct rpc_target conductor = { 0 };
    struct server_spec *spec;
    struct rpc_args args;
    const char *zone;

    TRY(target_reject(context, target, REJECT_EXTENDED_REQUEST, (struct reject_until){ 0 }, "unshelve"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &any_shelved, &idle, true, "unshelve"));
    TRY(server_spec_load(context, target, &spec));
    if ((how->zone_given || how->host) && strcmp(target->row->vm_state, "shelved_offloaded"))
        return fault_new(target->mem, UnshelveInstanceInvalidState, target->row->uuid, target->row->vm_state);
    if (how->zone_given && how->zone)
        TRY(check_zone(context, target, how->zone));
    zone = how->zone_given ? how->zone : json_string_value(server_spec_get(spec, "availability_zone"));
    if (how->host) {
        TRY(may_choose_host(context, target));
        TRY(check_host(context, target, how->host, zone));
    }
    server_spec_set(spec, "availability_zone", zone ? json_string(zone) : json_null());
    if (how->host)
        server_spec_set_destination(spec, how->host, NULL, -1);
    TRY(server_spec_save(context, target, spec));
    target_set_text(target, "task_state", "unshelving");
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "unshelve" }));
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    server_spec_put(spec, &args);
    return rpc_cast(context, &conductor, RPC_unshelve_instance, &args);
}
