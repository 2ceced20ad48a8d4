/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/launcher/frontend.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

/* What an API's block is made of. */
struct site {
    const char *api;
    const char *address; /* of the FastCGI socket */
    const char *listen;  /* of the front server */
    int port;
    bool tls;
    const char *cert, *key, *ca;
    int timeout; /* seconds that an answer may take */
    int keep;    /* seconds that a connection without request is kept; 0: none is */
    bool bare;
};

static const struct api {
    const char *name;
    enum option address, listen, port;
} apis[] = {
    { "osapi_compute", OPTION_fcgi_osapi_compute_address, OPTION_DEFAULT_osapi_compute_listen,
      OPTION_DEFAULT_osapi_compute_listen_port },
    { "metadata", OPTION_fcgi_metadata_address, OPTION_DEFAULT_metadata_listen, OPTION_DEFAULT_metadata_listen_port },
};

static bool listed(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool is_path(const char *address)
{
    return address[0] == '/';
}

/* host:port, the host of an IPv6 address in brackets. */
static const char *split_address(const void *mem, const char *address, const char **port)
{
    const char *colon = strrchr(address, ':');

    *port = colon ? colon + 1 : "";
    return mem_strndup(mem, address, colon ? (size_t)(colon - address) : strlen(address));
}

static const char *bracketed(const void *mem, const char *host)
{
    return strchr(host, ':') && host[0] != '[' ? mem_printf(mem, "[%s]", host) : host;
}

static void print_lighttpd(const void *mem, const struct site *site, FILE *out)
{
    const char *port;
    const char *host = split_address(mem, site->address, &port);
    const char *indent = site->bare ? "" : "    ";

    if (!site->bare) {
        fprintf(out, "$SERVER[\"socket\"] == \"%s:%d\" {\n", bracketed(mem, site->listen), site->port);
        if (site->tls) {
            fprintf(out, "    ssl.engine = \"enable\"\n    ssl.pemfile = \"%s\"\n    ssl.privkey = \"%s\"\n",
                    site->cert, site->key);
            if (site->ca)
                fprintf(out,
                        "    ssl.ca-file = \"%s\"\n    ssl.verifyclient.activate = \"enable\"\n"
                        "    ssl.verifyclient.enforce = \"enable\"\n",
                        site->ca);
        }
    }
    if (site->keep)
        fprintf(out, "%sserver.max-keep-alive-idle = %d\n", indent, site->keep);
    else
        fprintf(out, "%sserver.max-keep-alive-requests = 0\n", indent);
    fprintf(out, "%sfastcgi.server = ( \"/\" => ((\n", indent);
    if (is_path(site->address))
        fprintf(out, "%s    \"socket\" => \"%s\",\n", indent, site->address);
    else
        fprintf(out, "%s    \"host\" => \"%s\", \"port\" => %s,\n", indent, host, port);
    fprintf(out, "%s    \"check-local\" => \"disable\",\n%s    \"fix-root-scriptname\" => \"enable\",\n", indent,
            indent);
    fprintf(out, "%s    \"read-timeout\" => %d\n%s)) )\n", indent, site->timeout, indent);
    if (!site->bare)
        fprintf(out, "}\n");
}

static void print_apache(const void *mem, const struct site *site, FILE *out)
{
    const char *listen = bracketed(mem, site->listen);

    if (!site->bare) {
        fprintf(out, "Listen %s:%d\n<VirtualHost %s:%d>\n", listen, site->port, listen, site->port);
        if (site->tls) {
            fprintf(out, "    SSLEngine on\n    SSLCertificateFile %s\n    SSLCertificateKeyFile %s\n", site->cert,
                    site->key);
            if (site->ca)
                fprintf(out, "    SSLCACertificateFile %s\n    SSLVerifyClient require\n", site->ca);
        }
    }
    fprintf(out, "    AllowEncodedSlashes NoDecode\n    ProxyFCGIBackendType GENERIC\n");
    if (site->keep)
        fprintf(out, "    KeepAlive On\n    KeepAliveTimeout %d\n", site->keep);
    else
        fprintf(out, "    KeepAlive Off\n");
    if (is_path(site->address))
        fprintf(out, "    ProxyPass / unix:%s|fcgi://nova-%s/ timeout=%d disablereuse=on\n", site->address, site->api,
                site->timeout);
    else
        fprintf(out, "    ProxyPass / fcgi://%s/ timeout=%d disablereuse=on\n", site->address, site->timeout);
    if (!site->bare)
        fprintf(out, "</VirtualHost>\n");
}

static void print_nginx(const void *mem, const struct site *site, FILE *out)
{
    if (!site->bare) {
        fprintf(out, "server {\n    listen %s:%d%s;\n", bracketed(mem, site->listen), site->port,
                site->tls ? " ssl" : "");
        if (site->tls) {
            fprintf(out, "    ssl_certificate %s;\n    ssl_certificate_key %s;\n", site->cert, site->key);
            if (site->ca)
                fprintf(out, "    ssl_client_certificate %s;\n    ssl_verify_client on;\n", site->ca);
        }
        fprintf(out, "    client_max_body_size 0;\n    large_client_header_buffers 8 64k;\n");
    }
    fprintf(out,
            "    location / {\n        include fastcgi_params;\n        fastcgi_param SCRIPT_NAME \"\";\n"
            "        fastcgi_param PATH_INFO $document_uri;\n        fastcgi_param HTTP_PROXY \"\";\n"
            "        fastcgi_pass %s%s;\n        fastcgi_read_timeout %d;\n"
            "        keepalive_timeout %d;\n    }\n",
            is_path(site->address) ? "unix:" : "", site->address, site->timeout, site->keep);
    if (!site->bare)
        fprintf(out, "}\n");
}

/* One row a front server; `head` stands once at the top. */
static const struct front {
    const char *name;
    const char *head;
    const char *tls_head; /* added when an API ends TLS there */
    void (*print)(const void *mem, const struct site *site, FILE *out);
} fronts[] = {
    { "lighttpd",
      "server.modules += ( \"mod_fastcgi\" )\nserver.max-request-field-size = 65536\n"
      "# What a query may hold is the API's to judge.\n"
      "server.http-parseopts = ( \"url-invalid-utf8-reject\" => \"disable\", \"url-ctrls-reject\" => \"disable\" )\n"
      "server.stream-response-body = 1\n",
      "server.modules += ( \"mod_openssl\" )\n", print_lighttpd },
    { "apache", "# needs: a2enmod proxy proxy_fcgi\n", "# needs: a2enmod ssl\n", print_apache },
    { "nginx", "", "", print_nginx },
};

const char *frontend_address(const void *mem, const struct conf *conf, const char *api)
{
    for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++)
        if (strcmp(apis[i].name, api) == 0) {
            const char *address = conf_string(conf, apis[i].address);

            if (!text_is_empty(address))
                return address;
        }
    return mem_printf(mem, "%s/%s.sock", conf_string(conf, OPTION_fcgi_socket_dir), api);
}

