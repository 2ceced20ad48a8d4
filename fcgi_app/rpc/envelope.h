/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of messages: what is written for a cast, a call and a
 * notification, and what is read in a reply.  Knows no connection.
 * Source: nova-facts/rpc.md sections 1.3 to 1.5, captures/rpc_envelope.txt.
 */
#ifndef NOVA_RPC_ENVELOPE_H
#define NOVA_RPC_ENVELOPE_H

#include "fcgi_app/rpc/rpc.h"

/* A call's part of a message. */
struct envelope_call {
    const char *msg_id; /* 32 hex digits */
    const char *reply_q;
    int64_t monitor_timeout; /* seconds; 0: null */
};

/* 32 hex digits of a fresh uuid4, and NUL. */
void envelope_id(char out[33]);

/*
 * Appends the inner message.  `args` NULL: {}.  `call` NULL: a cast.
 * `usec` is the time that the context names.
 */
void envelope_put_message(struct strbuf *out, const struct context *context, const char *method,
                          const struct rpc_args *args, const char *namespace, const char *version,
                          const struct envelope_call *call, const char *unique_id, int64_t usec);

/* `, "_unique_id": …` and the context's keys, which end every message. */
void envelope_put_context(struct strbuf *out, const struct context *context, const char *unique_id, int64_t usec);

/* {"oslo.version": "2.0", "oslo.message": "<inner>"} */
void envelope_wrap(struct strbuf *out, const char *inner, size_t length);

/* What a reply says. Texts and trees hang on the memory of envelope_read(). */
struct envelope_reply {
    const char *msg_id;    /* "" where it names none */
    const char *unique_id; /* NULL: none */
    const char *failure;   /* JSON text of the error, NULL: none */
    json_t *result;        /* JSON null where there is none */
    bool ending;
};

/* Reads a body as it came from the broker, wrapped or not; false: it is no reply. */
bool envelope_read(const void *mem, const char *body, size_t length, struct envelope_reply *reply);

#endif
