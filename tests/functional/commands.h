/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What testbus and testclient have in common: a worker without an API, whose
 * requests are the lines of standard input, one JSON object each.
 */
#ifndef NOVA_TESTS_COMMANDS_H
#define NOVA_TESTS_COMMANDS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/json/json.h"

/*
 * main() of such a program: reads the configuration that argv names, hands each
 * line to obey() with a member's context of its own, calls leave(), when there
 * is one, at the end, and returns the exit status.
 */
int commands_run(int argc, char **argv, const char *program,
                 void (*obey)(struct context *context, const json_t *command), void (*leave)(struct worker *worker));

/* One of a command's texts; NULL: it has none of this name. */
const char *commands_text(const json_t *command, const char *key);

#endif
