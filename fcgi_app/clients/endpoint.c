/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services' rows, what their options say, and where they are; see
 * service.h.  service.c sends the calls.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/catalogue.h"
#include "fcgi_app/clients/service_private.h"
#include "fcgi_app/clients/state.h"

#include <string.h>

/* Options of a group that has keystoneauth's whole set. */
#define ADAPTER_OPTIONS(group)                                                                                         \
    {                                                                                                                  \
        .endpoint_override = OPTION_##group##_endpoint_override, .service_type = OPTION_##group##_service_type,        \
        .service_name = OPTION_##group##_service_name, .region_name = OPTION_##group##_region_name,                    \
        .valid_interfaces = OPTION_##group##_valid_interfaces, .connect_retries = OPTION_##group##_connect_retries,    \
        .connect_retry_delay = OPTION_##group##_connect_retry_delay,                                                   \
        .status_code_retries = OPTION_##group##_status_code_retries,                                                   \
        .status_code_retry_delay = OPTION_##group##_status_code_retry_delay, .cafile = OPTION_##group##_cafile,        \
        .certfile = OPTION_##group##_certfile, .keyfile = OPTION_##group##_keyfile,                                    \
        .insecure = OPTION_##group##_insecure, .timeout = OPTION_##group##_timeout, .verify = NO_OPTION                \
    }
#define NO_OPTION OPTION_COUNT

/* Of one that has the session's options alone; where it is, its row says. */
#define SESSION_OPTIONS(group, override, region)                                                                       \
    {                                                                                                                  \
        .endpoint_override = (override), .service_type = NO_OPTION, .service_name = NO_OPTION,                         \
        .region_name = (region), .valid_interfaces = NO_OPTION, .connect_retries = NO_OPTION,                          \
        .connect_retry_delay = NO_OPTION, .status_code_retries = NO_OPTION, .status_code_retry_delay = NO_OPTION,      \
        .cafile = OPTION_##group##_cafile, .certfile = OPTION_##group##_certfile, .keyfile = OPTION_##group##_keyfile, \
        .insecure = OPTION_##group##_insecure, .timeout = OPTION_##group##_timeout, .verify = NO_OPTION                \
    }

const struct service service_glance = {
    .group = "glance",
    .user_agent = "python-glanceclient",
    .accept = "*/*",
    .content_type = "application/octet-stream",
    .strip_version = true,
    .request_id = true,
    .service_token = true,
    .checked_token = true,
    .option = ADAPTER_OPTIONS(glance),
};

const struct service service_neutron = {
    .group = "neutron",
    .user_agent = "python-neutronclient",
    .accept = "application/json",
    .own_user_for_admin = true,
    .request_id = true,
    .service_token = true,
    .checked_token = true,
    .option = ADAPTER_OPTIONS(neutron),
};

const struct service service_cinder = {
    .group = "cinder",
    .name = "volume",
    .user_agent = "python-cinderclient",
    .accept = "application/json",
    .own_user_for_admin = true,
    .request_id = true,
    .service_token = true,
    .checked_token = true,
    .option = { .endpoint_override = OPTION_cinder_endpoint_template,
                .service_type = NO_OPTION, /* catalog_info has type, name and interface in one */
                .service_name = NO_OPTION,
                .region_name = OPTION_cinder_os_region_name,
                .valid_interfaces = NO_OPTION,
                .connect_retries = NO_OPTION,
                .connect_retry_delay = NO_OPTION,
                .status_code_retries = NO_OPTION,
                .status_code_retry_delay = NO_OPTION,
                .cafile = OPTION_cinder_cafile,
                .certfile = OPTION_cinder_certfile,
                .keyfile = OPTION_cinder_keyfile,
                .insecure = OPTION_cinder_insecure,
                .timeout = OPTION_cinder_timeout,
                .verify = NO_OPTION },
};

const struct service service_placement = {
    .group = "placement",
    .name = "placement",
    .accept = "application/json",
    .request_id = true,
    .option = ADAPTER_OPTIONS(placement),
};

const struct service service_keystone = {
    .group = "keystone",
    .checked_token = true,
    .accept = "*/*",
    .major = 3,
    .option = ADAPTER_OPTIONS(keystone),
};

const struct service service_barbican = {
    .group = "barbican",
    .name = "key-manager",
    .checked_token = true,
    /* castellan's session reads options of its own: cafile, insecure, timeout and their like do nothing */
    .option = { .endpoint_override = OPTION_barbican_barbican_endpoint,
                .service_type = NO_OPTION,
                .service_name = NO_OPTION,
                .region_name = OPTION_barbican_barbican_region_name,
                .valid_interfaces = NO_OPTION,
                .connect_retries = NO_OPTION,
                .connect_retry_delay = NO_OPTION,
                .status_code_retries = NO_OPTION,
                .status_code_retry_delay = NO_OPTION,
                .cafile = OPTION_barbican_verify_ssl_path,
                .certfile = NO_OPTION,
                .keyfile = NO_OPTION,
                .insecure = NO_OPTION,
                .timeout = NO_OPTION,
                .verify = OPTION_barbican_verify_ssl },
};

