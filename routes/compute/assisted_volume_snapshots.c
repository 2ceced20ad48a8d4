/* SPDX-License-Identifier: Apache-2.0 */
/* /os-assisted-volume-snapshots, /os-assisted-volume-snapshots/{id}: the rows of upstream's module
 * assisted_volume_snapshots. */
#include "config.h"

#include "fcgi_app/compute/assisted_snapshots.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/assisted_volume_snapshots.h"

/* All that a client may have done wrong is a 400 here; that several servers have the volume is expected of a create
 * alone. */
static struct fault *as_http(const struct call *call, struct fault *fault, bool creates)
{
    if (fault &&
        (fault_is(fault, FAULT_VolumeBDMNotFound) || fault_is(fault, FAULT_InstanceInvalidState) ||
         fault_is(fault, FAULT_InstanceNotReady) || (creates && fault_is(fault, FAULT_VolumeBDMIsMultiAttach))))
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

static struct fault *assisted_volume_snapshots_create(struct call *call)
{
    const json_t *snapshot = json_object_get(call->body, "snapshot");
    const json_t *info = json_object_get(snapshot, "create_info"), *id = json_object_get(info, "id");
    const char *volume_id = json_string_value(json_object_get(snapshot, "volume_id"));

    TRY(policy_check(call->context, "os_compute_api:os-assisted-volume-snapshots:create",
                     &(struct policy_target){ NULL, NULL }));
    TRY(as_http(call, assisted_snapshot_create(call->context, volume_id, info), true));
    JSON_PUT_LITERAL(call->out, "{\"snapshot\": {\"id\": ");
    if (id)
        json_put_tree(call->out, id);
    else
        json_put_null(call->out);
    JSON_PUT_LITERAL(call->out, ", \"volumeId\": ");
    json_put_string(call->out, volume_id);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

static struct fault *assisted_volume_snapshots_delete(struct call *call)
{
    const char *text = query_get(&call->query, "delete_info");
    const json_t *volume_id;
    struct fault *fault;
    json_t *info;

    TRY(policy_check(call->context, "os_compute_api:os-assisted-volume-snapshots:delete",
                     &(struct policy_target){ NULL, NULL }));
    if (!text)
        return fault_http(call->mem, 400, "'delete_info'");
    fault = json_read(call->mem, text, strlen(text), &info);
    if (fault)
        return fault_http(call->mem, 400, "%s", fault->message);
    volume_id = json_object_get(info, "volume_id");
    if (!volume_id)
        return fault_http(call->mem, 400, "'volume_id'");
    return as_http(call,
                   assisted_snapshot_delete(call->context,
                                            json_is_string(volume_id) ? json_string_value(volume_id) : "",
                                            call->vars[0], info),
                   false);
}

/* clang-format off */
static const struct route assisted_volume_snapshots_routes[] = {
    { "POST", "/os-assisted-volume-snapshots", NULL, V_ALL, assisted_volume_snapshots_create, 200, .errors = { 400 },
      .body = assisted_volume_snapshots_create_body,
      .policies = "os_compute_api:os-assisted-volume-snapshots:create" },
    { "DELETE", "/os-assisted-volume-snapshots/{id}", NULL, V_ALL, assisted_volume_snapshots_delete, 204, .errors = { 400, 404 },
      .query = assisted_volume_snapshots_delete_query,
      .policies = "os_compute_api:os-assisted-volume-snapshots:delete" },
    { 0 },
};
/* clang-format on */

const struct resource assisted_volume_snapshots_resource = { "assisted_volume_snapshots",
                                                             assisted_volume_snapshots_routes };
