/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that a paste section may override, as oslo.middleware's filters
 * have them: a key of the section, else one of [DEFAULT], else the option.
 * Source: nova-facts/middleware.md, Generic.
 */
#ifndef NOVA_MIDDLEWARE_OVERRIDES_H
#define NOVA_MIDDLEWARE_OVERRIDES_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/conf/conf.h"
#include "middleware/chain.h"

#include <stdbool.h>
#include <stdint.h>

/* A key of the section or of [DEFAULT]; NULL: neither has it. */
const char *override_text(const struct settings *settings, const char *key);

/* An option by its type.  Fault: ConfigFileValueError (file, section, key) for an override of another type. */
struct fault *override_bool(const struct settings *settings, const struct conf *conf, const char *key,
                            enum option option, bool *value) FAULT_CHECK;
struct fault *override_int(const struct settings *settings, const struct conf *conf, const char *key,
                           enum option option, int64_t *value) FAULT_CHECK;

/* NULL-terminated; lives as long as the settings' memory and conf. */
const char *const *override_list(const struct settings *settings, const struct conf *conf, const char *key,
                                 enum option option);

/* The items of a comma-separated text as oslo.config's lists have them, on mem, NULL-terminated. */
const char *const *override_split(const void *mem, const char *text);

#endif
