/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who says the token?  Identity headers of the client's own making are
 * dropped; the token is found in the cache or shown to keystone; what
 * keystone says becomes the headers that keystonecontext reads.
 *
 * A service's token beside it (X-Service-Token) is checked in the same way
 * first, since it may vouch for a user's token that has ended.  Nothing of a
 * token is ever logged.
 * Source: nova-facts/middleware.md, authtoken; keystonemiddleware 10.1.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "middleware/access_rules.h"
#include "middleware/overrides.h"
#include "middleware/token_cache.h"
#include "middleware/token_check.h"
#include "middleware/token_info.h"

#include <string.h>
#include <strings.h>

LOG_MODULE("keystonemiddleware.auth_token");

#define GROUP "keystone_authtoken"
#define OPTION(name) OPTION_keystone_authtoken_##name
#define REFUSAL                                                                                                        \
    "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\", \"message\": \"The request you have made requires "      \
    "authentication.\"}}"
#define UNAVAILABLE "The Keystone service is temporarily unavailable."
#define PATIENCE 30 /* seconds that a silent keystone is waited for where no time-out is configured */

/* Headers that are ours alone, of the user and of the service. */
#define BOTH(name) "HTTP_X_" name, "HTTP_X_SERVICE_" name
static const char *const identity_headers[] = {
    BOTH("DOMAIN_ID"),         BOTH("DOMAIN_NAME"),         BOTH("PROJECT_ID"), BOTH("PROJECT_NAME"),
    BOTH("PROJECT_DOMAIN_ID"), BOTH("PROJECT_DOMAIN_NAME"), BOTH("USER_ID"),    BOTH("USER_NAME"),
    BOTH("USER_DOMAIN_ID"),    BOTH("USER_DOMAIN_NAME"),    BOTH("ROLES"),      BOTH("IDENTITY_STATUS"),
    "HTTP_X_SERVICE_CATALOG",  "HTTP_X_IS_ADMIN_PROJECT",   "HTTP_X_ROLE",      "HTTP_X_USER",
    "HTTP_X_TENANT_ID",        "HTTP_X_TENANT_NAME",        "HTTP_X_TENANT",
};

struct authtoken {
    const struct settings *settings;
    struct token_check_settings check;
    struct token_cache *cache;
    const char *authenticate; /* value of WWW-Authenticate */
    const char *bind_mode;
    const char *service_type; /* NULL: access rules cannot be judged */
    const char *const *service_token_roles;
    const struct worker *worker; /* that has the paste section's options for our user */
    bool service_token_roles_required;
    bool delay;
};

/* ---- options ---- */

static const char *text_setting(const struct settings *settings, const struct conf *conf, const char *key,
                                enum option option)
{
    const char *text = override_text(settings, key);

    text = text ? text : conf_string(conf, option);
    return text_is_empty(text) ? NULL : text;
}

static struct fault *read_cache(const struct settings *settings, struct conf *conf, struct authtoken *self)
{
    struct token_cache_settings cache = {
        .servers = override_list(settings, conf, "memcached_servers", OPTION(memcached_servers)),
        .strategy = text_setting(settings, conf, "memcache_security_strategy", OPTION(memcache_security_strategy)),
        .secret = text_setting(settings, conf, "memcache_secret_key", OPTION(memcache_secret_key)),
    };

    TRY(override_int(settings, conf, "token_cache_time", OPTION(token_cache_time), &cache.seconds));
    TRY(override_int(settings, conf, "memcache_pool_socket_timeout", OPTION(memcache_pool_socket_timeout),
                     &cache.socket_timeout));
    TRY(override_int(settings, conf, "memcache_pool_dead_retry", OPTION(memcache_pool_dead_retry), &cache.dead_retry));
    return token_cache_open(settings->mem, &cache, &self->cache);
}

static struct fault *read_check(const struct settings *settings, struct conf *conf, struct authtoken *self)
{
    struct token_check_settings *check = &self->check;
    int64_t retries, timeout = 0;
    bool given = override_text(settings, "http_connect_timeout") || conf_has(conf, OPTION(http_connect_timeout));

