/* SPDX-License-Identifier: Apache-2.0 */
/* Which limit is shown where, under which name, at which versions; see the header. */
#include "config.h"

#include "routes/views/quotas.h"

#include "fcgi_app/json/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* By name, as sets and classes list them. */
static const struct set_row {
    enum quota_resource resource;
    struct versions in_set, in_class;
} set_rows[] = {
    { QUOTA_CORES, V_ALL, V_ALL },
    { QUOTA_FIXED_IPS, V_UPTO(35), V_UPTO(49) },
    { QUOTA_FLOATING_IPS, V_UPTO(35), V_UPTO(49) },
    { QUOTA_INJECTED_FILE_CONTENT_BYTES, V_UPTO(56), V_UPTO(56) },
    { QUOTA_INJECTED_FILE_PATH_BYTES, V_UPTO(56), V_UPTO(56) },
    { QUOTA_INJECTED_FILES, V_UPTO(56), V_UPTO(56) },
    { QUOTA_INSTANCES, V_ALL, V_ALL },
    { QUOTA_KEY_PAIRS, V_ALL, V_ALL },
    { QUOTA_METADATA_ITEMS, V_ALL, V_ALL },
    { QUOTA_RAM, V_ALL, V_ALL },
    { QUOTA_SECURITY_GROUP_RULES, V_UPTO(35), V_UPTO(49) },
    { QUOTA_SECURITY_GROUPS, V_UPTO(35), V_UPTO(49) },
    { QUOTA_SERVER_GROUP_MEMBERS, V_ALL, V_FROM(50) },
    { QUOTA_SERVER_GROUPS, V_ALL, V_FROM(50) },
};

static void put_id(struct strbuf *out, const char *id, const char **joint)
{
    *joint = "";
    if (!id)
        return;
    JSON_PUT_KEY(out, "id");
    json_put_string(out, id);
    *joint = ", ";
}

static void put_values(const struct call *call, const char *id, bool of_class, const struct quota_values *limits,
                       const struct quota_values *used, int64_t reserved)
{
    const char *joint;

    put_id(call->out, id, &joint);
    for (size_t i = 0; i < COUNT(set_rows); i++) {
        const struct set_row *row = &set_rows[i];
        long long limit = limits->of[row->resource];

        if (!versions_hold(of_class ? row->in_class : row->in_set, call->version))
            continue;
        if (used)
            strbuf_printf(call->out, "%s\"%s\": {\"limit\": %lld, \"in_use\": %lld, \"reserved\": %lld}", joint,
                          quota_name(row->resource), limit, (long long)used->of[row->resource], (long long)reserved);
        else
            strbuf_printf(call->out, "%s\"%s\": %lld", joint, quota_name(row->resource), limit);
        joint = ", ";
    }
    JSON_PUT_LITERAL(call->out, "}}");
}

void quotas_view_set(const struct call *call, const char *id, const struct quota_values *limits)
{
    JSON_PUT_LITERAL(call->out, "{\"quota_set\": {");
    put_values(call, id, false, limits, NULL, 0);
}

void quotas_view_detail(const struct call *call, const char *id, const struct quota_values *limits,
                        const struct quota_values *used, int64_t reserved)
{
    JSON_PUT_LITERAL(call->out, "{\"quota_set\": {");
    put_values(call, id, false, limits, used, reserved);
}

void quotas_view_class(const struct call *call, const char *id, const struct quota_values *limits)
{
    JSON_PUT_LITERAL(call->out, "{\"quota_class_set\": {");
    put_values(call, id, true, limits, NULL, 0);
}

/* ---- /limits ---- */

static const struct limit_row {
    const char *name;
    enum quota_resource resource;
    struct versions versions;
    bool used; /* what is used, not the limit */
} limit_rows[] = {
    { "maxTotalInstances", QUOTA_INSTANCES, V_ALL, false },
    { "maxTotalCores", QUOTA_CORES, V_ALL, false },
    { "maxTotalRAMSize", QUOTA_RAM, V_ALL, false },
    { "maxServerMeta", QUOTA_METADATA_ITEMS, V_ALL, false },
    { "maxImageMeta", QUOTA_METADATA_ITEMS, V_UPTO(38), false },
    { "maxPersonality", QUOTA_INJECTED_FILES, V_UPTO(56), false },
    { "maxPersonalitySize", QUOTA_INJECTED_FILE_CONTENT_BYTES, V_UPTO(56), false },
    { "maxTotalKeypairs", QUOTA_KEY_PAIRS, V_ALL, false },
    { "maxServerGroups", QUOTA_SERVER_GROUPS, V_ALL, false },
    { "maxServerGroupMembers", QUOTA_SERVER_GROUP_MEMBERS, V_ALL, false },
    { "maxTotalFloatingIps", QUOTA_FLOATING_IPS, V_UPTO(35), false },
    { "maxSecurityGroups", QUOTA_SECURITY_GROUPS, V_UPTO(35), false },
    { "maxSecurityGroupRules", QUOTA_SECURITY_GROUP_RULES, V_UPTO(35), false },
    { "totalRAMUsed", QUOTA_RAM, V_ALL, true },
    { "totalCoresUsed", QUOTA_CORES, V_ALL, true },
    { "totalInstancesUsed", QUOTA_INSTANCES, V_ALL, true },
    { "totalFloatingIpsUsed", QUOTA_FLOATING_IPS, V_UPTO(35), true },
    { "totalSecurityGroupsUsed", QUOTA_SECURITY_GROUPS, V_UPTO(35), true },
    { "totalServerGroupsUsed", QUOTA_SERVER_GROUPS, V_ALL, true },
};

void quotas_view_limits(const struct call *call, const struct quota_values *limits, const struct quota_values *used)
{
    const char *joint = "";

    JSON_PUT_LITERAL(call->out, "{\"limits\": {\"rate\": [], \"absolute\": {");
    for (size_t i = 0; i < COUNT(limit_rows); i++) {
        const struct limit_row *row = &limit_rows[i];

        if (!versions_hold(row->versions, call->version))
            continue;
        strbuf_printf(call->out, "%s\"%s\": %lld", joint, row->name,
                      (long long)(row->used ? used : limits)->of[row->resource]);
        joint = ", ";
    }
    JSON_PUT_LITERAL(call->out, "}}}");
}
