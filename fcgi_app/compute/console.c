/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a server's host that wait for the answer. */
#include "config.h"

#include "fcgi_app/compute/console.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/rpc/rpc.h"

#include <stdlib.h>
#include <string.h>

#define PASSWORD_CHUNKS 4

static const struct {
    const char *protocol;
    enum rpc_method method;
} protocols[] = {
    { "vnc", RPC_get_vnc_console },       { "spice", RPC_get_spice_console }, { "rdp", RPC_get_rdp_console },
    { "serial", RPC_get_serial_console }, { "mks", RPC_get_mks_console },
};

/* Asks the server's host; `name` NULL: nothing but the server is told. */
static struct fault *ask(const struct context *context, const struct target *target, enum rpc_method method,
                         const char *name, const json_t *value, json_t **result)
{
    struct rpc_target to = { .transport_url = target->cell ? target->cell->transport_url : NULL,
                             .server = target->row->host };
    struct rpc_args args;

    TRY(target_check_host(target));
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    if (name)
        json_put_tree(rpc_arg(&args, name), value);
    return rpc_call(context, &to, method, &args, result);
}

/* Control bytes that no document could hold. */
static bool may_stay(unsigned char c)
{
    return c >= 0x20 || c == '\t' || c == '\n';
}

struct fault *console_output(const struct context *context, const struct target *target, const json_t *length,
                             const char **output, size_t *size)
{
    json_t *result = NULL;
    const char *text;
    char *kept;

    TRY(ask(context, target, RPC_get_console_output, "tail_length", length ? length : json_null(), &result));
    text = json_string_value(result);
    if (!text)
        return fault_text(target->mem, TypeError, "expected string or bytes-like object");
    kept = mem_memdup(target->mem, text, json_string_length(result) + 1);
    *size = 0;
    for (size_t i = 0; i < json_string_length(result); i++)
        if (may_stay((unsigned char)text[i]))
            kept[(*size)++] = text[i];
    kept[*size] = '\0';
    *output = kept;
    return NULL;
}

struct fault *console_url(const struct context *context, const struct target *target, const char *protocol,
                          const char *type, const char *action, const char **url)
{
    const struct instance_states leaving = INSTANCE_STATES("deleting", "migrating");
    json_t *result = NULL, *wanted = type ? json_string(type) : json_null();
    struct fault *fault;

    TRY(target_check_host(target));
    TRY(target_reject_task_states(target, &leaving, action));
    for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
        if (strcmp(protocols[i].protocol, protocol))
            continue;
        fault = ask(context, target, protocols[i].method, "console_type", wanted, &result);
        json_decref(wanted);
        if (fault)
            return fault;
        *url = json_string_value(json_object_get(result, "access_url"));
        return json_is_object(result) ? NULL : fault_text(target->mem, TypeError, "the host named no console");
    }
    json_decref(wanted);
    return fault_text(target->mem, TypeError, "'NoneType' object is not callable");
}

struct fault *console_diagnostics(const struct context *context, const struct target *target, bool standard,
                                  json_t **diagnostics)
{
    *diagnostics = json_null();
    return ask(context, target, standard ? RPC_get_instance_diagnostics : RPC_get_diagnostics, NULL, NULL, diagnostics);
}

/* ---- the password ---- */

static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(const struct instance_pair *const *)a)->key, (*(const struct instance_pair *const *)b)->key);
}

const char *console_password(const struct target *target)
{
    const struct target_texts *texts = &target->system_metadata;
    const struct instance_pair **pieces = mem_array(target->mem, const struct instance_pair *, texts->count + 1);
    struct strbuf password;
    size_t count = 0;

    for (size_t i = 0; i < texts->count; i++)
        if (!strncmp(texts->items[i].key, "password_", strlen("password_")))
            pieces[count++] = &texts->items[i];
    qsort(pieces, count, sizeof(void *), compare_keys);
    strbuf_init(&password, target->mem, 256);
    for (size_t i = 0; i < count; i++)
        strbuf_puts(&password, pieces[i]->value ? pieces[i]->value : "");
    return password.data;
}

struct fault *console_password_clear(const struct context *context, struct target *target)
{
    for (int i = 0; i < PASSWORD_CHUNKS; i++)
        target_set_system(target, mem_printf(target->mem, "password_%d", i), "");
    return target_save(context, target, &(struct target_guard){ 0 });
}
