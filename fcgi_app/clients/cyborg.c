/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the accelerator service; see the header. */
#include "config.h"

#include "fcgi_app/clients/cyborg.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/service.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.accelerator.cyborg");

/* One call with one parameter; *why is NULL, or what upstream says of the failure. */
static struct fault *ask(const struct context *context, const void *mem, const char *method, const char *path,
                         const char *name, const char *value, json_t **answer, const char **why)
{
    struct service_call call = { .service = &service_cyborg, .method = method };
    struct fault *fault;
    struct strbuf whole;

    strbuf_init(&whole, mem, 128);
    strbuf_puts(&whole, path);
    service_put_param(&whole, name, value);
    call.path = whole.data;
    *answer = NULL;
    *why = NULL;
    fault = service_call(context, mem, &call);
    if (fault && !fault_is(fault, FAULT_keystone_ClientException))
        return fault;
    if (fault) {
        *why = "Could not communicate with Cyborg.";
        log_error("%s: %s", *why, fault->message);
    } else if (call.status >= 400) {
        *why = mem_printf(mem, "Invalid response from Cyborg: <Response [%d]>", call.status);
    } else if (strcmp(method, "DELETE") != 0) { /* nobody reads what a removal answers */
        *answer = service_json(mem, &call);
        if (!*answer)
            return fault_new(mem, requests_JSONDecodeError);
    }
    return NULL;
}

struct fault *cyborg_device_profile_groups(const struct context *context, const void *mem, const char *name,
                                           json_t **groups)
{
    const char *why;
    json_t *answer, *list;

    TRY(ask(context, mem, "GET", "/device_profiles", "name", name, &answer, &why));
    list = json_object_get(answer, "device_profiles");
    if (!why && !json_array_size(list))
        why = "Expected 1 device profile but got nothing.";
    if (!why && json_array_size(list) != 1)
        why = mem_printf(mem, "Expected 1 device profile but got %zu.", json_array_size(list));
    if (why)
        return fault_new(mem, DeviceProfileError, name, why);
    *groups = json_object_get(json_array_get(list, 0), "groups");
    if (!json_is_array(*groups))
        return fault_new(mem, KeyError, "'groups'");
    return NULL;
}

/* "resources:X" or "resources" with a number or a name behind it. */
static bool asks_for_a_device(const char *key)
{
    static const char front[] = "resources";
    const char *p = key + sizeof(front) - 1;

    if (strncmp(key, front, sizeof(front) - 1))
        return false;
    while (isalnum((unsigned char)*p) || *p == '_' || *p == '-')
        p++;
    return *p == ':' && p[1];
}

int64_t cyborg_device_count(const json_t *groups)
{
    const json_t *group;
    int64_t count = 0;
    const char *key;
    json_t *value;
    size_t i;

    json_array_foreach(groups, i, group) json_object_foreach((json_t *)(uintptr_t)group, key, value)
    {
        if (!asks_for_a_device(key))
            continue;
        count += json_is_string(value) ? strtoll(json_string_value(value), NULL, 10) : json_integer_value(value);
    }
    return count;
}

struct fault *cyborg_requests_of(const struct context *context, const void *mem, const char *server_id,
                                 const char *const **ids)
{
    const char *why, **list;
    json_t *answer, *items, *item;
    size_t i, count = 0;

    TRY(ask(context, mem, "GET", "/accelerator_requests", "instance", server_id, &answer, &why));
    if (why)
        return fault_new(mem, AcceleratorRequestOpFailed, "get", mem_printf(mem, "%s Instance %s", why, server_id));
    items = json_object_get(answer, "arqs");
    if (!json_array_size(items))
        return fault_new(mem, AcceleratorRequestOpFailed, "get",
                         mem_printf(mem, "Cyborg returned no accelerator requests for instance %s", server_id));
    list = mem_array(mem, const char *, json_array_size(items) + 1);
    json_array_foreach(items, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "uuid"));

        if (!id)
            return fault_new(mem, KeyError, "'uuid'");
        list[count++] = id;
    }
    *ids = list;
    return NULL;
}

struct fault *cyborg_requests_delete(const struct context *context, const void *mem, const char *server_id)
{
    const char *why;
    json_t *answer;

    TRY(ask(context, mem, "DELETE", "/accelerator_requests", "instance", server_id, &answer, &why));
    if (why)
        return fault_new(mem, AcceleratorRequestOpFailed, "delete", mem_printf(mem, "%s Instance %s", why, server_id));
    return NULL;
}

void cyborg_request_forget(const struct context *context, const void *mem, const char *id)
{
    const char *why;
    json_t *answer;
    struct fault *fault = ask(context, mem, "DELETE", "/accelerator_requests", "arqs", id, &answer, &why);

    if (fault || why)
        log_error("Failed to delete ARQs %s: %s", id, fault ? fault->message : why);
}
