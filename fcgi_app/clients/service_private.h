/* SPDX-License-Identifier: Apache-2.0 */
/* What endpoint.c knows and service.c needs: options and endpoints. Nobody else includes this. */
#ifndef NOVA_CLIENTS_SERVICE_PRIVATE_H
#define NOVA_CLIENTS_SERVICE_PRIVATE_H

#include "fcgi_app/clients/identity.h"
#include "fcgi_app/clients/service.h"

const char *service_text_option(const struct conf *conf, enum option option);
double service_number_option(const struct conf *conf, enum option option, bool is_float, double otherwise);
void service_read_tls(const struct conf *conf, const struct service *service, struct http_tls *tls);
struct identity_way service_way(const struct conf *conf, const struct service *service, const struct http_tls *tls);

/* Does the service's own user ask? */
bool service_as_group(const struct context *context, const struct service *service, enum service_as as);

/* The URL for a call of `own`, the service's user; NULL: of the context's. */
struct fault *service_find_endpoint(const struct context *context, const void *mem, const struct service *service,
                                    const struct identity_token *own, const char **url) FAULT_CHECK;

#endif
