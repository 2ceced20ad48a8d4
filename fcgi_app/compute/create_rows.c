/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows that stand for new servers until a cell takes them: request spec,
 * build request, mapping and membership of a group, all in one transaction;
 * see create.h.
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/quota/quota.h"
#include "fcgi_app/rpc/notify.h"

#include <string.h>

/* ---- the group ---- */

struct fault *create_group_read(const struct create *create, const char *uuid, const struct group_row **group)
{
    const struct context *context = create->context;
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, uuid);
    db_param_text(&params, context->is_admin ? NULL : context->project_id);
    TRY(db_query(context, create->mem, db_api(context->worker->db), &GROUP_WHOLE, &params, &rows));
    if (!rows.count)
        return fault_new(create->mem, InstanceGroupNotFound, uuid);
    *group = rows.rows;
    return NULL;
}

/* A group's members, and the first `count` of the new servers among them. */
static json_t *members_tree(const struct create *create, const struct group_row *group, const struct created *created,
                            size_t count)
{
    const char *text = group->members;
    json_t *members = text ? json_loads(text, 0, NULL) : NULL;

    if (!members)
        members = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(members, json_string_nocheck(created[i].server.uuid));
    return create_keep(create, members);
}

static const struct group_row *group_with(const struct create *create, const struct created *created, size_t count)
{
    struct group_row *group;
    struct strbuf members;

    if (!create->group)
        return NULL;
    group = mem_memdup(create->mem, create->group, sizeof *group);
    strbuf_init(&members, create->mem, 256);
    json_put_tree(&members, members_tree(create, create->group, created, count));
    group->members = members.data;
    return group;
}

static struct fault *check_members(const struct create *create, const struct group_row *group, int64_t more)
{
    json_t *members = members_tree(create, group, NULL, 0);
    const char **uuids = mem_array(create->mem, const char *, json_array_size(members) + 1);
    size_t index;
    json_t *member;

    json_array_foreach(members, index, member)
    {
        uuids[index] = json_string_value(member);
    }
    return quota_check_group_members(create->context, uuids, json_array_size(members), more);
}

/*
 * Again with the new servers in it, and with those of others who came at the same time: the reference counts the
 * members that it read before, and lets all of them in.
 */
static struct fault *recheck_members(const struct create *create)
{
    const struct group_row *group;

    TRY(create_group_read(create, create->group->uuid, &group));
    return check_members(create, group, 0);
}

/* ---- the rows ---- */

static const char *text_of(const struct create *create, const json_t *tree)
{
    struct strbuf text;

    strbuf_init(&text, create->mem, 8192);
    json_put_tree(&text, tree);
    return text.data;
}

/* What one server's statements are given and answer. */
struct rows {
    struct db_params spec, request, mapping, member;
    struct db_answer spec_id, request_id, mapped, joined;
};

static void add_rows(const struct create *create, struct db_batch *batch, const struct created *created,
                     struct rows *rows)
{
    const struct context *context = create->context;
    struct db_link *link = db_api(context->worker->db);
    const char *uuid = created->server.uuid;
    int64_t now = created->created_at;

    db_param_time(&rows->spec, create->mem, now);
    db_param_text(&rows->spec, uuid);
    db_param_text(&rows->spec, text_of(create, create_keep(create, request_spec_stored(&create->spec, uuid))));
    db_batch_add(batch, link, &REQUEST_SPEC_CREATE, &rows->spec, &rows->spec_id);

    db_param_time(&rows->request, create->mem, now);
    db_param_text(&rows->request, uuid);
    db_param_text(&rows->request, create->shared.project_id);
    db_param_text(&rows->request, text_of(create, created->instance));
    db_param_text(&rows->request, text_of(create, created->devices));
    db_param_text(&rows->request, text_of(create, created->tags));
    db_batch_add(batch, link, &BUILD_REQUEST_CREATE, &rows->request, &rows->request_id);

    db_param_time(&rows->mapping, create->mem, now);
    db_param_text(&rows->mapping, uuid);
    db_param_text(&rows->mapping, context->project_id);
    db_param_text(&rows->mapping, context->user_id);
    db_batch_add(batch, link, &INSTANCE_MAPPING_CREATE, &rows->mapping, &rows->mapped);