    check->group = GROUP;
    check->interface = text_setting(settings, conf, "interface", OPTION(interface));
    check->region = text_setting(settings, conf, "region_name", OPTION(region_name));
    check->tls.cafile = text_setting(settings, conf, "cafile", OPTION(cafile));
    check->tls.certfile = text_setting(settings, conf, "certfile", OPTION(certfile));
    check->tls.keyfile = text_setting(settings, conf, "keyfile", OPTION(keyfile));
    TRY(override_bool(settings, conf, "insecure", OPTION(insecure), &check->tls.insecure));
    TRY(override_bool(settings, conf, "include_service_catalog", OPTION(include_service_catalog),
                      &check->include_catalogue));
    TRY(override_int(settings, conf, "http_request_max_retries", OPTION(http_request_max_retries), &retries));
    if (given)
        TRY(override_int(settings, conf, "http_connect_timeout", OPTION(http_connect_timeout), &timeout));
    if (!check->interface)
        check->interface = "internal";
    check->way.tls = &check->tls;
    check->way.connect_retries = (int)retries;
    check->way.idle_timeout = given ? (double)timeout : PATIENCE;
    check->way.patient = !given;
    return NULL;
}

/* What a paste section says of our own user comes before nova.conf; known once there is a worker. */
static void take_paste_options(const struct authtoken *self, struct worker *worker)
{
    const struct settings *settings = self->settings;

    for (size_t i = 0; i < settings->global_count; i++)
        identity_set(worker, GROUP, settings->global[i].key, settings->global[i].value);
    for (size_t i = 0; i < settings->local_count; i++)
        identity_set(worker, GROUP, settings->local[i].key, settings->local[i].value);
}

static const char *plain_option(const struct settings *settings, const struct conf *conf, const char *key)
{
    const char *text = override_text(settings, key);

    return text ? text : conf_raw(conf, GROUP, key);
}

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state)
{
    struct authtoken *self = mem_new(settings->mem, struct authtoken);
    const char *uri = text_setting(settings, conf, "www_authenticate_uri", OPTION(www_authenticate_uri));

    *state = self;
    self->settings = mem_memdup(self, settings, sizeof(*settings));
    log_info("Starting Keystone auth_token middleware");
    self->bind_mode = text_setting(settings, conf, "enforce_token_bind", OPTION(enforce_token_bind));
    self->service_type = text_setting(settings, conf, "service_type", OPTION(service_type));
    self->service_token_roles = override_list(settings, conf, "service_token_roles", OPTION(service_token_roles));
    TRY(override_bool(settings, conf, "service_token_roles_required", OPTION(service_token_roles_required),
                      &self->service_token_roles_required));
    TRY(override_bool(settings, conf, "delay_auth_decision", OPTION(delay_auth_decision), &self->delay));
    if (!self->service_token_roles_required)
        log_warning("AuthToken middleware is set with keystone_authtoken.service_token_roles_required set to False. "
                    "This is backwards compatible but deprecated behaviour. Please set this to True.");
    TRY(read_check(settings, conf, self));
    if (!uri)
        uri = text_setting(settings, conf, "auth_uri", OPTION(auth_uri));
    if (!uri) {
        log_warning("Configuring www_authenticate_uri to point to the public identity endpoint is required; clients "
                    "may not be able to authenticate against an admin endpoint");
        uri = plain_option(settings, conf, "auth_url");
    }
    self->authenticate = mem_printf(self, "Keystone uri=\"%s\"", uri ? uri : "None");
    return read_cache(settings, conf, self);
}

/* ---- one token ---- */

enum outcome { OUTCOME_GOOD, OUTCOME_BAD, OUTCOME_UNAVAILABLE, OUTCOME_NO_KEYSTONE };

static enum outcome fetch(const struct authtoken *self, struct request *request, const char *token, bool allow_expired,
                          struct token_info *info)
{
    const char *why = "", *body;
    /* The cache is asked by the text as Python has it, keystone by the bytes. */
    const char *text = text_from_latin1(request->mem, token, strlen(token));
    char *cached;
    size_t size;

    if (token_cache_get(self->cache, request->mem, text, &cached, &size) &&
        token_info_read(request->mem, cached, size, info))
        return OUTCOME_GOOD;
    switch (token_check(&self->check, request->worker, request->mem, token, allow_expired, &body, &size, &why)) {
    case TOKEN_GOOD:
        token_cache_put(self->cache, request->mem, text, body, size);
        return token_info_read(request->mem, body, size, info) ? OUTCOME_GOOD : OUTCOME_UNAVAILABLE;
    case TOKEN_BAD:
        log_warning("Authorization failed for token");
        return OUTCOME_BAD;
    case TOKEN_NO_KEYSTONE:
        return OUTCOME_NO_KEYSTONE;
    case TOKEN_UNKNOWN:
        break;
    }
    log_critical("Unable to validate token: %s", why);
    return self->delay ? OUTCOME_BAD : OUTCOME_UNAVAILABLE;
}

