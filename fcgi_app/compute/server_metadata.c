/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with a server's metadata; see the header. */
#include "config.h"

#include "fcgi_app/compute/server_metadata.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/quota/quota.h"

#include <stdint.h>
#include <string.h>

static const struct instance_states steady = INSTANCE_STATES("active", "paused", "suspended", "stopped");

const char *server_metadata_value(const struct target *target, const char *key)
{
    for (size_t i = 0; i < target->metadata.count; i++)
        if (!strcmp(target->metadata.items[i].key, key))
            return target->metadata.items[i].value;
    return NULL;
}

static bool has_key(const struct target *target, const char *key)
{
    for (size_t i = 0; i < target->metadata.count; i++)
        if (!strcmp(target->metadata.items[i].key, key))
            return true;
    return false;
}

static struct fault *check_quota(const struct context *context, const struct target *target, const json_t *items,
                                 bool replace)
{
    size_t count = json_object_size(items);

    for (size_t i = 0; !replace && i < target->metadata.count; i++)
        count += !json_object_get(items, target->metadata.items[i].key);
    return count ? quota_check_metadata(context, (int64_t)count) : NULL;
}

/* What is there and not among the items. */
static void drop_others(struct target *target, const json_t *items)
{
    const char **keys = mem_array(target->mem, const char *, target->metadata.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < target->metadata.count; i++)
        if (!json_object_get(items, target->metadata.items[i].key))
            keys[count++] = target->metadata.items[i].key;
    for (size_t i = 0; i < count; i++)
        target_drop_metadata(target, keys[i]);
}

struct fault *server_metadata_update(const struct context *context, struct target *target, const json_t *items,
                                     bool replace)
{
    const char *key;
    json_t *value;

    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &steady, NULL, true, "update metadata"));
    TRY(check_quota(context, target, items, replace));
    if (replace)
        drop_others(target, items);
    json_object_foreach((json_t *)(uintptr_t)items, key, value)
    {
        const char *old = has_key(target, key) ? server_metadata_value(target, key) : NULL;

        if (!old || strcmp(old, json_string_value(value)) != 0)
            target_set_metadata(target, key, json_string_value(value));
    }
    return target_save(context, target, &(struct target_guard){ .always = true });
}

struct fault *server_metadata_delete(const struct context *context, struct target *target, const char *key)
{
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &steady, NULL, true, "delete metadata"));
    return target_delete_metadata(context, target, key);
}
