/* SPDX-License-Identifier: Apache-2.0 */
/* Converting and checking values as oslo.config's types do, with their words. */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include "fcgi_app/conf/value.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/repr.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- text ----------------------------------------------------------------- */

static bool in_choices(const char *choices, const char *text, bool ignore_case)
{
    size_t size = strlen(text);

    for (const char *p = choices;;) {
        const char *end = strchrnul(p, '|');
        if ((size_t)(end - p) == size && (ignore_case ? strncasecmp(p, text, size) : strncmp(p, text, size)) == 0)
            return true;
        if (!*end)
            return false;
        p = end + 1;
    }
}

static const char *choices_joined(const void *mem, const char *choices, const char *separator)
{
    struct strbuf out;

    strbuf_init(&out, mem, strlen(choices) * 2 + 1);
    for (const char *p = choices; *p; p++)
        if (*p == '|')
            strbuf_puts(&out, separator);
        else
            strbuf_putc(&out, *p);
    return out.data;
}

/* Python's re.search() with the row's pattern; our rows are the only source of patterns. */
static bool matches(const char *pattern, const char *text)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &code, &offset, NULL);
    pcre2_match_data *match;
    bool found;

    if (!compiled)
        return false;
    match = pcre2_match_data_create_from_pattern(compiled, NULL);
    found = pcre2_match(compiled, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0, match, NULL) >= 0;
    pcre2_match_data_free(match);
    pcre2_code_free(compiled);
    return found;
}

static int characters(const char *text)
{
    int count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static const char *check_text(const void *mem, const struct option_type *type, const char *text)
{
    if (type->max_length > 0 && characters(text) > type->max_length)
        return mem_printf(mem, "Value '%s' exceeds maximum length %d", text, type->max_length);
    if (type->regex && !matches(type->regex, text))
        return mem_printf(mem, "Value %s doesn't match regex %s", repr_text(mem, text), repr_text(mem, type->regex));
    if (type->choices &&
        (!in_choices(type->choices, text, type->ignore_case) || (type->none_is_no_text && strcmp(text, "None") == 0)))
        return mem_printf(mem, "Valid values are [%s], but found %s", choices_joined(mem, type->choices, ", "),
                          repr_text(mem, text));
    return NULL;
}

/* ---- numbers -------------------------------------------------------------- */

/* Drops the underscores that Python allows between digits; false where one stands elsewhere. */
static bool without_underscores(const char *text, size_t size, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] != '_') {
            out[length++] = text[i];
            continue;
        }
        if (i == 0 || i + 1 == size || !isdigit((unsigned char)text[i - 1]) || !isdigit((unsigned char)text[i + 1]))
            return false;
    }
    out[length] = '\0';
    return true;
}

static bool to_integer(const char *text, int64_t *number)
{
    char *end;
    const char *digits = text + (*text == '+' || *text == '-');

    if (!isdigit((unsigned char)*digits))
        return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return !*end && errno == 0;
}

static bool to_real(const char *text, double *number)
{
    char *end;
    const char *digits = text + (*text == '+' || *text == '-');

    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
        return false;
    if (strncasecmp(digits, "nan(", 4) == 0 || isspace((unsigned char)*text))
        return false;
    *number = strtod(text, &end);
    return end != text && !*end;
}

static const char *number_choices(const void *mem, const char *choices)
{
    return mem_printf(mem, "OrderedDict([(%s, None)])", choices_joined(mem, choices, ", None), ("));
}

static const char *convert_number(const void *mem, const struct option_type *type, const char *text,
                                  struct value *value)
{
    const char *stripped = text;
    size_t size = strlen(text);
    char *plain;
    bool real = type->kind == OPTION_KIND_FLOAT;
    double number;

