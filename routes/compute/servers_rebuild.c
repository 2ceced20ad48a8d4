/* SPDX-License-Identifier: Apache-2.0 */
/* The action rebuild of upstream's module servers. Neighbours: servers.c has the row, compute/rebuild.h does. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/rebuild.h"
#include "fcgi_app/compute/servers.h"
#include "fcgi_app/conf/conf.h"
#include "routes/action.h"
#include "routes/compute/servers_actions.h"
#include "routes/compute/servers_create.h"
#include "routes/links.h"
#include "routes/views/servers.h"

#include <string.h>

static struct fault *read_body(struct call *call, struct target *target, const json_t *wanted, struct rebuild *how)
{
    struct create_wish *wish = &how->wish;
    const char *password = json_string_value(json_object_get(wanted, "adminPass"));
    const char *disk = json_string_value(json_object_get(wanted, "OS-DCF:diskConfig"));
    const json_t *keep = json_object_get(wanted, "preserve_ephemeral");
    const json_t *certs = json_object_get(wanted, "trusted_image_certificates");
    const json_t *key = json_object_get(wanted, "key_name"), *user_data = json_object_get(wanted, "user_data");
    size_t count;

    wish->image_ref = json_string_value(json_object_get(wanted, "imageRef"));
    wish->password = password ? password : create_password(call->context);
    wish->auto_disk_config = disk ? !strcmp(disk, "AUTO") : -1;
    how->preserve_ephemeral =
        json_is_true(keep) || (json_is_string(keep) && text_bool(json_string_value(keep)) == true);
    TRY(servers_read_files(call->mem, json_object_get(wanted, "personality"), wish));
    wish->metadata = json_object_get(wanted, "metadata");
    how->key_given = key && call->version >= 54;
    wish->key_name = json_string_value(key);
    how->certs_given = certs && call->version >= 63;
    if (how->certs_given) {
        if (json_is_array(certs))
            wish->trusted_certs = servers_read_texts(call->mem, certs, &count);
        TRY(action_authorize(call, target, "os_compute_api:servers:rebuild:trusted_certs", ACTION_OF_PROJECT_AND_USER));
    }
    how->reimage_boot_volume = call->version >= 93;
    servers_take_changes(call, wanted, target);
    if (user_data && call->version >= 57)
        target_set_text(target, "user_data", json_string_value(user_data));
    return NULL;
}

static struct fault *as_http(struct call *call, const struct target *target, struct fault *fault)
{
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    static const enum fault_name bad[] = {
        FAULT_AutoDiskConfigDisabledByImage,
        FAULT_CertificateValidationFailed,
        FAULT_ImageNotActive,
        FAULT_ImageUnacceptable,
        FAULT_InvalidMetadata,
        FAULT_InvalidArchitectureName,
        FAULT_InvalidVolume,
        FAULT_COUNT,
    };

    if (!fault)
        return NULL;
    if (fault_is(fault, FAULT_InstanceNotFound))
        return fault_http(call->mem, 404, "Instance could not be found");
    if (fault_is(fault, FAULT_ImageNotFound))
        return fault_http(call->mem, 400, "Cannot find image for rebuild");
    if (fault_is(fault, FAULT_KeypairNotFound))
        return fault_http(call->mem, 400, "Invalid key_name provided.");
    fault = action_fault_as(call, target_conflict(target, fault), 403, refused);
    return servers_image_conflict(call, action_fault_as(call, fault, 400, bad));
}

/* Into the server's view that is there. */
static void put_more(struct call *call, const struct server *server, const struct rebuild *how)
{
    struct strbuf *out = call->out;

    strbuf_cut(out, out->length - 2);
    if (conf_bool(call->context->worker->conf, OPTION_api_enable_instance_password)) {
        JSON_PUT_LITERAL(out, ", \"adminPass\": ");
        json_put_string(out, how->wish.password);
    }
    if (call->version >= 57) {
        JSON_PUT_LITERAL(out, ", \"user_data\": ");
        json_put_string(out, server->instance->user_data);
    }
    JSON_PUT_LITERAL(out, "}}");
}

struct fault *servers_rebuild(struct call *call)
{
    const json_t *wanted = json_object_get(call->body, "rebuild");
    struct rebuild how = { 0 };
    struct target *target;
    struct server server;

    TRY(target_find(call->context, call->vars[0], REBUILD_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:rebuild", ACTION_OF_PROJECT_AND_USER));
    TRY(read_body(call, target, wanted, &how));
    TRY(as_http(call, target, server_rebuild(call->context, target, &how)));
    TRY(as_http(call, target,
                servers_get(call->context, call->vars[0],
                            servers_view_wants(call) | INSTANCE_FAULT | INSTANCE_ATTRIBUTES3, false,
                            call->version >= 71, &server)));
    TRY(servers_view_changed(call, &server, true));
    put_more(call, &server, &how);
    response_set_header(&call->request->response, call->mem, "location",
                        mem_printf(call->mem, "%s/servers/%s", link_base(call), server.instance->uuid));
    return NULL;
}
