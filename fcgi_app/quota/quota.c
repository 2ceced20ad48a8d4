/* SPDX-License-Identifier: Apache-2.0 */
/* Limits as the API shows and sets them.  Neighbours: ask.c finds them, check.c compares usage with them. */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/quota/ask.h"
#include "fcgi_app/quota/unified.h"

static void fill(struct quota_values *values, int64_t value)
{
    for (size_t i = 0; values && i < QUOTA_COUNT; i++)
        values->of[i] = value;
}

struct fault *quota_of_class(const struct context *context, const char *name, struct quota_values *limits)
{
    const struct quota_question question = { .wanted = QUOTA_ASK_LIMITS, .class_name = name };
    struct quota_answer answer;

    if (quota_driver(context) == QUOTA_DRIVER_NOOP) {
        fill(limits, QUOTA_UNLIMITED);
        return NULL;
    }
    if (quota_is_unified(context))
        return unified_limits(context, NULL, limits);
    TRY(quota_ask(context, &question, &answer));
    *limits = answer.limits;
    return NULL;
}

struct fault *quota_defaults(const struct context *context, struct quota_values *limits)
{
    return quota_of_class(context, "default", limits);
}

struct fault *quota_of(const struct context *context, const char *project_id, const char *user_id,
                       struct quota_values *limits, struct quota_values *used)
{
    struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS | (used ? QUOTA_ASK_SERVERS | QUOTA_ASK_GROUPS : 0),
        .project_id = project_id,
        .user_id = user_id,
    };
    struct quota_answer answer;

    if (quota_driver(context) == QUOTA_DRIVER_NOOP) {
        fill(limits, QUOTA_UNLIMITED);
        fill(used, QUOTA_UNLIMITED);
        return NULL;
    }
    if (quota_is_unified(context)) {
        TRY(unified_limits(context, project_id, limits));
        if (!used)
            return NULL;
        question.wanted = QUOTA_ASK_GROUPS;
        TRY(quota_ask(context, &question, &answer));
        return unified_used(context, project_id, answer.of_project.of[QUOTA_SERVER_GROUPS], used);
    }
    TRY(quota_ask(context, &question, &answer));
    *limits = user_id ? answer.user_limits : answer.limits;
    if (used)
        *used = user_id ? answer.of_user : answer.of_project;
    return NULL;
}

int64_t quota_reserved(const struct context *context)
{
    return quota_driver(context) == QUOTA_DRIVER_NOOP ? -1 : 0;
}

bool quota_is_unified(const struct context *context)
{
    return quota_driver(context) == QUOTA_DRIVER_UNIFIED;
}

bool quota_rechecks(const struct context *context)
{
    return conf_bool(context->worker->conf, OPTION_quota_recheck_quota);
}

/* ---- bounds ---- */

/* Without a bound where either has none. */
static int64_t bounded(int64_t a, int64_t b, int64_t result)
{
    return a <= QUOTA_UNLIMITED || b <= QUOTA_UNLIMITED ? QUOTA_UNLIMITED : result;
}

struct fault *quota_settable(const struct context *context, const char *project_id, const char *user_id,
                             struct quota_values *minimum, struct quota_values *maximum)
{
    const struct quota_question question = {
        .wanted = QUOTA_ASK_LIMITS | QUOTA_ASK_SERVERS | QUOTA_ASK_GROUPS,
        .project_id = project_id,
        .user_id = user_id,
    };
    struct quota_answer answer;

    if (quota_driver(context) != QUOTA_DRIVER_DB) {
        fill(minimum, 0);
        fill(maximum, QUOTA_UNLIMITED);
        return NULL;
    }
    TRY(quota_ask(context, &question, &answer));
    for (size_t i = 0; i < QUOTA_COUNT; i++) {
        int64_t limit = answer.limits.of[i];
        int64_t remains = limit - answer.all_users.of[i];

        if (user_id) {
            /* what the project has left, and what the user has already */
            minimum->of[i] = answer.of_user.of[i];
            maximum->of[i] = bounded(remains, answer.user_rows.of[i], remains + answer.user_rows.of[i]);
        } else {
            int64_t given = bounded(limit, remains, limit - remains);

            minimum->of[i] = given > answer.of_project.of[i] ? given : answer.of_project.of[i];
            maximum->of[i] = QUOTA_UNLIMITED;
        }
    }
    return NULL;
}

/* ---- writes ---- */

/* Limits of addresses belong to a project, whoever is named. */
static bool is_per_project(enum quota_resource resource)
{
    return resource == QUOTA_FIXED_IPS || resource == QUOTA_FLOATING_IPS;
}

static struct fault *write_settings(const struct context *context, const char *owner, const char *user_id,
                                    const struct db_statement *statement, const struct quota_setting *settings,
                                    size_t count)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params *params = mem_array(context->mem, struct db_params, count);
    struct db_answer *answers = mem_array(context->mem, struct db_answer, count);
    int64_t now = clock_utc_usec();

    if (!count)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        bool for_user = user_id && !is_per_project(settings[i].resource);

        db_param_text(&params[i], owner);
        db_param_text(&params[i], quota_name(settings[i].resource));
        db_param_int(&params[i], context->mem, settings[i].limit);
        db_param_time(&params[i], context->mem, now);
        if (for_user)
            db_param_text(&params[i], user_id);
        db_batch_add(batch, db_api(context->worker->db), for_user ? &QUOTA_SET_USER : statement, &params[i],
                     &answers[i]);
    }
    return db_batch_write(batch);
}

struct fault *quota_set(const struct context *context, const char *project_id, const char *user_id,
                        const struct quota_setting *settings, size_t count)
{
    return write_settings(context, project_id, user_id, &QUOTA_SET_PROJECT, settings, count);
}

struct fault *quota_set_class(const struct context *context, const char *name, const struct quota_setting *settings,
                              size_t count)
{
    return write_settings(context, name, NULL, &QUOTA_SET_CLASS, settings, count);
}

struct fault *quota_delete(const struct context *context, const char *project_id, const char *user_id)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { 0 };
    struct db_answer answers[2];

    db_param_text(&params, project_id);
    if (user_id) {
        db_param_text(&params, user_id);
        db_batch_add(batch, db_api(context->worker->db), &QUOTA_DELETE_USER, &params, &answers[0]);
    } else {
        db_batch_add(batch, db_api(context->worker->db), &QUOTA_DELETE_PROJECT, &params, &answers[0]);
        db_batch_add(batch, db_api(context->worker->db), &QUOTA_DELETE_USERS, &params, &answers[1]);
    }
    return db_batch_write(batch);
}