const struct service service_cyborg = {
    .group = "cyborg",
    .accept = "*/*",
    .service_token = true,
    .checked_token = true,
    .option = ADAPTER_OPTIONS(cyborg),
};

const struct service service_ironic = {
    .group = "ironic",
    .name = "baremetal",
    .accept = "application/json",
    .request_id = true,
    .option = ADAPTER_OPTIONS(ironic),
};

/* The SDK takes the session's options alone. */
const struct service service_oslo_limit = {
    .group = "oslo_limit",
    .user_agent = "openstacksdk",
    .accept = "application/json",
    .type = "identity",
    .interface = "public",
    .major = 3,
    .option = SESSION_OPTIONS(oslo_limit, NO_OPTION, NO_OPTION),
};

/* ---- options ---- */

const char *service_text_option(const struct conf *conf, enum option option)
{
    return option == NO_OPTION ? NULL : conf_string(conf, option);
}

double service_number_option(const struct conf *conf, enum option option, bool is_float, double otherwise)
{
    if (option == NO_OPTION || !conf_has(conf, option))
        return otherwise;
    return is_float ? conf_float(conf, option) : (double)conf_int(conf, option);
}

void service_read_tls(const struct conf *conf, const struct service *service, struct http_tls *tls)
{
    tls->cafile = service_text_option(conf, service->option.cafile);
    tls->certfile = service_text_option(conf, service->option.certfile);
    tls->keyfile = service_text_option(conf, service->option.keyfile);
    tls->insecure = (service->option.insecure != NO_OPTION && conf_bool(conf, service->option.insecure)) ||
                    (service->option.verify != NO_OPTION && !conf_bool(conf, service->option.verify));
}

/* What a catalogue is searched for. */
static struct fault *read_wish(const struct conf *conf, const void *mem, const struct service *service,
                               struct catalogue_wish *wish)
{
    static const char *const standard[] = { "internal", "public", NULL };

    wish->region = service_text_option(conf, service->option.region_name);
    wish->name = service_text_option(conf, service->option.service_name);
    wish->interfaces = standard;
    if (service->option.valid_interfaces != NO_OPTION)
        wish->interfaces = conf_list(conf, service->option.valid_interfaces);
    if (service->option.service_type != NO_OPTION) {
        wish->type = conf_string(conf, service->option.service_type);
    } else if (service->type) {
        const char **interfaces = mem_array(mem, const char *, 2);

        wish->type = service->type;
        interfaces[0] = service->interface;
        wish->interfaces = interfaces;
    } else if (!strcmp(service->group, "cinder")) {
        char **parts = text_split(mem, conf_string(conf, OPTION_cinder_catalog_info), ':');
        const char **interfaces = mem_array(mem, const char *, 2);

        if (!parts[0] || !parts[1] || !parts[2] || parts[3])
            return fault_new(mem, ValueError, "[cinder] catalog_info is not type:name:interface");
        wish->type = parts[0];
        wish->name = parts[1];
        interfaces[0] = parts[2];
        wish->interfaces = interfaces;
    } else {
        const char **interfaces = mem_array(mem, const char *, 2);

        wish->type = service->name;
        interfaces[0] = conf_string(conf, OPTION_barbican_barbican_endpoint_type);
        wish->interfaces = interfaces;
    }
    return NULL;
}

/* ---- who asks ---- */

bool service_has_token(const struct context *context)
{
    return !text_is_empty(context->auth_token);
}

/* Does the service's own user ask? */
bool service_as_group(const struct context *context, const struct service *service, enum service_as as)
{
    return as == SERVICE_AS_GROUP || (service->own_user_for_admin && context->is_admin && !service_has_token(context));
}

struct identity_way service_way(const struct conf *conf, const struct service *service, const struct http_tls *tls)
{
    struct identity_way way = { .tls = tls };

    way.idle_timeout = service_number_option(conf, service->option.timeout, false, 0);
    return way;
}

/* ---- endpoints ---- */

struct fault *service_template(const struct context *context, const void *mem, const char *text, const char **url)
{
    const struct {
        const char *name, *value;
    } names[] = {
        { "project_id", context->project_id },
        { "tenant", context->project_id },
        { "tenant_id", context->project_id },
        { "user_id", context->user_id },
        { "user", context->user_id },
        { "user_name", context->user_name },
        { "project_name", context->project_name },
        { "request_id", context->request_id },
    };
    struct strbuf out;
    const char *start;

