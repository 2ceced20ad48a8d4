/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking keystone for tokens; see the header.
 *
 * What a group's options mean is read once and kept with its token.  The
 * body of a token request holds a password: it is made on memory of its own,
 * which is freed at once, and never logged.
 */
#include "config.h"

#include "fcgi_app/clients/identity.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/state.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"

#include <limits.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

LOG_MODULE("keystoneauth.identity");

#define TOKEN_LEFT_USEC (INT64_C(120) * 1000000) /* with less life than this a token is replaced */

/* An option set from elsewhere than nova.conf. */
struct setting_kept {
    struct setting_kept *next;
    const char *name, *value;
};

/* One group's user. */
struct user {
    struct user *next;
    const char *group;
    struct setting_kept *settings;
    const char *base; /* v3 URL, once discovered */
    struct identity_token token;
    void *kept; /* what the token's texts hang on */
    bool has_token;
};

struct users {
    struct user *first;
};

static struct user *user_of(struct worker *worker, const char *group)
{
    struct users *users = clients_state(worker, "identity", sizeof(struct users));
    struct user *user;

    for (user = users->first; user; user = user->next)
        if (!strcmp(user->group, group))
            return user;
    user = mem_new(users, struct user);
    user->group = mem_strdup(user, group);
    user->next = users->first;
    users->first = user;
    return user;
}

/* ---- options ---- */

/* Options that keystoneauth still reads under an older name. */
static const char *const older_names[][2] = {
    { "username", "user-name" },
    { "project-id", "tenant-id" },
    { "project-name", "tenant-name" },
    { "auth-type", "auth-plugin" },
};

/* An option in its two spellings: as a member's name, and with dashes. */
static const char *spelled(const struct worker *worker, const char *section, const char *name)
{
    char underscored[64];
    const char *value;
    size_t i;

    for (i = 0; i < sizeof(underscored) - 1 && name[i]; i++)
        underscored[i] = name[i] == '-' ? '_' : name[i];
    underscored[i] = '\0';
    value = conf_raw(worker->conf, section, underscored);
    return value ? value : conf_raw(worker->conf, section, name);
}

static const char *read_option(const struct worker *worker, const char *section, const char *name)
{
    const char *value = spelled(worker, section, name);

    for (size_t i = 0; !value && i < sizeof(older_names) / sizeof(older_names[0]); i++)
        if (!strcmp(older_names[i][0], name))
            value = spelled(worker, section, older_names[i][1]);
    return value;
}

/* Names are the same with dashes and with underscores. */
static bool same_name(const char *left, const char *right)
{
    while (*left && (*left == *right || (strchr("-_", *left) && *right && strchr("-_", *right)))) {
        left++;
        right++;
    }
    return *left == *right;
}

static struct setting_kept *find_setting(struct user *user, const char *name)
{
    struct setting_kept *setting = user->settings;

    while (setting && !same_name(setting->name, name))
        setting = setting->next;
    return setting;
}

/* Each option is read once: what conf_raw() gives stays with the configuration. */
static const char *keep_setting(struct user *user, const char *name, const char *value)
{
    struct setting_kept *setting = find_setting(user, name);

    if (!setting) {
        setting = mem_new(user, struct setting_kept);
        setting->name = mem_strdup(setting, name);
        setting->next = user->settings;
        user->settings = setting;
    }
    setting->value = value;
    return value;
}

void identity_set(struct worker *worker, const char *group, const char *name, const char *value)
{
    struct user *user = user_of(worker, group);

    keep_setting(user, name, mem_strdup(user, value));
}

const char *identity_option(struct worker *worker, const char *group, const char *name)
{
    struct user *user = user_of(worker, group);
    const struct setting_kept *setting = find_setting(user, name);
    const char *section;

    if (setting)
        return setting->value;
    if (!strcmp(name, "auth-section"))
        return keep_setting(user, name, read_option(worker, group, name));
    section = identity_option(worker, group, "auth-section");
    return keep_setting(user, name, read_option(worker, text_is_empty(section) ? group : section, name));
}

