/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operation at another service of the cloud: the endpoint found, the
 * credentials sent, failures retried, the answer read.
 *
 *     struct service_call call = { .service = &service_cinder, .method = "GET",
 *                                  .path = mem_printf(mem, "/volumes/%s", id), .microversion = "3.44" };
 *     TRY(service_call(context, mem, &call));
 *     if (call.status == 404) …
 *     volume = json_object_get(service_json(mem, &call), "volume");
 *
 * A service that answered is no fault, whatever it answered: the client maps
 * the status.  One that could not be asked is a fault of keystoneauth's name
 * (all are FAULT_keystone_ClientException; each name begins with keystone_):
 *
 *     EndpointNotFound, EmptyCatalog    the catalogue has none that fits
 *     MissingAuthPlugin                 the group has no auth_type
 *     AuthorizationFailure              no credentials, or an auth_type that nobody knows
 *     Unauthorized, HttpError           keystone refused the group's own user
 *     DiscoveryFailure                  auth_url led to no v3
 *     ConnectFailure, ConnectTimeout, SSLError, UnknownConnectionError (all ConnectionError)
 *
 * Neighbours: http.h beneath; identity.h for tokens of our own users; a file
 * of its own for each service above.
 * Source: nova-facts/outbound.md 1; behaviour of keystoneauth1 5.0.
 */
#ifndef NOVA_CLIENTS_SERVICE_H
#define NOVA_CLIENTS_SERVICE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/http.h"
#include "fcgi_app/conf/conf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Options of a service's group by what they mean; OPTION_COUNT: the group has none of it. */
struct service_options {
    enum option endpoint_override, service_type, service_name, region_name, valid_interfaces;
    enum option connect_retries, connect_retry_delay, status_code_retries, status_code_retry_delay;
    enum option cafile, certfile, keyfile, insecure, timeout;
    enum option verify; /* insecure's opposite, where a group has that one */
};

/* A row a service. */
struct service {
    const char *group;            /* of nova.conf: its options, and its own user's credentials */
    const char *name;             /* of the microversion header: "placement"; NULL: it has none */
    const char *user_agent;       /* as the Python client says it; NULL: keystoneauth's */
    const char *accept;           /* NULL: any type */
    const char *content_type;     /* where there is no JSON body; NULL: none */
    const char *type, *interface; /* in the catalogue, where no options say so */
    int major;                    /* of the API: a path that its endpoint must end with ("/v3"); 0: none */
    bool strip_version;           /* a version at the end of the endpoint's path is cut off */
    bool own_user_for_admin;      /* an administrator's request without token: the group's own user */
    bool request_id;              /* sends X-OpenStack-Request-ID */
    bool service_token;           /* sends X-Service-Token where [service_user] send_service_user_token */
    bool checked_token; /* a token that the middleware checked goes with X-Service-Token of [keystone_authtoken],
                           where there is none of [service_user] */
    struct service_options option;
};

extern const struct service service_glance, service_neutron, service_cinder, service_placement, service_keystone,
    service_barbican, service_cyborg, service_ironic, service_oslo_limit;

enum service_as {
    SERVICE_AS_USER,  /* the context's token, X-Service-Token beside it as configured */
    SERVICE_AS_GROUP, /* the user of the service's own group ("admin" in upstream's neutron client) */
};

struct service_call {
    /* in */
    const struct service *service;
    const char *method;
    const char *path;   /* after the endpoint, begun with "/", quoted, query included; or a whole URL */
    const json_t *json; /* body; NULL: none */
    const void *body;   /* another body, with content_type; NULL: none */
    size_t body_size;
    const char *content_type;
    const char *microversion; /* "3.44"; NULL: none */
    enum service_as as;
    const char *endpoint;              /* in place of what catalogue and options say; NULL: as configured */
    const char *accept;                /* NULL: the service's */
    const struct http_header *headers; /* further ones */
    size_t header_count;
    int connect_retries; /* times after the first where the group has no such option; [neutron] http_retries */

    /* out, on mem */
    struct fault *fault; /* of service_calls(): what service_call() would have returned */
    int status;
    const struct http_header *reply_headers;
    size_t reply_header_count;
    const char *reply; /* bytes, NUL-terminated; never NULL once answered */
    size_t reply_size;
    const char *url; /* that was asked, for texts */
};

/* Performs one. Faults: above. */
struct fault *service_call(const struct context *context, const void *mem, struct service_call *call) FAULT_CHECK;

/*
 * Performs several at once, of one service or of many; each has its fault.
 * Tokens and endpoints are found first, one after another.
 */
void service_calls(const struct context *context, const void *mem, struct service_call *calls, size_t count);

/* The first header of that name in the answer, case-insensitive; NULL: none. */
const char *service_header(const struct service_call *call, const char *name);

/* The answer as text, by its type as requests has it: UTF-8 with U+FFFD for what is none, or Latin-1; may be the bytes.
 */
const char *service_text(const void *mem, const struct service_call *call);

/* The answer as JSON on mem; NULL when it is none. */
json_t *service_json(const void *mem, const struct service_call *call);

/*
 * The URL in front of a call's path: no slash at its end.
 * Faults: keystone_EndpointNotFound, keystone_EmptyCatalog, and those of keystone for SERVICE_AS_GROUP.
 */
struct fault *service_endpoint(const struct context *context, const void *mem, const struct service *service,
                               enum service_as as, const char **url) FAULT_CHECK;

/* The address as the option or the user's catalogue has it: no version looked for, no slash taken off. The same faults.
 */
struct fault *service_catalogue_url(const struct context *context, const void *mem, const struct service *service,
                                    const char **url) FAULT_CHECK;

/*
 * An address from an option with names in it, "%(project_id)s": those of the
 * context (project_id, user_id, tenant and user as in its to_dict()); others stay NULL.
 * Fault: KeyError for a name that the context does not have.
 */
struct fault *service_template(const struct context *context, const void *mem, const char *text,
                               const char **url) FAULT_CHECK;

/* Appends "?name=value" or "&name=value", quoted as Python's urlencode() does, to a path in the making. */
void service_put_param(struct strbuf *path, const char *name, const char *value);

/* Does the request come with a token that the services will take? */
bool service_has_token(const struct context *context);

#endif