/* Tokens that are tied to how somebody came in. */
static bool bind_holds(const struct authtoken *self, const struct request *request, const struct token_info *info)
{
    const char *mode = self->bind_mode ? self->bind_mode : "permissive";
    bool permissive = !strcmp(mode, "permissive"), lenient = permissive || !strcmp(mode, "strict");
    struct json_scan scan = json_scan_text(info->bind.text, info->bind.length);
    struct json_piece key, value;
    bool named = lenient || !strcmp(mode, "required"), any = false, holds = true;

    if (!strcmp(mode, "disabled"))
        return true;
    if (info->bind.text && json_scan_object(&scan))
        while (json_scan_key(&scan, &key)) {
            any = true;
            if (json_piece_is(key, mode, strlen(mode)))
                named = true;
            if (!json_key_is(key, "kerberos")) {
                json_scan_skip(&scan);
                holds = holds && permissive;
                continue;
            }
            const char *type = request_param(request, "AUTH_TYPE"), *user = request_param(request, "REMOTE_USER");
            if (!json_scan_string(&scan, &value) || !type || strcasecmp(type, "negotiate") || !user ||
                strcmp(user, json_piece_text(request->mem, value)))
                holds = false;
        }
    if (!any)
        return lenient;
    return named && holds;
}

/* What an application credential's rules say of this request. */
static bool rules_hold(const struct authtoken *self, struct request *request, const struct token_info *info,
                       bool with_service)
{
    const char *path;
    size_t length;

    if (!info->access_rules.text)
        return true;
    if (!self->service_type) {
        log_warning("Cannot validate request with restricted access rules. Set service_type in [keystone_authtoken] "
                    "to allow access rule validation.");
        return false;
    }
    path = mem_printf(request->mem, "%s%s", request->script_name, request->path_info);
    length = strlen(path);
    if (!strcmp(self->service_type, "identity") && !strcmp(request->method, "GET") && length >= 15 &&
        !strcmp(path + length - 15, "/v3/auth/tokens"))
        return true;
    if (!access_rules_service_known(info->catalogue, self->service_type)) {
        log_warning("Cannot validate request with restricted access rules. service_type in [keystone_authtoken] is "
                    "not a valid service type in the catalog.");
        return false;
    }
    return with_service ||
           access_rules_allow(request->mem, info->access_rules, self->service_type, request->method, path);
}

/* ---- headers ---- */

static void drop_headers(struct request *request)
{
    for (size_t i = 0; i < sizeof(identity_headers) / sizeof(identity_headers[0]); i++)
        request_delete_param(request, identity_headers[i]);
}

static void put(struct request *request, const char *name, const char *value)
{
    if (value)
        request_set_param(request, name, value);
}

static const char *joined(const void *mem, const char *const *roles)
{
    struct strbuf text;

    strbuf_init(&text, mem, 64);
    for (size_t i = 0; roles[i]; i++) {
        if (i)
            strbuf_putc(&text, ',');
        strbuf_puts(&text, roles[i]);
    }
    return text.data;
}

#define PUT_PARTIES(prefix)                                                                                            \
    do {                                                                                                               \
        put(request, prefix "ROLES", joined(request->mem, info->roles));                                               \
        put(request, prefix "DOMAIN_ID", info->domain.id);                                                             \
        put(request, prefix "DOMAIN_NAME", info->domain.name);                                                         \
        put(request, prefix "PROJECT_ID", info->project.id);                                                           \
        put(request, prefix "PROJECT_NAME", info->project.name);                                                       \
        put(request, prefix "PROJECT_DOMAIN_ID", info->project.domain_id);                                             \
        put(request, prefix "PROJECT_DOMAIN_NAME", info->project.domain_name);                                         \
        put(request, prefix "USER_ID", info->user.id);                                                                 \
        put(request, prefix "USER_NAME", info->user.name);                                                             \
        put(request, prefix "USER_DOMAIN_ID", info->user.domain_id);                                                   \
        put(request, prefix "USER_DOMAIN_NAME", info->user.domain_name);                                               \
        if (info->system_all)                                                                                          \
            put(request, "HTTP_OPENSTACK_SYSTEM_SCOPE", "all");                                                        \
        else                                                                                                           \
            request_delete_param(request, "HTTP_OPENSTACK_SYSTEM_SCOPE");                                              \
    } while (0)

