/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with key pairs; see the header. */
#include "config.h"

#include "fcgi_app/compute/keypairs.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/objects/failure_notifications.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/quota/quota.h"
#include "fcgi_app/rpc/notify.h"

struct fault *keypairs_list(const struct context *context, const char *user_id, int64_t limit, const char *marker,
                            struct keypair_list *list)
{
    struct db_rows rows;

    TRY(db_keypairs_list(context, context->mem, user_id, limit, marker, &rows));
    *list = (struct keypair_list){ rows.rows, rows.count };
    return NULL;
}

struct fault *keypairs_get(const struct context *context, const char *user_id, const char *name,
                           const struct keypair **keypair)
{
    return db_keypair_get(context, context->mem, user_id, name, keypair);
}

/* Tells of a key pair where somebody listens. */
static void tell(const struct context *context, const char *action, const char *phase, enum notified_forms forms,
                 const struct keypair *keypair)
{
    notify_keypair(context, action, phase,
                   &(struct notified_keypair){ .forms = forms,
                                               .user_id = keypair->user_id,
                                               .name = keypair->name,
                                               .fingerprint = keypair->fingerprint,
                                               .public_key = keypair->public_key,
                                               .type = keypair->type });
}

static struct fault *import(const struct context *context, const char *user_id, const char *name, const char *type,
                            const char *public_key, struct keypair *keypair)
{
    *keypair = (struct keypair){
        .name = name, .user_id = user_id, .type = type, .public_key = public_key, .updated_at = DB_NO_TIME
    };
    TRY(quota_check_key_pairs(context, user_id, 1));
    tell(context, "import", "start", NOTIFIED_BOTH, keypair);
    TRY(keypair_fingerprint(context->mem, type, public_key, &keypair->fingerprint));
    keypair->created_at = clock_utc_usec();
    TRY(db_keypair_create(context, context->mem, keypair));
    tell(context, "import", "end", NOTIFIED_BOTH, keypair);
    return NULL;
}

struct fault *keypairs_import(const struct context *context, const char *user_id, const char *name, const char *type,
                              const char *public_key, struct keypair *keypair)
{
    const struct failing_arg args[] = {
        { .text = user_id }, { .text = name }, { .text = public_key }, { .text = type }
    };

    return notify_failure(context, FAILING_IMPORT_KEY_PAIR, import(context, user_id, name, type, public_key, keypair),
                          args);
}

static struct fault *generate(const struct context *context, const char *user_id, const char *name, const char *type,
                              struct keypair *keypair, const char **private_key)
{
    struct fault *fault, *removal;

    *keypair = (struct keypair){ .name = name, .user_id = user_id, .type = type, .updated_at = DB_NO_TIME };
    TRY(quota_check_key_pairs(context, user_id, 1));
    tell(context, "create", "start", NOTIFIED_BOTH, keypair);
    TRY(keypair_make(context->mem, type, user_id, private_key, &keypair->public_key));
    TRY(keypair_fingerprint(context->mem, type, keypair->public_key, &keypair->fingerprint));
    keypair->created_at = clock_utc_usec();
    TRY(db_keypair_create(context, context->mem, keypair));
    fault = quota_rechecks(context) ? quota_check_key_pairs(context, user_id, 0) : NULL;
    if (!fault) {
        tell(context, "create", "end", NOTIFIED_BOTH, keypair);
        return NULL;
    }
    /* the words are the driver's own, which has refused anew, or of this place */
    if (fault_is(fault, FAULT_KeypairLimitExceeded) && !quota_is_unified(context))
        fault = fault_new(context->mem, KeypairLimitExceeded);
    removal = db_keypair_delete(context, context->mem, user_id, name);
    return removal ? removal : fault;
}

struct fault *keypairs_generate(const struct context *context, const char *user_id, const char *name, const char *type,
                                struct keypair *keypair, const char **private_key)
{
    const struct failing_arg args[] = { { .text = user_id }, { .text = name }, { .text = type } };

    return notify_failure(context, FAILING_CREATE_KEY_PAIR,
                          generate(context, user_id, name, type, keypair, private_key), args);
}

static struct fault *delete (const struct context *context, const char *user_id, const char *name)
{
    const struct keypair *keypair = NULL;

    /* the row is read only for who wants to hear of it */
    if (notify_wanted(context, NOTIFY_LEGACY) || notify_wanted(context, NOTIFY_VERSIONED)) {
        notify_keypair(context, "delete", "start", &(struct notified_keypair){ .forms = NOTIFIED_OLDER, .name = name });
        TRY(db_keypair_get(context, context->mem, user_id, name, &keypair));
        tell(context, "delete", "start", NOTIFIED_NEWER, keypair);
    }
    TRY(db_keypair_delete(context, context->mem, user_id, name));
    if (keypair)
        tell(context, "delete", "end", NOTIFIED_BOTH, keypair);
    return NULL;
}

struct fault *keypairs_delete(const struct context *context, const char *user_id, const char *name)
{
    const struct failing_arg args[] = { { .text = user_id }, { .text = name } };

    return notify_failure(context, FAILING_DELETE_KEY_PAIR, delete (context, user_id, name), args);
}
