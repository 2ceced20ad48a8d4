/* SPDX-License-Identifier: Apache-2.0 */
/* /os-server-external-events: the rows of upstream's module server_external_events. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/external_events.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/server_external_events.h"

static void read_events(const json_t *body, struct external_event *events)
{
    for (size_t i = 0; i < json_array_size(body); i++) {
        const json_t *event = json_array_get(body, i);
        const char *status = json_string_value(json_object_get(event, "status"));

        events[i] = (struct external_event){
            .server_uuid = json_string_value(json_object_get(event, "server_uuid")),
            .name = json_string_value(json_object_get(event, "name")),
            .status = status ? status : "completed",
            .tag = json_string_value(json_object_get(event, "tag")),
        };
    }
}

/* The events as they came, each with its status and code. */
static struct fault *server_external_events_create(struct call *call)
{
    json_t *body = json_object_get(call->body, "events");
    size_t count = json_array_size(body);
    struct external_event *events = mem_array(call->mem, struct external_event, count);

    TRY(policy_check(call->context, "os_compute_api:os-server-external-events:create",
                     &(struct policy_target){ NULL, NULL }));
    read_events(body, events);
    TRY(external_events_send(call->context, events, count));
    for (size_t i = 0; i < count; i++) {
        json_t *event = json_array_get(body, i);

        json_object_set_new(event, "status", json_string(events[i].code == 200 ? "completed" : "failed"));
        json_object_set_new(event, "code", json_integer(events[i].code));
        if (events[i].code != 200)
            call->status = 207;
    }
    strbuf_puts(call->out, "{\"events\": ");
    json_put_tree(call->out, body);
    strbuf_puts(call->out, "}");
    return NULL;
}

/* clang-format off */
static const struct route server_external_events_routes[] = {
    { "POST", "/os-server-external-events", NULL, V_ALL, server_external_events_create, 200, .errors = { 403 },
      .body = server_external_events_create_body,
      .policies = "os_compute_api:os-server-external-events:create" },
    { 0 },
};
/* clang-format on */

const struct resource server_external_events_resource = { "server_external_events", server_external_events_routes };
