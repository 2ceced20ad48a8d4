/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the words of a query to conditions.  The order in which the words are
 * looked at decides which error wins: it is contract, servers_search_read()
 * from top to bottom.
 * Source: nova-facts/db.md section 4 (filters), microversions.md.
 */
#include "config.h"

#include "fcgi_app/compute/servers_filters.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/versions.h"
#include "fcgi_app/policies/policies.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

/* Options that are kept for callers without the policy allow_all_filters. */
struct open_option {
    const char *name;
    struct versions versions;
};

static const struct open_option open_options[] = {
    { "reservation_id", V_ALL },
    { "name", V_ALL },
    { "status", V_ALL },
    { "image", V_ALL },
    { "flavor", V_ALL },
    { "ip", V_ALL },
    { "changes-since", V_ALL },
    { "all_tenants", V_ALL },
    { "ip6", V_FROM(5) },
    { "tags", V_FROM(26) },
    { "tags-any", V_FROM(26) },
    { "not-tags", V_FROM(26) },
    { "not-tags-any", V_FROM(26) },
    { "changes-before", V_FROM(66) },
    { "locked", V_FROM(73) },
    { "availability_zone", V_FROM(83) },
    { "config_drive", V_FROM(83) },
    { "key_name", V_FROM(83) },
    { "created_at", V_FROM(83) },
    { "launched_at", V_FROM(83) },
    { "terminated_at", V_FROM(83) },
    { "power_state", V_FROM(83) },
    { "task_state", V_FROM(83) },
    { "vm_state", V_FROM(83) },
    { "progress", V_FROM(83) },
    { "user_id", V_FROM(83) },
    { "hostname", V_FROM(90) },
};

static const char *const paging_words[] = { "sort_key", "sort_dir", "limit", "marker", NULL };
static const char *const joined_tables[] = { "block_device_mapping", "services",   "metadata",
                                             "system_metadata",      "info_cache", "security_groups",
                                             "pci_devices",          NULL };
/* Sort keys that are accepted and dropped (until 2.75, where the schema refuses them). */
static const char *const dropped_sort_keys[] = { "architecture",
                                                 "cell_name",
                                                 "cleaned",
                                                 "default_ephemeral_device",
                                                 "default_swap_device",
                                                 "deleted",
                                                 "deleted_at",
                                                 "disable_terminate",
                                                 "ephemeral_gb",
                                                 "ephemeral_key_uuid",
                                                 "id",
                                                 "key_data",
                                                 "launched_on",
                                                 "memory_mb",
                                                 "os_type",
                                                 "reservation_id",
                                                 "root_gb",
                                                 "shutdown_terminate",
                                                 "user_data",
                                                 "vcpus",
                                                 "vm_mode",
                                                 NULL };
#define SORT_BY_LOCKED_FROM 73