bool identity_configured(struct worker *worker, const char *group)
{
    return !text_is_empty(identity_option(worker, group, "auth-type"));
}

/* ---- faults ---- */

struct fault *identity_connection_fault(const void *mem, const struct http_call *call)
{
    switch (call->failure) {
    case HTTP_TIMEOUT:
        return fault_text(mem, keystone_ConnectTimeout, "Request to %s timed out", call->url);
    case HTTP_TLS_FAILURE:
        return fault_text(mem, keystone_SSLError, "SSL exception connecting to %s: %s", call->url, call->error);
    case HTTP_BROKEN:
        return fault_text(mem, keystone_UnknownConnectionError, "Unexpected exception for %s: %s", call->url,
                          call->error);
    default:
        return fault_text(mem, keystone_ConnectFailure, "Unable to establish connection to %s: %s", call->url,
                          call->error ? call->error : "");
    }
}

struct fault *identity_http_fault(const void *mem, const struct http_call *call)
{
    const char *type = http_reply_header(call, "Content-Type");
    const char *message = NULL, *request_id = http_reply_header(call, "x-openstack-request-id");
    json_t *tree = NULL;

    if (type && !strncmp(type, "application/json", 16) && !json_read(mem, call->reply, call->reply_size, &tree)) {
        const json_t *error = json_object_get(tree, "error");

        if (json_is_object(error))
            message = json_string_value(json_object_get(error, "message"));
        else
            message = "Unrecognized schema in response body.";
    }
    if (!message)
        message = call->status == 401 ? "Unauthorized" : "HTTP Error";
    message = request_id ? mem_printf(mem, "%s (HTTP %d) (Request-ID: %s)", message, call->status, request_id)
                         : mem_printf(mem, "%s (HTTP %d)", message, call->status);
    if (call->status == 401)
        return fault_text(mem, keystone_Unauthorized, "%s", message);
    return fault_text(mem, keystone_HttpError, "%s", message);
}

const char *identity_redirected(const void *mem, const struct http_call *call)
{
    const char *location = http_reply_header(call, "Location"), *host;

    if (call->failure != HTTP_ANSWERED || !location ||
        !(call->status == 301 || call->status == 302 || call->status == 303 || call->status == 305 ||
          call->status == 307 || call->status == 308))
        return NULL;
    if (strstr(location, "://"))
        return location;
    host = strstr(call->url, "://");
    return mem_printf(mem, "%.*s%s%s", (int)(host + 3 + strcspn(host + 3, "/?#") - call->url), call->url,
                      *location == '/' ? "" : "/", location);
}

void identity_perform(struct worker *worker, const void *mem, const struct identity_way *way, struct http_call *call)
{
    double delay = 0.5;
    int left = way->connect_retries, redirects = 0;
    const char *next;

    call->tls = way->tls;
    call->connect_timeout = way->connect_timeout;
    call->idle_timeout = way->idle_timeout;
    for (;;) {
        http_perform(worker, mem, call, 1);
        next = redirects < IDENTITY_MAX_REDIRECTS ? identity_redirected(mem, call) : NULL;
        if (next) {
            call->url = next;
            redirects++;
            continue;
        }
        if (call->failure == HTTP_TIMEOUT && way->patient)
            return;
        if ((call->failure != HTTP_CONNECT_FAILURE && call->failure != HTTP_TIMEOUT) || left-- <= 0)
            return;
        log_info("Failure: %s. Retrying in %.1fs.", identity_connection_fault(mem, call)->message, delay);
        usleep((useconds_t)(delay * 1e6));
        delay = delay * 2 > 60 ? 60 : delay * 2;
    }
}

/* ---- the request for a token ---- */

/* What a group's user is made of; NULL members: not set. */
struct options {
    const char *type, *auth_url;
    const char *username, *user_id, *password, *user_domain_id, *user_domain_name;
    const char *token;
    const char *credential_id, *credential_name, *credential_secret;
    const char *system_scope, *domain_id, *domain_name, *trust_id;
    const char *project_id, *project_name, *project_domain_id, *project_domain_name;
};