    repr_strip(&stripped, &size);
    if (size == 0) {
        value->has = false;
        return NULL;
    }
    plain = mem_zeroed(mem, size + 1, "number");
    if (!without_underscores(stripped, size, plain) ||
        !(real ? to_real(plain, &value->real) : to_integer(plain, &value->integer)))
        return real ? mem_printf(mem, "could not convert string to float: %s", repr_text(mem, text))
                    : mem_printf(mem, "invalid literal for int() with base 10: %s", repr_text(mem, text));
    number = real ? value->real : (double)value->integer;
    if (!real)
        value->real = number;
    if (type->choices) {
        if (!in_choices(type->choices, mem_printf(mem, "%lld", (long long)value->integer), false))
            return mem_printf(mem, "Valid values are %s, but found %g", number_choices(mem, type->choices), number);
        return NULL;
    }
    if (type->has_min && number < type->min)
        return mem_printf(mem, "Should be greater than or equal to %g", type->min);
    if (type->has_max && number > type->max)
        return mem_printf(mem, "Should be less than or equal to %g", type->max);
    return NULL;
}

static const char *convert_boolean(const void *mem, const char *text, struct value *value)
{
    static const char *const words[] = { "true", "1", "on", "yes", "false", "0", "off", "no" };

    for (size_t i = 0; i < 8; i++)
        if (strcasecmp(text, words[i]) == 0) {
            value->boolean = i < 4;
            return NULL;
        }
    return mem_printf(mem, "Unexpected boolean value %s", repr_text(mem, text));
}

/* ---- lists ---------------------------------------------------------------- */

/*
 * An item that does not fit is tried again with the next one glued on; only
 * the words about the longest try are told.
 */
static const char *convert_list(const void *mem, const struct option_type *type, const char *text, struct value *value)
{
    size_t size = strlen(text);
    size_t count = 0;
    const char **items = mem_array(mem, const char *, 1);
    const char *wrong = NULL;

    repr_strip(&text, &size);
    while (size > 0 && text[size - 1] == ',')
        size--;
    for (size_t at = 0; size > 0 && at <= size;) {
        size_t from = at;
        size_t end;
        const char *item = text + at;
        do {
            const char *comma = memchr(text + from, ',', size - from);
            size_t length;
            end = comma ? (size_t)(comma - text) : size;
            from = end + 1;
            item = text + at;
            length = end - at;
            repr_strip(&item, &length);
            item = mem_strndup(mem, item, length);
            wrong = check_text(mem, type, item);
        } while (wrong && end < size);
        if (wrong)
            return wrong;
        items = mem_grow(mem, items, const char *, count + 2);
        items[count++] = item;
        items[count] = NULL;
        at = end + 1;
    }
    value->list = items;
    return NULL;
}

static const char *check_dict(const void *mem, const char *text)
{
    char **pairs;

    text = text_strip(mem, text);
    if (!*text)
        return NULL;
    pairs = text_split(mem, text, ',');
    for (size_t i = 0; pairs[i]; i++) {
        char *colon = strchr(pairs[i], ':');
        const char *key;
        if (!colon)
            return "Value should be NAME:VALUE pairs separated by \",\"";
        *colon = '\0';
        key = text_strip(mem, pairs[i]);
        if (!*key)
            return "Key name should not be empty";
        pairs[i] = (char *)key;
        for (size_t k = 0; k < i; k++)
            if (strcmp(pairs[k], key) == 0)
                return mem_printf(mem, "Duplicate key %s", key);
    }
    return NULL;
}

/* ---- addresses ------------------------------------------------------------ */

static bool is_address(const char *text)
{
    unsigned char out[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, text, out) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static bool is_label(const char *label, size_t size, bool underscore)
{
    if (size == 0 || size > 63 || label[0] == '-' || label[size - 1] == '-')
        return false;
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)label[i]) && label[i] != '-' && !(underscore && label[i] == '_'))
            return false;
    return true;
}

/* The name without its final dot goes out through *name. */
static bool is_host_name(const void *mem, const char *text, bool underscore, const char **name)
{
    size_t size = strlen(text);
    size_t start = 0;
    bool letter = false;

    if (size == 0 || characters(text) > 253)
        return false;
    if (text[size - 1] == '.')
        size--;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && text[i] != '.') {
            letter |= isalpha((unsigned char)text[i]) || text[i] == '-';
            continue;
        }
        if (!is_label(text + start, i - start, underscore) || (i == size && !letter))
            return false;
        start = i + 1;
        letter = false;
    }
    *name = mem_strndup(mem, text, size);
    return true;
}

