/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits and counts in one batch: a round trip to each database however much
 * is asked.  Neighbours: check.c compares, quota.c shows and sets.
 */
#include "config.h"

#include "fcgi_app/quota/ask.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/instance_mappings.h"

#include <string.h>

LOG_MODULE("nova.quota");

/* ---- resources ---- */

struct resource_row {
    const char *name;
    enum option option; /* OPTION_COUNT: none, no limit */
};

static const struct resource_row resource_rows[QUOTA_COUNT] = {
    [QUOTA_INSTANCES] = { "instances", OPTION_quota_instances },
    [QUOTA_CORES] = { "cores", OPTION_quota_cores },
    [QUOTA_RAM] = { "ram", OPTION_quota_ram },
    [QUOTA_METADATA_ITEMS] = { "metadata_items", OPTION_quota_metadata_items },
    [QUOTA_INJECTED_FILES] = { "injected_files", OPTION_quota_injected_files },
    [QUOTA_INJECTED_FILE_CONTENT_BYTES] = { "injected_file_content_bytes", OPTION_quota_injected_file_content_bytes },
    [QUOTA_INJECTED_FILE_PATH_BYTES] = { "injected_file_path_bytes", OPTION_quota_injected_file_path_length },
    [QUOTA_KEY_PAIRS] = { "key_pairs", OPTION_quota_key_pairs },
    [QUOTA_SERVER_GROUPS] = { "server_groups", OPTION_quota_server_groups },
    [QUOTA_SERVER_GROUP_MEMBERS] = { "server_group_members", OPTION_quota_server_group_members },
    /* of nova-network, kept in answers */
    [QUOTA_FIXED_IPS] = { "fixed_ips", OPTION_COUNT },
    [QUOTA_FLOATING_IPS] = { "floating_ips", OPTION_COUNT },
    [QUOTA_SECURITY_GROUPS] = { "security_groups", OPTION_COUNT },
    [QUOTA_SECURITY_GROUP_RULES] = { "security_group_rules", OPTION_COUNT },
};

const char *quota_name(enum quota_resource resource)
{
    return resource_rows[resource].name;
}

enum quota_resource quota_by_name(const char *name)
{
    for (size_t i = 0; name && i < QUOTA_COUNT; i++)
        if (!strcmp(resource_rows[i].name, name))
            return (enum quota_resource)i;
    return QUOTA_COUNT;
}

struct quota_values quota_option_values(const struct context *context)
{
    struct quota_values values;

    for (size_t i = 0; i < QUOTA_COUNT; i++)
        values.of[i] = resource_rows[i].option == OPTION_COUNT
                           ? QUOTA_UNLIMITED
                           : conf_int(context->worker->conf, resource_rows[i].option);
    return values;
}

enum quota_driver quota_driver(const struct context *context)
{
    const char *name = conf_string(context->worker->conf, OPTION_quota_driver);

    if (name && !strcmp(name, "nova.quota.NoopQuotaDriver"))
        return QUOTA_DRIVER_NOOP;
    if (name && !strcmp(name, "nova.quota.UnifiedLimitsDriver"))
        return QUOTA_DRIVER_UNIFIED;
    return QUOTA_DRIVER_DB;
}

/* ---- limits ---- */

static void read_limits(const struct context *context, const struct db_rows *rows, struct quota_answer *answer)
{
    const struct quota_limit_row *row = rows->rows;

    answer->limits = quota_option_values(context);
    /* the weaker first: what a class says, a project and a user say over it */
    for (int64_t owner = QUOTA_OWNER_ALL_USERS; owner >= QUOTA_OWNER_USER; owner--) {
        if (owner == QUOTA_OWNER_USER)
            answer->user_limits = answer->limits;
        for (size_t i = 0; i < rows->count; i++) {
            enum quota_resource resource = quota_by_name(row[i].resource);

            if (row[i].owner != owner || resource == QUOTA_COUNT)
                continue;
            if (owner == QUOTA_OWNER_ALL_USERS) {
                answer->all_users.of[resource] = row[i].hard_limit;
            } else if (owner == QUOTA_OWNER_USER) {
                answer->user_limits.of[resource] = answer->user_rows.of[resource] = row[i].hard_limit;
                answer->user_has[resource] = true;
            } else {
                answer->limits.of[resource] = row[i].hard_limit;
            }
        }
    }
}

/* ---- servers in the cells ---- */

struct cell_counts {
    const struct db_cell *cells;
    size_t count;
    struct db_params params;
    struct db_answer *answers;
};

static struct fault *add_cells(const struct context *context, const struct quota_question *question,
                               struct db_batch *batch, struct cell_counts *cells)
{
    struct db_params of_project = { 0 };
    struct db_rows wanted = { 0 };
    bool per_project = conf_bool(context->worker->conf, OPTION_api_instance_list_per_project_cells);