static const char *set_option(struct worker *worker, const char *group, const char *name)
{
    const char *value = identity_option(worker, group, name);

    return text_is_empty(value) ? NULL : value;
}

static const char *or_else(const char *value, const char *otherwise)
{
    return value ? value : otherwise;
}

static struct options read_options(struct worker *worker, const char *group)
{
    const char *default_id = set_option(worker, group, "default-domain-id");
    const char *default_name = set_option(worker, group, "default-domain-name");
    struct options options = {
        .type = set_option(worker, group, "auth-type"),
        .auth_url = set_option(worker, group, "auth-url"),
        .username = set_option(worker, group, "username"),
        .user_id = set_option(worker, group, "user-id"),
        .password = set_option(worker, group, "password"),
        .user_domain_id = or_else(set_option(worker, group, "user-domain-id"), default_id),
        .user_domain_name = or_else(set_option(worker, group, "user-domain-name"), default_name),
        .token = set_option(worker, group, "token"),
        .credential_id = set_option(worker, group, "application_credential_id"),
        .credential_name = set_option(worker, group, "application_credential_name"),
        .credential_secret = set_option(worker, group, "application_credential_secret"),
        .system_scope = set_option(worker, group, "system-scope"),
        .domain_id = set_option(worker, group, "domain-id"),
        .domain_name = set_option(worker, group, "domain-name"),
        .trust_id = set_option(worker, group, "trust-id"),
        .project_id = set_option(worker, group, "project-id"),
        .project_name = set_option(worker, group, "project-name"),
        .project_domain_id = or_else(set_option(worker, group, "project-domain-id"), default_id),
        .project_domain_name = or_else(set_option(worker, group, "project-domain-name"), default_name),
    };

    return options;
}

static void put_member(struct strbuf *out, const char *key, const char *value)
{
    json_put_string(out, key);
    strbuf_puts(out, ": ");
    json_put_string(out, value);
}

/* {"id": …} or {"name": …}, the id when both are known. */
static void put_reference(struct strbuf *out, const char *id, const char *name)
{
    strbuf_putc(out, '{');
    put_member(out, id ? "id" : "name", id ? id : name);
    strbuf_putc(out, '}');
}

static void put_user(struct strbuf *out, const struct options *options)
{
    strbuf_puts(out, "\"user\": {");
    put_member(out, options->user_id ? "id" : "name", options->user_id ? options->user_id : options->username);
    if (!options->user_id && (options->user_domain_id || options->user_domain_name)) {
        strbuf_puts(out, ", \"domain\": ");
        put_reference(out, options->user_domain_id, options->user_domain_name);
    }
}

static struct fault *put_method(struct strbuf *out, const void *mem, const struct options *options)
{
    if (!strcmp(options->type, "password") || !strcmp(options->type, "v3password")) {
        if (!options->username && !options->user_id)
            return fault_new(mem, keystone_AuthorizationFailure, "a password needs username or user_id beside it");
        strbuf_puts(out, "{\"methods\": [\"password\"], \"password\": {");
        put_user(out, options);
        strbuf_puts(out, ", ");
        put_member(out, "password", or_else(options->password, ""));
        strbuf_puts(out, "}}}");
        return NULL;
    }
    if (!strcmp(options->type, "token") || !strcmp(options->type, "v3token")) {
        if (!options->token)
            return fault_new(mem, keystone_AuthorizationFailure, "auth_type token needs the option token");
        strbuf_puts(out, "{\"methods\": [\"token\"], \"token\": {");
        put_member(out, "id", options->token);
        strbuf_puts(out, "}}");
        return NULL;
    }
    if (!strcmp(options->type, "v3applicationcredential")) {
        if (!options->credential_secret || (!options->credential_id && !options->credential_name))
            return fault_new(mem, keystone_AuthorizationFailure,
                             "an application credential needs its secret, and its id or name");
        strbuf_puts(out, "{\"methods\": [\"application_credential\"], \"application_credential\": {");
        if (options->credential_id) {
            put_member(out, "id", options->credential_id);
        } else {
            put_member(out, "name", options->credential_name);
            if (options->username || options->user_id) {
                strbuf_puts(out, ", ");
                put_user(out, options);
                strbuf_putc(out, '}');
            }
        }
        strbuf_puts(out, ", ");
        put_member(out, "secret", options->credential_secret);
        strbuf_puts(out, "}}");
        return NULL;
    }
    return fault_text(mem, keystone_AuthorizationFailure, "The plugin %s could not be found", options->type);
}