    if (!create->group)
        return;
    db_param_time(&rows->member, create->mem, now);
    db_param_text(&rows->member, uuid);
    db_param_int(&rows->member, create->mem, create->group->id);
    db_batch_add(batch, link, &GROUP_MEMBER_CREATE, &rows->member, &rows->joined);
}

/* Takes the rows of all servers away again. */
static struct fault *remove_rows(const struct create *create, const struct created *created, size_t count)
{
    const struct context *context = create->context;
    struct db_link *link = db_api(context->worker->db);
    const char **uuids = mem_array(create->mem, const char *, count);
    struct db_batch *batch = db_batch(context, create->mem);
    struct db_params params = { .count = 0 }, member = { .count = 0 };
    struct db_answer answers[4];

    for (size_t i = 0; i < count; i++)
        uuids[i] = created[i].server.uuid;
    db_param_texts(&params, create->mem, uuids, count);
    db_batch_add(batch, link, &REQUEST_SPECS_DELETE, &params, &answers[0]);
    db_batch_add(batch, link, &BUILD_REQUESTS_DELETE, &params, &answers[1]);
    db_batch_add(batch, link, &INSTANCE_MAPPINGS_DELETE, &params, &answers[2]);
    if (create->group) {
        db_param_texts(&member, create->mem, uuids, count);
        db_param_int(&member, create->mem, create->group->id);
        db_batch_add(batch, link, &GROUP_MEMBERS_DELETE, &member, &answers[3]);
    }
    return db_batch_write(batch);
}

/* The group's rules as objects have them: every value a text. */
static const char *rules_text(const struct create *create)
{
    json_t *rules = create->group->rules ? json_loads(create->group->rules, 0, NULL) : NULL, *value;
    const char *key;
    struct strbuf out;
    bool any = false;

    strbuf_init(&out, create->mem, 64);
    strbuf_putc(&out, '{');
    json_object_foreach(create_keep(create, rules ? rules : json_object()), key, value)
    {
        strbuf_puts(&out, any ? ", " : "");
        any = true;
        json_put_string(&out, key);
        strbuf_puts(&out, ": ");
        if (json_is_integer(value))
            strbuf_printf(&out, "\"%lld\"", (long long)json_integer_value(value));
        else
            json_put_tree(&out, value);
    }
    strbuf_putc(&out, '}');
    return out.data;
}

/* Each of the new servers has become a member of the group. */
static void tell_members(const struct create *create, const struct created *created, size_t count)
{
    const struct context *context = create->context;

    if (!notify_wanted(context, NOTIFY_LEGACY) && !notify_wanted(context, NOTIFY_VERSIONED))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct group_row *group = group_with(create, created, i + 1);

        notify_server_group(context, "add_member",
                            &(struct notified_server_group){
                                .uuid = group->uuid,
                                .name = group->name,
                                .user_id = group->user_id,
                                .project_id = group->project_id,
                                .policy = group->policy,
                                .rules = rules_text(create),
                                .members = group->members,
                                .added = mem_printf(create->mem, "[\"%s\"]", created[i].server.uuid),
                            });
    }
}

struct fault *create_rows_write(const struct create *create, struct created *created, size_t count)
{
    struct rows *rows = mem_array(create->mem, struct rows, count);
    struct db_batch *batch = db_batch(create->context, create->mem);
    struct fault *fault;

    if (create->group)
        TRY(check_members(create, create->group, (int64_t)count));
    for (size_t i = 0; i < count; i++) {
        created[i].created_at = clock_utc_usec();
        created[i].group = group_with(create, created, i);
        add_rows(create, batch, &created[i], &rows[i]);
    }
    TRY(db_batch_write(batch));
    for (size_t i = 0; i < count; i++) {
        created[i].spec_id = ((const struct written_row *)rows[i].spec_id.rows.rows)->id;
        created[i].request_id = ((const struct written_row *)rows[i].request_id.rows.rows)->id;
    }
    if (create->group)
        tell_members(create, created, count);
    if (!create->group || !quota_rechecks(create->context))
        return NULL;
    fault = recheck_members(create);
    if (fault)
        TRY(remove_rows(create, created, count));
    return fault;
}
