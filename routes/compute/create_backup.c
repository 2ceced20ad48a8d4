/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module create_backup. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/snapshot.h"
#include "fcgi_app/quota/quota.h"
#include "routes/action.h"
#include "routes/links.h"

#include "routes/schemas/create_backup.h"
#include <stdlib.h>

static struct fault *create_backup(struct call *call)
{
    static const enum fault_name bad[] = { FAULT_InvalidRequest, FAULT_COUNT };
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "createBackup");
    const json_t *metadata = json_object_get(wanted, "metadata"), *given = json_object_get(wanted, "rotation");
    const char *name = text_strip(call->mem, json_string_value(json_object_get(wanted, "name")));
    int64_t rotation = json_is_integer(given) ? json_integer_value(given) : strtoll(json_string_value(given), NULL, 10);
    struct target *target;
    struct fault *fault;
    const char *id;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE | INSTANCE_WITH_BDMS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-create-backup", ACTION_OF_PROJECT));
    if (call->version <= 38) { /* 2.39 */
        fault = quota_check_image_metadata(call->context, (int64_t)json_object_size(metadata));
        TRY(action_fault_as(call, fault, 403, refused));
    }
    fault = server_backup(call->context, target, name, json_string_value(json_object_get(wanted, "backup_type")),
                          rotation, metadata, &id);
    TRY(action_fault_as(call, target_conflict(target, fault), 400, bad));
    return action_image_answer(call, id,
                               rotation > 0 ? mem_printf(call->mem, "%s/images/%s", link_base(call), id) : NULL);
}

/* clang-format off */
static const struct route create_backup_routes[] = {
    { "POST", "/servers/{id}/action", "createBackup", V_ALL, create_backup, 202, .errors = { 400, 403, 404, 409 },
      .body = create_backup_create_backup_body,
      .policies = "os_compute_api:os-create-backup" },
    { 0 },
};
/* clang-format on */

const struct resource create_backup_resource = { "create_backup", create_backup_routes };
