/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of security groups: what a body may ask for, in the contract's order of checks. See security_groups.h. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/security_private.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A rule on its way: what neutron gets, in nova's words. */
struct wanted {
    const char *protocol; /* NULL: none */
    int64_t from_port, to_port;
    const char *cidr;     /* NULL: by group */
    const char *group_id; /* NULL: by cidr */
    int family;           /* of cidr */
    const char *address;  /* in front of its slash */
    int prefix;
    bool any_group_rule; /* by group without protocol or ports: nothing of them is sent */
};

/* ---- networks ---- */

/* Bits of "255.255.0.0"; -1 when it is no mask. */
static int mask_bits(const char *text)
{
    struct in_addr mask;
    uint32_t bits;
    int count = 0;

    if (inet_pton(AF_INET, text, &mask) != 1)
        return -1;
    bits = ntohl(mask.s_addr);
    while (bits & 0x80000000u) {
        bits <<= 1;
        count++;
    }
    return bits ? -1 : count;
}

static int prefix_of(const char *text, int family)
{
    size_t digits = strspn(text, "0123456789");

    if (digits && digits <= 3 && !text[digits]) {
        int prefix = atoi(text);

        return prefix <= (family == AF_INET ? 32 : 128) ? prefix : -1;
    }
    return family == AF_INET ? mask_bits(text) : -1;
}

/* "10/8" is 10.0.0.0/8: octets that are not said are zero. */
static const char *whole_address(const void *mem, const char *text)
{
    int dots = 0;

    if (strchr(text, ':'))
        return text;
    for (const char *p = text; *p; p++)
        dots += *p == '.';
    return dots >= 3 ? text : mem_printf(mem, "%s%s", text, &".0.0.0"[2 * (size_t)dots]);
}

static const char *unquoted(const void *mem, const char *text)
{
    struct strbuf out;

    strbuf_init(&out, mem, 64);
    for (; *text; text++) {
        if (*text == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
            const char digits[] = { text[1], text[2], '\0' };

            strbuf_putc(&out, (char)strtol(digits, NULL, 16));
            text += 2;
        } else {
            strbuf_putc(&out, *text);
        }
    }
    return out.data;
}

static struct fault *read_cidr(const void *mem, const json_t *asked, struct wanted *wanted)
{
    const char *text = json_string_value(asked), *slash;
    unsigned char bytes[16];

    if (asked && !json_is_string(asked) && !json_is_null(asked)) {
        struct strbuf shown;

        strbuf_init(&shown, mem, 64);
        json_put_python_str(&shown, asked);
        return fault_new(mem, InvalidCidr, shown.data);
    }
    wanted->cidr = text_is_empty(text) ? "0.0.0.0/0" : unquoted(mem, text);
    slash = strchr(wanted->cidr, '/');
    if (!slash || !slash[1])
        return fault_new(mem, InvalidCidr, wanted->cidr);
    wanted->address = whole_address(mem, mem_strndup(mem, wanted->cidr, (size_t)(slash - wanted->cidr)));
    wanted->family = strchr(wanted->address, ':') ? AF_INET6 : AF_INET;
    wanted->prefix = prefix_of(slash + 1, wanted->family);
    if (wanted->prefix < 0 || inet_pton(wanted->family, wanted->address, bytes) != 1)
        return fault_new(mem, InvalidCidr, wanted->cidr);
    return NULL;
}

/* ---- ports ---- */

/* Python's int() of a JSON value; false: it is none. */
static bool int_of(const json_t *value, int64_t *number)
{
    if (json_is_integer(value)) {
        *number = json_integer_value(value);
    } else if (json_is_real(value)) {
        *number = (int64_t)json_real_value(value);
    } else if (json_is_boolean(value)) {
        *number = json_is_true(value);
    } else {
        const char *text = json_string_value(value);

        return text && take_int_text(text, number);
    }
    return true;
}

static struct fault *bad_range(const void *mem, const struct wanted *wanted, const char *why)
{
    return fault_text(mem, InvalidPortRange, "Invalid port range %lld:%lld. %s", (long long)wanted->from_port,
                      (long long)wanted->to_port, why);
}

static bool is_null(const json_t *value)
{
    return !value || json_is_null(value);
}

static struct fault *read_ports(const void *mem, const struct security_rule_asked *asked, struct wanted *wanted)
{
    const char *name = json_string_value(asked->protocol);
    const json_t *from = asked->from_port, *to = asked->to_port;
    bool icmp = name && !strcasecmp(name, "icmp"),
         tcp_or_udp = name && (!strcasecmp(name, "tcp") || !strcasecmp(name, "udp"));
    bool by_default = wanted->group_id && is_null(from) && is_null(to) && (icmp || tcp_or_udp);

