/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of rpc/: one message to its exchange, however often it takes; for call.c and notify.c. */
#ifndef NOVA_RPC_SEND_H
#define NOVA_RPC_SEND_H

#include "fcgi_app/rpc/bus.h"

struct send_to {
    struct bus *bus;
    struct bus_exchange exchange;
    const char *routing_key;
    bool replies;   /* the reply queue must be listened to before */
    int64_t rounds; /* over all hosts; 0: as many as time allows */
};

/*
 * Publishes until the broker has confirmed it: on a lost connection again, with the same body, whose _unique_id lets
 * the receiver drop a second one.  Faults: MessageDeliveryFailure.
 */
struct fault *send_body(const struct context *context, const struct send_to *to, const struct strbuf *body,
                        int64_t expiration_ms, uint64_t until) FAULT_CHECK;

#endif