static void put_user(const struct authtoken *self, struct request *request, const struct token_info *info)
{
    PUT_PARTIES("HTTP_X_");
    put(request, "HTTP_X_IS_ADMIN_PROJECT", info->is_admin_project ? "True" : "False");
    put(request, "HTTP_X_ROLE", request_param(request, "HTTP_X_ROLES"));
    put(request, "HTTP_X_USER", info->user.name);
    put(request, "HTTP_X_TENANT_ID", info->project.id);
    put(request, "HTTP_X_TENANT_NAME", info->project.name);
    put(request, "HTTP_X_TENANT", info->project.name);
    put(request, "keystone.token_info", "");
    /* A checked token without one is checked all the same: the service's own token goes beside it. */
    request->context->token_catalog = self->check.include_catalogue && info->catalogue.text
                                          ? mem_strndup(request->mem, info->catalogue.text, info->catalogue.length)
                                          : "[]";
}

/* As a user's; upstream lets the scope follow the service's token then. */
static void put_service(struct request *request, const struct token_info *info)
{
    PUT_PARTIES("HTTP_X_SERVICE_");
}

/* ---- the filter ---- */

static bool has_role(const struct token_info *info, const char *const *wanted)
{
    for (; *wanted; wanted++)
        for (size_t i = 0; info->roles[i]; i++)
            if (!strcmp(info->roles[i], *wanted))
                return true;
    return false;
}

static struct fault *unavailable(const struct request *request, enum outcome outcome)
{
    if (outcome == OUTCOME_NO_KEYSTONE)
        return fault_new(request->mem, keystone_EndpointNotFound,
                         "Could not find requested endpoint in Service Catalog.");
    return fault_http(request->mem, 503, UNAVAILABLE);
}

static void refuse(const struct authtoken *self, struct request *request)
{
    log_info("Rejecting request");
    response_reset(&request->response, request->mem);
    request->response.status = 401;
    response_add_header(&request->response, request->mem, "Content-Type", "application/json");
    response_add_header(&request->response, request->mem, "WWW-Authenticate", self->authenticate);
    strbuf_puts(&request->response.body, REFUSAL);
}

/* A token without the white space around it; NULL: there is none. */
static const char *token_of(const struct request *request, const char *header)
{
    const char *text = request_header(request, header);

    return text_is_empty(text) ? NULL : text_strip(request->mem, text);
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    static bool warned_of_roles;
    struct authtoken *self = filter->state;
    struct token_info user, service;
    const char *service_token, *user_token;
    bool user_valid = false, service_valid = false, allow_expired = false;
    enum outcome outcome;

    if (self->worker != request->worker) {
        take_paste_options(self, request->worker);
        self->worker = request->worker;
    }
    drop_headers(request);
    service_token = token_of(request, "X-Service-Token");
    user_token = token_of(request, request_header(request, "X-Auth-Token") ? "X-Auth-Token" : "X-Storage-Token");
    if (service_token) {
        outcome = fetch(self, request, service_token, false, &service);
        if (outcome > OUTCOME_BAD)
            return unavailable(request, outcome);
        if (outcome == OUTCOME_BAD || token_info_expired(&service) || !bind_holds(self, request, &service)) {
            log_info("Invalid service token");
        } else {
            allow_expired = has_role(&service, self->service_token_roles);
            service_valid = allow_expired || !self->service_token_roles_required;
            if (!self->service_token_roles_required && !warned_of_roles) {
                warned_of_roles = true;
                log_warning("A valid token was submitted as a service token, but it was not a valid service token. "
                            "This is incorrect but backwards compatible behaviour. This will be removed in future "
                            "releases.");
            }
        }
        request_set_param(request, "HTTP_X_SERVICE_IDENTITY_STATUS", service_valid ? "Confirmed" : "Invalid");
    }
    if (user_token) {
        outcome = fetch(self, request, user_token, allow_expired, &user);
        if (outcome > OUTCOME_BAD)
            return unavailable(request, outcome);
        user_valid = outcome == OUTCOME_GOOD && (allow_expired || !token_info_expired(&user)) &&
                     rules_hold(self, request, &user, service_token != NULL) &&
                     (service_token || bind_holds(self, request, &user));
        if (!user_valid)
            log_info("Invalid user token");
    }
    request_set_param(request, "HTTP_X_IDENTITY_STATUS", user_valid ? "Confirmed" : "Invalid");
    if (!user_valid || (service_token && !service_valid)) {
        if (!self->delay) {
            refuse(self, request);
            *verdict = VERDICT_DONE;
            return NULL;
        }
        log_debug("Deferring reject downstream");
    }
    if (user_valid)
        put_user(self, request, &user);
    if (service_valid)
        put_service(request, &service);
    return NULL;
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    const struct authtoken *self = filter->state;

    if (!fault && request->response.status == 401)
        response_add_header(&request->response, request->mem, "WWW-Authenticate", self->authenticate);
    return fault;
}

const struct middleware authtoken = { .name = "authtoken", .open = open_filter, .enter = enter, .leave = leave };
