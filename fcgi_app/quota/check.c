/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May there be more?  Usage and what is asked for, compared with limits of
 * project and user, and the words of refusal.  Neighbour: ask.c.
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/quota/ask.h"
#include "fcgi_app/quota/unified.h"

#include <stdio.h>
#include <string.h>

LOG_MODULE("nova.quota");

#define BIT(resource) (1U << (resource))

/* What a comparison found. */
struct over {
    unsigned overs;             /* BIT of each resource that would be over */
    struct quota_values quotas; /* the limits that were compared with */
};

static bool is_over(int64_t limit, int64_t value)
{
    return limit >= 0 && limit < value;
}

/* Values that a project and a user have, each against its own limit. */
static struct over over_both(const struct quota_answer *answer, unsigned resources, const struct quota_values *more)
{
    struct over over = { 0 };
    bool of_user = false;

    for (unsigned i = 0; i < QUOTA_COUNT; i++) {
        if (!(resources & BIT(i)))
            continue;
        if (is_over(answer->limits.of[i], answer->of_project.of[i] + more->of[i])) {
            over.overs |= BIT(i);
        } else if (is_over(answer->user_limits.of[i], answer->of_user.of[i] + more->of[i])) {
            over.overs |= BIT(i);
            of_user = true;
        }
    }
    over.quotas = of_user ? answer->user_limits : answer->limits;
    return over;
}

/* Values that were counted once, against the lower of both limits. */
static struct over over_lower(const struct quota_answer *answer, unsigned resources, const struct quota_values *counted,
                              const struct quota_values *more)
{
    struct over over = { 0 };

    for (unsigned i = 0; i < QUOTA_COUNT; i++) {
        int64_t limit =
            answer->limits.of[i] < answer->user_limits.of[i] ? answer->limits.of[i] : answer->user_limits.of[i];

        over.quotas.of[i] = limit;
        if ((resources & BIT(i)) && is_over(limit, counted->of[i] + more->of[i]))
            over.overs |= BIT(i);
    }
    return over;
}

/* ---- simple limits ---- */

/* Values that are not counted: over either limit is too much; the project's are told. */
static struct fault *check_plain(const struct context *context, unsigned resources, const struct quota_values *values,
                                 struct over *over)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS,
        .project_id = context->project_id,
        .user_id = context->user_id,
    };
    struct quota_answer answer;

    *over = (struct over){ 0 };
    if (quota_driver(context) == QUOTA_DRIVER_NOOP)
        return NULL;
    TRY(quota_ask(context, &question, &answer));
    over->quotas = answer.limits;
    for (unsigned i = 0; i < QUOTA_COUNT; i++)
        if ((resources & BIT(i)) &&
            (is_over(answer.limits.of[i], values->of[i]) || is_over(answer.user_limits.of[i], values->of[i])))
            over->overs |= BIT(i);
    return NULL;
}

struct fault *quota_check_image_metadata(const struct context *context, int64_t items)
{
    const struct quota_values values = { .of[QUOTA_METADATA_ITEMS] = items };
    struct over over;

    if (!items || quota_is_unified(context))
        return NULL;
    TRY(check_plain(context, BIT(QUOTA_METADATA_ITEMS), &values, &over));
    return over.overs ? fault_text(context->mem, OverQuota, "Image metadata limit exceeded") : NULL;
}

struct fault *quota_check_metadata(const struct context *context, int64_t items)
{
    const struct quota_values values = { .of[QUOTA_METADATA_ITEMS] = items };
    struct over over;

    if (!items)
        return NULL;
    if (quota_is_unified(context))
        return unified_check(context, QUOTA_METADATA_ITEMS, 0, items);
    TRY(check_plain(context, BIT(QUOTA_METADATA_ITEMS), &values, &over));
    if (over.overs)
        return fault_new(context->mem, MetadataLimitExceeded, (long long)over.quotas.of[QUOTA_METADATA_ITEMS]);
    return NULL;
}

