/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that a server keeps: the groups named in [DEFAULT] config_source.
 * Their driver is oslo.config's `remote_file`, the only one that it brings: a
 * file fetched once, at start, which speaks where command line, environment
 * and local files say nothing.  A source that cannot be had is told and left.
 * Source: nova-facts/startup.md section 2.1.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/conf/private.h"
#include "fcgi_app/conf/repr.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

LOG_MODULE("oslo_config.cfg");

#define CONNECT_SECONDS 10L
#define TOTAL_SECONDS 60L
#define LARGEST_FILE (16 << 20)
#define REDIRECTS 30L /* as python-requests has it */

/* What a group of config_source says of one of the driver's words: the newest file wins; the environment before all. */
static const char *word_of(const void *mem, const struct conf *conf, const char *group, const char *name)
{
    char *variable = mem_printf(mem, "OS_%s__%s", group, name);
    const char *text;

    for (char *p = variable; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    text = getenv(variable);
    for (size_t i = conf->space->file_count; i > 0 && !text; i--) {
        const struct space_file *file = &conf->space->files[i - 1];

        for (size_t k = 0; k < file->ini->count && !text; k++)
            if (strcasecmp(file->names[k], group) == 0)
                text = ini_value(&file->ini->sections[k], name);
    }
    return text;
}

static size_t take(char *data, size_t size, size_t count, void *arg)
{
    struct strbuf *body = arg;

    if (body->length + size * count > LARGEST_FILE)
        return 0;
    strbuf_put(body, data, size * count);
    return size * count;
}

/* The file at the URI, into `body`; NULL, or why not. */
static const char *fetch(const void *mem, const struct conf *conf, const char *group, const char *uri,
                         struct strbuf *body)
{
    const char *authorities = word_of(mem, conf, group, "ca_path");
    const char *certificate = word_of(mem, conf, group, "client_cert");
    const char *key = word_of(mem, conf, group, "client_key");
    CURL *curl = curl_easy_init();
    struct stat status;
    CURLcode result;

    if (!curl)
        return "no memory for a transfer";
    curl_easy_setopt(curl, CURLOPT_URL, uri);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (authorities)
        curl_easy_setopt(curl,
                         stat(authorities, &status) == 0 && S_ISDIR(status.st_mode) ? CURLOPT_CAPATH : CURLOPT_CAINFO,
                         authorities);
    if (certificate)
        curl_easy_setopt(curl, CURLOPT_SSLCERT, certificate);
    if (certificate && key)
        curl_easy_setopt(curl, CURLOPT_SSLKEY, key);
    result = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return result == CURLE_OK ? NULL : curl_easy_strerror(result);
}

static const char *load_one(const void *mem, struct conf *conf, const char *group, const char *uri)
{
    struct strbuf body;
    struct fault *fault;
    const char *why;

    strbuf_init(&body, mem, 4096);
    why = fetch(mem, conf, group, uri, &body);
    if (why)
        return why;
    if (!conf->sources)
        conf->sources = mem_new(conf, struct space);
    fault = space_add_text(conf->sources, conf->sources, uri, body.data, body.length);
    return fault ? fault->message : NULL;
}

void sources_load(struct conf *conf)
{
    const char *const *groups = conf->values[OPTION_DEFAULT_config_source].list;
    void *scratch = mem_context(conf, "sources");

    for (size_t i = 0; groups && groups[i]; i++) {
        const char *quoted = repr_text(scratch, groups[i]);
        const char *driver = word_of(scratch, conf, groups[i], "driver");
        const char *uri, *why;

        if (!driver) {
            log_error("could not load configuration from %s, no 'driver' is set.", quoted);
            continue;
        }
        if (strcmp(driver, "remote_file") != 0) {
            log_error("could not load configuration from %s. Valid values are [remote_file], but found %s", quoted,
                      repr_text(scratch, driver));
            continue;
        }
        log_info("loading configuration from %s using %s", quoted, repr_text(scratch, driver));
        uri = word_of(scratch, conf, groups[i], "uri");
        why = uri ? load_one(scratch, conf, groups[i], uri)
                  : mem_printf(scratch, "value required for option uri in group [%s]", groups[i]);
        if (why)
            log_error("could not load configuration from %s using %s driver: %s", quoted, driver, why);
    }
    talloc_free(scratch);
}

bool sources_find(const void *mem, const struct conf *conf, enum option option, struct raw *raw)
{
    return conf->sources && space_find_first(mem, conf->sources, option, raw);
}
