/* SPDX-License-Identifier: Apache-2.0 */
/* The rules as the configuration wants them: [oslo_policy], its file and its directories. */
#include "config.h"

#include "fcgi_app/policies/policies.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/policies/file.h"

LOG_MODULE("oslo_policy.policy");

struct fault *policies_open(const void *mem, struct conf *conf, struct policies **policies)
{
    void *scratch = mem_context(mem, "policy files");
    const char *file = conf_string(conf, OPTION_oslo_policy_policy_file);
    struct policy_overrides overrides = { 0 };
    struct policy_settings settings = {
        .enforce_scope = conf_bool(conf, OPTION_oslo_policy_enforce_scope),
        .enforce_new_defaults = conf_bool(conf, OPTION_oslo_policy_enforce_new_defaults),
        .default_rule = conf_string(conf, OPTION_oslo_policy_policy_default_rule),
    };
    const char *path = file ? conf_find_file(conf, scratch, file) : NULL;

    if (path)
        TRY(policy_file_read(scratch, path, &overrides));
    else
        log_debug("The policy file %s could not be found.", file ? file : "None");
    for (const char *const *name = conf_list(conf, OPTION_oslo_policy_policy_dirs); *name; name++) {
        path = conf_find_file(conf, scratch, *name);
        if (path)
            TRY(policy_directory_read(scratch, path, &overrides));
    }
    settings.overrides = overrides.rows;
    settings.override_count = overrides.count;
    *policies = policies_build(mem, &settings);
    talloc_free(scratch);
    return NULL;
}