struct fault *quota_check_files(const struct context *context, int64_t count, int64_t longest_path,
                                int64_t longest_content)
{
    const struct quota_values values = {
        .of[QUOTA_INJECTED_FILES] = count,
        .of[QUOTA_INJECTED_FILE_PATH_BYTES] = longest_path,
        .of[QUOTA_INJECTED_FILE_CONTENT_BYTES] = longest_content,
    };
    struct over over;

    if (!count)
        return NULL;
    if (quota_is_unified(context)) {
        TRY(unified_check(context, QUOTA_INJECTED_FILES, 0, count));
        TRY(unified_check(context, QUOTA_INJECTED_FILE_PATH_BYTES, 0, longest_path));
        return unified_check(context, QUOTA_INJECTED_FILE_CONTENT_BYTES, 0, longest_content);
    }
    TRY(check_plain(context,
                    BIT(QUOTA_INJECTED_FILES) | BIT(QUOTA_INJECTED_FILE_PATH_BYTES) |
                        BIT(QUOTA_INJECTED_FILE_CONTENT_BYTES),
                    &values, &over));
    if (over.overs & BIT(QUOTA_INJECTED_FILES))
        return fault_new(context->mem, OnsetFileLimitExceeded);
    if (over.overs & BIT(QUOTA_INJECTED_FILE_PATH_BYTES))
        return fault_new(context->mem, OnsetFilePathLimitExceeded,
                         (long long)over.quotas.of[QUOTA_INJECTED_FILE_PATH_BYTES]);
    if (over.overs & BIT(QUOTA_INJECTED_FILE_CONTENT_BYTES))
        return fault_new(context->mem, OnsetFileContentLimitExceeded,
                         (long long)over.quotas.of[QUOTA_INJECTED_FILE_CONTENT_BYTES]);
    return NULL;
}

/* ---- what is counted by rows of the API database ---- */

struct fault *quota_check_key_pairs(const struct context *context, const char *user_id, int64_t more)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_KEY_PAIRS | (quota_is_unified(context) ? 0 : QUOTA_ASK_LIMITS),
        .project_id = context->project_id,
        .user_id = user_id,
        .limits_user_id = context->user_id,
    };
    const struct quota_values deltas = { .of[QUOTA_KEY_PAIRS] = more };
    struct quota_answer answer;

    if (quota_driver(context) == QUOTA_DRIVER_NOOP)
        return NULL;
    TRY(quota_ask(context, &question, &answer));
    if (quota_is_unified(context))
        return unified_check(context, QUOTA_KEY_PAIRS, answer.of_user.of[QUOTA_KEY_PAIRS], more);
    if (over_lower(&answer, BIT(QUOTA_KEY_PAIRS), &answer.of_user, &deltas).overs)
        return fault_new(context->mem, KeypairLimitExceeded);
    return NULL;
}

struct fault *quota_check_server_groups(const struct context *context, const char *project_id, int64_t more)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_GROUPS | (quota_is_unified(context) ? 0 : QUOTA_ASK_LIMITS),
        .project_id = project_id,
        .user_id = context->user_id,
    };
    const struct quota_values deltas = { .of[QUOTA_SERVER_GROUPS] = more };
    struct quota_answer answer;

    if (quota_driver(context) == QUOTA_DRIVER_NOOP)
        return NULL;
    TRY(quota_ask(context, &question, &answer));
    if (quota_is_unified(context))
        return unified_check(context, QUOTA_SERVER_GROUPS, answer.of_project.of[QUOTA_SERVER_GROUPS], more);
    if (over_both(&answer, BIT(QUOTA_SERVER_GROUPS), &deltas).overs)
        return fault_new(context->mem, ServerGroupLimitExceeded);
    return NULL;
}

/* Upstream lets them in one by one, each with its check before and after; all of it happens before the write here. */
static struct fault *check_members_one_by_one(const struct context *context, int64_t used, int64_t more)
{
    for (int64_t i = 0; i < more; i++) {
        TRY(unified_check(context, QUOTA_SERVER_GROUP_MEMBERS, used + i, 1));
        if (quota_rechecks(context))
            TRY(unified_check(context, QUOTA_SERVER_GROUP_MEMBERS, used + i + 1, 0));
    }
    return NULL;
}

