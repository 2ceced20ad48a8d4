/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with server groups; see the header. */
#include "config.h"

#include "fcgi_app/compute/server_groups.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/create.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/quota/quota.h"
#include "fcgi_app/rpc/notify.h"

#include <string.h>

/* The version of nova-compute that knows max_server_per_host. */
#define RULES_SINCE 33

/* Who is in no project sees the groups of none. */
static const char *project_or_none(const struct context *context)
{
    return context->project_id ? context->project_id : "";
}

/* Administrators see every project's. */
static const char *seen_project(const struct context *context)
{
    return context->is_admin ? NULL : project_or_none(context);
}

/* The members of one cell, of all groups asked for. */
struct cell_members {
    const struct db_cell *cell;
    const char **uuids;
    size_t count;
    struct db_answer answer;
};

static struct cell_members *members_of(struct cell_members *cells, size_t *count, const struct db_cell *cell)
{
    for (size_t i = 0; i < *count; i++)
        if (cells[i].cell == cell)
            return &cells[i];
    cells[*count].cell = cell;
    return &cells[(*count)++];
}

/* Asks every cell that has members which of them live. */
static struct fault *ask_cells(const struct context *context, const struct server_group_member *members, size_t count,
                               struct cell_members **asked, size_t *asked_count)
{
    const void *mem = context->mem;
    struct db_batch *batch = db_batch(context, mem);
    const struct db_cell *cells;
    size_t cell_count;

    TRY(db_cells(context, &cells, &cell_count));
    *asked = mem_array(mem, struct cell_members, cell_count + 1);
    *asked_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct db_cell *cell =
            members[i].cell_id == DB_NULL_INT ? NULL : db_cell_by_id(cells, cell_count, members[i].cell_id);
        struct cell_members *own;

        if (!cell)
            continue;
        own = members_of(*asked, asked_count, cell);
        own->uuids = mem_grow(mem, own->uuids, const char *, own->count + 1);
        own->uuids[own->count++] = members[i].instance_uuid;
    }
    for (size_t i = 0; i < *asked_count; i++)
        db_server_group_servers(batch, mem, (*asked)[i].cell, (*asked)[i].uuids, (*asked)[i].count,
                                &(*asked)[i].answer);
    if (*asked_count)
        db_batch_run(batch, 0);
    for (size_t i = 0; i < *asked_count; i++)
        TRY((*asked)[i].answer.fault);
    return NULL;
}

static bool is_member(const struct server_group_member *members, size_t count, const char *uuid, int64_t cell_id)
{
    for (size_t i = 0; i < count; i++)
        if (members[i].cell_id == cell_id && !strcmp(members[i].instance_uuid, uuid))
            return true;
    return false;
}