    strbuf_init(&out, mem, strlen(text) + 64);
    while ((start = strchr(text, '%'))) {
        const char *end = start[1] == '(' ? strstr(start, ")s") : NULL;
        size_t i, count = sizeof(names) / sizeof(names[0]);

        strbuf_put(&out, text, (size_t)(start - text));
        if (start[1] == '%') {
            strbuf_putc(&out, '%');
            text = start + 2;
            continue;
        }
        if (!end)
            return fault_new(mem, ValueError, "unsupported format character in an endpoint's template");
        for (i = 0; i < count; i++)
            if (strlen(names[i].name) == (size_t)(end - start - 2) &&
                !memcmp(names[i].name, start + 2, (size_t)(end - start - 2)))
                break;
        if (i == count)
            return fault_text(mem, KeyError, "'%.*s'", (int)(end - start - 2), start + 2);
        strbuf_puts(&out, names[i].value ? names[i].value : "None");
        text = end + 2;
    }
    strbuf_puts(&out, text);
    *url = out.data;
    return NULL;
}

/* Length of the URL without slashes at its end. */
static size_t trimmed(const char *url)
{
    size_t length = strlen(url);

    while (length && url[length - 1] == '/')
        length--;
    return length;
}

static struct fault *versioned(const struct context *context, const void *mem, const struct service *service,
                               const char *found, const char **url)
{
    const struct conf *conf = context->worker->conf;
    struct identity_way way;
    struct http_tls tls;

    service_read_tls(conf, service, &tls);
    way = service_way(conf, service, &tls);
    if (identity_versioned(context->worker, mem, found, &way, url))
        return fault_new(mem, keystone_EndpointNotFound, "Could not find requested endpoint in Service Catalog.");
    return NULL;
}

/*
 * What each service was last found by: requests of one project bring the same
 * catalogue again and again, and to compare it costs a fraction of reading it.
 */
struct last_found {
    const struct service *service;
    char *catalogue, *url;
};

static struct last_found *last_found_of(struct worker *worker, const struct service *service)
{
    enum { SERVICES_MOST = 16 };
    struct last_found *known = clients_state(worker, "endpoints.last_found", SERVICES_MOST * sizeof(struct last_found));

    for (size_t i = 0; i < SERVICES_MOST; i++)
        if (!known[i].service || known[i].service == service) {
            known[i].service = service;
            return &known[i];
        }
    return NULL;
}

/* What the catalogue of `own`, or of the one who asks, has; as long-lived as `mem`. */
static struct fault *catalogued(const struct context *context, const void *mem, const struct service *service,
                                const struct identity_token *own, const char **url)
{
    struct catalogue_wish wish = { 0 };
    const char *text = own                      ? own->catalogue
                       : context->token_catalog ? context->token_catalog
                                                : context->service_catalog;
    struct last_found *last = last_found_of(context->worker, service);

    if (text && last && last->catalogue && !strcmp(last->catalogue, text)) {
        *url = mem_strdup(mem, last->url);
        return NULL;
    }
    TRY(read_wish(context->worker->conf, mem, service, &wish));
    TRY(catalogue_find(mem, text, &wish, url));
    if (last) {
        talloc_free(last->catalogue);
        talloc_free(last->url);
        last->catalogue = mem_strdup(context->worker->clients, text);
        last->url = mem_strdup(context->worker->clients, *url);
    }
    return NULL;
}

struct fault *service_catalogue_url(const struct context *context, const void *mem, const struct service *service,
                                    const char **url)
{
    const char *text = service_text_option(context->worker->conf, service->option.endpoint_override);

    if (!text_is_empty(text))
        return service_template(context, mem, text, url);
    return catalogued(context, mem, service, NULL, url);
}

struct fault *service_find_endpoint(const struct context *context, const void *mem, const struct service *service,
                                    const struct identity_token *own, const char **url)
{
    const struct conf *conf = context->worker->conf;
    const char *text = service_text_option(conf, service->option.endpoint_override);

    if (!text_is_empty(text)) {
        TRY(service_template(context, mem, text, &text));
        *url = mem_strndup(mem, text, trimmed(text));
        return NULL;
    }
    if (own && own->endpoint) {
        *url = mem_strndup(mem, own->endpoint, trimmed(own->endpoint));
        return NULL;
    }
    TRY(catalogued(context, mem, service, own, &text));
    if (service->major)
        return versioned(context, mem, service, text, url);
    *url = mem_strndup(mem, text, service->strip_version ? identity_version_start(text) : trimmed(text));
    return NULL;
}

struct fault *service_endpoint(const struct context *context, const void *mem, const struct service *service,
                               enum service_as as, const char **url)
{
    const struct identity_token *own = NULL;

    if (service_as_group(context, service, as)) {
        struct http_tls tls;
        struct identity_way way;

        service_read_tls(context->worker->conf, service, &tls);
        way = service_way(context->worker->conf, service, &tls);
        TRY(identity_token(context->worker, mem, service->group, &way, &own));
    }
    return service_find_endpoint(context, mem, service, own, url);
}