struct fault *quota_check_group_members(const struct context *context, const char *const *members, size_t count,
                                        int64_t more)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS | QUOTA_ASK_MEMBERS,
        .project_id = context->project_id,
        .user_id = context->user_id,
        .members = members,
        .member_count = count,
    };
    const struct quota_values deltas = { .of[QUOTA_SERVER_GROUP_MEMBERS] = more };
    struct quota_answer answer;

    if (quota_driver(context) == QUOTA_DRIVER_NOOP)
        return NULL;
    if (quota_is_unified(context))
        return check_members_one_by_one(context, (int64_t)count, more);
    TRY(quota_ask(context, &question, &answer));
    if (over_lower(&answer, BIT(QUOTA_SERVER_GROUP_MEMBERS), &answer.of_user, &deltas).overs)
        return fault_text(context->mem, OverQuota, "Quota exceeded, too many servers in group");
    return NULL;
}

/* ---- servers ---- */

/* By name, as refusals list them. */
static const enum quota_resource server_resources[] = { QUOTA_CORES, QUOTA_INSTANCES, QUOTA_RAM };
#define SERVER_BITS (BIT(QUOTA_CORES) | BIT(QUOTA_INSTANCES) | BIT(QUOTA_RAM))
#define SIZE_BITS (BIT(QUOTA_CORES) | BIT(QUOTA_RAM))

/* "Quota exceeded for cores, ram: Requested 4, 512, but already used 18, 51000 of 20, 51200 cores, ram". */
static struct fault *too_many(const struct context *context, const struct over *over, const struct quota_values *used,
                              const char *const requested[QUOTA_COUNT])
{
    struct strbuf overs, asked, in_use, allowed;
    const char *joint = "";

    strbuf_init(&overs, context->mem, 32);
    strbuf_init(&asked, context->mem, 32);
    strbuf_init(&in_use, context->mem, 32);
    strbuf_init(&allowed, context->mem, 32);
    for (size_t i = 0; i < sizeof(server_resources) / sizeof(server_resources[0]); i++) {
        enum quota_resource resource = server_resources[i];

        if (!(over->overs & BIT(resource)))
            continue;
        strbuf_printf(&overs, "%s%s", joint, quota_name(resource));
        strbuf_printf(&asked, "%s%s", joint, requested[resource]);
        strbuf_printf(&in_use, "%s%lld", joint, (long long)used->of[resource]);
        strbuf_printf(&allowed, "%s%lld", joint, (long long)over->quotas.of[resource]);
        joint = ", ";
    }
    log_debug("%s quota exceeded for %s", overs.data, context->project_id);
    return fault_new(context->mem, TooManyInstances, overs.data, asked.data, in_use.data, allowed.data, overs.data);
}

static const char *number(const struct context *context, int64_t value)
{
    return mem_printf(context->mem, "%lld", (long long)value);
}

static int64_t lower(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How many servers of that size fit below the limits; where cores or ram have none, the servers' own limit counts. */
static int64_t servers_that_fit(const struct quota_server *server, const struct quota_values *quotas,
                                const struct quota_values *used)
{
    int64_t fit = quotas->of[QUOTA_INSTANCES] - used->of[QUOTA_INSTANCES];

    if (server->vcpus && quotas->of[QUOTA_CORES] != QUOTA_UNLIMITED)
        fit = lower(fit, (quotas->of[QUOTA_CORES] - used->of[QUOTA_CORES]) / server->vcpus);
    if (server->memory_mb && quotas->of[QUOTA_RAM] != QUOTA_UNLIMITED)
        fit = lower(fit, (quotas->of[QUOTA_RAM] - used->of[QUOTA_RAM]) / server->memory_mb);
    return fit;
}

/*
 * Where nothing was set for the user itself, only the project is counted; then the limits that count are those of who
 * asks, which may be somebody else.
 */
static struct fault *ask_for_servers(const struct context *context, const char *project_id, const char *user_id,
                                     struct quota_answer *answer, bool *by_user)
{
    struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS | QUOTA_ASK_SERVERS,
        .project_id = project_id,
        .user_id = user_id,
        .limited_user = true,
    };
    struct quota_answer asker;

    TRY(quota_ask(context, &question, answer));
    *by_user = answer->user_has[QUOTA_INSTANCES] || answer->user_has[QUOTA_CORES] || answer->user_has[QUOTA_RAM];
    if (*by_user || !context->user_id || !user_id || !strcmp(user_id, context->user_id))
        return NULL;
    question.wanted = QUOTA_ASK_LIMITS;
    question.user_id = context->user_id;
    TRY(quota_ask(context, &question, &asker));
    answer->user_limits = asker.user_limits;
    return NULL;
}