/* First those in no cell yet, then the cells in the order in which the group's members name them. */
static void fill_members(const struct context *context, struct server_group *group,
                         const struct server_group_member *members, size_t count, const struct cell_members *asked,
                         size_t asked_count)
{
    const char **uuids = mem_array(context->mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        if (members[i].cell_id == DB_NULL_INT)
            uuids[group->member_count++] = members[i].instance_uuid;
    for (size_t i = 0; i < count; i++) {
        bool first = members[i].cell_id != DB_NULL_INT;

        for (size_t before = 0; before < i && first; before++)
            first = members[before].cell_id != members[i].cell_id;
        for (size_t c = 0; first && c < asked_count; c++) {
            const struct server_group_server *servers = asked[c].answer.rows.rows;

            for (size_t s = 0; asked[c].cell->id == members[i].cell_id && s < asked[c].answer.rows.count; s++)
                if (group->member_count < count && is_member(members, count, servers[s].uuid, members[i].cell_id))
                    uuids[group->member_count++] = servers[s].uuid;
        }
    }
    group->members = uuids;
}

static struct fault *read_groups(const struct context *context, const char *project_id, const char *uuid,
                                 int64_t offset, int64_t limit, bool whole, struct server_group_list *list)
{
    struct db_rows groups, members;
    const struct server_group_member *rows;
    struct cell_members *asked = NULL;
    size_t asked_count = 0, at = 0;

    TRY(db_server_groups(context, context->mem, project_id, uuid, offset, limit, &groups, &members));
    *list = (struct server_group_list){ groups.rows, groups.count };
    if (!whole)
        return NULL;
    rows = members.rows;
    TRY(ask_cells(context, rows, members.count, &asked, &asked_count));
    for (size_t i = 0; i < list->count; i++) {
        size_t own = 0;

        while (at + own < members.count && rows[at + own].group_id == list->rows[i].id)
            own++;
        fill_members(context, &list->rows[i], rows + at, own, asked, asked_count);
        at += own;
    }
    return NULL;
}

struct fault *server_groups_list(const struct context *context, bool all_projects, int64_t offset, int64_t limit,
                                 struct server_group_list *list)
{
    /* An administrator in no project asks for no project's, which leaves none out. */
    bool all = all_projects || (context->is_admin && !context->project_id);

    return read_groups(context, all ? NULL : project_or_none(context), NULL, offset, limit, true, list);
}

static struct fault *get(const struct context *context, const char *uuid, bool whole, struct server_group **group)
{
    struct server_group_list list;

    TRY(read_groups(context, seen_project(context), uuid, 0, 1, whole, &list));
    if (!list.count)
        return fault_new(context->mem, InstanceGroupNotFound, uuid);
    // cppcheck-suppress autoVariables ; the rows are on the context's memory
    *group = &list.rows[0];
    return NULL;
}

struct fault *server_groups_get(const struct context *context, const char *uuid, struct server_group **group)
{
    return get(context, uuid, false, group);
}

struct fault *server_groups_get_whole(const struct context *context, const char *uuid, struct server_group **group)
{
    return get(context, uuid, true, group);
}

struct fault *server_groups_check_quota(const struct context *context)
{
    return quota_check_server_groups(context, context->project_id, 1);
}

struct fault *server_groups_know_rules(const struct context *context, bool *known)
{
    static const char *const binaries[] = { "nova-compute" };
    int64_t version;

    TRY(service_minimum_version_all_cells(context, binaries, 1, false, &version));
    *known = version >= RULES_SINCE;
    return NULL;
}

struct fault *server_groups_create(const struct context *context, const char *name, const char *policy,
                                   const char *rules, struct server_group *group)
{
    char *uuid = mem_array(context->mem, char, 37);
    struct fault *fault, *removal;

    text_uuid4(uuid);
    *group = (struct server_group){ .uuid = uuid,
                                    .name = name,
                                    .user_id = context->user_id,
                                    .project_id = context->project_id,
                                    .policy = policy,
                                    .rules = rules ? rules : "{}" };
    TRY(db_server_group_create(context, context->mem, group));
    notify_server_group(context, "create",
                        &(struct notified_server_group){ .uuid = group->uuid,
                                                         .name = group->name,
                                                         .user_id = group->user_id,
                                                         .project_id = group->project_id,
                                                         .policy = group->policy,
                                                         .rules = group->rules,
                                                         .says_rules = rules != NULL,
                                                         .members = "[]" });
    if (!quota_rechecks(context))
        return NULL;
    fault = quota_check_server_groups(context, context->project_id, 0);
    if (!fault)
        return NULL;
    removal = server_groups_delete(context, uuid);
    return removal ? removal : fault;
}

/* The row is read only for who wants to hear of it: with all that ever became members. */
static struct fault *read_told(const struct context *context, const char *uuid, const struct group_row **group)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    *group = NULL;
    if (!notify_wanted(context, NOTIFY_LEGACY) && !notify_wanted(context, NOTIFY_VERSIONED))
        return NULL;
    db_param_text(&params, uuid);
    db_param_text(&params, seen_project(context));
    TRY(db_query(context, context->mem, db_api(context->worker->db), &GROUP_WHOLE, &params, &rows));
    if (rows.count)
        *group = rows.rows;
    return NULL;
}

struct fault *server_groups_delete(const struct context *context, const char *uuid)
{
    const struct group_row *group;

    TRY(read_told(context, uuid, &group));
    TRY(db_server_group_delete(context, context->mem, seen_project(context), uuid));
    if (group)
        notify_server_group(context, "delete",
                            &(struct notified_server_group){ .uuid = group->uuid,
                                                             .name = group->name,
                                                             .user_id = group->user_id,
                                                             .project_id = group->project_id,
                                                             .policy = group->policy,
                                                             .rules = group->rules ? group->rules : "{}",
                                                             .members = group->members ? group->members : "[]" });
    return NULL;
}
