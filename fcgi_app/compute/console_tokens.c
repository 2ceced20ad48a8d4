/* SPDX-License-Identifier: Apache-2.0 */
/* Console tokens in all cells but cell0; see the header. */
#include "config.h"

#include "fcgi_app/compute/console_tokens.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <openssl/evp.h>
#include <string.h>

/* The database has no token itself. */
static const char *digest_of(const void *mem, const char *token)
{
    char *text = mem_array(mem, char, 65);
    unsigned char digest[32];

    EVP_Digest(token, strlen(token), digest, NULL, EVP_sha256(), NULL);
    text_to_hex(text, digest, sizeof(digest));
    return text;
}

struct fault *console_tokens_find(const struct context *context, const char *token, const struct console_token **found)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { 0 };
    const struct db_cell *cells;
    struct db_answer *answers;
    size_t count;

    *found = NULL;
    TRY(db_cells(context, &cells, &count));
    db_param_text(&params, digest_of(context->mem, token));
    db_param_int(&params, context->mem, clock_utc_usec() / 1000000);
    answers = mem_array(context->mem, struct db_answer, count);
    for (size_t i = 0; i < count; i++)
        if (!cells[i].is_cell0)
            db_batch_add(batch, cells[i].link, &CONSOLE_TOKEN_VALID, &params, &answers[i]);
    db_batch_run(batch, 0);
    for (size_t i = 0; i < count && !*found; i++)
        if (!answers[i].fault && answers[i].rows.count)
            *found = answers[i].rows.rows;
    return NULL;
}