static const struct front *front_find(const char *name)
{
    for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++)
        if (strcmp(fronts[i].name, name) == 0)
            return &fronts[i];
    return NULL;
}

/*
 * How long the front server keeps a connection on which nothing is asked: as long as upstream's own server does.
 * A client that waits between its looks at a server must not find the line closed under its next one.
 */
#define KEEP_MAX 65535
static int keep_seconds(const struct conf *conf)
{
    int64_t seconds = conf_int(conf, OPTION_wsgi_client_socket_timeout);

    if (!conf_bool(conf, OPTION_wsgi_keep_alive))
        return 0;
    return seconds > 0 && seconds < KEEP_MAX ? (int)seconds : KEEP_MAX;
}

struct fault *frontend_print(const void *mem, const struct conf *conf, const char *server, bool bare, FILE *out)
{
    const struct front *front = front_find(server);
    const char *const *enabled = conf_list(conf, OPTION_DEFAULT_enabled_apis);
    const char *const *with_tls = conf_list(conf, OPTION_DEFAULT_enabled_ssl_apis);
    int64_t timeout = conf_int(conf, OPTION_fcgi_request_timeout);

    if (!front)
        return fault_new(mem, Internal, mem_printf(mem, "'%s' is none of lighttpd, apache, nginx", server));
    fprintf(out, "# %s in front of nova-api-fcgi; printed from its options.\n%s%s", front->name, front->head,
            with_tls[0] && !bare ? front->tls_head : "");
    for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
        struct site site = {
            .api = apis[i].name,
            .listen = conf_string(conf, apis[i].listen),
            .port = (int)conf_int(conf, apis[i].port),
            .tls = listed(with_tls, apis[i].name),
            .cert = conf_string(conf, OPTION_wsgi_ssl_cert_file),
            .key = conf_string(conf, OPTION_wsgi_ssl_key_file),
            .ca = conf_string(conf, OPTION_wsgi_ssl_ca_file),
            .timeout = timeout > 0 ? (int)timeout + 10 : 3600,
            .keep = keep_seconds(conf),
            .bare = bare,
        };

        if (!listed(enabled, apis[i].name))
            continue;
        if (site.tls && (text_is_empty(site.cert) || text_is_empty(site.key)))
            return fault_new(mem, Internal,
                             "When running server in SSL mode, you must specify both a cert_file and key_file option "
                             "value in your configuration file");
        site.address = frontend_address(mem, conf, apis[i].name);
        fprintf(out, "\n# %s\n", apis[i].name);
        front->print(mem, &site, out);
    }
    return NULL;
}