    if (!by_default && (is_null(asked->protocol) || (name && !*name) || is_null(from) || is_null(to))) {
        wanted->protocol = NULL;
        wanted->any_group_rule = true;
        return NULL;
    }
    if (!name) {
        struct strbuf shown;

        strbuf_init(&shown, mem, 64);
        json_put_python_str(&shown, asked->protocol);
        name = shown.data;
    }
    wanted->protocol = name;
    if (by_default) {
        wanted->from_port = icmp ? -1 : 1;
        wanted->to_port = icmp ? -1 : 65535;
    } else if (!int_of(from, &wanted->from_port) || !int_of(to, &wanted->to_port)) {
        return icmp ? fault_new(mem, InvalidInput, "Type and Code must be integers for ICMP protocol type")
                    : fault_new(mem, InvalidInput, "To and From ports must be integers");
    }
    if (!icmp && !tcp_or_udp)
        return fault_new(mem, InvalidIpProtocol, name);
    if (tcp_or_udp && wanted->from_port > wanted->to_port)
        return bad_range(mem, wanted, "Former value cannot be greater than the later");
    if (tcp_or_udp && (wanted->from_port < 1 || wanted->to_port > 65535))
        return bad_range(
            mem, wanted,
            mem_printf(mem, "Valid %s ports should be between 1-65535", !strcasecmp(name, "tcp") ? "TCP" : "UDP"));
    if (icmp && (wanted->from_port < -1 || wanted->from_port > 255 || wanted->to_port < -1 || wanted->to_port > 255))
        return bad_range(mem, wanted, "For ICMP, the type:code must be valid");
    return NULL;
}

/* ---- rules ---- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* Has the group that rule already? Compared as upstream compares its dictionaries. */
static bool rule_exists(const struct security_group *group, const struct wanted *wanted)
{
    for (size_t i = 0; i < group->rule_count; i++) {
        const struct security_rule *rule = &group->rules[i];
        int64_t none = SECURITY_NO_PORT;

        if (same_text(rule->group_id, wanted->group_id) && same_text(rule->cidr, wanted->cidr) &&
            rule->from_port == (wanted->any_group_rule ? none : wanted->from_port) &&
            rule->to_port == (wanted->any_group_rule ? none : wanted->to_port) &&
            same_text(rule->protocol, wanted->protocol))
            return true;
    }
    return false;
}

static struct fault *body_of(const void *mem, const struct security_group *parent, const struct wanted *wanted,
                             json_t **bodies)
{
    json_t *rule;

    TRY(json_read(mem, "[{\"direction\": \"ingress\"}]", 26, bodies));
    rule = json_array_get(*bodies, 0);
    json_object_set_new(rule, "protocol", wanted->protocol ? json_string(wanted->protocol) : json_null());
    json_object_set_new(rule, "ethertype", json_string(wanted->cidr && wanted->family == AF_INET6 ? "IPv6" : "IPv4"));
    json_object_set_new(rule, "remote_ip_prefix", wanted->cidr ? json_string(wanted->cidr) : json_null());
    json_object_set_new(rule, "security_group_id", json_string(parent->id));
    json_object_set_new(rule, "remote_group_id", wanted->group_id ? json_string(wanted->group_id) : json_null());
    if (!wanted->any_group_rule && wanted->from_port != -1)
        json_object_set_new(rule, "port_range_min", json_integer(wanted->from_port));
    if (!wanted->any_group_rule && wanted->to_port != -1)
        json_object_set_new(rule, "port_range_max", json_integer(wanted->to_port));
    return NULL;
}

struct fault *security_rule_add(const struct context *context, const void *mem, const struct security_group *parent,
                                const struct security_rule_asked *asked, struct security_rule *rule)
{
    struct wanted wanted = { .group_id = asked->group_id };
    json_t *bodies, *rules, *made;
    struct security_rule read;
    struct fault *fault;
    size_t i;

    if (!asked->group_id)
        TRY(read_cidr(mem, asked->cidr, &wanted));
    TRY(read_ports(mem, asked, &wanted));
    if (wanted.any_group_rule && !wanted.group_id)
        return fault_http(mem, 400, "Not enough parameters to build a valid rule.");
    if (wanted.cidr && !wanted.prefix && strcmp(wanted.address, "0.0.0.0") && strcmp(wanted.address, "::"))
        return fault_http(mem, 400, "Bad prefix for network in cidr %s", wanted.cidr);
    if (rule_exists(parent, &wanted))
        return fault_text(mem, Invalid, "This rule already exists in group %s", parent->id);
    TRY(body_of(mem, parent, &wanted, &bodies));
    fault = security_not_found(
        mem, neutron_create_many(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUP_RULES, bodies, &rules));
    if (fault && fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 409)
        return fault_text(mem, SecurityGroupLimitExceeded, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 400)
        return fault_text(mem, Invalid, "%s", fault->message);
    TRY(fault);
    TRY(take_each(mem, rules, &rules));
    json_array_foreach(rules, i, made)
    {
        TRY(security_rule_read(mem, made, &read));
        if (!i)
            *rule = read;
    }
    return json_array_size(rules) ? NULL : fault_new(mem, IndexError, "list index out of range");
}

struct fault *security_rule_get(const struct context *context, const void *mem, const char *id,
                                struct security_rule *rule)
{
    json_t *raw;

    TRY(security_not_found(mem,
                           neutron_show_get(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUP_RULES, id, NULL, &raw)));
    return security_rule_read(mem, raw, rule);
}

struct fault *security_rule_delete(const struct context *context, const void *mem, const char *id)
{
    return neutron_delete(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUP_RULES, id);
}
