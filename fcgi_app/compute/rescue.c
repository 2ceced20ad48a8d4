/* SPDX-License-Identifier: Apache-2.0 */
/* Rescue. Neighbour: actions_simple.c has unrescue. */
#include "config.h"

#include "fcgi_app/compute/rescue.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/rejects.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static const struct instance_states rescuable = INSTANCE_STATES("active", "stopped", "error");
static const struct instance_states idle = INSTANCE_STATES(NULL);

/* What of an image matters here: can it rescue one that boots from a volume? */
static struct fault *read_image(const struct context *context, const struct target *target, const char *id,
                                bool *for_volumes)
{
    struct glance_image image;
    struct fault *fault;

    if (!id) {
        *for_volumes = target_system(target, "image_hw_rescue_bus") && target_system(target, "image_hw_rescue_device");
        return NULL;
    }
    fault = glance_image_show(context, target->mem, id, &image);
    if (fault && (fault_is(fault, FAULT_ImageNotFound) || fault_is(fault, FAULT_ImageBadRequest))) {
        log_warning("Failed to fetch rescue image metadata using image_ref %s", id);
        return fault_new(target->mem, UnsupportedRescueImage, id);
    }
    TRY(fault);
    if (json_array_size(json_object_get(image.properties, "block_device_mapping"))) {
        log_warning("Unable to rescue an instance using a volume snapshot image with img_block_device_mapping image "
                    "properties set");
        return fault_new(target->mem, UnsupportedRescueImage, id);
    }
    *for_volumes =
        json_object_get(image.properties, "hw_rescue_bus") && json_object_get(image.properties, "hw_rescue_device");
    return NULL;
}

/* Has the host the trait that it can rescue servers that boot from a volume? */
static struct fault *check_host_can(const struct context *context, const struct target *target)
{
    bool can;

    TRY(target_node_has_trait(context, target, "COMPUTE_RESCUE_BFV", &can));
    return can ? NULL
               : fault_new(target->mem, InstanceNotRescuable, target->row->uuid,
                           "Host unable to rescue a volume-backed instance");
}

struct rescue {
    const char *password, *image;
};

static void fill(struct rpc_args *args, const void *arg)
{
    const struct rescue *rescue = arg;

    rpc_arg_string(args, "rescue_password", rescue->password);
    rpc_arg_bool(args, "clean_shutdown", true);
    rpc_arg_string(args, "rescue_image_ref", rescue->image);
}

struct fault *server_rescue(const struct context *context, struct target *target, const char *password,
                            const char *image, bool volumes_too)
{
    bool for_volumes = false;

    TRY(target_reject(context, target, REJECT_VTPM, (struct reject_until){ 0 }, "rescue"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &rescuable, &idle, true, "rescue"));
    TRY(read_image(context, target, image, &for_volumes));
    TRY(target_check_volumes(context, target));
    if (target_is_volume_backed(target)) {
        if (!volumes_too || !for_volumes)
            return fault_new(target->mem, InstanceNotRescuable, target->row->uuid,
                             "Cannot rescue a volume-backed instance");
        TRY(check_host_can(context, target));
    }
    target_set_text(target, "task_state", "rescuing");
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "rescue" }));
    return action_send(context, target, RPC_rescue_instance, NULL, false, fill, &(struct rescue){ password, image });
}
