/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules as the configuration wants them: [oslo_policy], its file and its
 * directories, and reading them again when they were changed.
 * Source: behaviour of oslo.policy 4.0 (Enforcer.load_rules, pick_default_policy_file).
 */
#include "config.h"

#include "fcgi_app/policies/policies.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/policies/file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

LOG_MODULE("oslo_policy.policy");

/* How often a process looks whether a file was changed. */
#define LOOK_USEC 500000

/* Where the rules come from. */
struct source {
    const void *mem;
    struct conf *conf;
    const char *name; /* of the file that is looked for; NULL: none */
    const char *path; /* NULL: not found yet */
    struct timespec file_time;
    struct timespec *directory_times; /* of each policy_dirs */
    uint64_t looked;
    bool said_gone;
};

static bool is_later(struct timespec one, struct timespec other)
{
    return one.tv_sec > other.tv_sec || (one.tv_sec == other.tv_sec && one.tv_nsec > other.tv_nsec);
}

/* policy.json stands in for a policy.yaml that nobody asked for and that is not there. */
static const char *pick_name(struct conf *conf, const void *scratch)
{
    const char *name = conf_string(conf, OPTION_oslo_policy_policy_file);

    if (name && !strcmp(name, "policy.yaml") && !conf_is_set(conf, OPTION_oslo_policy_policy_file) &&
        !conf_find_file(conf, scratch, name) && conf_find_file(conf, scratch, "policy.json"))
        return "policy.json";
    return name;
}

/* ---- has something changed? ---- */

static bool file_changed(struct source *source, const void *scratch)
{
    struct stat status;

    if (!source->path && source->name) {
        const char *path = conf_find_file(source->conf, scratch, source->name);

        source->path = path ? mem_strdup(source->mem, path) : NULL;
    }
    if (!source->path)
        return false;
    if (stat(source->path, &status)) {
        if (!source->said_gone)
            log_error("Config file not found %s: %s; the rules stay as they were read last", source->path,
                      strerror(errno));
        source->said_gone = true;
        return false;
    }
    source->said_gone = false;
    if (!is_later(status.st_mtim, source->file_time))
        return false;
    source->file_time = status.st_mtim;
    return true;
}

/* The latest change of a directory or of what is in it. */
static struct timespec directory_time(const void *scratch, const char *path)
{
    struct timespec latest = { 0, 0 };
    DIR *directory = opendir(path);
    struct dirent *entry;

    if (!directory)
        return latest;
    while ((entry = readdir(directory))) {
        const char *full = mem_printf(scratch, "%s/%s", path, entry->d_name);
        struct stat status;

        if (strcmp(entry->d_name, "..") != 0 && !stat(full, &status) && is_later(status.st_mtim, latest))
            latest = status.st_mtim;
    }
    closedir(directory);
    return latest;
}

static bool directories_changed(struct source *source, const void *scratch)
{
    const char *const *names = conf_list(source->conf, OPTION_oslo_policy_policy_dirs);
    bool changed = false;

    for (size_t i = 0; names[i]; i++) {
        const char *path = conf_find_file(source->conf, scratch, names[i]);
        struct timespec latest = path ? directory_time(scratch, path) : (struct timespec){ 0, 0 };

        if (!is_later(latest, source->directory_times[i]))
            continue;
        source->directory_times[i] = latest;
        changed = true;
    }
    return changed;
}

/* Both are asked, so that each remembers its time. */
static bool anything_changed(struct source *source, const void *scratch)
{
    bool file = file_changed(source, scratch);

    return directories_changed(source, scratch) || file;
}

/* ---- reading ---- */

static struct fault *read_files(struct source *source, const void *scratch, struct policy_overrides *overrides)
{
    if (source->path)
        TRY(policy_file_read(scratch, source->path, overrides));
    for (const char *const *name = conf_list(source->conf, OPTION_oslo_policy_policy_dirs); *name; name++) {
        const char *path = conf_find_file(source->conf, scratch, *name);

        if (path)
            TRY(policy_directory_read(scratch, path, overrides));
    }
    return NULL;
}

static struct policy_settings settings_of(struct conf *conf, const struct policy_overrides *overrides)
{
    return (struct policy_settings){
        .enforce_scope = conf_bool(conf, OPTION_oslo_policy_enforce_scope),
        .enforce_new_defaults = conf_bool(conf, OPTION_oslo_policy_enforce_new_defaults),
        .default_rule = conf_string(conf, OPTION_oslo_policy_policy_default_rule),
        .overrides = overrides->rows,
        .override_count = overrides->count,
    };
}

static void look(void *arg, struct policies *policies)
{
    struct source *source = arg;
    uint64_t now = clock_monotonic_usec();
    struct policy_overrides overrides = { 0 };
    struct policy_settings settings;
    struct fault *fault;
    void *scratch;

    if (now - source->looked < LOOK_USEC)
        return;
    source->looked = now;
    scratch = mem_context(source->mem, "policy files");
    if (anything_changed(source, scratch)) {
        fault = read_files(source, scratch, &overrides);
        if (fault) {
            log_error("%s; the rules stay as they were read last", fault->message);
        } else {
            settings = settings_of(source->conf, &overrides);
            policies_replace(policies, &settings);
            log_info("Reloaded policy file: %s", source->path ? source->path : "None");
        }
    }
    talloc_free(scratch);
}

struct fault *policies_open(const void *mem, struct conf *conf, struct policies **policies)
{
    void *scratch = mem_context(mem, "policy files");
    struct source *source = mem_new(mem, struct source);
    struct policy_overrides overrides = { 0 };
    struct policy_settings settings;
    size_t count = 0;

    while (conf_list(conf, OPTION_oslo_policy_policy_dirs)[count])
        count++;
    source->mem = mem;
    source->conf = conf;
    source->name = pick_name(conf, scratch);
    source->directory_times = mem_array(source, struct timespec, count + 1);
    source->looked = clock_monotonic_usec();
    anything_changed(source, scratch);
    if (!source->path)
        log_debug("The policy file %s could not be found.", source->name ? source->name : "None");
    TRY(read_files(source, scratch, &overrides));
    settings = settings_of(conf, &overrides);
    *policies = policies_build(mem, &settings);
    policies_watch(*policies, look, source);
    talloc_free(scratch);
    return NULL;
}
