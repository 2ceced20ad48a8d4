/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules; see the header. */
#include "config.h"

#include "middleware/access_rules.h"

#include "fcgi_app/base/mem.h"

#include <string.h>

enum part_kind { PART_BYTE, PART_ANY_BYTE, PART_SEGMENT, PART_ANYTHING };

struct part {
    enum part_kind kind;
    char byte;
};

/*
 * Upstream makes a regular expression of the pattern: a tag and a lone star
 * become one or more characters but a slash, two stars become anything, a
 * dot stands for any character, a brace that begins no tag for nothing.
 */
static size_t read_pattern(const char *pattern, struct part *parts)
{
    size_t count = 0;

    while (*pattern) {
        if (*pattern == '{' && strchr(pattern, '}')) {
            parts[count++].kind = PART_SEGMENT;
            pattern = strchr(pattern, '}') + 1;
        } else if (pattern[0] == '*' && pattern[1] == '*') {
            parts[count++].kind = PART_ANYTHING;
            pattern += 2;
        } else if (*pattern == '*') {
            parts[count++].kind = PART_SEGMENT;
            pattern++;
        } else if (*pattern == '{' || *pattern == '}') {
            pattern++;
        } else {
            parts[count++] = (struct part){ *pattern == '.' ? PART_ANY_BYTE : PART_BYTE, *pattern };
            pattern++;
        }
    }
    return count;
}

/* One step for each part and byte: a rule that its owner made of many stars costs no more. */
bool access_rule_matches(const char *path, const char *pattern)
{
    size_t length = strlen(path);
    struct part *parts = mem_array(NULL, struct part, strlen(pattern) + 1);
    bool *reached = mem_array(parts, bool, length + 1); /* by the parts so far: does it match path[0..i)? */
    size_t count = read_pattern(pattern, parts);
    bool matches;

    reached[0] = true;
    for (size_t p = 0; p < count; p++) {
        bool before = reached[0], run = before && parts[p].kind == PART_SEGMENT;

        reached[0] = before && parts[p].kind == PART_ANYTHING;
        for (size_t i = 1; i <= length; i++) {
            bool here = reached[i];

            switch (parts[p].kind) {
            case PART_BYTE:
                reached[i] = before && path[i - 1] == parts[p].byte;
                break;
            case PART_ANY_BYTE:
                reached[i] = before;
                break;
            case PART_SEGMENT:
                run = run && path[i - 1] != '/';
                reached[i] = run;
                run = run || here;
                break;
            case PART_ANYTHING:
                reached[i] = here || reached[i - 1];
                break;
            }
            before = here;
        }
    }
    matches = reached[length];
    talloc_free(parts);
    return matches;
}

bool access_rules_allow(const void *mem, struct json_piece rules, const char *service, const char *method,
                        const char *path)
{
    struct json_scan scan = json_scan_text(rules.text, rules.length);
    struct json_piece key;

    if (!json_scan_array(&scan))
        return false;
    while (json_scan_element(&scan)) {
        struct json_piece wanted_service = { 0 }, wanted_method = { 0 }, wanted_path = { 0 };

        if (!json_scan_object(&scan))
            continue;
        while (json_scan_key(&scan, &key)) {
            struct json_piece *place = json_key_is(key, "service")  ? &wanted_service
                                       : json_key_is(key, "method") ? &wanted_method
                                       : json_key_is(key, "path")   ? &wanted_path
                                                                    : NULL;

            if (place && json_scan_peek(&scan) == JSON_KIND_STRING)
                json_scan_string(&scan, place);
            else
                json_scan_skip(&scan);
        }
        if (wanted_path.text && json_piece_is(wanted_method, method, strlen(method)) &&
            json_piece_is(wanted_service, service, strlen(service)) &&
            access_rule_matches(path, json_piece_text(mem, wanted_path)))
            return true;
    }
    return false;
}

bool access_rules_service_known(struct json_piece catalogue, const char *service)
{
    struct json_scan scan = json_scan_text(catalogue.text, catalogue.length);

    if (!catalogue.text || !json_scan_array(&scan))
        return false;
    while (json_scan_element(&scan)) {
        struct json_piece raw, type;
        struct json_scan inner;

        json_scan_raw(&scan, &raw);
        inner = json_scan_text(raw.text, raw.length);
        if (json_scan_find(&inner, "type") && json_scan_string(&inner, &type) &&
            json_piece_is(type, service, strlen(service)))
            return true;
    }
    return false;
}