    TRY(db_cells(context, &cells->cells, &cells->count));
    if (per_project) {
        db_param_text(&of_project, question->project_id);
        TRY(db_query(context, context->mem, db_api(context->worker->db), &INSTANCE_MAPPING_CELLS_OF_PROJECT,
                     &of_project, &wanted));
    }
    db_param_text(&cells->params, question->project_id);
    db_param_text(&cells->params, question->user_id);
    cells->answers = mem_array(context->mem, struct db_answer, cells->count);
    for (size_t i = 0; i < cells->count; i++) {
        bool asked = !per_project;

        for (size_t j = 0; j < wanted.count && !asked; j++)
            asked = ((const struct instance_mapping *)wanted.rows)[j].cell_id == cells->cells[i].id;
        if (asked)
            db_batch_add(batch, cells->cells[i].link, &QUOTA_INSTANCE_COUNTS, &cells->params, &cells->answers[i]);
    }
    return NULL;
}

static void sum_cells(const struct cell_counts *cells, struct quota_answer *answer)
{
    for (size_t i = 0; i < cells->count; i++) {
        const struct quota_instance_counts *row = cells->answers[i].rows.rows;

        if (cells->answers[i].fault) {
            log_warning("Cell %s is not counted: %s", cells->cells[i].uuid, cells->answers[i].fault->message);
            continue;
        }
        if (!cells->answers[i].rows.count)
            continue;
        answer->of_project.of[QUOTA_INSTANCES] += row->instances;
        answer->of_project.of[QUOTA_CORES] += row->cores;
        answer->of_project.of[QUOTA_RAM] += row->ram;
        answer->of_user.of[QUOTA_INSTANCES] += row->user_instances;
        answer->of_user.of[QUOTA_CORES] += row->user_cores;
        answer->of_user.of[QUOTA_RAM] += row->user_ram;
    }
}

/* ---- servers by mappings and placement ---- */

/* Kept once it is so: then no mapping is from before mappings knew user and deletion. */
static bool all_mappings_migrated;

/* *counted is false where old mappings stand in the way; then the cells must be asked. */
static struct fault *count_by_placement(const struct context *context, const struct quota_question *question,
                                        struct quota_answer *answer, bool *counted)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params owner = { 0 }, project = { 0 };
    struct db_answer counts, unmigrated = { 0 };
    struct placement_usage usage;

    db_param_text(&owner, question->project_id);
    db_param_text(&owner, question->user_id);
    db_param_text(&project, question->project_id);
    db_batch_add(batch, db_api(context->worker->db), &QUOTA_MAPPING_COUNTS, &owner, &counts);
    if (!all_mappings_migrated)
        db_batch_add(batch, db_api(context->worker->db), &QUOTA_UNMIGRATED_MAPPINGS, &project, &unmigrated);
    db_batch_run(batch, 0);
    TRY(counts.fault);
    TRY(unmigrated.fault);
    *counted = !unmigrated.rows.count || !((const struct quota_unmigrated *)unmigrated.rows.rows)->unmigrated;
    if (!*counted) {
        log_warning("Falling back to legacy quota counting method for instances, cores, and ram");
        return NULL;
    }
    answer->of_project.of[QUOTA_INSTANCES] = ((const struct quota_counts *)counts.rows.rows)->of_project;
    answer->of_user.of[QUOTA_INSTANCES] = ((const struct quota_counts *)counts.rows.rows)->of_user;
    TRY(placement_usages(context, context->mem, question->project_id, NULL, &usage));
    answer->of_project.of[QUOTA_CORES] = usage.cores;
    answer->of_project.of[QUOTA_RAM] = usage.ram;
    if (!question->user_id || (question->limited_user && !answer->user_has[QUOTA_INSTANCES] &&
                               !answer->user_has[QUOTA_CORES] && !answer->user_has[QUOTA_RAM]))
        return NULL;
    TRY(placement_usages(context, context->mem, question->project_id, question->user_id, &usage));
    answer->of_user.of[QUOTA_CORES] = usage.cores;
    answer->of_user.of[QUOTA_RAM] = usage.ram;
    return NULL;
}

static struct fault *count_servers(const struct context *context, const struct quota_question *question,
                                   struct quota_answer *answer, struct cell_counts *cells)
{
    struct db_batch *batch = db_batch(context, context->mem);
    bool counted;

    TRY(count_by_placement(context, question, answer, &counted));
    if (counted)
        return NULL;
    TRY(add_cells(context, question, batch, cells));
    db_batch_run(batch, 0);
    return NULL;
}

/* ---- members of a group ---- */

