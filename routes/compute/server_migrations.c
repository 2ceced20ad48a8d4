/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/migrations, /servers/{server_id}/migrations/{id}, /servers/{server_id}/migrations/{id}/action:
 * the rows of upstream's module server_migrations. */
#include "config.h"

#include "fcgi_app/compute/live_migrations.h"
#include "fcgi_app/compute/migrations.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/server_migrations.h"
#include "routes/views/migrations.h"

#include <string.h>

static struct fault *find_server(const struct call *call, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, target));
    return policy_check(call->context, rule, &(struct policy_target){ .project_id = (*target)->row->project_id });
}

static struct fault *server_migrations_index(struct call *call)
{
    struct migration_list list;
    struct target *target;

    TRY(find_server(call, "os_compute_api:servers:migrations:index", &target));
    TRY(migrations_of_server(call->context, target, &list));
    server_migrations_view_index(call, &list);
    return NULL;
}

static struct fault *server_migrations_show(struct call *call)
{
    const char *server = call->vars[0], *id = call->vars[1];
    const struct migration_row *migration;
    struct target *target;

    TRY(find_server(call, "os_compute_api:servers:migrations:show", &target));
    TRY(migration_of_server(call->context, target, id, &migration));
    if (!migration)
        return fault_http(call->mem, 404, "In-progress live migration %s is not found for server %s.", id, server);
    if (strcmp(migration_kind(migration), "live-migration") != 0)
        return fault_http(call->mem, 404, "Migration %s for server %s is not live-migration.", id, server);
    if (!migration_is_live(migration))
        return fault_http(call->mem, 404, "Live migration %s for server %s is not in progress.", id, server);
    server_migrations_view_show(call, migration);
    return NULL;
}

static struct fault *server_migrations_delete(struct call *call)
{
    bool queued = versions_hold((struct versions)V_FROM(65), call->version);
    struct target *target;
    struct fault *fault;

    TRY(find_server(call, "os_compute_api:servers:migrations:delete", &target));
    fault = target_conflict(target, live_migration_abort(call->context, target, call->vars[1], queued));
    if (fault && fault_is(fault, FAULT_MigrationNotFoundForInstance))
        return fault_http(call->mem, 404, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_InvalidMigrationState))
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

static struct fault *server_migrations_force_complete(struct call *call)
{
    struct target *target;
    struct fault *fault;

    TRY(find_server(call, "os_compute_api:servers:migrations:force_complete", &target));
    fault = target_conflict(target, live_migration_force(call->context, target, call->vars[1]));
    if (fault && (fault_is(fault, FAULT_MigrationNotFoundForInstance) || fault_is(fault, FAULT_InvalidMigrationState)))
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

/* clang-format off */
static const struct route server_migrations_routes[] = {
    { "GET", "/servers/{server_id}/migrations", NULL, V_FROM(23), server_migrations_index, 200, .errors = { 404 },
      .policies = "os_compute_api:servers:migrations:index" },
    { "GET", "/servers/{server_id}/migrations/{id}", NULL, V_FROM(23), server_migrations_show, 200, .errors = { 404 },
      .policies = "os_compute_api:servers:migrations:show" },
    { "DELETE", "/servers/{server_id}/migrations/{id}", NULL, V_FROM(24), server_migrations_delete, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:servers:migrations:delete" },
    { "POST", "/servers/{server_id}/migrations/{id}/action", "force_complete", V_FROM(22), server_migrations_force_complete, 202,
      .errors = { 400, 403, 404, 409 }, .body = server_migrations_force_complete_body,
      .policies = "os_compute_api:servers:migrations:force_complete" },
    { 0 },
};
/* clang-format on */

const struct resource server_migrations_resource = { "server_migrations", server_migrations_routes };
