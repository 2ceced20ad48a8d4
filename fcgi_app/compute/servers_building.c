/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that are in no cell yet: the words of a query, tried in memory on
 * what their build requests say.  Equality and regular expressions stand for
 * the same options as in SQL; what a building server does not have yet passes
 * an expression.
 * Neighbours: servers_filters.c reads the words, db/instances.c has the SQL.
 * Source: nova-facts/db.md section 4, point 7.
 */
#include "config.h"

#include "fcgi_app/compute/servers_filters.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/json/json.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

enum member_kind { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_BOOL, MEMBER_TIME };

struct member_row {
    const char *name;
    unsigned char kind;
    bool exact;
    size_t offset;
};
#define MEMBER(kind, exact, member)                                                                                    \
    {                                                                                                                  \
#member, MEMBER_##kind, (exact), offsetof(struct instance, member)                                             \
    }

static const struct member_row members[] = {
    MEMBER(TEXT, true, project_id),
    MEMBER(TEXT, true, user_id),
    MEMBER(TEXT, true, image_ref),
    MEMBER(TEXT, true, vm_state),
    MEMBER(TEXT, true, uuid),
    MEMBER(TEXT, true, host),
    MEMBER(TEXT, true, task_state),
    MEMBER(TEXT, false, kernel_id),
    MEMBER(TEXT, false, ramdisk_id),
    MEMBER(TEXT, false, hostname),
    MEMBER(TEXT, false, key_name),
    MEMBER(TEXT, false, node),
    MEMBER(TEXT, false, reservation_id),
    MEMBER(TEXT, false, availability_zone),
    MEMBER(TEXT, false, display_name),
    MEMBER(TEXT, false, display_description),
    MEMBER(TEXT, false, root_device_name),
    MEMBER(TEXT, false, config_drive),
    MEMBER(TEXT, false, locked_by),
    MEMBER(TEXT, false, access_ip_v4),
    MEMBER(TEXT, false, access_ip_v6),
    MEMBER(NUMBER, false, launch_index),
    MEMBER(NUMBER, false, power_state),
    MEMBER(NUMBER, false, progress),
    MEMBER(BOOL, false, auto_disk_config),
    MEMBER(TIME, false, created_at),
    MEMBER(TIME, false, updated_at),
    MEMBER(TIME, false, launched_at),
    MEMBER(TIME, false, terminated_at),
};

static const struct member_row *member_find(const char *name)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

/* The member as text in `out`, or where it lies; NULL: none. */
static const char *member_text(const struct member_row *row, const struct instance *instance, char out[32])
{
    const void *at = (const char *)instance + row->offset;
    int64_t number;

    switch ((enum member_kind)row->kind) {
    case MEMBER_TEXT:
        return *(const char *const *)at;
    case MEMBER_BOOL:
        return *(const bool *)at ? "AUTO True 1" : NULL;
    case MEMBER_NUMBER:
        number = *(const int64_t *)at;
        if (number == DB_NULL_INT || !number)
            return NULL;
        snprintf(out, 32, "%lld", (long long)number);
        return out;
    case MEMBER_TIME:
        number = *(const int64_t *)at;
        if (number == DB_NO_TIME)
            return NULL;
        clock_format_iso(number, out);
        return out;
    }
    return NULL;
}

static bool text_matches(const void *mem, const char *pattern, const char *text)
{
    pcre2_match_data *data;
    PCRE2_SIZE offset;
    pcre2_code *code;
    int error, found;

    (void)mem;
    code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &offset, NULL);
    if (!code)
        return false;
    data = pcre2_match_data_create_from_pattern(code, NULL);
    found = pcre2_match(code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found >= 0;
}

static bool has_tag(const struct instance *instance, const char *tag)
{
    struct db_bytes rest = instance->pieces;
    struct instance_piece piece;

    while (instance_piece_next(&rest, &piece))
        if (piece.kind == INSTANCE_PIECE_TAG && piece.first.length == strlen(tag) &&
            memcmp(piece.first.data, tag, piece.first.length) == 0)
            return true;
    return false;
}

static bool passes_tags(const struct search_option *option, const struct instance *instance)
{
    size_t found = 0;

    for (size_t i = 0; i < option->value_count; i++)
        found += has_tag(instance, option->values[i]);
    if (strcmp(option->name, "tags") == 0)
        return found == option->value_count;
    if (strcmp(option->name, "tags-any") == 0)
        return found > 0;
    if (strcmp(option->name, "not-tags") == 0)
        return found < option->value_count;
    return found == 0;
}

static int64_t flavor_number(const struct instance *instance)
{
    struct json_scan scan = json_scan_text(instance->flavor.data, instance->flavor.length);
    int64_t id = -1;

    if (json_scan_find(&scan, "cur") && json_scan_find(&scan, "nova_object.data") && json_scan_find(&scan, "id"))
        json_scan_int(&scan, &id);
    return id;
}

bool servers_search_passes(const void *mem, const struct servers_search *search, int64_t flavor_id,
                           const struct instance *instance)
{
    char buffer[32];

    if (search->flavor && flavor_number(instance) != flavor_id)
        return false;
    for (size_t i = 0; i < search->option_count; i++) {
        const struct search_option *option = &search->options[i];
        const struct member_row *row = member_find(option->name);
        const char *text;

        if (strstr(option->name, "tags")) {
            if (!option->value && !passes_tags(option, instance))
                return false;
            continue;
        }
        if (strcmp(option->name, "locked") == 0 && instance->locked_by && strcmp(option->value, "true"))
            return false;
        if (!row)
            continue;
        text = member_text(row, instance, buffer);
        if (!option->value) {
            bool found = false;

            for (size_t j = 0; text && j < option->value_count; j++)
                found |= strcmp(option->values[j], text) == 0;
            if (!found)
                return false;
        } else if (row->exact) {
            if (!text || strcmp(text, option->value))
                return false;
        } else if (text && *text && !text_matches(mem, option->value, text)) {
            return false; /* what is not there yet passes */
        }
    }
    return true;
}

/* NULLs as PostgreSQL sorts them: above all values. */
static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return !a - !b;
    return strcmp(a, b);
}

static int compare_numbers(int64_t a, int64_t b)
{
    if (a == DB_NULL_INT || b == DB_NULL_INT)
        return (a == DB_NULL_INT) - (b == DB_NULL_INT);
    return (a > b) - (a < b);
}

int servers_search_compare(const struct servers_search *search, const struct instance *a, int64_t a_id,
                           const struct instance *b, int64_t b_id)
{
    for (size_t i = 0; i < search->building_count; i++) {
        const struct instance_sort *sort = &search->building[i];
        const struct member_row *row = member_find(instance_sort_name(sort->key));
        const char *at_a, *at_b;
        int order;

        if (sort->key == instance_sort_find("id")) {
            order = compare_numbers(a_id, b_id);
        } else if (!row) {
            continue; /* locked, instance_type_id: alike while building */
        } else {
            at_a = (const char *)a + row->offset;
            at_b = (const char *)b + row->offset;
            switch ((enum member_kind)row->kind) {
            case MEMBER_TEXT:
                order =
                    compare_texts(*(const char *const *)(const void *)at_a, *(const char *const *)(const void *)at_b);
                break;
            case MEMBER_BOOL:
                order = *(const bool *)at_a - *(const bool *)at_b;
                break;
            default:
                order = compare_numbers(*(const int64_t *)(const void *)at_a, *(const int64_t *)(const void *)at_b);
            }
        }
        if (order)
            return sort->descending ? -order : order;
    }
    return 0;
}