static const char *convert_host(const void *mem, bool underscore, const char *text, struct value *value)
{
    value->text = text;
    if (is_address(text) || is_host_name(mem, text, false, &value->text) ||
        (underscore && is_host_name(mem, text, true, &value->text)))
        return NULL;
    return mem_printf(mem, "%s is not a valid host address", text);
}

/* Does [user@]host[:port] name a host by the rules of RFC 3986? */
static bool authority_has_host(const void *mem, const char *text, size_t size)
{
    const char *at = memrchr(text, '@', size);
    const char *host = at ? at + 1 : text;
    const char *end = text + size;
    const char *port;
    struct in6_addr address;
    bool dotted = true;

    if (host < end && *host == '[') {
        const char *close = memchr(host, ']', (size_t)(end - host));
        if (!close || inet_pton(AF_INET6, mem_strndup(mem, host + 1, (size_t)(close - host - 1)), &address) != 1)
            return false;
        port = close + 1;
    } else {
        port = host;
        while (port < end && *port != ':') {
            if (!isalnum((unsigned char)*port) && !strchr("-._~!$&'()*+,;=%", *port))
                return false;
            dotted &= isdigit((unsigned char)*port) || *port == '.';
            port++;
        }
        if (port == host)
            return false;
        if (dotted && memchr(host, '.', (size_t)(port - host)) &&
            inet_pton(AF_INET, mem_strndup(mem, host, (size_t)(port - host)), &address) != 1)
            return false;
    }
    if (port < end && *port != ':')
        return false;
    for (port += port < end; port < end; port++)
        if (!isdigit((unsigned char)*port))
            return false;
    return true;
}

static const char *check_uri(const void *mem, const struct option_type *type, const char *text)
{
    const char *scheme = text;
    const char *rest = text;
    bool has_host = false;

    if (isalpha((unsigned char)*rest))
        while (isalnum((unsigned char)*rest) || strchr("+-.", *rest ? *rest : ' '))
            rest++;
    if (rest == text || *rest != ':')
        scheme = NULL;
    rest = scheme ? rest + 1 : text;
    if (strncmp(rest, "//", 2) == 0)
        has_host = authority_has_host(mem, rest + 2, strcspn(rest + 2, "/?#"));
    if (!scheme && !has_host)
        return "host, scheme were required but missing";
    if (!scheme || !has_host)
        return mem_printf(mem, "%s was required but missing", scheme ? "host" : "scheme");
    scheme = mem_strndup(mem, scheme, (size_t)(rest - 1 - scheme));
    if (type->schemes && !in_choices(type->schemes, scheme, false))
        return mem_printf(mem, "scheme was required to be one of ['%s'] but was %s",
                          choices_joined(mem, type->schemes, "', '"), repr_text(mem, scheme));
    return NULL;
}

/* ---- all ------------------------------------------------------------------ */

static const char *convert_multi(const void *mem, const struct option_type *type, const char *const *texts,
                                 size_t count, struct value *value)
{
    const char **items = mem_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++) {
        const char *wrong =
            type->kind == OPTION_KIND_MULTI ? check_text(mem, type, texts[i]) : check_dict(mem, texts[i]);
        if (wrong)
            return wrong;
        items[i] = texts[i];
    }
    value->list = items;
    return NULL;
}

const char *value_convert(const void *mem, enum option option, const char *const *texts, size_t count,
                          struct value *value)
{
    const struct option_type *type = &option_rows[option].type;