static struct fault *put_scope(struct strbuf *out, const void *mem, const struct options *options)
{
    bool domain = options->domain_id || options->domain_name, project = options->project_id || options->project_name;

    if (domain + project + (options->trust_id != NULL) > 1)
        return fault_new(mem, keystone_AuthorizationFailure,
                         "Authentication cannot be scoped to multiple targets. Pick one of: project, domain, trust or "
                         "unscoped");
    if (domain) {
        strbuf_puts(out, ", \"scope\": {\"domain\": ");
        put_reference(out, options->domain_id, options->domain_name);
        strbuf_putc(out, '}');
    } else if (options->project_id) {
        strbuf_puts(out, ", \"scope\": {\"project\": ");
        put_reference(out, options->project_id, NULL);
        strbuf_putc(out, '}');
    } else if (options->project_name) {
        strbuf_puts(out, ", \"scope\": {\"project\": {");
        put_member(out, "name", options->project_name);
        if (options->project_domain_id || options->project_domain_name) {
            strbuf_puts(out, ", \"domain\": ");
            put_reference(out, options->project_domain_id, options->project_domain_name);
        }
        strbuf_puts(out, "}}");
    } else if (options->trust_id) {
        strbuf_puts(out, ", \"scope\": {\"OS-TRUST:trust\": {");
        put_member(out, "id", options->trust_id);
        strbuf_puts(out, "}}");
    } else if (options->system_scope && !strcmp(options->system_scope, "all")) {
        strbuf_puts(out, ", \"scope\": {\"system\": {\"all\": true}}");
    }
    return NULL;
}

bool identity_time(const char *text, int64_t *usec)
{
    char plain[32];
    size_t length = strlen(text);

    if (length < 20 || length >= sizeof(plain) || text[10] != 'T' || text[length - 1] != 'Z')
        return false;
    memcpy(plain, text, length);
    plain[10] = ' ';
    return clock_parse_sql(plain, length - 1, usec);
}

/* The id in {"id": …} that stands next. */
static const char *scan_id(const void *mem, struct json_scan *scan)
{
    struct json_piece raw, id;
    struct json_scan inner;

    json_scan_raw(scan, &raw);
    inner = json_scan_text(raw.text, raw.length);
    return json_scan_find(&inner, "id") && json_scan_string(&inner, &id) ? json_piece_text(mem, id) : NULL;
}

/* Reads what keystone made; the texts hang on the user. */
static struct fault *take_answer(const void *mem, struct user *user, const struct http_call *call)
{
    const char *text = http_reply_header(call, "X-Subject-Token");
    struct json_scan scan = json_scan_text(call->reply, call->reply_size);
    void *kept = mem_context(user, "token");
    struct identity_token token = { .expires_usec = INT64_MIN };
    struct json_piece key, value;

    if (text && json_scan_find(&scan, "token") && json_scan_object(&scan))
        while (json_scan_key(&scan, &key)) {
            if (json_key_is(key, "expires_at")) {
                if (!json_scan_string(&scan, &value) ||
                    !identity_time(json_piece_text(mem, value), &token.expires_usec))
                    break;
            } else if (json_key_is(key, "catalog")) {
                json_scan_raw(&scan, &value);
                token.catalogue = mem_strndup(kept, value.text, value.length);
            } else if (json_key_is(key, "user")) {
                token.user_id = scan_id(kept, &scan);
            } else if (json_key_is(key, "project")) {
                token.project_id = scan_id(kept, &scan);
            } else {
                json_scan_skip(&scan);
            }
        }
    if (scan.bad || token.expires_usec == INT64_MIN) {
        talloc_free(kept);
        return fault_text(mem, keystone_ClientException, "Invalid response to a request for a token.");
    }
    token.text = mem_strdup(kept, text);
    talloc_free(user->kept);
    user->kept = kept;
    user->token = token;
    user->has_token = true;
    return NULL;
}

