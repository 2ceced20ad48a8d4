/* SPDX-License-Identifier: Apache-2.0 */
/* What a console's token stands for, as its proxy asks. Source: nova-facts/db.md section 9. */
#ifndef NOVA_COMPUTE_CONSOLE_TOKENS_H
#define NOVA_COMPUTE_CONSOLE_TOKENS_H

#include "fcgi_app/db/console_tokens.h"

/* NULL in *found: no cell knows the token, or it has run out. A cell that does not answer is as if it had none. */
struct fault *console_tokens_find(const struct context *context, const char *token,
                                  const struct console_token **found) FAULT_CHECK;

#endif
