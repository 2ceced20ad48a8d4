/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats, a row each.  Names are not matched by upstream's expressions
 * (classes of some 30,000 characters) but by the categories they are made of;
 * that `$` also matches before a final newline is kept.
 * Sources: startup.md 11.4; behaviour of nova.api.validation.validators and
 * parameter_types, iso8601 1.0, Python 3.11's binascii and ipaddress.
 */
#include "config.h"

#include "fcgi_app/json/formats.h"

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/unicode.h"

#include <arpa/inet.h>
#include <string.h>

/* The last code point that upstream's classes hold. */
#define CLASS_LAST 0xfffe

static bool prints(int code_point)
{
    return code_point >= 0 && code_point <= CLASS_LAST && !unicode_is_control(code_point);
}

static size_t without_newline(const char *text, size_t length)
{
    return length && text[length - 1] == '\n' ? length - 1 : length;
}

/* Are all characters printable and none `but`?  Says whether the first, the last, and any of them is no space. */
static bool all_print(const char *text, size_t length, int but, bool *first, bool *last, bool *any)
{
    size_t size;

    *first = *last = *any = false;
    for (size_t at = 0; at < length; at += size) {
        int code_point = unicode_next(text + at, length - at, &size);

        if (!prints(code_point) || code_point == but)
            return false;
        *last = !unicode_is_space(code_point);
        *first = at ? *first : *last;
        *any = *any || *last;
    }
    return true;
}

bool format_is_printable(const char *text, size_t length)
{
    bool first, last, any;

    return all_print(text, without_newline(text, length), -1, &first, &last, &any);
}

/* No white space at either end; nothing at all is well, a newline alone is not. */
static bool is_trimmed(const char *text, size_t length, int but)
{
    size_t shorter = without_newline(text, length);
    bool first, last, any;

    if (!length)
        return true;
    return all_print(text, shorter, but, &first, &last, &any) && first && last;
}

static bool is_name(const char *text, size_t length)
{
    return is_trimmed(text, length, -1);
}

static bool is_az_name(const char *text, size_t length)
{
    return is_trimmed(text, length, ':');
}

static bool has_visible(const char *text, size_t length, int but)
{
    bool first, last, any;

    return all_print(text, without_newline(text, length), but, &first, &last, &any) && any;
}

static bool is_spaced_name(const char *text, size_t length)
{
    return has_visible(text, length, -1);
}

static bool is_spaced_az_name(const char *text, size_t length)
{
    return has_visible(text, length, ':');
}

#define KEYPAIR_CHARACTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define KEYPAIR_20 "_- " KEYPAIR_CHARACTERS
#define KEYPAIR_292 "@._- " KEYPAIR_CHARACTERS

static bool consists_of(const char *text, size_t length, const char *characters)
{
    for (size_t i = 0; i < length; i++)
        if (!text[i] || !strchr(characters, text[i]))
            return false;
    return true;
}

static bool is_keypair_20(const char *text, size_t length)
{
    return consists_of(text, length, KEYPAIR_20);
}

static bool is_keypair_292(const char *text, size_t length)
{
    return consists_of(text, length, KEYPAIR_292);
}

static bool is_uuid(const char *text, size_t length)
{
    return !memchr(text, '\0', length) && text_is_uuid_like(text);
}

static bool is_regex(const char *text, size_t length)
{
    return length && pattern_is_python(text, length);
}

/* Characters outside of the alphabet are passed over; what counts is that the groups of four are whole. */
static bool is_base64(const char *text, size_t length)
{
    unsigned place = 0, pads = 0;

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if ((unsigned char)c >= 0x80)
            return false;
        if (c == '=') {
            if (place >= 2 && place + ++pads >= 4)
                return true;
            continue;
        }
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
            continue;
        pads = 0;
        place = (place + 1) % 4;
    }
    return !place;
}

static bool is_address(int family, const char *text, size_t length)
{
    unsigned char address[sizeof(struct in6_addr)];
    char copy[64];

    if (length >= sizeof(copy) || memchr(text, '\0', length))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(family, copy, address) == 1;
}

static bool is_ipv4(const char *text, size_t length)
{
    return is_address(AF_INET, text, length);
}

static bool is_ipv6(const char *text, size_t length)
{
    return is_address(AF_INET6, text, length);
}

/* ---- date-time ---- */

#define ISO_DAY "(-[0-9]{1,2}|[0-9]{2})"
#define ISO_SECOND "(:?[0-9]{1,2}([.,]([0-9]+))?)?"
#define ISO_ZONE "(Z|[-+][0-9]{2}:?([0-9]{2})?)?"
#define ISO_TIME "([ T]([0-9]{2})(:?([0-9]{2}))?" ISO_SECOND ISO_ZONE ")?"