static struct fault *ask(struct worker *worker, const void *mem, struct user *user, const struct identity_way *way,
                         const struct options *options)
{
    const struct http_header headers[] = { { "Accept", "application/json" }, { "Content-Type", "application/json" } };
    void *secret = mem_context(mem, "credentials");
    struct http_call call = { .method = "POST", .headers = headers, .header_count = 2 };
    struct strbuf body;
    struct fault *fault;
    size_t length;

    strbuf_init(&body, secret, 512);
    strbuf_puts(&body, "{\"auth\": {\"identity\": ");
    fault = put_method(&body, mem, options);
    if (!fault)
        fault = put_scope(&body, mem, options);
    strbuf_puts(&body, "}}");
    if (fault) {
        talloc_free(secret);
        return fault;
    }
    length = strlen(user->base);
    call.url = mem_printf(mem, "%s%s/auth/tokens", user->base,
                          length > 1 && !strcmp(user->base + length - 2, "v3") ? "" : "/v3");
    call.body = body.data;
    call.body_size = body.length;
    log_debug("Making authentication request to %s", call.url);
    identity_perform(worker, mem, way, &call);
    explicit_bzero(body.data, body.length);
    talloc_free(secret);
    if (call.failure != HTTP_ANSWERED)
        return identity_connection_fault(mem, &call);
    if (call.status >= 400)
        return identity_http_fault(mem, &call);
    return take_answer(mem, user, &call);
}

/* A user whom keystone need not know: a fixed endpoint and a word in place of a token. */
static void take_fixed(struct user *user, const char *text, const char *endpoint)
{
    user->token = (struct identity_token){ .text = text, .endpoint = endpoint, .expires_usec = INT64_MAX };
    user->has_token = true;
}

struct fault *identity_token(struct worker *worker, const void *mem, const char *group, const struct identity_way *way,
                             const struct identity_token **token)
{
    struct user *user = user_of(worker, group);
    struct options options;

    *token = &user->token;
    if (user->has_token && user->token.expires_usec - TOKEN_LEFT_USEC > clock_utc_usec())
        return NULL;
    if (!identity_configured(worker, group))
        return fault_new(mem, keystone_MissingAuthPlugin, "An auth plugin is required to fetch a token");
    options = read_options(worker, group);
    if (!strcmp(options.type, "none")) {
        take_fixed(user, "notused", set_option(worker, group, "endpoint"));
        return NULL;
    }
    if (!strcmp(options.type, "admin_token")) {
        take_fixed(user, options.token, set_option(worker, group, "endpoint"));
        return options.token ? NULL
                             : fault_new(mem, keystone_AuthorizationFailure, "auth_type admin_token needs a token");
    }
    if (!options.auth_url)
        return fault_new(mem, keystone_AuthorizationFailure,
                         "Auth plugin requires parameters which were not given: auth_url");
    if (!user->base) {
        const char *base = options.auth_url;

        /* The plugins of v3 alone trust their URL. */
        if (!strcmp(options.type, "password") || !strcmp(options.type, "token"))
            TRY(identity_discover(worker, mem, options.auth_url, way, &base));
        user->base = identity_plain_url(user, base);
    }
    user->has_token = false;
    return ask(worker, mem, user, way, &options);
}

bool identity_drop(struct worker *worker, const char *group)
{
    struct user *user = user_of(worker, group);
    bool had = user->has_token && user->token.expires_usec != INT64_MAX;

    if (had)
        user->has_token = false;
    return had;
}
