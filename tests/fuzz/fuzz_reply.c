/* SPDX-License-Identifier: Apache-2.0 */
/* Replies from the bus: any bytes are read or refused, and an error in them becomes a fault with words. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/rpc/envelope.h"
#include "fcgi_app/rpc/failure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_reply");
    char *text = malloc(size ? size : 1); /* a block of its own size: a sanitizer sees a read past it */
    struct envelope_reply reply;
    struct fault *fault;

    memcpy(text, data, size);
    if (envelope_read(mem, text, size, &reply)) {
        if (!reply.result || !reply.msg_id)
            abort();
        if (reply.failure) {
            fault = failure_fault(mem, reply.failure);
            if (!fault || !fault->message || !*fault_shown(mem, fault, false) || fault->code < 100)
                abort();
        }
    }
    free(text);
    talloc_free(mem);
    return 0;
}