static bool word_in(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* ---- options ---- */

static struct search_option *find(struct servers_search *search, const char *name)
{
    for (size_t i = 0; i < search->option_count; i++)
        if (strcmp(search->options[i].name, name) == 0)
            return &search->options[i];
    return NULL;
}

const struct search_option *servers_search_find(const struct servers_search *search, const char *name)
{
    return find((struct servers_search *)(uintptr_t)search, name);
}

/* As a Python dict: a known key keeps its place. */
static struct search_option *set(struct servers_search *search, const char *name, const char *value)
{
    struct search_option *option = find(search, name);

    if (!option) {
        if (search->option_count == SEARCH_MAX)
            return &search->options[SEARCH_MAX - 1]; /* the schema knows fewer words */
        option = &search->options[search->option_count++];
        option->name = name;
    }
    option->value = value;
    option->values = NULL;
    option->value_count = 0;
    return option;
}

void servers_search_set(struct servers_search *search, const char *name, const char *const *values, size_t count)
{
    struct search_option *option = set(search, name, NULL);

    option->values = values;
    option->value_count = count;
}

/* Takes an option out; its value, or NULL. */
static const char *take(struct servers_search *search, const char *name)
{
    struct search_option *option = find(search, name);
    const char *value;

    if (!option)
        return NULL;
    value = option->value;
    memmove(option, option + 1, sizeof(*option) * (size_t)(&search->options[--search->option_count] - option));
    return value;
}

static bool option_is_open(const char *name, int version)
{
    for (size_t i = 0; i < sizeof(open_options) / sizeof(open_options[0]); i++)
        if (strcmp(open_options[i].name, name) == 0)
            return versions_hold(open_options[i].versions, version);
    return false;
}

static struct fault *drop_options(const struct context *context, struct servers_search *search, int version)
{
    bool every;

    TRY(policy_allows(context, "os_compute_api:servers:allow_all_filters", NULL, &every));
    for (size_t i = 0; i < search->option_count;)
        if (every ? word_in(paging_words, search->options[i].name) : !option_is_open(search->options[i].name, version))
            take(search, search->options[i].name);
        else
            i++;
    return NULL;
}

/* Partial servers need a query without paging, order and filters but all_tenants. */
static bool partial_allowed(const struct servers_query *query, const struct servers_search *search)
{
    if (query->version < 69) /* 2.69: servers of cells that are down */
        return false;
    for (size_t i = 0; i < query->query->count; i++)
        if (word_in(paging_words, query->query->pairs[i].key))
            return false;
    return search->option_count == 0 ||
           (search->option_count == 1 && strcmp(search->options[0].name, "all_tenants") == 0);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct fault *read_status(const struct context *context, const struct servers_query *query,
                                 struct servers_search *search)
{
    struct server_states *states;
    bool asked = false;

    take(search, "status");
    states = mem_new(context->mem, struct server_states);
    for (size_t i = 0; i < query->query->count; i++)
        if (strcmp(query->query->pairs[i].key, "status") == 0) {
            asked = true;
            server_states_add(states, query->query->pairs[i].value);
        }
    if (!asked)
        return NULL;
    if (!states->vm_count) {
        if (query->version >= 38) /* 2.38: an unknown status is an error */
            return fault_http(context->mem, 400, "Invalid status value");
        search->nothing = true;
        return NULL;
    }
    qsort(states->vm_states, states->vm_count, sizeof(states->vm_states[0]), compare_words);
    servers_search_set(search, "vm_state", states->vm_states, states->vm_count);
    if (!states->any_task)
        servers_search_set(search, "task_state", states->task_states, states->task_count);
    return NULL;
}

/* ---- times ---- */

static bool take_digits(const char **text, int least, int most, int *value)
{
    int count = 0;

    *value = 0;
    while (count < most && isdigit((unsigned char)**text)) {
        *value = *value * 10 + (*(*text)++ - '0');
        count++;
    }
    return count >= least;
}

bool servers_read_time(const char *text, int64_t *usec)
{
    int year, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0, zone_hour = 0, zone_minute = 0;
    bool negative = false;
    char sql[64];

    if (!take_digits(&text, 4, 4, &year))
        return false;
    if (*text) {
        bool dash = *text == '-';

        text += dash;
        if (!take_digits(&text, dash ? 1 : 2, 2, &month) || (!dash && !*text))
            return false;
        if (*text) {
            dash = *text == '-';
            text += dash;
            if (!take_digits(&text, dash ? 1 : 2, 2, &day))
                return false;
        }
    }
    if (*text) {
        if (*text != ' ' && *text != 'T')
            return false;
        text++;
        if (!take_digits(&text, 2, 2, &hour))
            return false;
        if (*text == ':' || isdigit((unsigned char)*text)) {
            text += *text == ':';
            if (!take_digits(&text, 2, 2, &minute))
                return false;
            if (*text == ':' || isdigit((unsigned char)*text)) {
                text += *text == ':';
                if (!take_digits(&text, 1, 2, &second))
                    return false;
                if (*text == '.' || *text == ',') {
                    int digits = 0;

                    for (text++; isdigit((unsigned char)*text); text++, digits++)
                        if (digits < 6)
                            micros = micros * 10 + (*text - '0');
                    if (!digits)
                        return false;
                    for (; digits < 6; digits++)
                        micros *= 10;
                }
            }
        }
        if (*text == 'Z') {
            text++;
        } else if (*text == '+' || *text == '-') {
            negative = *text++ == '-';
            if (!take_digits(&text, 2, 2, &zone_hour))
                return false;
            text += *text == ':';
            if (*text && !take_digits(&text, 2, 2, &zone_minute))
                return false;
        }
    }
    if (*text || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
        return false;
    snprintf(sql, sizeof(sql), "%04d-%02d-%02d %02d:%02d:%02d.%06d", year, month, day, hour, minute, second, micros);
    if (!clock_parse_sql(sql, strlen(sql), usec))
        return false;
    *usec -= (negative ? -1 : 1) * ((int64_t)zone_hour * 60 + zone_minute) * 60 * 1000000;
    return true;
}

static struct fault *read_changes(const struct context *context, struct servers_search *search)
{
    const char *since = take(search, "changes-since"), *before = take(search, "changes-before");

    search->changes_since = search->changes_before = DB_NO_TIME;
    if (since && !servers_read_time(since, &search->changes_since))
        return fault_http(context->mem, 400, "Invalid filter field: changes-since.");
    if (before && !servers_read_time(before, &search->changes_before))
        return fault_http(context->mem, 400, "Invalid filter field: changes-before.");
    if (since && before && search->changes_before < search->changes_since)
        return fault_http(context->mem, 400, "%s",
                          "The value of changes-since must be less than or equal to changes-before.");
    return NULL;
}

/* ---- words that are booleans ---- */

static struct fault *read_bool(const struct context *context, const char *text, bool *value)
{
    int truth = text_bool(text);

    if (truth < 0)
        return fault_http(context->mem, 400,
                          "Unrecognized value '%s', acceptable values are: '0', '1', 'f', "
                          "'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'",
                          text);
    *value = truth;
    return NULL;
}

/* ---- order ---- */

struct sort_words {
    const char *keys[INSTANCE_SORT_MAX];
    const char *dirs[INSTANCE_SORT_MAX];
    size_t key_count, dir_count;
};

static void remove_word(const char **words, size_t *count, size_t index)
{
    memmove(&words[index], &words[index + 1], sizeof(*words) * (--*count - index));
}

static struct fault *read_sort_words(const struct context *context, const struct servers_query *query,
                                     struct sort_words *words)
{
    size_t most = INSTANCE_SORT_MAX - 4; /* room for what is appended */

    for (size_t i = 0; i < query->query->count; i++) {
        const struct query_pair *pair = &query->query->pairs[i];

        if (strcmp(pair->key, "sort_key") == 0 && words->key_count < most)
            words->keys[words->key_count++] = text_strip(context->mem, pair->value);
        else if (strcmp(pair->key, "sort_dir") == 0 && words->dir_count < most)
            words->dirs[words->dir_count++] = text_strip(context->mem, pair->value);
    }
    if (!words->key_count)
        words->keys[words->key_count++] = "created_at";
    if (!words->dir_count)
        words->dirs[words->dir_count++] = "desc";
    for (size_t i = 0; i < words->key_count;) {
        const char *key = words->keys[i];

        if (word_in(dropped_sort_keys, key) || (query->version < SORT_BY_LOCKED_FROM && strcmp(key, "locked") == 0)) {
            if (words->dir_count > i)
                remove_word(words->dirs, &words->dir_count, i);
            remove_word(words->keys, &words->key_count, i);
            continue;
        }
        if ((strcmp(key, "host") == 0 || strcmp(key, "node") == 0) && !context->is_admin)
            return fault_http(context->mem, 403, "Only administrators can sort servers by %s", key);
        i++;
    }
    return NULL;
}

/* Directions for all keys, and the usual keys behind them. */
static struct fault *complete_sort(const struct context *context, const struct sort_words *words,
                                   struct instance_sort *sort, size_t *count)
{
    static const char *const usual[] = { "created_at", "id" };
    bool usual_descends = words->dir_count ? strcmp(words->dirs[0], "desc") == 0 : true;

    for (size_t i = 0; i < words->dir_count; i++)
        if (strcmp(words->dirs[i], "asc") && strcmp(words->dirs[i], "desc"))
            return fault_http(context->mem, 400, "%s",
                              "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'");
    if (words->dir_count > words->key_count)
        return fault_http(context->mem, 400, "%s", "Invalid input received: Sort direction size exceeds sort key size");
    *count = 0;
    for (size_t i = 0; i < words->key_count; i++) {
        unsigned key = instance_sort_find(words->keys[i]);

        if (key == INSTANCE_SORT_NONE)
            return fault_new(context->mem, InvalidSortKey);
        sort[(*count)++] =
            (struct instance_sort){ (unsigned short)key,
                                    i < words->dir_count ? strcmp(words->dirs[i], "desc") == 0 : usual_descends };
    }
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        unsigned key = instance_sort_find(usual[i]);
        bool there = false;

        for (size_t j = 0; j < *count; j++)
            there |= sort[j].key == key;
        if (!there)
            sort[(*count)++] = (struct instance_sort){ (unsigned short)key, usual_descends };
    }
    return NULL;
}

static struct fault *read_sort(const struct context *context, const struct servers_query *query,
                               struct servers_search *search)
{
    struct sort_words words = { 0 };
    bool uuid = false;

    TRY(read_sort_words(context, query, &words));
    TRY(complete_sort(context, &words, search->building, &search->building_count));
    if (!words.key_count) {
        words = (struct sort_words){ { "created_at", "id" }, { "desc", "desc" }, 2, 2 };
    }
    for (size_t i = 0; i < words.key_count; i++)
        uuid |= strcmp(words.keys[i], "uuid") == 0;
    if (!uuid) {
        /* the directions stand by place: this one goes to the first key without one */
        words.keys[words.key_count++] = "uuid";
        words.dirs[words.dir_count++] = "asc";
    }
    TRY(complete_sort(context, &words, search->sort, &search->sort_count));
    search->merge_count = words.dir_count < words.key_count ? words.dir_count : words.key_count;
    search->usual_order = search->sort_count == 3 && search->sort[0].key == instance_sort_find("created_at") &&
                          search->sort[0].descending && search->sort[1].key == instance_sort_find("uuid") &&
                          !search->sort[1].descending;
    return NULL;
}

/* ---- all of it ---- */

struct fault *servers_search_read(const struct context *context, const struct servers_query *query,
                                  struct servers_search *search)
{
    static const char *const tag_filters[] = { "tags", "tags-any", "not-tags", "not-tags-any" };
    const char *value;
    bool truth = false;

    *search = (struct servers_search){ .changes_since = DB_NO_TIME, .changes_before = DB_NO_TIME };
    for (size_t i = 0; i < query->query->count; i++)
        set(search, query->query->pairs[i].key, query->query->pairs[i].value);
    TRY(drop_options(context, search, query->version));
    search->partial = partial_allowed(query, search);
    for (size_t i = 0; i < search->option_count; i++)
        if (word_in(joined_tables, search->options[i].name) || *search->options[i].name == '_')
            return fault_http(context->mem, 400, "Invalid filter field: %s.", search->options[i].name);

    TRY(read_status(context, query, search));
    if (search->nothing)
        return NULL;
    TRY(read_changes(context, search));

    value = take(search, "deleted");
    search->deleted = value && text_bool(value) == 1;
    search->deleted_said = value || (search->changes_since == DB_NO_TIME && search->changes_before == DB_NO_TIME);
    if (servers_search_find(search, "vm_state")) {
        const struct search_option *states = servers_search_find(search, "vm_state");

        if (!states->value && states->value_count == 1 && strcmp(states->values[0], "deleted") == 0) {
            if (!context->is_admin)
                return fault_http(context->mem, 403, "Only administrators may list deleted instances");
            search->deleted = search->deleted_said = true;
        }
    }
    if (query->version >= 26) /* 2.26: tags */
        for (size_t i = 0; i < sizeof(tag_filters) / sizeof(tag_filters[0]); i++) {
            struct search_option *option = find(search, tag_filters[i]);
            char **words;
            size_t count = 0;

            if (!option || !option->value)
                continue;
            words = text_split(context->mem, option->value, ',');
            while (words[count])
                count++;
            servers_search_set(search, tag_filters[i], (const char *const *)words, count);
        }

    value = take(search, "all_tenants");
    if (value && *value) {
        TRY(read_bool(context, value, &search->all_tenants));
    } else {
        search->all_tenants = value != NULL; /* the bare word means yes */
    }
    value = take(search, "locked");
    if (value) {
        TRY(read_bool(context, value, &truth));
        set(search, "locked", truth ? "true" : "false");
    }
    if (search->all_tenants) {
        TRY(policy_check(context,
                         query->detail ? "os_compute_api:servers:detail:get_all_tenants"
                                       : "os_compute_api:servers:index:get_all_tenants",
                         NULL));
    } else {
        take(search, "tenant_id");
        if (context->project_id)
            set(search, "project_id", context->project_id);
        else
            set(search, "user_id", context->user_id);
        /* upstream's databases refuse whoever is neither of a project nor administrator: no cell answers them */
        if (!context_is_someone(context))
            search->nothing = true;
    }
    TRY(read_sort(context, query, search));

    /* the words of the API and the columns behind them */
    for (size_t i = 0; i < search->option_count; i++) {
        static const char *const renamed[][2] = { { "image", "image_ref" },
                                                  { "name", "display_name" },
                                                  { "tenant_id", "project_id" } };

        for (size_t j = 0; j < sizeof(renamed) / sizeof(renamed[0]); j++)
            if (strcmp(search->options[i].name, renamed[j][0]) == 0) {
                value = take(search, renamed[j][0]);
                /* of two words for one column the later wins */
                for (size_t k = i; k < search->option_count; k++)
                    if (strcmp(search->options[k].name, renamed[j][1]) == 0)
                        value = NULL;
                if (value)
                    set(search, renamed[j][1], value);
                i--;
                break;
            }
    }
    search->flavor = take(search, "flavor");
    for (size_t i = 0, count = 0; i < 2; i++) {
        value = take(search, i ? "ip6" : "ip");
        search->address_asked |= value != NULL;
        if (value && *value)
            search->addresses[count++] = value;
    }
    if (search->address_asked && !search->addresses[0])
        search->nothing = true;
    return NULL;
}

/* ---- for the cells ---- */

void servers_search_conditions(const void *mem, const struct context *context, const struct servers_search *search,
                               int64_t flavor_id, struct instance_query *query)
{
    struct instance_filter *filters = mem_array(mem, struct instance_filter, SEARCH_MAX + 8);
    const struct search_option *soft = servers_search_find(search, "soft_deleted");
    bool soft_said = soft && soft->value && *soft->value;
    struct db_params scratch = { 0 };
    char time[27];
    size_t count = 0;

#define ADD(column, is_list, text)                                                                                     \
    filters[count++] = (struct instance_filter)                                                                        \
    {                                                                                                                  \
        (unsigned short)instance_filter_find(column), (is_list), (text)                                                \
    }

    if (!search->deleted_said)
        query->deleted = INSTANCES_EVERY;
    else if (search->deleted)
        query->deleted = !soft || soft_said ? INSTANCES_GONE_OR_SOFT : INSTANCES_GONE;
    else
        query->deleted = soft_said ? INSTANCES_LIVE_OR_SOFT : INSTANCES_LIVE;

    for (size_t i = 0; i < search->option_count; i++) {
        const struct search_option *option = &search->options[i];
        unsigned name = instance_filter_find(option->name);

        /* a name that is no column says nothing */
        if (name == INSTANCE_FILTER_NONE || (!context->is_admin && !search->all_tenants && context->project_id &&
                                             strcmp(option->name, "project_id") == 0))
            continue;
        if (option->value) {
            filters[count++] = (struct instance_filter){ (unsigned short)name, false, option->value };
        } else {
            db_param_texts(&scratch, mem, option->values, option->value_count);
            filters[count++] =
                (struct instance_filter){ (unsigned short)name, true, scratch.values[scratch.count - 1] };
        }
    }
    if (search->changes_since != DB_NO_TIME) {
        clock_format_sql(search->changes_since, time);
        ADD("changes-since", false, mem_strdup(mem, time));
    }
    if (search->changes_before != DB_NO_TIME) {
        clock_format_sql(search->changes_before, time);
        ADD("changes-before", false, mem_strdup(mem, time));
    }
    if (search->flavor)
        ADD("instance_type_id", false, mem_printf(mem, "%lld", (long long)flavor_id));
    if (search->addresses[0]) {
        db_param_texts(&scratch, mem, search->addresses, search->addresses[1] ? 2 : 1);
        ADD("ip", true, scratch.values[scratch.count - 1]);
    }
    /* whoever is no administrator sees his own */
    if (!context->is_admin && !search->all_tenants)
        ADD(context->project_id ? "project_id" : "user_id", false,
            context->project_id ? context->project_id : context->user_id);
#undef ADD
    query->filters = filters;
    query->filter_count = count;
    memcpy(query->sort, search->sort, sizeof(search->sort[0]) * search->sort_count);
    query->sort_count = search->sort_count;
}
