/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of other services raised again here.  What may be raised is a class
 * of nova.exception or one of Python's own; a class without a row among our
 * faults is its nearest ancestor that has one, under its own name.
 * Source: nova-facts/rpc.md section 1.5, exceptions.tsv.
 */
#include "config.h"

#include "fcgi_app/rpc/failure.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"

#include <stdlib.h>

/* Classes of nova.exception: name, parent, HTTP code. Sorted by name. */
static const struct remote_class {
    const char *name;
    const char *parent;
    int code;
} remote_classes[] = {
#define REMOTE(name, parent, code) { #name, #parent, code },
#include "fcgi_app/rpc/remote_classes.def"
#undef REMOTE
};

static int compare_class(const void *name, const void *row)
{
    return strcmp(name, ((const struct remote_class *)row)->name);
}

static const struct remote_class *class_find(const char *name)
{
    return bsearch(name, remote_classes, sizeof(remote_classes) / sizeof(remote_classes[0]), sizeof(remote_classes[0]),
                   compare_class);
}

static enum fault_name fault_find(const char *name, const char *module)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (!strcmp(fault_kinds[i].name, name) && !strcmp(fault_kinds[i].module, module))
            return (enum fault_name)i;
    return FAULT_COUNT;
}

/* The tracebacks' lines as one text, "" for none. */
static const char *trace_of(const void *mem, const json_t *lines)
{
    struct strbuf out;
    const json_t *line;
    size_t i;

    strbuf_init(&out, mem, 1024);
    json_array_foreach(lines, i, line)
    {
        if (i)
            strbuf_putc(&out, '\n');
        strbuf_puts(&out, json_string_value(line) ? json_string_value(line) : "");
    }
    return out.data;
}

static struct fault *remote_error(const void *mem, const char *class, const json_t *message, const json_t *lines)
{
    struct strbuf text, trace;
    struct fault *fault;

    strbuf_init(&text, mem, 256);
    strbuf_init(&trace, mem, 1024);
    json_put_python_str(&text, message);
    if (lines)
        json_put_python_str(&trace, lines);
    else
        strbuf_puts(&trace, "[]");
    fault = fault_text(mem, RemoteError, "Remote error: %s %s\n%s.", class, text.data, trace.data);
    return fault;
}

/* What str() of the first argument of a nova exception is: its message. */
static const char *message_of(const json_t *failure, const char *otherwise)
{
    const char *first = json_string_value(json_array_get(json_object_get(failure, "args"), 0));

    return first ? first : otherwise;
}

struct fault *failure_fault(const void *mem, const char *text)
{
    const char *class, *module, *message;
    enum fault_name name = FAULT_COUNT;
    const struct remote_class *row = NULL;
    struct fault *fault;
    json_t *failure;
    bool builtin;

    if (json_read(mem, text, strlen(text), &failure) || !json_is_object(failure) ||
        !json_is_string(json_object_get(failure, "class")))
        return fault_text(mem, RemoteError, "Remote error: the reply's failure cannot be read");
    class = json_string_value(json_object_get(failure, "class"));
    module = json_string_value(json_object_get(failure, "module"));
    message = json_string_value(json_object_get(failure, "message"));
    builtin = module && (!strcmp(module, "builtins") || !strcmp(module, "exceptions"));
    if (builtin) {
        name = fault_find(class, "builtins");
        if (name == FAULT_COUNT)
            name = FAULT_Internal;
    } else if (module && !strcmp(module, "nova.exception")) {
        row = class_find(class);
        name = fault_find(class, module);
        for (const struct remote_class *above = row; above && name == FAULT_COUNT; above = class_find(above->parent))
            name = fault_find(above->parent, module);
    }
    if (name == FAULT_COUNT)
        return remote_error(mem, class,
                            json_object_get(failure, "message") ? json_object_get(failure, "message") : json_null(),
                            json_object_get(failure, "tb"));
    fault = fault_text(mem, NovaException, "%s", message_of(failure, message ? message : ""));
    fault->name = name;
    fault->code = row ? row->code : fault_kinds[name].code;
    fault->remote = trace_of(mem, json_object_get(failure, "tb"));
    fault->class_name = mem_strdup(mem, class);
    if (json_is_object(json_object_get(failure, "kwargs"))) {
        struct strbuf kwargs;

        strbuf_init(&kwargs, mem, 128);
        json_put_tree(&kwargs, json_object_get(failure, "kwargs"));
        fault->remote_kwargs = kwargs.data;
    }
    return fault;
}