    *value = (struct value){ .has = true };
    switch (type->kind) {
    case OPTION_KIND_BOOL:
        return convert_boolean(mem, texts[0], value);
    case OPTION_KIND_INT:
    case OPTION_KIND_PORT:
    case OPTION_KIND_FLOAT:
        return convert_number(mem, type, texts[0], value);
    case OPTION_KIND_STR:
        value->text = texts[0];
        return check_text(mem, type, texts[0]);
    case OPTION_KIND_LIST:
        return convert_list(mem, type, texts[0], value);
    case OPTION_KIND_MULTI:
    case OPTION_KIND_MULTI_DICT:
        return convert_multi(mem, type, texts, count, value);
    case OPTION_KIND_HOST_ADDRESS:
    case OPTION_KIND_HOST_DOMAIN:
        return convert_host(mem, type->kind == OPTION_KIND_HOST_DOMAIN, texts[0], value);
    case OPTION_KIND_URI:
        value->text = texts[0];
        return check_uri(mem, type, texts[0]);
    }
    return "the option's row has no type";
}

/* repr() of a float: the shortest digits that read back the same. */
static const char *real_text(const void *mem, double number)
{
    char digits[40];
    int precision = 0;
    const char *exponent;
    int power;

    if (isinf(number))
        return number < 0 ? "-inf" : "inf";
    if (isnan(number))
        return "nan";
    do {
        snprintf(digits, sizeof(digits), "%.*e", precision, number);
    } while (strtod(digits, NULL) != number && ++precision < 17);
    exponent = strchr(digits, 'e');
    power = atoi(exponent + 1);
    if (power >= -4 && power < 16) {
        int decimals = precision - power > 1 ? precision - power : 1;
        return mem_printf(mem, "%.*f", decimals, number);
    }
    return mem_printf(mem, "%.*se%c%02d", (int)(exponent - digits), digits, power < 0 ? '-' : '+', abs(power));
}

static const char *list_text(const void *mem, const char *const *list)
{
    struct strbuf out;

    strbuf_init(&out, mem, 64);
    strbuf_putc(&out, '[');
    for (size_t i = 0; list[i]; i++) {
        strbuf_puts(&out, i ? ", " : "");
        strbuf_puts(&out, repr_text(mem, list[i]));
    }
    strbuf_putc(&out, ']');
    return out.data;
}

const char *value_text(const void *mem, enum option option, const struct value *value)
{
    if (!value->has)
        return "None";
    if (option_is_list(option))
        return list_text(mem, value->list);
    switch (option_rows[option].type.kind) {
    case OPTION_KIND_BOOL:
        return value->boolean ? "True" : "False";
    case OPTION_KIND_INT:
    case OPTION_KIND_PORT:
        return mem_printf(mem, "%lld", (long long)value->integer);
    case OPTION_KIND_FLOAT:
        return real_text(mem, value->real);
    default:
        return value->text;
    }
}

const char *value_type_name(const void *mem, enum option option)
{
    static const char *const names[] = {
        [OPTION_KIND_BOOL] = "Boolean",
        [OPTION_KIND_INT] = "Integer",
        [OPTION_KIND_PORT] = "Port",
        [OPTION_KIND_FLOAT] = "Float",
        [OPTION_KIND_STR] = "String",
        [OPTION_KIND_LIST] = "List of String",
        [OPTION_KIND_MULTI] = "MultiString",
        [OPTION_KIND_MULTI_DICT] = "Dict of String",
        [OPTION_KIND_HOST_ADDRESS] = "HostAddress",
        [OPTION_KIND_HOST_DOMAIN] = "HostDomain",
        [OPTION_KIND_URI] = "URI",
    };
    const struct option_type *type = &option_rows[option].type;
    const char *name = names[type->kind];

    if (type->choices && type->kind == OPTION_KIND_STR)
        return mem_printf(mem, "%s(choices=['%s'])", name, choices_joined(mem, type->choices, "', '"));
    if (type->has_min && type->has_max)
        return mem_printf(mem, "%s(min=%g, max=%g)", name, type->min, type->max);
    if (type->has_min || type->has_max)
        return mem_printf(mem, "%s(%s=%g)", name, type->has_min ? "min" : "max", type->has_min ? type->min : type->max);
    return name;
}
