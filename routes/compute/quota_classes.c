/* SPDX-License-Identifier: Apache-2.0 */
/* /os-quota-class-sets/{id}: the rows of upstream's module quota_classes. */
#include "config.h"

#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "fcgi_app/quota/quota.h"
#include "routes/resource.h"
#include "routes/schemas/quota_classes.h"
#include "routes/views/quotas.h"

#include <string.h>

/* No target at all that a rule could compare with. */
static const struct policy_target nobody = { NULL, NULL };

static struct fault *quota_classes_show(struct call *call)
{
    struct quota_values limits;

    TRY(policy_check(call->context, "os_compute_api:os-quota-class-sets:show", &nobody));
    TRY(quota_of_class(call->context, call->vars[0], &limits));
    quotas_view_class(call, call->vars[0], &limits);
    return NULL;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

static struct fault *quota_classes_update(struct call *call)
{
    const char *name = call->vars[0], *key;
    json_t *body = json_object_get(call->body, "quota_class_set"), *value;
    struct quota_setting settings[QUOTA_COUNT];
    struct quota_values limits;
    size_t count = 0;

    TRY(policy_check(call->context, "os_compute_api:os-quota-class-sets:update", &nobody));
    if (characters(name) > 255)
        return fault_http(call->mem, 400, "quota_class_name has %zu characters, more than 255.", characters(name));
    json_object_foreach(body, key, value)
    {
        struct quota_setting *setting = &settings[count];

        setting->resource = quota_by_name(key);
        if (setting->resource == QUOTA_COUNT)
            continue;
        if (json_is_string(value))
            take_int_text(json_string_value(value), &setting->limit);
        else
            setting->limit = json_integer_value(value);
        count++;
    }
    if (!quota_is_unified(call->context))
        TRY(quota_set_class(call->context, name, settings, count));
    TRY(quota_of_class(call->context, name, &limits));
    quotas_view_class(call, NULL, &limits);
    return NULL;
}

/* clang-format off */
static const struct route quota_classes_routes[] = {
    { "GET", "/os-quota-class-sets/{id}", NULL, V_UPTO(49), quota_classes_show, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "GET", "/os-quota-class-sets/{id}", NULL, V_BETWEEN(50, 56), quota_classes_show, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "GET", "/os-quota-class-sets/{id}", NULL, V_FROM(57), quota_classes_show, 200, .errors = { 0 },
      .policies = "os_compute_api:os-quota-class-sets:show" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_UPTO(49), quota_classes_update, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_BETWEEN(50, 56), quota_classes_update, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { "PUT", "/os-quota-class-sets/{id}", NULL, V_FROM(57), quota_classes_update, 200, .errors = { 400 },
      .body = quota_classes_update_body,
      .policies = "os_compute_api:os-quota-class-sets:update" },
    { 0 },
};
/* clang-format on */

const struct resource quota_classes_resource = { "quota_classes", quota_classes_routes };