struct fault *quota_check_servers(const struct context *context, const struct quota_server *server, int64_t min_count,
                                  int64_t max_count, const char *project_id, const char *user_id, int64_t *allowed)
{
    const char *requested[QUOTA_COUNT] = { NULL };
    struct quota_answer answer;
    bool by_user;

    *allowed = max_count;
    if (quota_driver(context) == QUOTA_DRIVER_NOOP)
        return NULL;
    if (quota_is_unified(context))
        return unified_check_servers(context, server, min_count, max_count,
                                     project_id ? project_id : context->project_id, allowed);
    TRY(ask_for_servers(context, project_id ? project_id : context->project_id, user_id ? user_id : context->user_id,
                        &answer, &by_user));
    for (;;) {
        const struct quota_values more = {
            .of[QUOTA_INSTANCES] = *allowed,
            .of[QUOTA_CORES] = *allowed * server->vcpus,
            .of[QUOTA_RAM] = *allowed * server->memory_mb,
        };
        const struct quota_values *used = by_user ? &answer.of_user : &answer.of_project;
        struct over over = by_user ? over_both(&answer, SERVER_BITS, &more)
                                   : over_lower(&answer, SERVER_BITS, &answer.of_project, &more);
        int64_t fit;

        if (!over.overs)
            return NULL;
        fit = servers_that_fit(server, &over.quotas, used);
        if (fit > 0 && fit >= min_count && fit < *allowed) {
            *allowed = fit;
            continue;
        }
        requested[QUOTA_INSTANCES] =
            min_count == *allowed ? number(context, min_count)
                                  : mem_printf(context->mem, "%lld-%lld", (long long)min_count, (long long)*allowed);
        requested[QUOTA_CORES] = number(context, more.of[QUOTA_CORES]);
        requested[QUOTA_RAM] = number(context, more.of[QUOTA_RAM]);
        return too_many(context, &over, used, requested);
    }
}

struct fault *quota_check_resize(const struct context *context, const struct quota_server *from,
                                 const struct quota_server *to, bool revert, const char *project_id,
                                 const char *user_id)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS | QUOTA_ASK_SERVERS,
        .project_id = project_id ? project_id : context->project_id,
        .user_id = user_id ? user_id : context->user_id,
    };
    const struct quota_values more = {
        .of[QUOTA_CORES] = to->vcpus > from->vcpus ? to->vcpus - from->vcpus : 0,
        .of[QUOTA_RAM] = to->memory_mb > from->memory_mb ? to->memory_mb - from->memory_mb : 0,
    };
    const char *requested[QUOTA_COUNT] = { NULL };
    struct quota_answer answer;
    struct over over;

    if (quota_is_unified(context)) {
        int64_t allowed;

        /* as placement will see it: the new size beside the old one */
        return revert ? NULL : unified_check_servers(context, to, 1, 1, question.project_id, &allowed);
    }
    if (quota_driver(context) == QUOTA_DRIVER_NOOP || (!more.of[QUOTA_CORES] && !more.of[QUOTA_RAM]))
        return NULL;
    TRY(quota_ask(context, &question, &answer));
    over = over_both(&answer, SIZE_BITS, &more);
    if (!over.overs)
        return NULL;
    requested[QUOTA_CORES] = number(context, more.of[QUOTA_CORES]);
    requested[QUOTA_RAM] = number(context, more.of[QUOTA_RAM]);
    return too_many(context, &over, &answer.of_user, requested);
}