static struct fault *count_members_in_cells(const struct context *context, const struct quota_question *question,
                                            int64_t *count)
{
    struct db_params params = { 0 };
    struct db_answer building = { 0 }, *answers;
    const struct db_cell *cells;
    struct db_batch *batch = db_batch(context, context->mem);
    size_t cell_count;

    log_warning("Falling back to legacy quota counting method for server group members");
    TRY(db_cells(context, &cells, &cell_count));
    db_param_texts(&params, context->mem, question->members, question->member_count);
    db_param_text(&params, question->user_id);
    answers = mem_array(context->mem, struct db_answer, cell_count);
    for (size_t i = 0; i < cell_count; i++)
        db_batch_add(batch, cells[i].link, &QUOTA_MEMBERS_IN_CELL, &params, &answers[i]);
    db_batch_add(batch, db_api(context->worker->db), &QUOTA_MEMBERS_BUILDING, &params, &building);
    db_batch_run(batch, 0);
    TRY(building.fault);
    *count = 0;
    for (size_t i = 0; i < cell_count; i++) {
        TRY(answers[i].fault);
        *count += (int64_t)answers[i].rows.count;
    }
    for (size_t b = 0; b < building.rows.count; b++) {
        const char *uuid = ((const struct quota_member *)building.rows.rows)[b].uuid;
        bool known = false;

        for (size_t i = 0; i < cell_count; i++)
            for (size_t j = 0; j < answers[i].rows.count && !known; j++)
                known = !strcmp(((const struct quota_member *)answers[i].rows.rows)[j].uuid, uuid);
        *count += !known;
    }
    return NULL;
}

/* ---- the question ---- */

struct fault *quota_ask(const struct context *context, const struct quota_question *question,
                        struct quota_answer *answer)
{
    struct db_link *api = db_api(context->worker->db);
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params limit_params = { 0 }, owner_params = { 0 }, user_params = { 0 }, member_params = { 0 };
    struct db_params none = { 0 };
    struct db_answer limits = { 0 }, groups = { 0 }, key_pairs = { 0 }, members = { 0 }, unmigrated = { 0 };
    struct cell_counts cells = { 0 };
    bool by_placement = conf_bool(context->worker->conf, OPTION_quota_count_usage_from_placement);

    *answer = (struct quota_answer){ 0 };
    /* A project's limits, unlike a class', are for those within one, and for administrators. */
    if (question->wanted & QUOTA_ASK_LIMITS && !question->class_name && !context_is_someone(context))
        return fault_new(context->mem, Forbidden);
    db_param_text(&owner_params, question->project_id);
    db_param_text(&owner_params, question->user_id);
    if (question->wanted & QUOTA_ASK_LIMITS) {
        db_param_text(&limit_params, question->project_id);
        db_param_text(&limit_params, question->limits_user_id ? question->limits_user_id : question->user_id);
        db_param_text(&limit_params, question->class_name ? question->class_name : "default");
        db_batch_add(batch, api, &QUOTA_LIMITS, &limit_params, &limits);
    }
    if (question->wanted & QUOTA_ASK_GROUPS)
        db_batch_add(batch, api, &QUOTA_SERVER_GROUP_COUNTS, &owner_params, &groups);
    if (question->wanted & QUOTA_ASK_KEY_PAIRS) {
        db_param_text(&user_params, question->user_id);
        db_batch_add(batch, api, &QUOTA_KEY_PAIR_COUNT, &user_params, &key_pairs);
    }
    if (question->wanted & QUOTA_ASK_MEMBERS) {
        db_param_texts(&member_params, context->mem, question->members, question->member_count);
        db_param_text(&member_params, question->user_id);
        db_batch_add(batch, api, &QUOTA_MEMBER_COUNT, &member_params, &members);
        if (!all_mappings_migrated) {
            db_param_text(&none, NULL);
            db_batch_add(batch, api, &QUOTA_UNMIGRATED_MAPPINGS, &none, &unmigrated);
        }
    }
    if ((question->wanted & QUOTA_ASK_SERVERS) && !by_placement)
        TRY(add_cells(context, question, batch, &cells));
    db_batch_run(batch, 0);
    TRY(limits.fault);
    TRY(groups.fault);
    TRY(key_pairs.fault);
    TRY(members.fault);
    TRY(unmigrated.fault);
    if (question->wanted & QUOTA_ASK_LIMITS)
        read_limits(context, &limits.rows, answer);
    if ((question->wanted & QUOTA_ASK_SERVERS) && by_placement)
        TRY(count_servers(context, question, answer, &cells));
    if (groups.rows.count) {
        answer->of_project.of[QUOTA_SERVER_GROUPS] = ((const struct quota_counts *)groups.rows.rows)->of_project;
        answer->of_user.of[QUOTA_SERVER_GROUPS] = ((const struct quota_counts *)groups.rows.rows)->of_user;
    }
    if (key_pairs.rows.count)
        answer->of_user.of[QUOTA_KEY_PAIRS] = ((const struct quota_counts *)key_pairs.rows.rows)->of_user;
    if (question->wanted & QUOTA_ASK_MEMBERS) {
        if (unmigrated.rows.count)
            all_mappings_migrated = !((const struct quota_unmigrated *)unmigrated.rows.rows)->unmigrated;
        if (all_mappings_migrated)
            answer->of_user.of[QUOTA_SERVER_GROUP_MEMBERS] = ((const struct quota_counts *)members.rows.rows)->of_user;
        else
            TRY(count_members_in_cells(context, question, &answer->of_user.of[QUOTA_SERVER_GROUP_MEMBERS]));
    }
    sum_cells(&cells, answer);
    return NULL;
}
