/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport URLs as oslo.messaging reads them, for bus.c:
 *
 *     rabbit://user:password@host:5672,user:password@host2:5672/vhost?option=value
 *
 * Source: nova-facts/rpc.md section 1.1.
 */
#ifndef NOVA_RPC_TRANSPORT_URL_H
#define NOVA_RPC_TRANSPORT_URL_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct rpc_host {
    const char *user; /* "guest" where none is given, as kombu has it */
    const char *password;
    const char *name; /* "localhost" where none is given; IPv6 without brackets */
    int port;
    bool credentials; /* user and password were both given */
};

struct rpc_url {
    const char *transport; /* "rabbit" */
    struct rpc_host *hosts;
    size_t host_count; /* at least one */
    const char *vhost; /* "/" where none is given */
    const char **keys; /* of the query, which overrides [oslo_messaging_rabbit] */
    const char **values;
    size_t count;
};

/* Reads `text`.  Faults: Internal, which shows no password. */
struct fault *rpc_url_parse(const void *mem, const char *text, struct rpc_url **url) FAULT_CHECK;

/* The query's value of `key`, NULL: not there. */
const char *rpc_url_query(const struct rpc_url *url, const char *key);

#endif
