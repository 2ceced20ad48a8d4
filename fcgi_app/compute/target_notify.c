/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a server; see the header. */
#include "config.h"

#include "fcgi_app/compute/target_notify.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/objects/instance_notifications.h"
#include "fcgi_app/rpc/notify.h"

#include <string.h>

LOG_MODULE("nova.notifications.base");

#define TOLD (INSTANCE_WITH_FLAVOR | INSTANCE_WITH_CACHE)

static bool anybody(const struct context *context)
{
    return notify_wanted(context, NOTIFY_LEGACY) || notify_wanted(context, NOTIFY_VERSIONED);
}

/* The parts that the verb had no use for, and its devices as they are now. */
static struct fault *read_rest(const struct context *context, struct target *target, struct notified_server *server)
{
    bool row = !target->told && (target->wants & TOLD) != TOLD;
    bool tags = !target->told && anybody(context) && !(target->wants & INSTANCE_WITH_TAGS);
    bool bdms = anybody(context) && conf_bool(context->worker->conf, OPTION_notifications_bdms_in_notifications);
    struct db_params row_params = { 0 }, uuid = { 0 };
    struct db_answer answers[3] = { 0 };
    struct db_batch *batch;

    if (!target->cell || (!row && !tags && !bdms))
        return NULL;
    db_param_text(&row_params, target->row->uuid);
    db_param_text(&row_params, NULL);
    db_param_int(&row_params, target->mem, TOLD);
    db_param_text(&uuid, target->row->uuid);
    batch = db_batch(context, target->mem);
    if (row)
        db_batch_add(batch, target->cell->link, &INSTANCE_ROW, &row_params, &answers[0]);
    if (tags)
        db_batch_add(batch, target->cell->link, &INSTANCE_TAGS_OF, &uuid, &answers[1]);
    if (bdms)
        db_batch_add(batch, target->cell->link, &BDMS_OF_INSTANCE, &uuid, &answers[2]);
    db_batch_run(batch, 0);
    for (size_t i = 0; i < 3; i++)
        TRY(answers[i].fault);
    if (answers[0].rows.count) {
        const struct instance_row *found = answers[0].rows.rows;

        if (!(target->wants & INSTANCE_WITH_FLAVOR))
            target->row->flavor = found->flavor;
        if (!(target->wants & INSTANCE_WITH_CACHE))
            target->row->network_info = found->network_info;
    }
    if (tags) {
        target->tags = answers[1].rows.rows;
        target->tag_count = answers[1].rows.count;
    }
    target->told = true;
    server->bdms = answers[2].rows.rows;
    server->bdm_count = answers[2].rows.count;
    return NULL;
}

/* false: nothing can be told. */
static bool prepare(const struct context *context, struct target *target, struct notified_server *server)
{
    struct fault *fault;

    *server = (struct notified_server){ .bdms = NULL };
    fault = read_rest(context, target, server);
    if (fault) {
        log_error("Failed to send state update notification: %s", fault->message);
        return false;
    }
    server->source = (struct instance_source){
        .row = target->row,
        .metadata = target->metadata.items,
        .metadata_count = target->metadata.count,
        .system_metadata = target->system_metadata.items,
        .system_metadata_count = target->system_metadata.count,
        .tags = target->tags,
        .tag_count = target->tag_count,
    };
    if (notify_wanted(context, NOTIFY_LEGACY)) {
        const char *url = context->token_catalog && !target->context_copied ? glance_catalogue_url(context, target->mem)
                                                                            : glance_url(context, target->mem);

        if (!url) {
            log_error("Failed to send state update notification: the image service has no endpoint");
            return false;
        }
        server->image_url =
            mem_printf(target->mem, "%s/images/%s", url, target->row->image_ref ? target->row->image_ref : "None");
    }
    return true;
}

void target_notify_saved(const struct context *context, struct target *target)
{
    const struct instance_row *row = target->row;
    const struct target_stored *old = &target->stored;
    enum notified_save kind =
        notify_server_saved(context, old->vm_state, row->vm_state, old->task_state, row->task_state);
    struct notified_states states = { 0 };
    struct notified_server server;

    if (kind == NOTIFIED_NOT || !prepare(context, target, &server))
        return;
    if (kind == NOTIFIED_STATES)
        states = (struct notified_states){ .old_state = old->vm_state,
                                           .state = row->vm_state,
                                           .old_task_state = old->task_state,
                                           .new_task_state = row->task_state };
    else if (old->display_name && *old->display_name &&
             (!row->display_name || strcmp(old->display_name, row->display_name) != 0))
        states.old_name = old->display_name;
    notify_server_update(context, "compute", &server, &states);
}

void target_notify_update(const struct context *context, struct target *target, const char *service)
{
    struct notified_server server;

    if (anybody(context) && prepare(context, target, &server))
        notify_server_update(context, service, &server, &(struct notified_states){ 0 });
}

void target_notify_touched(const struct context *context, struct target *target)
{
    if (conf_string(context->worker->conf, OPTION_notifications_notify_on_state_change))
        target_notify_update(context, target, "compute");
}

void target_notify_action(const struct context *context, struct target *target, const char *event, const char *action,
                          const char *phase)
{
    struct notified_server server;

    /* Even where nobody listens the older form has read the flavors, and from then on they belong to the server. */
    if (!(anybody(context) || (event && !(target->wants & INSTANCE_WITH_FLAVOR))) || !prepare(context, target, &server))
        return;
    if (event)
        notify_server_usage(context, event, &server);
    if (action)
        notify_server_action(context, action, phase, &server);
    target->wants |= INSTANCE_WITH_FLAVOR;
    if (action && notify_wanted(context, NOTIFY_VERSIONED))
        target->wants |= INSTANCE_WITH_CACHE;
}