static const char iso_pattern[] = "^([0-9]{4})((-[0-9]{1,2}|[0-9]{2}(?!$))(" ISO_DAY ISO_TIME ")?)?$";
enum {
    ISO_YEAR = 1,
    ISO_MONTH = 3,
    ISO_DAY_AT = 5,
    ISO_HOUR = 7,
    ISO_MINUTE = 9,
    ISO_SECONDS = 10,
    ISO_FRACTION = 12,
    ISO_ZONES = 13,
    ISO_GROUPS = 15
};

/* The digits of a group, signs and colons passed over; `otherwise` when the group is not there. */
static int number_in(const char *text, struct pattern_group group, int otherwise)
{
    int value = 0;

    if (group.start == group.end)
        return otherwise;
    for (size_t i = group.start; i < group.end && text[i] != '.' && text[i] != ','; i++)
        if (text[i] >= '0' && text[i] <= '9')
            value = value * 10 + (text[i] - '0');
    return value;
}

static int days_of(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* Python reckons microseconds in decimals of 28 digits: so many nines round up to a full second, which it refuses. */
static bool fraction_fits(const char *text, struct pattern_group group)
{
    size_t nines = group.start;

    while (nines < group.end && text[nines] == '9')
        nines++;
    return nines - group.start < 28 || nines == group.end ? nines - group.start < 29 : text[nines] < '5';
}

static bool zone_fits(const char *text, struct pattern_group group)
{
    int digits;

    if (group.start == group.end || text[group.start] == 'Z')
        return true;
    digits = number_in(text, group, 0);
    /* hours, or hours and minutes: less than a day */
    return group.end - group.start < 5 ? digits < 24 : (digits / 100) * 60 + digits % 100 < 24 * 60;
}

static bool is_date_time(const char *text, size_t length)
{
    struct pattern_group groups[ISO_GROUPS];
    int year, month, day;

    if (!pattern_groups(iso_pattern, text, length, groups, ISO_GROUPS))
        return false;
    year = number_in(text, groups[ISO_YEAR], 0);
    month = number_in(text, groups[ISO_MONTH], 1);
    day = number_in(text, groups[ISO_DAY_AT], 1);
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month) &&
           number_in(text, groups[ISO_HOUR], 0) < 24 && number_in(text, groups[ISO_MINUTE], 0) < 60 &&
           number_in(text, groups[ISO_SECONDS], 0) < 60 && fraction_fits(text, groups[ISO_FRACTION]) &&
           zone_fits(text, groups[ISO_ZONES]);
}

/* ---- the rows ---- */

static const struct format formats[] = {
    { "az_name", is_az_name, false, "printable characters except :.Can not start or end with whitespace." },
    { "az_name_with_leading_trailing_spaces", is_spaced_az_name, false,
      "printable characters except :, with at least one non space character" },
    { "base64", is_base64, false, NULL },
    { "date-time", is_date_time, false, NULL },
    { "ipv4", is_ipv4, true, NULL },
    { "ipv6", is_ipv6, true, NULL },
    { "keypair_name_20", is_keypair_20, false, "Only expected characters: [" KEYPAIR_20 "]" },
    { "keypair_name_292", is_keypair_292, false, "Only expected characters: [" KEYPAIR_292 "]" },
    { "name", is_name, false, "printable characters. Can not start or end with whitespace." },
    { "name_with_leading_trailing_spaces", is_spaced_name, false,
      "printable characters with at least one non space character" },
    { "regex", is_regex, false, NULL },
    { "uuid", is_uuid, false, NULL },
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (!strcmp(formats[i].name, name))
            return &formats[i];
    return NULL;
}

bool format_holds(const struct format *format, const json_t *value)
{
    if (!json_is_string(value) || json_number_text(value))
        return format->others;
    return format->holds(json_string_value(value), json_string_length(value));
}

/* ---- the pattern of descriptions, as upstream's error prints it ---- */

static void put_class_character(struct strbuf *out, int code_point)
{
    if (code_point < 0x80 && code_point && strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", code_point))
        strbuf_putc(out, '\\');
    text_put_utf8(out, code_point);
}

void format_put_printable_pattern(struct strbuf *out)
{
    int added = -1, last = -1;
    bool within = false;

    JSON_PUT_LITERAL(out, "^[");
    for (int c = 0; c <= CLASS_LAST; c++) {
        if (prints(c)) {
            if (!within) {
                put_class_character(out, c);
                added = c;
            }
            within = true;
        } else {
            if (within && last != added) {
                strbuf_putc(out, '-');
                put_class_character(out, last);
            }
            within = false;
        }
        last = c;
    }
    if (within) {
        strbuf_putc(out, '-');
        put_class_character(out, last);
    }
    JSON_PUT_LITERAL(out, "]*$");
}
