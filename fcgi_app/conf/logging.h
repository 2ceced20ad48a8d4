/* SPDX-License-Identifier: Apache-2.0 */
/* [DEFAULT] log_config_append: Python's logging configuration as a plan. */
#ifndef NOVA_CONF_LOGGING_H
#define NOVA_CONF_LOGGING_H

#include "fcgi_app/base/log.h"

/*
 * Reads the file into a plan on mem, which must live as long as the plan is in
 * force.  NULL, or what oslo.log's LogConfigError would say, on mem.
 */
const char *conf_log_plan(const void *mem, const char *path, const struct log_plan **plan);

/*
 * Sets logging up by the file of log_config_append, or by oslo.log's other options where it is not set.
 * NULL, or why not, valid until the next call; what was in force then stays.
 */
struct conf;
const char *conf_log_setup(struct conf *conf);

#endif
