/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of keys; see the header. */
#include "config.h"

#include "fcgi_app/clients/barbican.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/json/json.h"

#include <string.h>
#include <unistd.h>

LOG_MODULE("castellan.key_manager.barbican_key_manager");

static const char *or_none(const char *text)
{
    return text ? text : "None";
}

/* What the answer says of its failure; upstream's client stumbles over an answer that says nothing. */
static struct fault *refusal(const void *mem, const struct service_call *call)
{
    json_t *answer = service_json(mem, call);
    const char *title = json_string_value(json_object_get(answer, "title"));
    const char *more = json_string_value(json_object_get(answer, "description"));

    log_error("Error creating key: the key manager answered %d", call->status);
    if (!answer)
        return fault_new(mem, KeyManagerError, fault_title(call->status));
    if (!json_is_object(answer))
        return fault_new(mem, TypeError, "the answer has no title");
    if (!json_object_get(answer, "title"))
        return fault_new(mem, KeyError, "'title'");
    return fault_new(mem, KeyManagerError,
                     text_is_empty(more) ? or_none(title) : mem_printf(mem, "%s: %s", or_none(title), more));
}

static struct fault *ask(const struct context *context, const void *mem, const char *method, const char *path,
                         const char *body, json_t **answer)
{
    struct service_call call = { .service = &service_barbican,
                                 .method = method,
                                 .path = path,
                                 .body = body,
                                 .body_size = body ? strlen(body) : 0,
                                 .accept = body ? NULL : "application/json",
                                 .content_type = body ? "application/json" : NULL };
    struct fault *fault;

    fault = service_endpoint(context, mem, call.service, call.as, &call.endpoint);
    if (fault)
        return fault_new(mem, KeyManagerError, fault->message);
    TRY(service_call(context, mem, &call));
    if (call.status >= 400)
        return refusal(mem, &call);
    *answer = service_json(mem, &call);
    return *answer ? NULL : fault_new(mem, requests_JSONDecodeError);
}

/* What stands behind the last slash of a reference. */
static const char *last_part(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key)), *cut = text ? strrchr(text, '/') : NULL;

    return cut ? cut + 1 : text;
}

struct fault *barbican_key_create(const struct context *context, const void *mem, const char *algorithm, int64_t bits,
                                  const char **id)
{
    int64_t retries = conf_int(context->worker->conf, OPTION_barbican_number_of_retries);
    int64_t delay = conf_int(context->worker->conf, OPTION_barbican_retry_delay);
    const char *status, *order;
    struct strbuf text;
    json_t *answer;

    strbuf_init(&text, mem, 128);
    JSON_PUT_LITERAL(&text, "{\"type\": \"key\", \"meta\": {\"algorithm\": ");
    json_put_string(&text, algorithm);
    strbuf_printf(&text, ", \"bit_length\": %lld}}", (long long)bits);
    TRY(ask(context, mem, "POST", "/v1/orders/", text.data, &answer));
    order = last_part(answer, "order_ref");
    if (!order)
        return fault_new(mem, KeyManagerError, "None");
    strbuf_init(&text, mem, 64);
    strbuf_puts(&text, "/v1/orders/");
    path_put_part(&text, order);
    for (int64_t attempt = 0; attempt <= retries; attempt++) {
        TRY(ask(context, mem, "GET", text.data, NULL, &answer));
        status = json_string_value(json_object_get(answer, "status"));
        if (status && !strcmp(status, "ERROR"))
            return fault_new(mem, KeyManagerError,
                             mem_printf(mem, "Order is in ERROR status - status code: %s, status reason: %s",
                                        json_string_value(json_object_get(answer, "error_status_code")),
                                        json_string_value(json_object_get(answer, "error_reason"))));
        if (status && !strcmp(status, "ACTIVE")) {
            *id = last_part(answer, "secret_ref");
            return *id ? NULL : fault_new(mem, KeyManagerError, "None");
        }
        if (attempt < retries)
            sleep((unsigned)delay);
    }
    return fault_new(
        mem, KeyManagerError,
        mem_printf(mem, "Exceeded retries: Failed to find 'ACTIVE' status within %lld retries", (long long)retries));
}
