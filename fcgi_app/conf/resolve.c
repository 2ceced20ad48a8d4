/* SPDX-License-Identifier: Apache-2.0 */
/* From texts to values: default or found, $names replaced, converted, checked. */
#include "config.h"

#include "fcgi_app/conf/private.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <ctype.h>
#include <string.h>

static bool is_group(const char *name, size_t size)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strncmp(option_rows[i].group, name, size) == 0 && !option_rows[i].group[size])
            return strcmp(option_rows[i].group, "DEFAULT") != 0;
    return false;
}

/* The option that a $name means; OPTION_COUNT: none, and *wrong says why. */
static enum option referred(const void *mem, const char *group, const char *name, const char **wrong)
{
    const char *dot = strchr(name, '.');
    enum option option;

    if (dot) {
        size_t size = (size_t)(dot - name);
        if (!is_group(name, size)) {
            *wrong = mem_printf(mem, "no such group [%.*s]", (int)size, name);
            return OPTION_COUNT;
        }
        option = option_find(mem_strndup(mem, name, size), dot + 1);
    } else {
        option = option_find(group, name);
        if (option == OPTION_COUNT)
            option = option_find("DEFAULT", name);
        if (option == OPTION_COUNT && is_group(name, strlen(name))) {
            *wrong = mem_printf(mem, "template substitution error: substituting group %s not supported", name);
            return OPTION_COUNT;
        }
    }
    if (option == OPTION_COUNT)
        *wrong = mem_printf(mem, "no such option %s in group [DEFAULT]", name);
    return option;
}

static void put_value(struct strbuf *out, const void *mem, struct conf *conf, const char *group, const char *name,
                      const char **wrong)
{
    enum option option = referred(mem, group, name, wrong);
    struct fault *fault;

    if (option == OPTION_COUNT)
        return;
    if (conf->resolved[option] == RESOLVED_NOW) {
        *wrong = mem_printf(mem, "$%s refers to itself", name);
        return;
    }
    fault = resolve(mem, conf, option);
    if (fault)
        *wrong = fault->message;
    else if (conf->values[option].has)
        strbuf_puts(out, value_text(mem, option, &conf->values[option]));
}

/* "\\$" says the same as "$$". */
static const char *dollars_unified(const void *mem, const char *text)
{
    char *copy = mem_strdup(mem, text);

    for (char *p = copy; (p = strstr(p, "\\$")); p += 2)
        *p = '$';
    return copy;
}

const char *substitute(const void *mem, struct conf *conf, const char *group, const char *text, const char **wrong)
{
    struct strbuf out;

    if (!strchr(text, '$'))
        return text;
    strbuf_init(&out, mem, strlen(text) + 64);
    for (const char *p = dollars_unified(mem, text); *p && !*wrong;) {
        bool braced = p[1] == '{';
        const char *name = p + 1 + braced;
        size_t size = 0;
        if (*p != '$') {
            strbuf_putc(&out, *p++);
            continue;
        }
        if (p[1] == '$') {
            strbuf_putc(&out, '$');
            p += 2;
            continue;
        }
        if (isalpha((unsigned char)*name) || *name == '_')
            while (isalnum((unsigned char)name[size]) || name[size] == '_' || name[size] == '.')
                size++;
        if (size == 0 || (braced && name[size] != '}')) {
            strbuf_putc(&out, *p++);
            continue;
        }
        put_value(&out, mem, conf, group, mem_strndup(mem, name, size), wrong);
        p = name + size + braced;
    }
    return out.data;
}

/* The default as texts: options that collect have one a line. */
static void default_raw(const void *mem, enum option option, struct raw *raw)
{
    const char *text = option_default(mem, option);

    *raw = (struct raw){ .where = "its default" };
    while (text && (*text || !option_is_multi(option))) {
        const char *end = option_is_multi(option) ? strchrnul(text, '\n') : text + strlen(text);
        raw->texts =
            space_append(mem, (const char **)raw->texts, &raw->count, mem_strndup(mem, text, (size_t)(end - text)));
        if (!*end)
            break;
        text = end + 1;
    }
}

static struct fault *take(const void *mem, struct conf *conf, enum option option, struct raw *raw)
{
    static const char *const nothing[] = { NULL };
    const struct option_row *row = &option_rows[option];
    const char **texts = mem_array(conf, const char *, raw->count + 1);
    const char *wrong = NULL;

    for (size_t i = 0; i < raw->count && !wrong; i++)
        texts[i] = substitute(conf, conf, row->group, raw->texts[i], &wrong);
    if (!wrong && raw->count > 0)
        wrong = value_convert(conf, option, texts, raw->count, &conf->values[option]);
    else
        conf->values[option] = (struct value){ .has = option_is_multi(option) && option_rows[option].text };
    if (wrong && strncmp(wrong, "Value for option ", 17) == 0)
        return fault_text(mem, ConfigFileValueError, "%s", wrong); /* that of the option it refers to */
    if (wrong)
        return fault_text(mem, ConfigFileValueError, "Value for option %s from %s, group [%s], is not valid: %s",
                          option_spelling(option), raw->where, row->group, wrong);
    if (!conf->values[option].list)
        conf->values[option].list = nothing;
    return NULL;
}

struct fault *resolve(const void *mem, struct conf *conf, enum option option)
{
    const struct space *space = conf->mutated && option_rows[option].mutable ? conf->mutated : conf->space;
    struct raw raw;
    struct fault *fault;

    if (conf->resolved[option] == RESOLVED_YES)
        return NULL;
    conf->resolved[option] = RESOLVED_NOW;
    conf->set[option] = space_find_all(conf, conf, space, option, &raw) || sources_find(conf, conf, option, &raw);
    if (!conf->set[option])
        default_raw(conf, option, &raw);
    fault = take(mem, conf, option, &raw);
    if (fault && conf->set[option] && option_is_foreign(option)) {
        conf_note(conf, mem_strdup(conf, fault->message));
        conf->set[option] = false;
        default_raw(conf, option, &raw);
        fault = take(mem, conf, option, &raw);
    }
    conf->resolved[option] = fault ? RESOLVED_NOT : RESOLVED_YES;
    return fault;
}
